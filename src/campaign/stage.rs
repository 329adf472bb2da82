//! The first stage of a campaign: mutants of the scheduled entry.

use std::rc::Rc;

use libafl::corpus::HasCurrentCorpusId;
use libafl::fuzzer::Evaluator;
use libafl::mutators::{MutationResult, Mutator};
use libafl::stages::{Restartable, Stage};
use libafl::state::{HasCurrentTestcase, HasExecutions, HasRand};
use libafl::{Error, HasNamedMetadata};
use libafl_bolts::rands::Rand;

use super::ancestry::{Making, SharedAncestry};
use super::budget::Budget;
use super::progress::Progress;
use super::schedules::Schedules;
use crate::executor::State;
use crate::mutators::adapter::TreeMutator;
use crate::testcase::TestCase;

/// How many mutants an entry gets at most before another is scheduled. Low,
/// because limits, signals and progress are looked at between executions only
/// through this stage, and because a random program is worth little more after
/// its first few mutants.
const MAX_MUTANTS: u64 = 32;

/// Entries in a row that cannot be read, as somebody removed their files, before the
/// campaign ends: it would do nothing.
const UNREADABLE: u32 = 100;

/// Mutates and evaluates until the entry has had its share or the campaign
/// is over.
pub struct MutantStage {
    mutator: TreeMutator,
    progress: Rc<Progress>,
    schedules: Schedules,
    budget: Rc<Budget>,
    ancestry: SharedAncestry,
    /// Entries in a row that could not be read.
    unreadable: u32,
}

impl MutantStage {
    /// A stage that reports to `progress` after each execution.
    pub fn new(
        mutator: TreeMutator,
        progress: Rc<Progress>,
        schedules: Schedules,
        budget: Rc<Budget>,
        ancestry: SharedAncestry,
    ) -> Self {
        Self { mutator, progress, schedules, budget, ancestry, unreadable: 0 }
    }

    /// The entry to mutate, if it can be read.
    fn entry(&mut self, state: &State) -> Result<Option<TestCase>, Error> {
        match state.current_input_cloned() {
            Ok(entry) => {
                self.unreadable = 0;
                Ok(Some(entry))
            }
            Err(e) if self.unreadable < UNREADABLE => {
                if self.unreadable == 0 {
                    self.progress.say(&format!("warning: a corpus entry is passed over: {e}"));
                }
                self.unreadable += 1;
                Ok(None)
            }
            Err(e) => Err(e),
        }
    }
}

impl<E, EM, Z> Stage<E, EM, State, Z> for MutantStage
where
    Z: Evaluator<E, EM, TestCase, State>,
{
    fn perform(
        &mut self,
        fuzzer: &mut Z,
        executor: &mut E,
        state: &mut State,
        manager: &mut EM,
    ) -> Result<(), Error> {
        let mutants = 1 + state.rand_mut().next() % MAX_MUTANTS;
        let scheduled = state.current_corpus_id()?;
        if let Some(id) = scheduled.and_then(|id| self.mutator.instead(state, id)) {
            // Its mutants descend from it.
            state.set_corpus_id(id)?;
        }
        let Some(entry) = self.entry(state)? else { return Ok(()) };
        for _ in 0..mutants {
            if self.progress.over(*state.executions()) {
                break;
            }
            let mut input = entry.clone();
            if self.mutator.mutate(state, &mut input)? == MutationResult::Skipped {
                continue;
            }
            self.schedules.restrict(&mut input);
            if !self.budget.admit(&mut input.scenario) {
                continue;
            }
            let by = self.mutator.made();
            let making = match self.mutator.generated() {
                true => Making::Root(by),
                false => Making::Mutant(by),
            };
            self.ancestry.borrow_mut().making(making, &input);
            let (_, id) = fuzzer.evaluate_filtered(state, executor, manager, &input)?;
            self.mutator.post_exec(state, id)?;
            self.progress.tick(state);
            self.budget.charge(&input.scenario);
        }
        Ok(())
    }
}

impl Restartable<State> for MutantStage
where
    State: HasNamedMetadata + HasCurrentCorpusId,
{
    fn should_restart(&mut self, _state: &mut State) -> Result<bool, Error> {
        Ok(true)
    }

    fn clear_progress(&mut self, _state: &mut State) -> Result<(), Error> {
        Ok(())
    }
}
