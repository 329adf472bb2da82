//! What an executor asks of a campaign, and what ends one.

use super::State;
use crate::harness::{Harness, HarnessError, Outcome, RunRequest};
use crate::health::Sick;
use crate::testcase::{SourceCase, TestCase};

/// An executor that can start on an input before LibAFL hands it over.
pub trait Ahead {
    /// Starts to run the input of the next execution, whose text is `source`, so that the
    /// harness works while the input after it is made. If that is not possible now, nothing
    /// is done and nothing is lost.
    fn send_ahead(&mut self, state: &State, input: &TestCase, source: SourceCase);
}

/// Turns outcomes into findings, before LibAFL looks at the input.
pub trait Recorder {
    /// What an outcome shows.
    type Verdict;

    /// Looks for failures in an outcome, and in what the harness said since the last one.
    ///
    /// # Errors
    /// What makes it pointless to go on.
    fn judge(
        &mut self,
        harness: &mut Harness,
        run: &Run<'_>,
        outcome: &Outcome,
    ) -> Result<Self::Verdict, Fatal>;

    /// Stores the failures that are new, and runs the case again to see how often they show.
    ///
    /// # Errors
    /// What makes it pointless to go on.
    fn record(
        &mut self,
        harness: &mut Harness,
        run: &Run<'_>,
        outcome: &Outcome,
        verdict: Self::Verdict,
    ) -> Result<News, Fatal>;

    /// Says what becomes of a run that exceeded limits below the full ones. The harness has
    /// the full limits by then.
    ///
    /// # Errors
    /// The harness's.
    fn confirm_timeout(
        &mut self,
        harness: &mut Harness,
        request: &RunRequest<'_>,
        _outcome: Outcome,
    ) -> Result<Outcome, HarnessError> {
        harness.run(request)
    }
}

/// What a recorder found to be new.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// Findings with a signature this campaign had not seen.
    pub findings: usize,
    /// Of them, those that are no breach of contract.
    pub bugs: usize,
}

/// One execution, as its recorder sees it.
pub struct Run<'a> {
    /// The input.
    pub case: &'a TestCase,
    /// What was sent.
    pub source: &'a SourceCase,
    /// The request it was sent with.
    pub request: &'a RunRequest<'a>,
    /// The fuzzer's state; this execution is counted in it.
    pub state: &'a State,
}

/// What ends a campaign. The first one is kept; LibAFL only sees its text.
#[derive(Debug, thiserror::Error)]
pub enum Fatal {
    /// The harness cannot be run any more.
    #[error(transparent)]
    Harness(#[from] HarnessError),
    /// The race detector does not report a planted race any more.
    #[error(
        "the race detector missed the planted race after {executions} executions: nothing this \
         campaign did not find means anything; run `typerace doctor`"
    )]
    Blind {
        /// Executions until then.
        executions: u64,
    },
    /// Nothing works, so nothing is found.
    #[error(transparent)]
    Sick(#[from] Sick),
}
