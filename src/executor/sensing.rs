//! Looks for writes to shared memory in sequential runs.

use crate::harness::{End, Harness, HarnessError, RunFlags, RunRequest, SharedWrites};
use crate::scenario::Scenario;
use crate::sense::{Lead, Learned, Memory};

/// Runs that confirm coverage are sequential anyway and cost nothing more. Of the other executions,
/// one in this number is run again sequentially, for operations that reach a known place.
const EVERY: u64 = 8;

/// The sense of a campaign.
#[derive(Debug, Default)]
pub(super) struct Sensing {
    /// Whether there is one.
    pub(super) on: bool,
    pub(super) memory: Memory,
    /// Sequential runs that it learned from.
    pub(super) runs: u64,
    /// What the last execution suggested.
    pub(super) leads: Vec<Lead>,
}

impl Sensing {
    /// Whether an execution is run again for the sense alone.
    pub(super) fn is_due(&self, execution: u64) -> bool {
        self.on && execution.is_multiple_of(EVERY)
    }

    /// Flags of a sequential run.
    pub(super) fn flags(&self) -> RunFlags {
        RunFlags { sequential: true, sense: self.on, ..RunFlags::default() }
    }

    /// Runs the operations one after another; `None` if that does not end well.
    pub(super) fn run(
        &self,
        harness: &mut Harness,
        request: &RunRequest<'_>,
    ) -> Result<Option<SharedWrites>, HarnessError> {
        match harness.run(&request.with_flags(self.flags())) {
            Ok(outcome) if matches!(outcome.end, End::Replied) => {
                Ok(outcome.reply.map(|reply| reply.shared))
            }
            Ok(_) | Err(HarnessError::Interrupted) => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// Learns from a sequential run. Returns whether it showed something new.
    pub(super) fn learn(&mut self, scenario: &Scenario, seen: &SharedWrites) -> bool {
        if !self.on {
            return false;
        }
        self.runs += 1;
        let Learned { is_new, leads } = self.memory.learn(scenario, seen);
        self.leads = leads;
        is_new
    }
}
