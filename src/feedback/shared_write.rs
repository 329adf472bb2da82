//! Keeps inputs that show a new write to shared memory.

use std::borrow::Cow;

use libafl::Error;
use libafl::executors::ExitKind;
use libafl::feedbacks::{Feedback, StateInitializer};
use libafl_bolts::Named;
use libafl_bolts::tuples::{Handle, Handled as _, MatchName, MatchNameRef as _};

use crate::executor::ExecutionObserver;

/// True if a sequential run of the last input showed a write to shared memory that is new.
pub struct SharedWriteFeedback {
    execution: Handle<ExecutionObserver>,
}

impl SharedWriteFeedback {
    /// Creates the feedback for this observer.
    #[must_use]
    pub fn new(execution: &ExecutionObserver) -> Self {
        Self { execution: execution.handle() }
    }
}

impl Named for SharedWriteFeedback {
    fn name(&self) -> &Cow<'static, str> {
        const NAME: Cow<'static, str> = Cow::Borrowed("shared-write");
        &NAME
    }
}

impl<S> StateInitializer<S> for SharedWriteFeedback {}

impl<EM, I, OT: MatchName, S> Feedback<EM, I, OT, S> for SharedWriteFeedback {
    fn is_interesting(
        &mut self,
        _state: &mut S,
        _manager: &mut EM,
        _input: &I,
        observers: &OT,
        _exit_kind: &ExitKind,
    ) -> Result<bool, Error> {
        let execution = observers.get(&self.execution).map(ExecutionObserver::execution);
        Ok(execution.is_some_and(|e| e.new_shared))
    }
}
