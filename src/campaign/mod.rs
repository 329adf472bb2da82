//! A campaign: LibAFL's parts put together, from seeds to a summary.
//!
//! | folder | |
//! |---|---|
//! | [`results`] | figures, findings and summaries as plain data |
//! | [`corpus`] | seeds, the work directory, ancestry, bounds |
//! | [`monitor`] | progress: lines, screen, metrics, samples |
//! | `record` | outcomes become stored findings |
//! | [`roots`] | which fault is behind each finding, and a small program for each |
//! | `fuzz` | which entry, which mutant, at what cost |
//! | [`workers`] | a campaign of several processes |

mod checkpoint;
mod config;
pub mod corpus;
mod fuzz;
mod limits;
pub mod monitor;
mod open;
mod receive;
mod receive_foreign;
mod record;
mod restore;
pub mod results;
pub mod roots;
mod summarize;
pub mod workers;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::rc::Rc;

use libafl::corpus::{Corpus as _, CorpusId};
use libafl::events::NopEventManager;
use libafl::fuzzer::{Evaluator as _, Fuzzer as _};
use libafl::inputs::Input as _;
use libafl::state::{HasCorpus as _, HasExecutions as _};
use libafl_bolts::tuples::tuple_list;

pub use config::{CampaignError, Config};
pub use corpus::bounds::Caps;
pub use corpus::work_dir::WorkError;
pub use corpus::{distill, distill_fleet, gate, import, merge, seeds, slices, stored};
pub use limits::Limits;
pub use monitor::display::{Display, Style};
pub use monitor::samples::{End, EndBy, SamplesError};
pub use monitor::{metrics, screen};
pub use results::figures::{Coverage, Figures};
pub use results::found::{Found, Stored};
pub use results::message::Message;
pub use results::summary::Summary;

use crate::executor::{HarnessExecutor, State};
use crate::store::Store;
use crate::testcase::TestCase;
use checkpoint::{Parts, Remembered, Saving};
use corpus::ancestry::SharedAncestry;
use corpus::bounds::Bounds;
use corpus::seen_filter::SeenFilter;
use corpus::work_dir::{self, WorkDir};
use fuzz::budget::Budget;
use fuzz::follow::Follower;
use fuzz::mutant_stage::MutantStage;
use fuzz::operator_table::OperatorTable;
use fuzz::scheduler::scheduler_of;
use fuzz::tree_mutator::{Options, TreeMutator};
use monitor::progress::Progress;
use open::TreeFuzzer;
use record::{FindingRecorder, SecondOpinion};
use roots::RootsEnd;
use workers::inbox::Inbox;
use workers::siblings::{Siblings, key};

/// A campaign of one process.
pub struct Campaign {
    fuzzer: TreeFuzzer,
    executor: HarnessExecutor<FindingRecorder>,
    state: State,
    /// What asks the compiler about new corpus entries.
    opinion: Option<SecondOpinion>,
    /// The last entry that it was offered.
    offered: Option<CorpusId>,
    /// The other workers, if there are any.
    siblings: Siblings,
    /// Objects of other machines that are to run here.
    inbox: Inbox,
    /// LibAFL wants a manager of events, and there are none.
    events: NopEventManager,
    table: Rc<RefCell<OperatorTable>>,
    progress: Rc<Progress>,
    ancestry: SharedAncestry,
    /// Inputs that have already run.
    seen: SeenFilter,
    work: WorkDir,
    saving: Saving,
    options: Options,
    schedules: bool,
    coverage_feedback: bool,
    caps: Caps,
    seed: u64,
    go_version: String,
    /// The patches in the Go under test.
    patched: Vec<String>,
    /// The harness's executable.
    harness: PathBuf,
    /// What runs before the first mutant.
    replay: Replay,
    /// Whether a checkpoint is better than the previous one. If that is of another build, a new one is
    /// once all of its entries have run.
    may_save: bool,
    /// Whether all that runs before the first mutant has run.
    is_whole: bool,
    /// The keys of seeds and of entries of workers that have not run yet.
    unrun: BTreeSet<u64>,
}

/// What runs before the first mutant.
#[derive(Default)]
struct Replay {
    /// Entries of an earlier campaign.
    resumed: Vec<PathBuf>,
    /// Entries from the workers of an earlier campaign.
    of_workers: Vec<PathBuf>,
    seeds: Vec<TestCase>,
    /// The number of programs to generate.
    generated: usize,
    /// Whether the earlier campaign had not run all of its own.
    is_partial: bool,
}

/// Runs a campaign to its end.
///
/// # Errors
/// Seeds, harness, race detector or store do not work. Findings made before the failure are in the
/// store.
pub fn run(config: Config) -> Result<Summary, CampaignError> {
    let mut campaign = Campaign::open(config)?;
    let result = campaign.replay_corpus().and_then(|()| campaign.fuzz());
    campaign.finish(result)
}

impl Campaign {
    /// Starts the harness and loads the state of an earlier campaign. Nothing runs yet.
    ///
    /// # Errors
    /// Folders, seeds or a harness that cannot be used.
    pub fn open(config: Config) -> Result<Self, CampaignError> {
        let store = Store::open(&config.crashes)?;
        let work = WorkDir::open(config.work.as_deref())?;
        let mut harness = open::harness(&config)?;
        let mut seeds = seeds::import(&config.seeds, &mut harness)?;
        seeds.iter_mut().for_each(|case| case.scenario.fit(config.go.checker));
        let progress = open::progress(&config, &work)?;
        let ancestry = open::ancestry(&config, &work, &seeds, &progress);
        let recorder = open::recorder(&config, store, &progress, &ancestry);
        let mut executor = HarnessExecutor::new(harness, recorder);
        if config.sense && !executor.turn_sense_on() {
            progress
                .say("the sense for shared writes is off: it does not fit this Go or processor");
        }
        let seen = SeenFilter::default();
        let (fuzzer, state) = open::fuzzer(&config, &executor, &work, &ancestry, &seen)?;
        let mut campaign = Self {
            fuzzer,
            executor,
            state,
            opinion: open::second_opinion(&config, &progress),
            offered: None,
            siblings: Siblings::new(config.place.clone(), &config.origin.coverage_build),
            inbox: open::inbox(&config),
            events: NopEventManager::new(),
            table: open::operators(&config),
            progress,
            ancestry,
            seen,
            work,
            saving: Saving::new(config.work.clone(), config.origin.coverage_build.clone()),
            options: open::options(&config),
            schedules: config.schedules,
            coverage_feedback: config.coverage_feedback,
            caps: config.caps,
            seed: config.seed,
            go_version: config.origin.go_version.clone(),
            patched: config.origin.patched.clone(),
            harness: config.harness.path.clone(),
            replay: Replay::default(),
            may_save: true,
            is_whole: false,
            unrun: BTreeSet::new(),
        };
        let taken = campaign.restore(config.seed_given.then_some(config.seed))?;
        campaign.plan_replay(&config, seeds, &taken)?;
        Ok(campaign)
    }

    /// Offers a new corpus entry to the compiler, and records what the compiler did wrong.
    fn ask_compiler(&mut self) {
        let Some(opinion) = &mut self.opinion else { return };
        let last = self.state.corpus().last();
        if last != self.offered {
            self.offered = last;
            let corpus = self.state.corpus();
            opinion.offer(|| Some(corpus.cloned_input_for_id(last?).ok()?.to_source()));
        }
        if let Some(wrong) = opinion.wrong() {
            let execs = *self.state.executions();
            self.executor.recorder_mut().record_wrong(execs, wrong);
        }
    }

    /// Ends the questions to the compiler.
    fn end_opinion(&mut self) {
        let Some(mut opinion) = self.opinion.take() else { return };
        let (end, left) = opinion.end();
        for wrong in left {
            let execs = *self.state.executions();
            self.executor.recorder_mut().record_wrong(execs, wrong);
        }
        if end.compiled > 0 {
            let elapsed = self.progress.control().elapsed().as_secs_f64().max(0.001);
            let seconds = end.time.as_secs_f64();
            self.progress.say(&format!(
                "the compiler was asked about {} of {} new corpus entries, in {seconds:.1} s ({:.1} % of one processor)",
                end.compiled,
                end.entries,
                100.0 * seconds / elapsed
            ));
        }
    }

    /// Runs the initial corpus: earlier entries, seeds, generated programs.
    ///
    /// # Errors
    /// LibAFL's; [`Campaign::finish`] reports the cause.
    pub fn replay_corpus(&mut self) -> Result<(), CampaignError> {
        let Replay { resumed, of_workers, seeds, generated, .. } = std::mem::take(&mut self.replay);
        let generated = open::generated(self.seed, generated, &self.options, &self.ancestry);
        // What the journals of a resumed campaign hold costs no execution. Otherwise a short campaign
        // could end before it knows what earlier workers reached.
        self.receive()?;
        let is_resumed = self.run_cases(work_dir::cases(&resumed))?;
        self.may_save |= is_resumed;
        let others = work_dir::cases(&of_workers).chain(seeds).chain(generated);
        self.is_whole = self.run_cases(others)? && is_resumed;
        if is_resumed && let Err(e) = self.work.resumed() {
            self.progress.say(&format!("warning: {e}"));
        }
        Ok(())
    }

    /// Mutates corpus entries until the campaign is over.
    ///
    /// # Errors
    /// LibAFL's; [`Campaign::finish`] reports the cause.
    pub fn fuzz(&mut self) -> Result<(), CampaignError> {
        if self.state.corpus().count() == 0 {
            return Ok(());
        }
        if !self.coverage_feedback {
            // What the campaign starts from needs it: otherwise the corpus would be empty.
            self.executor.turn_coverage_off();
        }
        let mut stages = tuple_list!(self.mutant_stage());
        let mut bounds = Bounds::new(self.caps);
        while !self.progress.over(*self.state.executions()) {
            self.fuzzer.fuzz_one(
                &mut stages,
                &mut self.executor,
                &mut self.state,
                &mut self.events,
            )?;
            self.ask_compiler();
            self.saving.note(&self.state, &self.progress);
            self.receive()?;
            if self.saving.is_due() {
                self.save();
            }
            for id in bounds.tidy(&mut self.state, &self.work)? {
                self.forget(id);
            }
        }
        Ok(())
    }

    /// Ends a campaign: stores what is left and returns the summary. `result` is the outcome so
    /// far.
    ///
    /// # Errors
    /// What ended the campaign early, or what makes its results worthless.
    pub fn finish(mut self, result: Result<(), CampaignError>) -> Result<Summary, CampaignError> {
        self.progress.end(&self.state);
        if result.is_ok() && self.may_save {
            self.save();
            self.saving.end(&self.progress);
        }
        self.end_opinion();
        let roots = self.finish_roots();
        // Findings first: they are stored whatever else failed.
        let not_stored = self.executor.recorder_mut().flush();
        if let Some(fatal) = self.executor.take_failure() {
            return Err(fatal.into());
        }
        result?;
        self.check_health()?;
        Ok(Summary { not_stored: Vec::from_iter(not_stored), ..self.summary(&roots) })
    }

    /// Takes some more time for roots that have no program yet, and ends the background work.
    fn finish_roots(&mut self) -> RootsEnd {
        let roots = self.executor.recorder_mut().take_roots();
        roots.map_or_else(RootsEnd::default, |roots| self.progress.finish_roots(roots))
    }

    /// Runs test cases that may become entries. Returns whether all of them ran.
    fn run_cases(&mut self, cases: impl Iterator<Item = TestCase>) -> Result<bool, CampaignError> {
        let follower = self.follower();
        for case in cases {
            let key = key(&case.generate_name(None));
            if self.progress.over(*self.state.executions()) {
                return Ok(false);
            }
            self.run_case(case, &follower)?;
            if self.progress.control().interrupted() {
                // Perhaps in the middle of it.
                return Ok(false);
            }
            if let Some(key) = key {
                self.unrun.remove(&key);
            }
            if self.may_save && self.saving.is_due() {
                self.save();
            }
        }
        Ok(true)
    }

    fn run_case(&mut self, mut case: TestCase, follower: &Follower) -> Result<(), CampaignError> {
        if !self.options.profile.allows(case.scenario.class()) {
            return Ok(());
        }
        case.scenario.fit(self.options.generate.checker);
        if !self.schedules {
            case.scenario.schedule = None;
        }
        let before = *self.state.executions();
        let (_, id) = self.fuzzer.evaluate_filtered(
            &mut self.state,
            &mut self.executor,
            &mut self.events,
            &case,
        )?;
        if *self.state.executions() == before {
            // It ran before, or a signal arrived.
            return Ok(());
        }
        self.ran(id);
        let (executor, state) = (&mut self.executor, &mut self.state);
        follower.follow(&mut self.fuzzer, executor, state, &mut self.events, &case)?;
        Ok(())
    }

    fn follower(&self) -> Follower {
        Follower::new(
            Rc::clone(&self.progress),
            self.schedules,
            Rc::clone(&self.ancestry),
            self.seen.clone(),
            self.executor.execution(),
        )
    }

    fn mutant_stage(&self) -> MutantStage {
        let mutator = TreeMutator::new(self.options.clone(), Rc::clone(&self.table));
        MutantStage::new(
            mutator,
            Rc::clone(&self.progress),
            self.schedules,
            Budget::new(self.options.profile, self.options.generate.checker),
            Rc::clone(&self.ancestry),
            self.seen.clone(),
            self.executor.execution(),
        )
    }

    /// Writes a checkpoint.
    fn save(&mut self) {
        let mut seen = self.siblings.examined();
        seen.retain(|key| !self.unrun.contains(key));
        let remembered = Remembered {
            seed: self.seed,
            memory: self.executor.recorder_mut().memory(),
            seen,
            is_partial: !self.is_whole,
        };
        let parts = Parts {
            state: &mut self.state,
            scheduler: scheduler_of(&mut self.fuzzer),
            table: &mut self.table.borrow_mut(),
        };
        self.saving.save(&parts, remembered, &self.progress);
    }

    /// Notes that an entry is no longer in the corpus.
    fn forget(&mut self, id: CorpusId) {
        self.saving.lost();
        scheduler_of(&mut self.fuzzer).forget(id);
        self.table.borrow_mut().forget(id);
    }
}
