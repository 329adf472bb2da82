//! Runs that are slow but do end, and are not findings.

use std::collections::BTreeMap;
use std::time::Duration;

use super::known::Known;
use crate::executor::Run;
use crate::finding::{Finding, LOCK_CYCLE};
use crate::harness::{End, Harness, HarnessError, Outcome, RunRequest};

/// How often a time-out under short limits that ends under the full ones is tried again.
const TIMEOUT_TRIES: u32 = 3;

/// The maximum number of hangs in constant arithmetic that get more time.
const STRETCHED: u32 = 1;

/// The time limit of a run that repeats a stall, once it took the full limits.
pub(super) const AGAIN: Duration = Duration::from_secs(2);

/// What is known about slow runs.
#[derive(Debug, Default)]
pub(super) struct Slow {
    /// Hangs in constant arithmetic that were given more time.
    stretched: u32,
    /// Time-outs under short limits that ended under the full ones, by id.
    ended: BTreeMap<String, u32>,
    /// Whether the outcome to record is a time-out under short limits that was not confirmed.
    unconfirmed: bool,
}

impl Slow {
    /// Whether the outcome to record is a time-out that was not confirmed.
    pub(super) fn take_unconfirmed(&mut self) -> bool {
        std::mem::take(&mut self.unconfirmed)
    }

    /// Repeats a run that exceeded short limits under the full ones, if it would be a new finding.
    /// Goroutines that wait for one another would still do so.
    pub(super) fn confirm(
        &mut self,
        harness: &mut Harness,
        request: &RunRequest<'_>,
        outcome: Outcome,
        seen: &[Finding],
        known: &Known,
    ) -> Result<Outcome, HarnessError> {
        let stalls: Vec<&Finding> = seen.iter().filter(|f| f.kind.stalls()).collect();
        let slow = |f: &Finding| self.ended.get(&f.id).is_some_and(|n| *n >= TIMEOUT_TRIES);
        // A known finding is only counted, and one that ended in time before is only slow.
        if !stalls.iter().any(|f| !slow(f) && known.would_be_news(f)) {
            self.unconfirmed = true;
            return Ok(outcome);
        }
        if stalls.iter().any(|f| f.title.contains(LOCK_CYCLE)) {
            return Ok(outcome);
        }
        let full = harness.run(request)?;
        if matches!(full.end, End::Replied) {
            for stall in stalls {
                *self.ended.entry(stall.id.clone()).or_default() += 1;
            }
        }
        Ok(full)
    }

    /// Whether a hang in constant arithmetic is only slow: it ends if it gets three times the time.
    pub(super) fn ends_in_time(
        &mut self,
        harness: &mut Harness,
        run: &Run<'_>,
    ) -> Result<bool, HarnessError> {
        self.stretched += 1;
        // A try costs up to half a minute.
        if self.stretched > STRETCHED {
            return Ok(true);
        }
        let limits = harness.limits();
        harness.set_limits(limits.stretched(3));
        let outcome = harness.run(run.request);
        harness.set_limits(limits);
        match outcome {
            // There is no time left to find out, so it is stored as a hang.
            Err(HarnessError::Interrupted) => Ok(false),
            outcome => Ok(matches!(outcome?.end, End::Replied)),
        }
    }
}
