//! The objective: a signature that the campaign had not seen.
//!
//! LibAFL skips coverage feedback when the objective fires. Whether a race
//! shows is up to chance, and the corpus must not be: an input with new
//! coverage goes to the corpus, finding or not. The executor's recorder has
//! stored the finding by then.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use libafl::Error;
use libafl::executors::ExitKind;
use libafl::feedbacks::{Feedback, StateInitializer};
use libafl_bolts::Named;

use crate::executor::LastRun;

/// True if the last execution brought a finding of a new signature, and no new
/// coverage.
pub struct NewFindingFeedback {
    last: Rc<RefCell<LastRun>>,
}

impl NewFindingFeedback {
    /// Reads what the executor left.
    #[must_use]
    pub fn new(last: Rc<RefCell<LastRun>>) -> Self {
        Self { last }
    }
}

impl Named for NewFindingFeedback {
    fn name(&self) -> &Cow<'static, str> {
        const NAME: Cow<'static, str> = Cow::Borrowed("new-finding");
        &NAME
    }
}

impl<S> StateInitializer<S> for NewFindingFeedback {}

impl<EM, I, OT, S> Feedback<EM, I, OT, S> for NewFindingFeedback {
    fn is_interesting(
        &mut self,
        _state: &mut S,
        _manager: &mut EM,
        _input: &I,
        _observers: &OT,
        _exit_kind: &ExitKind,
    ) -> Result<bool, Error> {
        let last = self.last.borrow();
        Ok(last.new_findings > 0 && !last.new_coverage)
    }
}
