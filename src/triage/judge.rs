//! What an execution shows: a campaign and `reproduce` ask the same judge.

use super::observe::{observe, raw_report};
use super::oracle::differences;
use crate::finding::{Finding, Kind, Origin, describe, mismatch};
use crate::harness::{End, Harness, HarnessError, Outcome, RunFlags, RunRequest};

/// Turns executions into findings; runs them again where that takes it.
#[derive(Clone, Debug)]
pub struct Judge {
    /// Copied into every finding.
    origin: Origin,
}

/// The findings of an execution.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// Each signature once.
    pub findings: Vec<Finding>,
    /// The answers that differ, as text.
    differences: String,
}

impl Judgement {
    /// What the tools said: report.txt.
    #[must_use]
    pub fn report(&self, outcome: &Outcome) -> String {
        raw_report(outcome) + &self.differences
    }
}

impl Judge {
    /// A judge of executions of one origin.
    #[must_use]
    pub fn new(origin: Origin) -> Self {
        Self { origin }
    }

    /// What findings say about where they come from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Runs a request and judges what comes of it.
    ///
    /// # Errors
    /// The harness's.
    pub fn examine(
        &self,
        harness: &mut Harness,
        request: &RunRequest<'_>,
    ) -> Result<(Outcome, Judgement), HarnessError> {
        let outcome = harness.run(request)?;
        let judgement = self.judge(harness, request, &outcome)?;
        Ok((outcome, judgement))
    }

    /// Judges what came of a request. If its scenario has an oracle, the
    /// answers are compared with those of sequential runs.
    ///
    /// # Errors
    /// The harness's.
    pub fn judge(
        &self,
        harness: &mut Harness,
        request: &RunRequest<'_>,
        outcome: &Outcome,
    ) -> Result<Judgement, HarnessError> {
        let scenario = request.scenario;
        let mut findings = observe(outcome, scenario, &self.origin);
        let different = if scenario.has_oracle() && request.flags.answers {
            match differences(harness, request, outcome) {
                // Somebody asked for the end: what the run itself shows counts.
                Err(HarnessError::Interrupted) => Vec::new(),
                different => different?,
            }
        } else {
            Vec::new()
        };
        findings.extend(mismatch(&different, scenario, &self.origin));
        Ok(Judgement { findings, differences: describe(&different, scenario) })
    }

    /// Marks the findings that one goroutine alone makes too: a panic that the
    /// same operations show one after another, a run that does not end then
    /// either.
    ///
    /// # Errors
    /// The harness's.
    pub fn try_alone(
        &self,
        harness: &mut Harness,
        request: &RunRequest<'_>,
        findings: &mut [Finding],
    ) -> Result<(), HarnessError> {
        let open = |f: &Finding| !f.sequential && (f.kind == Kind::Panic || f.kind.stalls());
        if !findings.iter().any(open) {
            return Ok(());
        }
        let flags = RunFlags { sequential: true, ..RunFlags::default() };
        let outcome = harness.run(&request.with_flags(flags))?;
        let seen = observe(&outcome, request.scenario, &self.origin);
        let deadlocked = seen.iter().any(|f| f.kind == Kind::Deadlock);
        let stalled = deadlocked || matches!(outcome.end, End::TimedOut { .. });
        for finding in findings.iter_mut().filter(|f| open(f)) {
            // A stall's signature has every goroutine in it, and here is one. A run that
            // only takes long says nothing about who waits for whom.
            finding.sequential = seen.iter().any(|f| f.id == finding.id)
                || match finding.kind {
                    Kind::Deadlock => deadlocked,
                    Kind::Hang => stalled,
                    _ => false,
                };
        }
        Ok(())
    }
}
