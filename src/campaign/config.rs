//! What a campaign is to do, and why it may fail.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::corpus::bounds::Caps;
use super::corpus::seeds::{Seed, SeedError};
use super::corpus::work_dir::WorkError;
use super::limits::Limits;
use super::monitor::display::Display;
use super::monitor::samples::SamplesError;
use crate::executor::Fatal;
use crate::finding::Origin;
use crate::harness::{EnvError, HarnessConfig, HarnessError};
use crate::mutators::Choice;
use crate::scenario::Profile;
use crate::store::StoreError;

/// What a campaign is to do.
pub struct Config {
    /// When to end.
    pub limits: Limits,
    /// Seeds generation, mutation and scheduling.
    pub seed: u64,
    /// Whether the user chose the seed. If it differs from an earlier campaign's, its random
    /// numbers start from there.
    pub seed_given: bool,
    /// Which scenarios to make.
    pub profile: Profile,
    /// Share of mutants that should be ill-typed, percent.
    pub ill_typed_percent: u32,
    /// How operators are chosen.
    pub operators: Choice,
    /// Seeds to start from; with none, generated programs alone.
    pub seeds: Vec<Seed>,
    /// Crash directories.
    pub crashes: PathBuf,
    /// The campaign's own state; none is kept if there is none.
    pub work: Option<PathBuf>,
    /// Bounds of the corpus.
    pub caps: Caps,
    /// Where a line of figures is written every second.
    pub jsonl: Option<PathBuf>,
    /// How progress is shown.
    pub display: Display,
    /// The harness to run.
    pub harness: HarnessConfig,
    /// Run test cases under the seeded schedules that they ask for.
    pub schedules: bool,
    /// What findings say about their origin.
    pub origin: Origin,
    /// Minor version of the Go under test, 27 for go1.27.3.
    pub go_minor: u32,
    /// The share of one processor's time, in percent, in which new findings
    /// are minimized; 0 is none.
    pub minimize_percent: u32,
    /// Set by a signal handler to end the campaign.
    pub interrupted: Arc<AtomicBool>,
}

/// Why a campaign failed.
#[derive(Debug, thiserror::Error)]
pub enum CampaignError {
    /// A seed that cannot be used.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// The harness or the race detector failed.
    #[error(transparent)]
    Fatal(#[from] Fatal),
    /// The crash directories cannot be opened, or a finding could not be stored.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The work directory cannot be used.
    #[error(transparent)]
    Work(#[from] WorkError),
    /// No input moved a counter.
    #[error(
        "no input moved a coverage counter of go/types: the harness was built without \
         instrumentation; run `typerace doctor`"
    )]
    NoCoverage,
    /// The file of figures cannot be written.
    #[error(transparent)]
    Samples(#[from] SamplesError),
    /// LibAFL's own.
    #[error("{0}")]
    LibAfl(#[from] libafl::Error),
}

impl From<EnvError> for CampaignError {
    fn from(e: EnvError) -> Self {
        HarnessError::from(e).into()
    }
}

impl From<HarnessError> for CampaignError {
    fn from(e: HarnessError) -> Self {
        CampaignError::Fatal(e.into())
    }
}
