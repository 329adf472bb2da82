//! What a campaign learns from its executor, and what it may do around it.

use std::time::Duration;

use super::State;
use crate::harness::{Harness, HarnessError, Outcome, RunRequest};
use crate::health::Sick;
use crate::testcase::{SourceCase, TestCase};

/// What the last execution was, for those who run after the executor.
#[derive(Clone, Copy, Debug, Default)]
pub struct LastRun {
    /// No package had a syntax error.
    pub parsed: bool,
    /// Every package that was checked has no type error.
    pub checked: bool,
    /// The sequential run reached what no input in the corpus had.
    pub new_coverage: bool,
    /// Findings with a signature this campaign had not seen.
    pub new_findings: usize,
    /// Of them, those that are no breach of contract.
    pub new_bugs: usize,
    /// What it cost, in ordinary executions; 0 if there was none.
    pub cost: u64,
    /// What it took, confirmations and the like left out.
    pub took: Duration,
    /// Harness processes started until then.
    pub starts: u64,
}

/// An executor that can begin with an input before it is given it.
pub trait Ahead {
    /// Begins to run the input that the next execution will be of, of which `source` is the
    /// text, so that the harness works while the next but one is made. Nothing is done, and
    /// nothing lost, if that is not possible now.
    fn send_ahead(&mut self, state: &State, input: &TestCase, source: SourceCase);
}

/// Takes every outcome, before LibAFL judges the input.
pub trait Recorder {
    /// Looks for failures in an outcome and stores those that are new.
    /// Returns how many were, and how many of them are no breach of contract.
    /// The harness is there to run the case again.
    ///
    /// # Errors
    /// What makes it pointless to go on.
    fn record(
        &mut self,
        harness: &mut Harness,
        run: &Run<'_>,
        outcome: &Outcome,
    ) -> Result<(usize, usize), Fatal>;

    /// A run exceeded limits that are lower than the full ones: what it comes to under
    /// those. The harness has the full ones by then.
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
    /// A finding could not be stored, over and over.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
}
