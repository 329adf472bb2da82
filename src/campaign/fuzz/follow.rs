//! Follows what the sense for shared writes suggests: at once, before the next mutant.

use std::rc::Rc;

use libafl::Error;
use libafl::executors::HasObservers;
use libafl::fuzzer::Evaluator;
use libafl::state::HasExecutions;
use libafl_bolts::tuples::{Handle, Handled as _, MatchName, MatchNameRef as _};

use super::directed::directed;
use crate::campaign::corpus::ancestry::{Making, SharedAncestry};
use crate::campaign::corpus::seen_filter::SeenFilter;
use crate::campaign::monitor::progress::Progress;
use crate::executor::{ExecutionObserver, Leads, State};
use crate::testcase::TestCase;

/// What made a directed test case, in the ancestry.
const SENSE: &str = "sense";

/// Runs directed test cases.
#[derive(Clone)]
pub struct Follower {
    progress: Rc<Progress>,
    schedules: bool,
    ancestry: SharedAncestry,
    seen: SeenFilter,
    execution: Handle<ExecutionObserver>,
}

impl Follower {
    /// A follower that reports to `progress` after each execution, and skips inputs that were
    /// `seen`.
    pub fn new(
        progress: Rc<Progress>,
        schedules: bool,
        ancestry: SharedAncestry,
        seen: SeenFilter,
        execution: &ExecutionObserver,
    ) -> Self {
        Self { progress, schedules, ancestry, seen, execution: execution.handle() }
    }

    /// Follows what the last execution, of `case`, suggests. Test cases that come from this suggest
    /// nothing: they try what is known already.
    ///
    /// # Errors
    /// LibAFL's.
    pub fn follow<E, EM, Z>(
        &self,
        fuzzer: &mut Z,
        executor: &mut E,
        state: &mut State,
        manager: &mut EM,
        case: &TestCase,
    ) -> Result<(), Error>
    where
        E: Leads + HasObservers,
        E::Observers: MatchName,
        Z: Evaluator<E, EM, TestCase, State>,
    {
        for lead in executor.take_leads() {
            // Executions are counted in the same way in every campaign of a seed.
            let seed = self.schedules.then_some(*state.executions());
            for case in directed(case, &lead, seed) {
                let before = *state.executions();
                if self.progress.over(before) {
                    return Ok(());
                }
                if !self.seen.insert(&case) {
                    continue;
                }
                self.ancestry.borrow_mut().made(Making::Mutant(vec![SENSE.to_owned()]));
                fuzzer.evaluate_input(state, executor, manager, &case)?;
                drop(executor.take_leads());
                if *state.executions() == before {
                    // A signal ended it.
                    return Ok(());
                }
                executor.tried(&lead.site);
                if let Some(execution) = executor.observers().get(&self.execution) {
                    self.progress.tick(state, execution.execution());
                }
            }
        }
        Ok(())
    }
}
