//! Confirms coverage with sequential runs.
//!
//! When the concurrent run shows counters that were never seen, the same operations run
//! again, one after another. The sequential runs do not depend on Go's scheduler, so an
//! edge that showed by chance never makes an input look valuable.

use libafl::HasNamedMetadata as _;
use libafl::feedbacks::map::MapFeedbackMetadata;
use libafl::state::HasExecutions as _;

use super::sensing::Sensing;
use super::{COVERAGE, State};
use crate::harness::{Harness, HarnessError, RunRequest, SharedWrites};

/// Sequential runs that must all show new coverage.
const CONFIRMATIONS: u32 = 2;

/// After this many failed confirmations, a counter alone no longer causes another one, except in
/// every `DOUBTED_EVERY`th execution: most such counters need two goroutines. Chance decides which
/// counters these are, and a seed must repeat the first `DOUBTED_FROM` executions.
const DOUBTS: u8 = 6;
const DOUBTED_FROM: u64 = 1_000;
const DOUBTED_EVERY: u64 = 16;

/// What is known about counters that may be new.
#[derive(Debug, Default)]
pub(super) struct Confirmer {
    /// Attempts to confirm a test case, successful or not.
    pub(super) confirmations: u64,
    /// How often each counter failed to be confirmed.
    doubts: Vec<u8>,
}

impl Confirmer {
    /// The counters of the last run that no input in the corpus has hit and that are worth a
    /// confirmation.
    pub(super) fn promising(&self, coverage: &[u8], state: &State) -> Vec<usize> {
        let executions = *state.executions();
        let always = executions < DOUBTED_FROM || executions.is_multiple_of(DOUBTED_EVERY);
        let doubt = |i: usize| self.doubts.get(i).copied().unwrap_or(0);
        let mut new = unseen(coverage, state);
        new.retain(|&i| always || doubt(i) < DOUBTS);
        new
    }

    /// Notes that these counters were not confirmed.
    pub(super) fn doubt(&mut self, promising: Vec<usize>, counters: usize) {
        self.doubts.resize(counters, 0);
        for i in promising {
            self.doubts[i] = self.doubts[i].saturating_add(1);
        }
    }

    /// Runs the operations one after another. Returns the counters that every such run hit, if each
    /// run showed something new. Only whether a counter was hit matters, not how often: go/types
    /// iterates over maps, so hit counts differ between runs of one goroutine too.
    ///
    /// What the first run shows of shared writes goes to `shared`.
    pub(super) fn confirm(
        &mut self,
        harness: &mut Harness,
        state: &State,
        request: &RunRequest<'_>,
        sensing: &Sensing,
        shared: &mut Option<SharedWrites>,
    ) -> Result<Option<Vec<u8>>, HarnessError> {
        self.confirmations += 1;
        let mut least: Vec<u8> = Vec::new();
        for _ in 0..CONFIRMATIONS {
            let Some(seen) = sensing.run(harness, request)? else { return Ok(None) };
            shared.get_or_insert(seen);
            let coverage = harness.coverage();
            if unseen(coverage, state).is_empty() {
                return Ok(None);
            }
            least.resize(coverage.len(), u8::MAX);
            least.iter_mut().zip(coverage).for_each(|(l, &c)| *l = (*l).min(c.min(1)));
        }
        Ok(Some(least))
    }
}

/// The counters that no input in the corpus hit.
pub(super) fn unseen(counters: &[u8], state: &State) -> Vec<usize> {
    let history = state
        .named_metadata_map()
        .get::<MapFeedbackMetadata<u8>>(COVERAGE)
        .map_or(&[][..], |m| &m.history_map);
    let known = |i: usize| history.get(i).is_some_and(|&n| n > 0);
    let hit = counters.iter().enumerate().filter(|&(_, &n)| n > 0);
    hit.map(|(i, _)| i).filter(|&i| !known(i)).collect()
}
