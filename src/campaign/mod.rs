//! A campaign: LibAFL's parts put together, from seeds to a summary.

mod aftermath;
pub mod ancestry;
mod attribution;
mod background;
mod board;
mod broker;
mod budget;
mod bytes;
mod care;
mod checkpoint;
pub mod combine;
mod control;
mod cover;
mod covers;
mod display;
pub mod distill;
mod exchange;
mod experiment;
mod figures;
mod filter;
pub mod hub;
pub mod import;
mod merge;
mod message;
pub mod metrics;
mod operators;
mod peers;
mod progress;
mod recorder;
mod repeats;
mod samples;
mod scheduler;
mod schedules;
pub mod screen;
pub mod seeds;
mod stage;
pub mod stored;
mod summary;
mod suspicions;
mod variants;
mod work;
pub mod workers;
mod writer;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use libafl::StdFuzzer;
use libafl::corpus::Corpus;
use libafl::feedback_or;
use libafl::feedbacks::{MaxMapFeedback, TimeFeedback};
use libafl::fuzzer::{Evaluator, Fuzzer, HasScheduler, StdFuzzerBuilder};
use libafl::state::{HasCorpus, HasExecutions, StdState};
use libafl_bolts::rands::StdRand;
use libafl_bolts::tuples::tuple_list;

pub use background::BackgroundEnd;
use background::{Background, BackgroundConfig};
pub use board::{Board, LogLine, WorkerState};
pub use control::{Control, Limits};
pub use display::{Display, Style};
pub use experiment::{Ablation, Experiment, Replay};
pub use figures::Figures;
pub use summary::{Coverage, Found, Summary};
pub use suspicions::{LazyFigures, Suspicion};
use work::WorkDir;
pub use work::WorkError;

use crate::corpus::EntryCorpus;
use crate::executor::{Ahead as _, Fatal, HarnessExecutor, State};
use crate::feedback::{CoversFeedback, InterleavingFeedback, LazyFeedback, NewFindingFeedback};
use crate::finding::Origin;
use crate::generate;
use crate::harness::{Harness, HarnessConfig};
use crate::mutators::adapter::{GENERATE, Options, Table, TreeMutator};
use crate::mutators::{Choice, Weights};
use crate::rng::Rng;
use crate::scenario::Profile;
use crate::store::Store;
use crate::testcase::TestCase;
use ancestry::{Ancestry, SharedAncestry};
use budget::Budget;
use bytes::{ByteStage, Mutants};
pub use care::Caps;
use care::Care;
use checkpoint::{Parts, Saving};
use filter::SeenFilter;
use hub::wire::Carried;
pub use message::Message;
use peers::Peers;
use progress::Progress;
use recorder::FindingRecorder;
use samples::Samples;
pub use samples::SamplesError;
use scheduler::FreshFirstScheduler;
use schedules::ScheduleStage;
pub use schedules::{Schedules, Strategy};
use stage::MutantStage;
use suspicions::Suspicions;

/// What a campaign is to do.
pub struct Config {
    /// When to end.
    pub limits: Limits,
    /// Seeds generation, mutation and scheduling.
    pub seed: u64,
    /// Which scenarios to make.
    pub profile: Profile,
    /// Share of mutants that should be ill-typed, percent.
    pub ill_typed_percent: u32,
    /// How operators are chosen.
    pub operators: Choice,
    /// Seeds to start from; with none, generated programs alone.
    pub seeds: Vec<seeds::Seed>,
    /// Crash directories.
    pub crashes: PathBuf,
    /// The campaign's own state; none is kept if there is none.
    pub work: Option<PathBuf>,
    /// How much of it there may be.
    pub caps: Caps,
    /// Where a line of figures is written every second.
    pub jsonl: Option<PathBuf>,
    /// Whether packages are searched for lazy state.
    pub lazy: bool,
    /// How progress is shown.
    pub display: Display,
    /// The harness to run.
    pub harness: HarnessConfig,
    /// Search schedules, and keep what shows new interleavings.
    pub schedules: Schedules,
    /// What findings say about their origin.
    pub origin: Origin,
    /// Minor version of the Go under test, 27 for go1.27.3.
    pub go_minor: u32,
    /// The share of one processor's time, in percent, in which new findings
    /// are minimized; 0 is none.
    pub minimize_percent: u32,
    /// Whether the seed was asked for: another one than before starts anew.
    pub seed_given: bool,
    /// What is measured, if it is no campaign for use.
    pub experiment: Experiment,
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

/// Corpus entries whose trees are in memory, which take some 100 KiB each.
const TREES: usize = 16;

/// How long after its time a campaign waits for an execution.
const GRACE: std::time::Duration = std::time::Duration::from_secs(1);

/// Runs a campaign to its end.
///
/// # Errors
/// Seeds, harness, race detector or store that do not work. What was found
/// until then is in the store.
pub fn run(config: Config) -> Result<Summary, CampaignError> {
    let store = Store::open(&config.crashes)?;
    let work = WorkDir::open(config.work.as_deref())?;
    let mut harness = config.harness.clone();
    // A test case that does not end must not keep the campaign from its end.
    harness.until = config.limits.time.map(|t| std::time::Instant::now() + t + GRACE);
    let mut harness = Harness::start(harness)?;
    let seeds = seeds::import(&config.seeds, &mut harness)?;

    let mut recorder = FindingRecorder::new(store.clone(), config.origin.clone());
    if config.minimize_percent > 0 {
        let background = BackgroundConfig {
            harness: config.harness,
            origin: config.origin.clone(),
            go_minor: config.go_minor,
            percent: config.minimize_percent,
        };
        recorder.minimize(Background::new(store, background));
    }
    if config.lazy {
        recorder.suspect_with(Suspicions::new(config.work.as_ref().map(|_| work.suspicions())));
    }
    let found = recorder.found();
    let mut executor = HarnessExecutor::new(harness, recorder);
    let last = executor.last();
    let failure = executor.failure();
    let control = Control::new(config.limits, config.interrupted);
    let progress = Rc::new(Progress::new(control, config.display.clone(), executor.last()));
    progress.set_samples(Samples::open(config.jsonl.as_deref())?);
    let ancestry = ancestry(config.work.as_deref(), &work, &progress);
    for (seed, case) in config.seeds.iter().zip(&seeds) {
        ancestry.borrow_mut().root(case, &["seed", &seed.path.display().to_string()]);
    }
    executor.recorder_mut().attach(Rc::clone(&progress), Rc::clone(&ancestry));
    let mut feedback = feedback_or!(
        MaxMapFeedback::new(executor.coverage()),
        InterleavingFeedback::new(config.schedules.feedback, executor.last()),
        LazyFeedback::new(executor.last()),
        CoversFeedback::new(executor.coverage()),
        TimeFeedback::new(executor.time())
    );
    let searched = Rc::default();
    let mut objective = NewFindingFeedback::new(executor.last());
    let mut state = StdState::new(
        StdRand::with_seed(config.seed),
        EntryCorpus::new(work.corpus(), TREES),
        EntryCorpus::new(work.solutions(), 0),
        &mut feedback,
        &mut objective,
    )
    .map_err(CampaignError::LibAfl)?;
    let seen = SeenFilter::default();
    let mut fuzzer: StdFuzzer<_, _, _, _, _> = StdFuzzerBuilder::new()
        .input_filter(seen.clone())
        .scheduler(
            FreshFirstScheduler::new(Rc::clone(&last), Rc::clone(&ancestry))
                // Who counts executions wants the same ones again.
                .without_clock(config.limits.execs.is_some()),
        )
        .feedback(feedback)
        .objective(objective)
        .build();
    let campaign = config.work.as_deref().map(exchange::campaign);
    let is_worker = config.display.style() == Style::Worker;
    let mut peers = Peers::new(
        campaign.clone().filter(|_| is_worker),
        &config.origin.coverage_build,
        executor.last(),
        Rc::clone(&progress),
    );
    let manager = &mut peers;

    let generate = generate::Options { go_minor: config.go_minor, ..Default::default() };
    let mut weights = Weights::new(config.operators);
    if config.experiment.ablate == Some(Ablation::Scenarios) {
        weights.keep_scenarios();
    }
    let table = Rc::new(RefCell::new(Table::new(weights)));
    let options = Options {
        profile: config.profile,
        generate,
        settings: Default::default(),
        ill_typed_percent: config.ill_typed_percent,
        fresh_percent: 10,
    };

    let build = config.origin.coverage_build.clone();
    let mut saving = Saving::new(config.work.clone(), build);
    let mut seed = config.seed;
    let mut taken = BTreeSet::new();
    if let Some(mut checkpoint) = saving.last(&progress) {
        let fits = checkpoint.fits(&saving.build, executor.harness_mut().counters(), work.path());
        let asked = config.seed_given.then_some(config.seed);
        let mut table = table.borrow_mut();
        let scheduler = scheduler_of(&mut fuzzer);
        let mut parts = Parts { state: &mut state, scheduler, table: &mut table };
        if fits {
            let restored = checkpoint.restore_corpus(&mut parts, &work, saving.covers(), &seen);
            taken = restored.map_err(CampaignError::LibAfl)?;
        }
        let (memory, known) = checkpoint.restore(&mut parts, asked);
        seed = checkpoint.seed(asked);
        executor.recorder_mut().remember(memory);
        manager.knows(known);
    }
    let resumed = work.resume(&taken)?;
    for broken in &resumed.broken {
        progress.say(&format!("warning: left out, as it is no test case: {broken}"));
    }
    if !taken.is_empty() || !resumed.entries.is_empty() {
        progress.say(&format!(
            "resuming with {} corpus entries, of which {} are run again",
            taken.len() + resumed.entries.len(),
            resumed.entries.len()
        ));
    }

    // What an earlier campaign ran need not be run again, if coverage is known.
    let fits = !taken.is_empty();
    let key = |case: &TestCase| Carried::new(case).map(|c| c.key());
    let mut keys = Vec::new();
    let mut is_new = |case: &TestCase| {
        let key = key(case);
        let new = !fits || key.is_none_or(|key| !manager.seen().contains(&key));
        keys.extend(key.filter(|_| new));
        new
    };
    let seeds: Vec<TestCase> = seeds.into_iter().filter(&mut is_new).collect();
    // Several workers may have been here before one alone.
    let mut theirs = Vec::new();
    if let Some(campaign) = campaign.filter(|_| !is_worker) {
        theirs = exchange::stored(&campaign, config.work.as_deref());
        theirs.retain(|file| work::read(file).is_ok_and(|c| is_new(&c)));
    }
    keys.extend(work::cases(&resumed.entries).filter_map(|c| key(&c)));
    manager.knows(keys);
    let mut whole = false;
    let mut replayed = None;
    let blind = config.experiment.ablate == Some(Ablation::Coverage);
    executor.ignore_coverage(blind);
    let again = config.experiment.replay.map(|passes| (passes, seeds.clone()));
    let result = (|| {
        let mut rng = Rng::new(seed);
        let generated = (0..if fits { 0 } else { GENERATED_AT_START }).map(|_| {
            let case = generate::test_case(&mut rng, &options.generate, config.profile);
            ancestry.borrow_mut().root(&case, &[GENERATE]);
            case
        });
        let admitted = |case: &TestCase| config.profile.allows(case.scenario.class());
        let mut run_all = |state: &mut State, cases: &mut dyn Iterator<Item = TestCase>| {
            for mut case in cases.filter(admitted) {
                config.schedules.restrict(&mut case);
                if progress.over(*state.executions()) {
                    return Ok(false);
                }
                let id = if blind {
                    Some(fuzzer.add_input(state, &mut executor, manager, case)?)
                } else {
                    fuzzer.evaluate_filtered(state, &mut executor, manager, &case)?.1
                };
                table.borrow_mut().entry(id, last.borrow().checked);
                progress.tick(state);
            }
            Ok::<_, libafl::Error>(true)
        };
        let all_ran = run_all(&mut state, &mut work::cases(&resumed.entries))?;
        run_all(&mut state, &mut work::cases(&theirs))?;
        run_all(&mut state, &mut seeds.into_iter().chain(generated))?;
        if all_ran && let Err(e) = work.resumed() {
            progress.say(&format!("warning: {e}"));
        }
        if let Some((passes, cases)) = again {
            let began = std::time::Instant::now();
            let before = *state.executions();
            let cases = (0..passes).flat_map(|_| &cases);
            let mut printed = cases.map(|case| (case, case.to_source()));
            let mut next = printed.next();
            while let Some((case, source)) = next {
                if progress.over(*state.executions()) {
                    break;
                }
                // As mutants are: the next is printed while the harness works.
                executor.send_ahead(&state, case, source);
                next = printed.next();
                fuzzer.evaluate_input(&mut state, &mut executor, manager, case)?;
                progress.tick(&state);
            }
            let (execs, seconds) = (*state.executions() - before, began.elapsed().as_secs_f64());
            replayed = Some(Replay { execs, seconds, execs_per_second: execs as f64 / seconds });
            return Ok(());
        }
        if state.corpus().count() == 0 {
            return Ok(());
        }
        let mutator = TreeMutator::new(options.clone(), Rc::clone(&table), Rc::clone(&last));
        let budget = Rc::new(Budget::new(config.profile, Rc::clone(&last)));
        let mutants = match config.experiment.ablate {
            Some(Ablation::Bytes) => {
                Mutants::Bytes(ByteStage::new(Rc::clone(&progress), Rc::clone(&ancestry)))
            }
            _ => Mutants::Trees(Box::new(MutantStage::new(
                mutator,
                Rc::clone(&progress),
                config.schedules,
                Rc::clone(&budget),
                Rc::clone(&ancestry),
                seen,
            ))),
        };
        let mut stages = tuple_list!(
            mutants,
            ScheduleStage::new(
                config.schedules,
                Rc::clone(&progress),
                Rc::clone(&searched),
                Rc::clone(&ancestry)
            )
        );
        let mut care = Care::new(config.caps);
        while !progress.over(*state.executions()) {
            fuzzer.fuzz_one(&mut stages, &mut executor, &mut state, manager)?;
            if saving.is_due() {
                let memory = executor.recorder_mut().memory();
                let (scheduler, mut table) = (scheduler_of(&mut fuzzer), table.borrow_mut());
                let parts = Parts { state: &mut state, scheduler, table: &mut table };
                saving.save(&parts, seed, memory, manager.seen(), &progress);
            }
            for id in care.tidy(&mut state, &work)? {
                saving.lost();
                scheduler_of(&mut fuzzer).forget(id);
                table.borrow_mut().forget(id);
            }
        }
        whole = true;
        Ok(())
    })();
    // Not before everything that there was has run: the one before knows more.
    if whole {
        let memory = executor.recorder_mut().memory();
        let (scheduler, mut table) = (scheduler_of(&mut fuzzer), table.borrow_mut());
        let parts = Parts { state: &mut state, scheduler, table: &mut table };
        saving.save(&parts, seed, memory, manager.seen(), &progress);
    }
    let minimized = executor.recorder_mut().end_minimizing();
    for failed in &minimized.failed {
        progress.say(&format!("warning: not minimized: {failed}"));
    }
    // Findings first: whatever else failed, they are stored.
    if let Err(e) = executor.recorder_mut().flush() {
        if let Some(at) = executor.recorder_mut().rescue() {
            let at = at.display();
            progress.say(&format!("warning: what could not be stored is in {at}; move it"));
        }
        return Err(e.into());
    }
    let suspicions = executor.recorder_mut().suspicions();
    if let Some(Err(e)) = suspicions.map(Suspicions::save) {
        progress.say(&format!("warning: cannot write the suspicions: {e}"));
    }
    let lazy = suspicions.map(Suspicions::figures);
    let suspicions = suspicions.map(Suspicions::open).unwrap_or_default();
    if let Some(fatal) = failure.take() {
        return Err(fatal.into());
    }
    result.map_err(CampaignError::LibAfl)?;
    let (hit, total) = progress::coverage(&state);
    if let Some(sick) = executor.sick() {
        return Err(Fatal::from(sick).into());
    }
    if hit == 0 && executor.lived() {
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
        interleaving: Coverage { hit: executor.pairs().hit(), total: executor.pairs().total() },
        schedules: searched.take(),
        valid_percent: progress.valid_percent(),
        findings,
        contract_not_stored: executor.recorder_mut().passed_over(),
        operators: table.rows(),
        minimized: minimized.done,
        not_minimized: minimized.waiting + minimized.failed.len(),
        seed,
        go_version: config.origin.go_version,
        patched: config.origin.patched,
        sequence: format!("{:016x}", executor.sequence()),
        harness_starts: executor.harness_mut().starts(),
        confirmations: executor.confirmations(),
        times: executor.times().of(seconds),
        elements: executor.elements().clone(),
        suspicions,
        lazy,
        broker: None,
        imported: peers.imported(),
        replay: replayed,
        interrupted: progress.control().interrupted(),
    })
}

/// The ancestry of what there is. A journal that cannot be kept costs no campaign.
fn ancestry(work: Option<&Path>, dir: &WorkDir, progress: &Progress) -> SharedAncestry {
    let names = stored::names(dir.path());
    let ancestry = Ancestry::open(work, &names).unwrap_or_else(|e| {
        progress.say(&format!("warning: cannot keep the ancestry of entries: {e}"));
        Ancestry::default()
    });
    Rc::new(RefCell::new(ancestry))
}

fn scheduler_of<Z>(fuzzer: &mut Z) -> &mut FreshFirstScheduler
where
    Z: HasScheduler<TestCase, State, Scheduler = FreshFirstScheduler>,
{
    fuzzer.scheduler_mut()
}
