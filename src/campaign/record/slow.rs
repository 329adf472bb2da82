//! Runs that are slow and do end: no findings.

use std::collections::BTreeMap;

use super::known::Known;
use crate::executor::Run;
use crate::finding::Finding;
use crate::harness::{End, Harness, HarnessError, Outcome, RunRequest};

/// How often a time-out under short limits that ends under the full ones is tried again.
const TIMEOUT_TRIES: u32 = 3;

/// How many hangs in constant arithmetic get more time.
const STRETCHED: u32 = 3;

/// What is known of slow runs.
#[derive(Debug, Default)]
pub(super) struct Slow {
    /// Hangs in constant arithmetic that were given more time.
    stretched: u32,
    /// Time-outs under short limits that ended under the full ones, by id.
    ended: BTreeMap<String, u32>,
    /// The outcome to record is a time-out under short limits that was not confirmed.
    unconfirmed: bool,
}

impl Slow {
    /// Whether the outcome to record is a time-out that was not confirmed.
    pub(super) fn take_unconfirmed(&mut self) -> bool {
        std::mem::take(&mut self.unconfirmed)
    }

    /// Runs what exceeded short limits under the full ones, if it would be a new finding.
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
        // What is known is counted; what ended in time before is only slow.
        if !stalls.iter().any(|f| !slow(f) && known.would_be_news(f)) {
            self.unconfirmed = true;
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

    /// Whether a hang in constant arithmetic is only slow: it ends if it has three
    /// times as long.
    pub(super) fn ends_in_time(
        &mut self,
        harness: &mut Harness,
        run: &Run<'_>,
    ) -> Result<bool, HarnessError> {
        self.stretched += 1;
        // Each try costs a minute.
        if self.stretched > STRETCHED {
            return Ok(true);
        }
        let limits = harness.limits();
        harness.set_limits(limits.stretched(3));
        let outcome = harness.run(run.request);
        harness.set_limits(limits);
        match outcome {
            // There is no time left to find out: it is stored as it is.
            Err(HarnessError::Interrupted) => Ok(false),
            outcome => Ok(matches!(outcome?.end, End::Replied)),
        }
    }
}
