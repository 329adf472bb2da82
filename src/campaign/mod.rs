//! A campaign: LibAFL's parts put together, from seeds to a summary.

mod control;
mod progress;
mod recorder;
mod scheduler;
pub mod seeds;
mod stage;
mod summary;

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use libafl::corpus::{Corpus, InMemoryOnDiskCorpus};
use libafl::events::SimpleEventManager;
use libafl::feedback_or;
use libafl::feedbacks::{MaxMapFeedback, TimeFeedback};
use libafl::fuzzer::{Evaluator, Fuzzer, StdFuzzerBuilder};
use libafl::monitors::NopMonitor;
use libafl::state::{HasCorpus, HasExecutions, StdState};
use libafl::{BloomInputFilter, StdFuzzer};
use libafl_bolts::rands::StdRand;
use libafl_bolts::tuples::tuple_list;

pub use control::{Control, Limits};
pub use progress::Style;
pub use summary::{Coverage, Found, Summary};

use crate::executor::{Fatal, HarnessExecutor};
use crate::feedback::NewFindingFeedback;
use crate::finding::Origin;
use crate::generate;
use crate::harness::{Harness, HarnessConfig};
use crate::mutators::adapter::{Options, Table, TreeMutator};
use crate::rng::Rng;
use crate::scenario::Profile;
use crate::store::Store;
use crate::testcase::TestCase;
use progress::Progress;
use recorder::FindingRecorder;
use scheduler::FreshFirstScheduler;
use stage::MutantStage;

/// What a campaign is to do.
pub struct Config {
    /// When to end.
    pub limits: Limits,
    /// Seeds generation, mutation and scheduling.
    pub seed: u64,
    /// Which scenarios to make.
    pub profile: Profile,
    /// Seeds to start from; with none, generated programs alone.
    pub seeds: Vec<seeds::Seed>,
    /// Crash directories.
    pub crashes: PathBuf,
    /// The campaign's own state; none is kept if there is none.
    pub work: Option<PathBuf>,
    /// How progress is shown.
    pub style: Style,
    /// The harness to run.
    pub harness: HarnessConfig,
    /// What findings say about their origin.
    pub origin: Origin,
    /// Minor version of the Go under test, 27 for go1.27.3.
    pub go_minor: u32,
    /// Set by a signal handler to end the campaign.
    pub interrupted: Arc<AtomicBool>,
}

/// Why a campaign did not come to a good end.
#[derive(Debug, thiserror::Error)]
pub enum CampaignError {
    /// A seed that cannot be used.
    #[error(transparent)]
    Seed(#[from] seeds::SeedError),
    /// The harness, the race detector or the store failed.
    #[error(transparent)]
    Fatal(#[from] Fatal),
    /// The work directory cannot be used.
    #[error("cannot use the work directory {path}: {source}")]
    Work {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No input moved a counter.
    #[error(
        "no input moved a coverage counter of go/types: the harness was built without \
         instrumentation; run `typerace doctor`"
    )]
    NoCoverage,
    /// LibAFL's own.
    #[error("{0}")]
    LibAfl(libafl::Error),
}

impl From<crate::harness::EnvError> for CampaignError {
    fn from(e: crate::harness::EnvError) -> Self {
        crate::harness::HarnessError::from(e).into()
    }
}

impl From<crate::harness::HarnessError> for CampaignError {
    fn from(e: crate::harness::HarnessError) -> Self {
        CampaignError::Fatal(e.into())
    }
}

impl From<crate::store::StoreError> for CampaignError {
    fn from(e: crate::store::StoreError) -> Self {
        CampaignError::Fatal(e.into())
    }
}

/// Programs generated before the first mutation, beside the seeds.
const GENERATED_AT_START: usize = 32;

/// Runs a campaign to its end.
///
/// # Errors
/// Seeds, harness, race detector or store that do not work. What was found
/// until then is in the store.
pub fn run(config: Config) -> Result<Summary, CampaignError> {
    let store = Store::open(&config.crashes)?;
    let mut harness = Harness::start(config.harness)?;
    let seeds =
        config.seeds.iter().map(|s| s.import(&mut harness)).collect::<Result<Vec<_>, _>>()?;

    let recorder = FindingRecorder::new(store, config.origin.clone());
    let found = recorder.found();
    let mut executor = HarnessExecutor::new(harness, recorder);
    let last = executor.last();
    let failure = executor.failure();
    let control = Control::new(config.limits, config.interrupted);
    let progress = Rc::new(Progress::new(control, config.style, executor.last()));
    executor.recorder_mut().attach(Rc::clone(&progress));

    let scratch = tempfile::tempdir()
        .map_err(|source| CampaignError::Work { path: std::env::temp_dir(), source })?;
    let work = config.work.unwrap_or_else(|| scratch.path().to_owned());
    let mut feedback =
        feedback_or!(MaxMapFeedback::new(executor.coverage()), TimeFeedback::new(executor.time()));
    let mut objective = NewFindingFeedback::new(executor.last());
    let mut state = StdState::new(
        StdRand::with_seed(config.seed),
        corpus(&work, "corpus")?,
        corpus(&work, "solutions")?,
        &mut feedback,
        &mut objective,
    )
    .map_err(CampaignError::LibAfl)?;
    let mut fuzzer: StdFuzzer<_, _, _, _, _> = StdFuzzerBuilder::new()
        .input_filter(BloomInputFilter::new(1 << 20, 1e-4))
        .scheduler(FreshFirstScheduler::default())
        .feedback(feedback)
        .objective(objective)
        .build();
    let mut manager = SimpleEventManager::new(NopMonitor::new());

    let generate = generate::Options { go_minor: config.go_minor, ..Default::default() };
    let table = Rc::new(RefCell::new(Table::default()));
    let options = Options {
        profile: config.profile,
        generate,
        settings: Default::default(),
        fresh_percent: 10,
    };

    let result = (|| {
        let mut rng = Rng::new(config.seed);
        let generated = (0..GENERATED_AT_START)
            .map(|_| generate::test_case(&mut rng, &options.generate, config.profile));
        let admitted = |case: &TestCase| config.profile.allows(case.scenario.class());
        for case in seeds.into_iter().filter(admitted).chain(generated) {
            if progress.over(*state.executions()) {
                break;
            }
            fuzzer.evaluate_filtered(&mut state, &mut executor, &mut manager, &case)?;
            progress.tick(&state);
        }
        if state.corpus().count() == 0 {
            return Ok(());
        }
        let mutator = TreeMutator::new(options.clone(), Rc::clone(&table), Rc::clone(&last));
        let mut stages = tuple_list!(MutantStage::new(mutator, Rc::clone(&progress)));
        while !progress.over(*state.executions()) {
            fuzzer.fuzz_one(&mut stages, &mut executor, &mut state, &mut manager)?;
        }
        Ok(())
    })();
    progress.end();
    // Findings first: whatever else failed, they are stored.
    executor.recorder_mut().flush()?;
    if let Some(fatal) = failure.take() {
        return Err(fatal.into());
    }
    result.map_err(CampaignError::LibAfl)?;
    let (hit, total) = progress::coverage(&state);
    if hit == 0 && *state.executions() > 0 {
        return Err(CampaignError::NoCoverage);
    }

    let seconds = progress.control().elapsed().as_secs_f64();
    let execs = *state.executions();
    let table = table.borrow();
    let findings = found.borrow().clone();
    Ok(Summary {
        execs,
        seconds,
        execs_per_second: execs as f64 / seconds.max(0.001),
        corpus: state.corpus().count(),
        coverage: Coverage { hit, total },
        valid_percent: progress.valid_percent(),
        findings,
        contract_not_stored: executor.recorder_mut().passed_over(),
        operators: table.rows(),
        seed: config.seed,
        go_version: config.origin.go_version,
        sequence: format!("{:016x}", executor.sequence()),
        harness_starts: executor.harness_mut().starts(),
        confirmations: executor.confirmations(),
        elements: executor.elements().clone(),
        interrupted: progress.control().interrupted(),
    })
}

fn corpus(
    work: &std::path::Path,
    name: &str,
) -> Result<InMemoryOnDiskCorpus<TestCase>, CampaignError> {
    let path = work.join(name);
    InMemoryOnDiskCorpus::no_meta(&path)
        .map_err(|e| CampaignError::Work { path, source: std::io::Error::other(e.to_string()) })
}
