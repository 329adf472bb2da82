//! The interface between an executor and its campaign, and the errors that end a campaign.

use super::State;
use crate::harness::{Harness, HarnessError, Outcome, RunRequest, Site};
use crate::health::Sick;
use crate::sense::Lead;
use crate::testcase::{SourceCase, TestCase};

/// An executor that can start on an input before LibAFL hands it over.
pub trait Ahead {
    /// Starts to run the input of the next execution, whose text is `source`, so that the harness
    /// works while the input after it is made. If that is not possible now, nothing happens.
    fn send_ahead(&mut self, state: &State, input: &TestCase, source: SourceCase);
}

/// An executor with a sense for shared writes.
pub trait Leads {
    /// Takes what the last execution suggests to try at once.
    fn take_leads(&mut self) -> Vec<Lead>;

    /// Notes that the last execution tried to make this place race.
    fn tried(&mut self, site: &Site);
}

/// Turns outcomes into findings, before LibAFL looks at the input.
pub trait Recorder {
    /// The result of judging an outcome.
    type Verdict;

    /// Looks for failures in an outcome and in the harness's output since the last one.
    ///
    /// # Errors
    /// A failure that makes it pointless to go on.
    fn judge(
        &mut self,
        harness: &mut Harness,
        run: &Run<'_>,
        outcome: &Outcome,
    ) -> Result<Self::Verdict, Fatal>;

    /// Stores the failures that are new, and runs the case again to see how often they show.
    ///
    /// # Errors
    /// A failure that makes it pointless to go on.
    fn record(
        &mut self,
        harness: &mut Harness,
        run: &Run<'_>,
        outcome: &Outcome,
        verdict: Self::Verdict,
    ) -> Result<News, Fatal>;

    /// Decides what to do with a run that exceeded limits below the full ones. The harness has the
    /// full limits by then.
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

/// What a recorder found that is new.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// Findings with a signature this campaign had not seen.
    pub findings: usize,
    /// How many of these are not breaches of contract.
    pub bugs: usize,
}

/// One execution, as its recorder sees it.
pub struct Run<'a> {
    /// The input.
    pub case: &'a TestCase,
    /// The test case sent to the harness.
    pub source: &'a SourceCase,
    /// The request that it was sent with.
    pub request: &'a RunRequest<'a>,
    /// The fuzzer's state; its count includes this execution.
    pub state: &'a State,
}

/// Errors that end a campaign. The first one is kept; LibAFL sees only its text.
#[derive(Debug, thiserror::Error)]
pub enum Fatal {
    /// The harness can no longer be run.
    #[error(transparent)]
    Harness(#[from] HarnessError),
    /// The race detector no longer reports a planted race.
    #[error(
        "the race detector missed the planted race after {executions} executions: nothing this \
         campaign did not find means anything; run `typerace doctor`"
    )]
    Blind {
        /// Executions so far.
        executions: u64,
    },
    /// Nothing works, so the campaign finds nothing.
    #[error(transparent)]
    Sick(#[from] Sick),
}
