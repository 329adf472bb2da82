//! Builds the parts of a campaign from its configuration.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use libafl::StdFuzzer;
use libafl::feedback_or;
use libafl::feedbacks::{EagerOrFeedback, MaxMapFeedback};
use libafl::fuzzer::StdFuzzerBuilder;
use libafl::inputs::BytesInputConverter;
use libafl::state::StdState;
use libafl_bolts::rands::StdRand;

use super::config::{CampaignError, Config};
use super::corpus::ancestry::{Ancestry, SharedAncestry};
use super::corpus::seen_filter::SeenFilter;
use super::corpus::stored;
use super::corpus::work_dir::WorkDir;
use super::fuzz::operator_table::{GENERATE, OperatorTable};
use super::fuzz::scheduler::FreshFirstScheduler;
use super::fuzz::tree_mutator::Options;
use super::limits::Control;
use super::monitor::progress::Progress;
use super::record::{FindingRecorder, OpinionConfig, SecondOpinion};
use super::results::message::Message;
use super::roots::Roots;
use super::workers::inbox::Inbox;
use crate::corpus::EntryCorpus;
use crate::executor::{CoverageObserver, HarnessExecutor, State};
use crate::feedback::{CoversFeedback, NewFindingFeedback, RunTimeFeedback, SharedWriteFeedback};
use crate::generate;
use crate::harness::{EnvError, Harness};
use crate::mutators::Weights;
use crate::rng::Rng;
use crate::store::Store;
use crate::testcase::TestCase;
use crate::triage::compiler::Compiler;

/// The number of corpus entries whose trees are in memory, at about 100 KiB each.
const TREES: usize = 16;

/// How long a campaign waits for an execution after its time is up.
const GRACE: Duration = Duration::from_secs(1);

/// The feedback that decides whether an input becomes a corpus entry.
type Interesting = EagerOrFeedback<
    MaxMapFeedback<CoverageObserver, CoverageObserver>,
    EagerOrFeedback<SharedWriteFeedback, EagerOrFeedback<CoversFeedback, RunTimeFeedback>>,
>;

/// LibAFL's fuzzer, made of a campaign's parts.
pub(super) type TreeFuzzer = StdFuzzer<
    FreshFirstScheduler,
    Interesting,
    BytesInputConverter,
    SeenFilter,
    NewFindingFeedback,
>;

pub(super) fn harness(config: &Config) -> Result<Harness, EnvError> {
    let mut harness = config.harness.clone();
    // A test case that does not end must not keep the campaign from ending.
    harness.until = config.limits.time.map(|t| Instant::now() + t + GRACE);
    Harness::start(harness)
}

/// Starts the campaign's clock.
pub(super) fn progress(config: &Config, work: &WorkDir) -> Result<Rc<Progress>, CampaignError> {
    let control = Control::new(config.limits, config.interrupted.clone());
    config.display.open_samples(config.jsonl.as_deref(), work)?;
    Ok(Rc::new(Progress::new(control, config.display.clone())))
}

/// The ancestry of the existing corpus. If the journal cannot be kept, the campaign goes on without
/// it.
pub(super) fn ancestry(
    config: &Config,
    work: &WorkDir,
    seeds: &[TestCase],
    progress: &Progress,
) -> SharedAncestry {
    let names = stored::names(work.path());
    let mut ancestry = Ancestry::open(config.work.as_deref(), &names).unwrap_or_else(|e| {
        progress.say(&format!("warning: cannot keep the ancestry of entries: {e}"));
        Ancestry::default()
    });
    for (seed, case) in config.seeds.iter().zip(seeds) {
        ancestry.root(case, &["seed", &seed.path.display().to_string()]);
    }
    Rc::new(RefCell::new(ancestry))
}

pub(super) fn recorder(
    config: &Config,
    store: Store,
    progress: &Rc<Progress>,
    ancestry: &SharedAncestry,
) -> FindingRecorder {
    let roots = config.roots.clone().map(|roots| Roots::new(store.clone(), roots));
    let (progress, ancestry) = (Rc::clone(progress), Rc::clone(ancestry));
    FindingRecorder::new(store, config.origin.clone(), roots, progress, ancestry)
}

/// The compiler of the Go under test. If it is not found, that is said once.
fn compiler(config: &Config, progress: &Progress) -> Option<Compiler> {
    let found = Compiler::find(&config.go);
    if let Err(e) = &found {
        progress.say(&format!("warning: the compiler is not asked: {e}"));
    }
    found.ok()
}

/// The thread that asks the compiler about corpus entries, if requested.
pub(super) fn second_opinion(config: &Config, progress: &Progress) -> Option<SecondOpinion> {
    if config.compiler_percent == 0 {
        return None;
    }
    Some(SecondOpinion::new(OpinionConfig {
        compiler: compiler(config, progress)?,
        harness: config.harness.clone(),
        origin: config.origin.clone(),
        percent: config.compiler_percent,
    }))
}

pub(super) fn fuzzer(
    config: &Config,
    executor: &HarnessExecutor<FindingRecorder>,
    work: &WorkDir,
    ancestry: &SharedAncestry,
    seen: &SeenFilter,
) -> Result<(TreeFuzzer, State), CampaignError> {
    let mut feedback = feedback_or!(
        MaxMapFeedback::new(executor.coverage()),
        SharedWriteFeedback::new(executor.execution()),
        CoversFeedback::new(executor.coverage()),
        RunTimeFeedback::new(executor.execution())
    );
    let mut objective = NewFindingFeedback::new(executor.execution());
    let state = StdState::new(
        StdRand::with_seed(config.seed),
        EntryCorpus::new(work.corpus(), TREES),
        EntryCorpus::new(work.solutions(), 0),
        &mut feedback,
        &mut objective,
    )?;
    let scheduler = FreshFirstScheduler::new(executor.execution(), Rc::clone(ancestry))
        // A user who limits executions wants the same ones again.
        .without_clock(config.limits.execs.is_some());
    let fuzzer = StdFuzzerBuilder::new()
        .input_filter(seen.clone())
        .scheduler(scheduler)
        .feedback(feedback)
        .objective(objective)
        .build();
    Ok((fuzzer, state))
}

/// A worker's inbox. An object that killed the worker before is reported.
pub(super) fn inbox(config: &Config) -> Inbox {
    let work = config.place.as_ref().map(|place| place.work.as_path());
    let (inbox, fatal) = Inbox::open(work);
    for source in fatal {
        Message::Judged { source, is_good: false }.send();
    }
    inbox
}

pub(super) fn operators(config: &Config) -> Rc<RefCell<OperatorTable>> {
    Rc::new(RefCell::new(OperatorTable::new(Weights::new(config.operators))))
}

pub(super) fn options(config: &Config) -> Options {
    Options {
        profile: config.profile,
        generate: generate::Options {
            go_minor: config.go_minor,
            checker: config.go.checker,
            ..Default::default()
        },
        settings: Default::default(),
        ill_typed_percent: config.ill_typed_percent,
        fresh_percent: 10,
    }
}

/// Generated programs, each made when its turn comes.
pub(super) fn generated(
    seed: u64,
    n: usize,
    options: &Options,
    ancestry: &SharedAncestry,
) -> impl Iterator<Item = TestCase> + use<> {
    let mut rng = Rng::new(seed);
    let (options, ancestry) = (options.clone(), Rc::clone(ancestry));
    (0..n).map(move |_| {
        let case = generate::test_case(&mut rng, &options.generate, options.profile);
        ancestry.borrow_mut().root(&case, &[GENERATE]);
        case
    })
}
