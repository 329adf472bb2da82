//! The configuration of a campaign, and the errors that end one.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::corpus::bounds::Caps;
use super::corpus::seeds::{Seed, SeedError};
use super::corpus::work_dir::WorkError;
use super::limits::Limits;
use super::monitor::display::Display;
use super::monitor::samples::SamplesError;
use super::roots::RootsConfig;
use super::workers::siblings::Place;
use crate::executor::Fatal;
use crate::finding::Origin;
use crate::harness::{EnvError, HarnessConfig, HarnessError, Toolchain};
use crate::mutators::Choice;
use crate::scenario::Profile;
use crate::store::StoreError;

/// The configuration of a campaign.
pub struct Config {
    /// When to stop.
    pub limits: Limits,
    /// Seeds generation, mutation and scheduling.
    pub seed: u64,
    /// Whether the user chose the seed. If it differs from the seed of an earlier campaign, the
    /// random numbers start from it.
    pub seed_given: bool,
    /// Which scenarios to make.
    pub profile: Profile,
    /// Share of mutants that should be ill-typed, percent.
    pub ill_typed_percent: u32,
    /// How operators are chosen.
    pub operators: Choice,
    /// Seeds to start from; without any, only generated programs.
    pub seeds: Vec<Seed>,
    /// Crash directories.
    pub crashes: PathBuf,
    /// The campaign's own state; not kept if `None`.
    pub work: Option<PathBuf>,
    /// The worker's place in a campaign of several; `None` if it is alone.
    pub place: Option<Place>,
    /// Bounds of the corpus.
    pub caps: Caps,
    /// The file that gets a line of figures every second.
    pub jsonl: Option<PathBuf>,
    /// How progress is shown.
    pub display: Display,
    /// The harness to run.
    pub harness: HarnessConfig,
    /// Whether test cases run under the seeded schedules that they ask for.
    pub schedules: bool,
    /// Whether sequential runs look for writes to shared memory.
    pub sense: bool,
    /// Whether mutants are kept for their coverage.
    pub coverage_feedback: bool,
    /// What findings record about their origin.
    pub origin: Origin,
    /// Minor version of the Go under test, 27 for go1.27.3.
    pub go_minor: u32,
    /// The share of one processor's time, in percent, spent on asking the compiler about corpus
    /// entries; 0 for none.
    pub compiler_percent: u32,
    /// The Go under test.
    pub go: Toolchain,
    /// The background work on roots, unless nothing or another process does it.
    pub roots: Option<RootsConfig>,
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
    /// An error of LibAFL.
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
