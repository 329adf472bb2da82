//! The last execution, for everything that runs after it: an observer as LibAFL knows them.

use std::borrow::Cow;
use std::time::Duration;

use libafl::Error;
use libafl::observers::Observer;
use libafl_bolts::Named;
use serde::{Deserialize, Serialize};

/// One execution: what the type checker said, what was new, and what it cost.
#[derive(Clone, Copy, Debug, Default)]
pub struct Execution {
    /// No package had a syntax error.
    pub parsed: bool,
    /// Every package that was checked has no type error.
    pub checked: bool,
    /// The sequential run reached coverage that no input in the corpus had.
    pub new_coverage: bool,
    /// A sequential run showed a write to shared memory that is new, by its place, the kind of
    /// operation, and what it met.
    pub new_shared: bool,
    /// Findings with a signature this campaign had not seen.
    pub new_findings: usize,
    /// How many of these are not breaches of contract.
    pub new_bugs: usize,
    /// Its cost in ordinary executions; 0 if nothing was executed.
    pub cost: u64,
    /// The time it took, without confirmations and the like.
    pub took: Duration,
    /// Harness processes started so far.
    pub starts: u64,
}

/// Holds the last execution. Feedbacks and the scheduler get it from LibAFL; stages ask the
/// executor.
///
/// An entry that another worker sends comes with an observer without an execution, because what was
/// new there is not new here.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ExecutionObserver {
    #[serde(skip)]
    execution: Execution,
}

impl ExecutionObserver {
    /// The last execution; an empty one if it was interrupted.
    #[must_use]
    pub fn execution(&self) -> &Execution {
        &self.execution
    }

    pub(super) fn set(&mut self, execution: Execution) {
        self.execution = execution;
    }
}

impl Named for ExecutionObserver {
    fn name(&self) -> &Cow<'static, str> {
        const NAME: Cow<'static, str> = Cow::Borrowed("execution");
        &NAME
    }
}

impl<I, S> Observer<I, S> for ExecutionObserver {
    fn pre_exec(&mut self, _state: &mut S, _input: &I) -> Result<(), Error> {
        self.execution = Execution::default();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_execution_stays_in_its_process() {
        let mut observer = ExecutionObserver::default();
        observer.set(Execution { new_findings: 2, ..Execution::default() });
        let sent = serde_json::to_vec(&observer).unwrap();
        let received: ExecutionObserver = serde_json::from_slice(&sent).unwrap();
        assert_eq!(received.execution().new_findings, 0);
        observer.pre_exec(&mut (), &()).unwrap();
        assert_eq!(observer.execution().new_findings, 0);
    }
}
