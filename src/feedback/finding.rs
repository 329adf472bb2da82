//! The objective: a signature that the campaign had not seen.
//!
//! LibAFL skips coverage feedback when the objective fires. Chance decides whether a race shows,
//! but it must not decide what the corpus holds: an input with new coverage or a new shared write
//! goes to the corpus, finding or not. The executor's recorder has stored the finding by then.

use std::borrow::Cow;

use libafl::Error;
use libafl::executors::ExitKind;
use libafl::feedbacks::{Feedback, StateInitializer};
use libafl_bolts::Named;
use libafl_bolts::tuples::{Handle, Handled as _, MatchName, MatchNameRef as _};

use crate::executor::ExecutionObserver;

/// True if the last execution produced a finding with a new signature, and nothing for the corpus.
pub struct NewFindingFeedback {
    execution: Handle<ExecutionObserver>,
}

impl NewFindingFeedback {
    /// Creates the feedback for this observer.
    #[must_use]
    pub fn new(execution: &ExecutionObserver) -> Self {
        Self { execution: execution.handle() }
    }
}

impl Named for NewFindingFeedback {
    fn name(&self) -> &Cow<'static, str> {
        const NAME: Cow<'static, str> = Cow::Borrowed("new-finding");
        &NAME
    }
}

impl<S> StateInitializer<S> for NewFindingFeedback {}

impl<EM, I, OT: MatchName, S> Feedback<EM, I, OT, S> for NewFindingFeedback {
    fn is_interesting(
        &mut self,
        _state: &mut S,
        _manager: &mut EM,
        _input: &I,
        observers: &OT,
        _exit_kind: &ExitKind,
    ) -> Result<bool, Error> {
        let execution = observers.get(&self.execution).map(ExecutionObserver::execution);
        Ok(execution.is_some_and(|e| e.new_findings > 0 && !e.new_coverage && !e.new_shared))
    }
}
