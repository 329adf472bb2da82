//! The end of a campaign: checks whether its results mean anything, and summarizes them.

use std::path::PathBuf;

use libafl::HasNamedMetadata as _;
use libafl::corpus::Corpus as _;
use libafl::feedbacks::map::MapFeedbackMetadata;
use libafl::state::{HasCorpus as _, HasExecutions as _};

use super::Campaign;
use super::config::CampaignError;
use super::monitor::progress::coverage;
use super::results::never_hit::{NeverHit, never_hit};
use super::results::sense_figures::SenseFigures;
use super::results::summary::Summary;
use super::roots::RootsEnd;
use crate::executor::{COVERAGE, Fatal};
use crate::harness::CounterSite;

impl Campaign {
    /// Reports what makes the results worthless, if anything does.
    pub(super) fn check_health(&self) -> Result<(), CampaignError> {
        if let Some(sick) = self.executor.sick() {
            return Err(Fatal::from(sick).into());
        }
        if coverage(&self.state).hit == 0 && self.executor.lived() {
            return Err(CampaignError::NoCoverage);
        }
        Ok(())
    }

    /// The blocks of go/types that were never reached, if the harness can still be asked.
    fn never_hit(&self) -> Option<Vec<NeverHit>> {
        let sites = CounterSite::all(&self.harness).unwrap_or_else(|e| {
            self.progress.say(&format!("warning: what was never reached is not known: {e}"));
            None
        })?;
        let map = self.state.named_metadata_map().get::<MapFeedbackMetadata<u8>>(COVERAGE);
        Some(never_hit(&sites, map.map_or(&[], |m| &m.history_map)))
    }

    pub(super) fn summary(&mut self, roots: &RootsEnd) -> Summary {
        let seconds = self.progress.control().elapsed().as_secs_f64();
        let execs = *self.state.executions();
        Summary {
            crashes: PathBuf::new(),
            execs,
            seconds,
            execs_per_second: execs as f64 / seconds.max(0.001),
            corpus: self.state.corpus().count(),
            coverage: coverage(&self.state),
            valid_percent: self.progress.valid_percent(),
            findings: self.executor.recorder_mut().found().to_vec(),
            contract_not_stored: self.executor.recorder_mut().passed_over(),
            operators: self.table.borrow().rows(),
            roots: Vec::new(),
            not_stored: Vec::new(),
            corpus_not_stored: self.saving.not_stored(),
            minimized: roots.minimized,
            not_minimized: roots.waiting + roots.failed.len(),
            seed: self.seed,
            go_version: self.go_version.clone(),
            patched: self.patched.clone(),
            sequence: format!("{:016x}", self.executor.sequence()),
            harness_starts: self.executor.harness_mut().starts(),
            confirmations: self.executor.confirmations(),
            sense: self.executor.sense().map(|(memory, runs)| {
                let (places, kinds, pairs) = memory.counts();
                SenseFigures { runs, tried: memory.tries(), places, kinds, pairs }
            }),
            suspects: self.executor.sense().map(|(m, _)| m.suspects()).unwrap_or_default(),
            times: self.executor.times().of(seconds),
            elements: self.executor.elements().clone(),
            never_hit: self.never_hit(),
            sync: None,
            imported: self.siblings.looked_at() + self.inbox.taken(),
            interrupted: self.progress.control().interrupted(),
        }
    }
}
