//! What `make bench` asks of a campaign, by hidden flags: for figures alone.

use serde::{Deserialize, Serialize};

/// A campaign that is measured, and not used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Experiment {
    /// Instead of mutants, the seeds again, so many times.
    pub replay: Option<u32>,
    /// A part that is taken out.
    pub ablate: Option<Ablation>,
}

/// A part of a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ablation {
    /// No input enters the corpus for its coverage; what a campaign starts with does
    /// without.
    Coverage,
    /// No operator on scenarios is chosen.
    Scenarios,
    /// Bytes of the printed text are mutated instead of trees.
    Bytes,
}

/// How fast the seeds ran again.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Replay {
    /// Executions.
    pub execs: u64,
    /// Wall time.
    pub seconds: f64,
    /// The ratio of the two.
    pub execs_per_second: f64,
}
