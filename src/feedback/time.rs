//! What a run took, noted in a corpus entry. LibAFL's own feedback would count the runs
//! that confirm coverage and measure findings as well.

use std::borrow::Cow;

use libafl::Error;
use libafl::corpus::Testcase;
use libafl::feedbacks::{Feedback, StateInitializer};
use libafl_bolts::Named;
use libafl_bolts::tuples::{Handle, Handled as _, MatchName, MatchNameRef as _};

use crate::executor::ExecutionObserver;

/// Finds nothing interesting; notes how long the run of an entry took.
pub struct RunTimeFeedback {
    execution: Handle<ExecutionObserver>,
}

impl RunTimeFeedback {
    /// Reads this observer.
    #[must_use]
    pub fn new(execution: &ExecutionObserver) -> Self {
        Self { execution: execution.handle() }
    }
}

impl Named for RunTimeFeedback {
    fn name(&self) -> &Cow<'static, str> {
        const NAME: Cow<'static, str> = Cow::Borrowed("run-time");
        &NAME
    }
}

impl<S> StateInitializer<S> for RunTimeFeedback {}

impl<EM, I, OT: MatchName, S> Feedback<EM, I, OT, S> for RunTimeFeedback {
    fn append_metadata(
        &mut self,
        _state: &mut S,
        _manager: &mut EM,
        observers: &OT,
        testcase: &mut Testcase<I>,
    ) -> Result<(), Error> {
        if let Some(observer) = observers.get(&self.execution) {
            testcase.set_exec_time(observer.execution().took);
        }
        Ok(())
    }
}
