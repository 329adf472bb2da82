//! The first stage of a campaign: mutants of the scheduled entry.

use std::rc::Rc;

use libafl::Error;
use libafl::corpus::HasCurrentCorpusId;
use libafl::executors::HasObservers;
use libafl::fuzzer::Evaluator;
use libafl::mutators::{MutationResult, Mutator};
use libafl::stages::{Restartable, Stage};
use libafl::state::{HasCurrentTestcase, HasExecutions, HasRand};
use libafl_bolts::rands::Rand;
use libafl_bolts::tuples::{Handle, Handled as _, MatchName, MatchNameRef as _};

use super::budget::Budget;
use super::follow::Follower;
use super::tree_mutator::{Made, TreeMutator};
use crate::campaign::corpus::ancestry::{Making, SharedAncestry};
use crate::campaign::corpus::seen_filter::SeenFilter;
use crate::campaign::monitor::progress::Progress;
use crate::executor::{Ahead, ExecutionObserver, Leads, State};
use crate::testcase::{SourceCase, TestCase};

/// The maximum number of mutants of an entry before another entry is scheduled. It is low, because
/// a random program is worth little more after its first few mutants.
const MAX_MUTANTS: u64 = 32;

/// After this number of consecutive entries that cannot be read, because their files are gone, the
/// campaign ends: it would do nothing.
const UNREADABLE: u32 = 100;

/// Mutates and evaluates until the entry has had its share of mutants or the campaign is over.
pub struct MutantStage {
    mutator: TreeMutator,
    progress: Rc<Progress>,
    schedules: bool,
    budget: Budget,
    ancestry: SharedAncestry,
    seen: SeenFilter,
    follower: Follower,
    execution: Handle<ExecutionObserver>,
    /// Consecutive entries that could not be read.
    unreadable: u32,
}

impl MutantStage {
    /// A stage that reports to `progress` after each execution, and skips inputs that were `seen`.
    pub fn new(
        mutator: TreeMutator,
        progress: Rc<Progress>,
        schedules: bool,
        budget: Budget,
        ancestry: SharedAncestry,
        seen: SeenFilter,
        execution: &ExecutionObserver,
    ) -> Self {
        let follower = Follower::new(
            Rc::clone(&progress),
            schedules,
            Rc::clone(&ancestry),
            seen.clone(),
            execution,
        );
        let execution = execution.handle();
        Self {
            mutator,
            progress,
            schedules,
            budget,
            ancestry,
            seen,
            follower,
            execution,
            unreadable: 0,
        }
    }
}

/// A mutant that is waiting to run.
struct Mutant {
    input: TestCase,
    /// Its text, printed in advance while the harness works.
    source: SourceCase,
    made: Option<Made>,
}

impl MutantStage {
    /// The next mutant worth running, within the remaining attempts.
    fn next(
        &mut self,
        state: &mut State,
        entry: &TestCase,
        left: &mut u64,
    ) -> Result<Option<Mutant>, Error> {
        while *left > 0 {
            *left -= 1;
            let mut input = entry.clone();
            if self.mutator.mutate(state, &mut input)? == MutationResult::Skipped {
                continue;
            }
            let made = self.mutator.take_made();
            if !self.schedules {
                input.scenario.schedule = None;
            }
            if self.budget.admit(&mut input.scenario) && self.seen.insert(&input) {
                let source = input.to_source();
                return Ok(Some(Mutant { input, source, made }));
            }
        }
        Ok(None)
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
                    // LibAFL's text goes on with a backtrace.
                    let why = e.to_string();
                    let why = why.lines().next().unwrap_or_default();
                    self.progress.say(&format!(
                        "warning: a corpus entry cannot be read and is passed over: {why}"
                    ));
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
    E: Ahead + Leads + HasObservers,
    E::Observers: MatchName,
    Z: Evaluator<E, EM, TestCase, State>,
{
    fn perform(
        &mut self,
        fuzzer: &mut Z,
        executor: &mut E,
        state: &mut State,
        manager: &mut EM,
    ) -> Result<(), Error> {
        let mut left = 1 + state.rand_mut().next() % MAX_MUTANTS;
        let scheduled = state.current_corpus_id()?;
        if let Some(id) = scheduled.and_then(|id| self.mutator.instead(state, id)) {
            // The mutants descend from this entry.
            state.set_corpus_id(id)?;
        }
        let Some(entry) = self.entry(state)? else { return Ok(()) };
        let mut next = self.next(state, &entry, &mut left)?;
        while let Some(Mutant { input, source, made }) = next {
            if self.progress.over(*state.executions()) {
                break;
            }
            // The harness runs this mutant while the next one is made. So what a mutant teaches
            // always applies from the mutant after the next, which keeps a seed repeatable.
            executor.send_ahead(state, &input, source);
            next = self.next(state, &entry, &mut left)?;
            let by = made.as_ref().map(Made::by).unwrap_or_default();
            self.ancestry.borrow_mut().made(match made {
                Some(Made::Generated) => Making::Root(by),
                _ => Making::Mutant(by),
            });
            let before = *state.executions();
            let (_, id) = fuzzer.evaluate_input(state, executor, manager, &input)?;
            if *state.executions() == before {
                // A signal ended it, so there is nothing to learn.
                break;
            }
            let observers = executor.observers();
            let Some(execution) = observers.get(&self.execution) else { continue };
            let execution = execution.execution();
            self.mutator.learn(made, id, execution);
            self.progress.tick(state, execution);
            self.budget.charge(&input.scenario, execution.cost);
            self.follower.follow(fuzzer, executor, state, manager, &input)?;
        }
        Ok(())
    }
}

impl Restartable<State> for MutantStage {
    /// Always true: LibAFL's restarts are not used, because a worker that dies resumes from its
    /// checkpoint.
    fn should_restart(&mut self, _state: &mut State) -> Result<bool, Error> {
        Ok(true)
    }

    fn clear_progress(&mut self, _state: &mut State) -> Result<(), Error> {
        Ok(())
    }
}
