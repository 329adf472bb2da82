//! Determines what an execution shows. Campaigns and `reproduce` use the same judge.

use super::observe::{observe, raw_report};
use super::oracle::differences;
use super::subject::subject_of;
use crate::finding::{Finding, Kind, Origin, TargetOrigin, class_and_rules, describe, mismatch};
use crate::harness::{BuiltHarness, End, Harness, HarnessError, Outcome, RunFlags, RunRequest};

/// What findings record about a harness.
#[must_use]
pub fn origin_of(built: &BuiltHarness) -> Origin {
    Origin {
        go_version: built.toolchain.version.clone(),
        coverage_build: built.key.clone(),
        patched: built.patched.ids.clone(),
        target: built.target.clone().map(|t| TargetOrigin { name: t.name, path: t.path }),
        subject: Some(Box::new(subject_of(built))),
        ..Origin::default()
    }
}

/// Turns executions into findings, with repeated runs where necessary.
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
    /// The raw output of the tools about one of the findings, for report.txt.
    #[must_use]
    pub fn report(&self, outcome: &Outcome, finding: &Finding) -> String {
        raw_report(outcome, finding) + &self.differences
    }
}

impl Judge {
    /// A judge for executions with this origin.
    #[must_use]
    pub fn new(origin: Origin) -> Self {
        Self { origin }
    }

    /// What findings record about their origin.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Runs a request and judges the outcome.
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

    /// Judges the outcome of a request. If its scenario has an oracle, the answers are compared
    /// with those of sequential runs.
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
                // The user asked for the end: findings of the run itself still count.
                Err(HarnessError::Interrupted) => Vec::new(),
                different => different?,
            }
        } else {
            Vec::new()
        };
        findings.extend(mismatch(&different, scenario, &self.origin));
        Ok(Judgement { findings, differences: describe(&different, scenario) })
    }

    /// Marks findings that also show on a single goroutine: a panic that the same operations cause
    /// one after another, or a run that does not end then either.
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
            // The signature of a stall names every goroutine, and here is only one. A run that is
            // merely slow says nothing about who waits for whom.
            finding.sequential = seen.iter().any(|f| f.id == finding.id)
                || match finding.kind {
                    Kind::Deadlock => deadlocked,
                    Kind::Hang => stalled,
                    _ => false,
                };
            if finding.sequential {
                let checker = self.origin.checker();
                (finding.class, finding.rules) = class_and_rules(request.scenario, checker, true);
            }
        }
        Ok(())
    }
}
