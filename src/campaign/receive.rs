//! Takes over what the other workers of the campaign kept.

use libafl::HasNamedMetadata as _;
use libafl::corpus::{Corpus as _, CorpusId};
use libafl::executors::ExitKind;
use libafl::feedbacks::map::MapFeedbackMetadata;
use libafl::fuzzer::{Evaluator as _, ExecutionProcessor as _};
use libafl::state::{HasCorpus as _, HasExecutions as _};

use super::Campaign;
use super::config::CampaignError;
use super::workers::siblings::Shared;
use crate::executor::{COVERAGE, State, observers_of};
use crate::feedback::Covers;
use crate::testcase::TestCase;

/// Runs of entries of others between two scheduled entries, so that this worker's own work goes on.
const RUNS: u32 = 16;

impl Campaign {
    /// Takes over entries that other workers kept and that reach something new here, and runs what
    /// other machines share.
    pub(super) fn receive(&mut self) -> Result<(), CampaignError> {
        let mut runs = 0;
        while runs < RUNS && !self.progress.over(*self.state.executions()) {
            let state = &self.state;
            let Some(shared) = self.siblings.next(|covers| adds(covers, state)) else { break };
            if shared.must_run {
                runs += 1;
                let Some(hit) = self.run_foreign(&shared.case)? else { continue };
                if !is_confirmed(&shared.covers, &hit) && self.siblings.doubt(&shared.from) {
                    let folder = shared.from.file_name().unwrap_or_default().display();
                    self.progress.say(&format!(
                        "warning: an entry of {folder} does not reach here what it is noted for; \
                         all entries of {folder} are run from now on"
                    ));
                }
            } else {
                self.adopt(&shared)?;
            }
        }
        self.saving.note(&self.state, &self.progress);
        self.receive_foreign()
    }

    /// Makes an entry of another worker one of this worker's, as if it had run here.
    fn adopt(&mut self, shared: &Shared) -> Result<(), CampaignError> {
        let counters = self.executor.harness_mut().counters();
        let observers = observers_of(shared.covers.iter(), counters);
        self.seen.insert(&shared.case);
        self.ancestry.borrow_mut().takes(&shared.name);
        // It descends from no entry here.
        *self.state.corpus_mut().current_mut() = None;
        self.fuzzer.evaluate_execution(
            &mut self.state,
            &mut self.events,
            &shared.case,
            &observers,
            &ExitKind::Ok,
            false,
        )?;
        Ok(())
    }

    /// Runs a test case from elsewhere. Returns the counters that its last run hit; `None` if it was
    /// not run, or did not live to show any.
    pub(super) fn run_foreign(&mut self, case: &TestCase) -> Result<Option<Covers>, CampaignError> {
        *self.state.corpus_mut().current_mut() = None;
        self.seen.insert(case);
        let before = *self.state.executions();
        let (_, id) = self.fuzzer.evaluate_input(
            &mut self.state,
            &mut self.executor,
            &mut self.events,
            case,
        )?;
        if *self.state.executions() == before {
            return Ok(None);
        }
        self.ran(id);
        let hit = Covers::of(self.executor.harness_mut().coverage());
        let is_empty = hit.iter().next().is_none();
        Ok((!is_empty).then_some(hit))
    }

    /// Notes an execution that is not a mutant's.
    pub(super) fn ran(&mut self, id: Option<CorpusId>) {
        let execution = *self.executor.execution().execution();
        self.table.borrow_mut().entry(id, execution.checked);
        self.saving.note(&self.state, &self.progress);
        self.progress.tick(&self.state, &execution);
    }
}

/// Whether some of these counters were never hit in this campaign.
pub(super) fn adds(covers: &Covers, state: &State) -> bool {
    let map = state.named_metadata_map().get::<MapFeedbackMetadata<u8>>(COVERAGE);
    let history = map.map_or(&[][..], |m| &m.history_map);
    covers.iter().any(|i| history.get(i).is_none_or(|&n| n == 0))
}

/// Whether a run here hit at least half of the counters that an entry is said to hit. Chance decides
/// about a few of them.
pub(super) fn is_confirmed(said: &Covers, hit: &Covers) -> bool {
    let (all, shown) = said.shares_with(hit);
    2 * shown >= all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_of_ones_is_not_confirmed() {
        let ones: Covers = (0..8_000).collect();
        let real: Covers = (0..8_000).filter(|i| i % 3 == 0).collect();
        assert!(!is_confirmed(&ones, &real));
        assert!(is_confirmed(&real, &ones));
        let less: Covers = (0..8_000).filter(|i| i % 3 == 0 && i % 7 > 0).collect();
        assert!(is_confirmed(&real, &less), "a few are a matter of chance");
        assert!(is_confirmed(&Covers::default(), &Covers::default()));
    }
}
