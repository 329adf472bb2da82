//! The limits of a test case, the same for every command that runs some.

use std::time::Duration;

use clap::Args;

use super::durations::seconds;
use crate::harness::Limits;

/// What a test case may use.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Limits of a test case")]
pub struct LimitArgs {
    /// Seconds for parse and setup
    #[arg(long, value_name = "SECONDS", default_value = "3", value_parser = seconds)]
    limit_setup: Duration,
    /// Seconds for the concurrent part
    #[arg(long, value_name = "SECONDS", default_value = "8", value_parser = seconds)]
    limit_run: Duration,
    /// Seconds for all of it
    #[arg(long, value_name = "SECONDS", default_value = "12", value_parser = seconds)]
    limit_total: Duration,
    /// MiB of heap above the harness's own
    #[arg(long, value_name = "MIB", default_value_t = 256, value_parser = clap::value_parser!(u64).range(8..=1 << 20))]
    memory: u64,
}

impl LimitArgs {
    /// The same for the harness.
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
