//! The limits of a test case, the same for every command that runs test cases.

use std::time::Duration;

use clap::Args;

use super::durations::seconds;
use crate::harness::Limits;

/// What a test case may use.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Limits of a test case")]
pub struct LimitArgs {
    /// Time limit for parsing and setup, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "3", value_parser = seconds)]
    limit_setup: Duration,
    /// Time limit for the concurrent part, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "8", value_parser = seconds)]
    limit_run: Duration,
    /// Time limit for the whole test case, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "12", value_parser = seconds)]
    limit_total: Duration,
    /// Heap limit above the harness's own heap, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 256, value_parser = clap::value_parser!(u64).range(8..=1 << 20))]
    memory: u64,
}

impl LimitArgs {
    /// Converts the arguments to the harness's limits.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits {
            setup: self.limit_setup,
            concurrent: self.limit_run,
            total: self.limit_total,
            memory: self.memory << 20,
            ..Limits::default()
        }
    }
}
