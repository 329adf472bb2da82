//! LibAFL's Executor over a harness process.
//!
//! What LibAFL sees as coverage is *confirmed*: when the concurrent run shows
//! counters that were never seen, the same operations run once more, one after
//! another, and the counters of that run are what the observer holds. The
//! sequential run does not depend on the scheduler, so an edge that showed by
//! chance never makes an input look valuable.
//!
//! A seed decides which test cases are made from a given corpus. It does not
//! quite decide the corpus: an input is only confirmed if its concurrent run
//! shows new counters or dies, and both can be up to the scheduler.

mod recorder;
mod times;

use std::borrow::Cow;
use std::cell::RefCell;
use std::hash::Hasher as _;
use std::rc::Rc;
use std::time::Instant;

use libafl::executors::{Executor, ExitKind, HasObservers};
use libafl::feedbacks::map::MapFeedbackMetadata;
use libafl::observers::{HitcountsMapObserver, StdMapObserver, TimeObserver};
use libafl::state::{HasExecutions, StdState};
use libafl::{Error, HasNamedMetadata};
use libafl_bolts::rands::StdRand;
use libafl_bolts::tuples::{RefIndexable, tuple_list, tuple_list_type};

use crate::corpus::EntryCorpus;
use crate::feedback::Pairs;
use crate::fnv::Fnv1a;
use crate::goast;
use crate::harness::{
    End, Harness, HarnessError, Outcome, RunFlags, RunReply, RunRequest, Verdict,
};
use crate::health::{Health, Pulse, Sick};
use crate::pace::Pace;
use crate::scenario::{Operation, Tally};
use crate::testcase::{SourceCase, TestCase};
pub use recorder::{Ahead, Fatal, LastRun, Recorder, Run, Texts};
pub use times::Times;

/// The name of the coverage observer, and so of its history in the state.
pub const COVERAGE: &str = "coverage";

/// go/types' counters of the last execution that showed something new.
pub type CoverageObserver = HitcountsMapObserver<StdMapObserver<'static, u8, false>>;
/// What is observed of an execution.
pub type Observers = tuple_list_type!(CoverageObserver, TimeObserver);
/// The fuzzer's state.
pub type State = StdState<EntryCorpus, TestCase, StdRand, EntryCorpus>;

/// How often a planted race proves that the detector still works; and soon after the
/// start, so that short campaigns prove it too.
const PLANT_EVERY: u64 = 5_000;
const PLANT_EARLY: [u64; 3] = [1, 100, 1_000];

/// How many of the inputs with new coverage, and of the others that type-check, are
/// read for lazy state: one in so many. Every one of the first kind took 45 % of a
/// campaign's first minute.
const SUSPECT_NEW: u64 = 4;
const SUSPECT_OTHER: u64 = 64;

/// What a new process costs in ordinary executions, and what a run costs that
/// did not end.
const START_COST: u64 = 50;
const TIMEOUT_COST: u64 = 10_000;

/// Sequential runs that must all show new coverage.
const CONFIRMATIONS: u32 = 2;

/// After so many confirmations in vain a counter that was never confirmed is no reason
/// for another, but in one of so many executions: most such counters take two
/// goroutines. Which these are is up to chance, and the first executions are to repeat
/// with the seed.
const DOUBTS: u8 = 6;
const DOUBTED_FROM: u64 = 1_000;
const DOUBTED_EVERY: u64 = 16;

/// Answers are compared with sequential ones in so many executions at first, and then in
/// one of so many: it takes two or three runs more, and text for every answer. All that
/// asked for it took a third of a campaign.
const FREE_ORACLES: u64 = 32;
const ORACLE_EVERY: u64 = 16;

/// Runs test cases in a harness process.
pub struct HarnessExecutor<R> {
    harness: Harness,
    observers: Observers,
    recorder: R,
    last: Rc<RefCell<LastRun>>,
    failure: Rc<RefCell<Option<Fatal>>>,
    confirmations: u64,
    /// How often each counter was to be confirmed in vain.
    doubts: Vec<u8>,
    /// Executions whose answers were compared.
    oracles: u64,
    times: Times,
    sequence: Fnv1a,
    elements: Tally,
    pairs: Pairs,
    health: Health,
    pace: Pace,
    blind: bool,
    ahead: Option<Begun>,
    instead: Option<SourceCase>,
    /// Bytes are mutated: that nothing type-checks is to be expected.
    texts: bool,
}

/// The execution that the harness has begun with.
struct Begun {
    execution: u64,
    source: SourceCase,
    at: Instant,
    /// Processes that were started before it: it may have wanted a new one.
    starts: u64,
}

impl<R: Recorder> HarnessExecutor<R> {
    /// An executor over a started harness.
    pub fn new(harness: Harness, recorder: R) -> Self {
        let map = StdMapObserver::owned(COVERAGE, vec![0; harness.counters()]);
        let coverage = HitcountsMapObserver::new(map);
        Self {
            harness,
            observers: tuple_list!(coverage, TimeObserver::new("time")),
            recorder,
            last: Rc::default(),
            failure: Rc::default(),
            confirmations: 0,
            doubts: Vec::new(),
            oracles: 0,
            times: Times::default(),
            sequence: Fnv1a::default(),
            elements: Tally::default(),
            pairs: Pairs::default(),
            health: Health::default(),
            pace: Pace::default(),
            blind: false,
            ahead: None,
            instead: None,
            texts: false,
        }
    }

    /// The coverage observer, for the feedback that reads it.
    pub fn coverage(&self) -> &CoverageObserver {
        &self.observers.0
    }

    /// The time observer, for the feedback that reads it.
    pub fn time(&self) -> &TimeObserver {
        &self.observers.1.0
    }

    /// A digest over all test cases run so far, in their order.
    pub fn sequence(&self) -> u64 {
        self.sequence.finish()
    }

    /// How often each element of the vocabulary was executed, in the runs that
    /// ended well and without confirmations.
    pub fn elements(&self) -> &Tally {
        &self.elements
    }

    /// The interleavings seen so far.
    pub fn pairs(&self) -> &Pairs {
        &self.pairs
    }

    /// A handle on what the last execution was.
    pub fn last(&self) -> Rc<RefCell<LastRun>> {
        Rc::clone(&self.last)
    }

    /// A handle on what ended the campaign, if something did.
    pub fn failure(&self) -> Rc<RefCell<Option<Fatal>>> {
        Rc::clone(&self.failure)
    }

    /// What is wrong, at the campaign's end.
    pub fn sick(&self) -> Option<Sick> {
        self.health.at_end()
    }

    /// Whether the harness lived through an execution of late.
    pub fn lived(&self) -> bool {
        self.health.lived()
    }

    /// Where the time went so far.
    pub fn times(&self) -> Times {
        Times { harness: self.harness.worked().as_secs_f64(), ..self.times }
    }

    /// How many sequential runs confirmed coverage.
    pub fn confirmations(&self) -> u64 {
        self.confirmations
    }

    /// The harness.
    pub fn harness_mut(&mut self) -> &mut Harness {
        &mut self.harness
    }

    /// Keeps no input for its coverage, which is counted all the same: to measure what it
    /// is worth.
    pub fn ignore_coverage(&mut self, ignore: bool) {
        self.blind = ignore;
    }

    /// The recorder.
    pub fn recorder_mut(&mut self) -> &mut R {
        &mut self.recorder
    }

    fn execute(&mut self, state: &mut State, input: &TestCase) -> Result<ExitKind, Fatal> {
        *state.executions_mut() += 1;
        let executions = *state.executions();
        if is_planted(executions) {
            match self.harness.plant() {
                Ok((0, _)) => return Err(Fatal::Blind { executions }),
                // The run below will say the same.
                Ok(_) | Err(HarnessError::Interrupted) => {}
                Err(e) => return Err(e.into()),
            }
        }
        let ahead = self.ahead.take().filter(|begun| begun.execution == executions);
        let begun = ahead.is_some();
        let instead = self.instead.take();
        let replaced = instead.is_some();
        let (source, began, starts) = match ahead {
            Some(begun) => (begun.source, begun.at, begun.starts),
            None => (
                instead.unwrap_or_else(|| input.to_source()),
                Instant::now(),
                self.harness.starts(),
            ),
        };
        let request = self.request(executions, input, &source);
        self.oracles += u64::from(request.flags.answers);
        self.sequence.write(source.to_txtar().as_bytes());
        let outcome = match self.run_paced(&request, begun) {
            // Somebody asked for the end, and this execution is no result.
            Err(HarnessError::Interrupted) => {
                *state.executions_mut() -= 1;
                return Ok(ExitKind::Ok);
            }
            outcome => outcome?,
        };
        let ran = Instant::now();
        let mut last = LastRun::default();
        let mut promising = Vec::new();
        let kind = match (&outcome.end, &outcome.reply) {
            (End::Replied, Some(reply)) => {
                last.parsed = reply.verdicts.iter().all(|(v, _)| *v != Verdict::SyntaxErrors);
                last.checked =
                    last.parsed && reply.verdicts.iter().all(|(v, _)| *v != Verdict::TypeErrors);
                let faulty = |op: &Operation| match op {
                    Operation::Check { package } => (source.packages.iter().zip(&reply.verdicts))
                        .any(|(p, (v, _))| p.path == *package && *v == Verdict::TypeErrors),
                    _ => false,
                };
                if reply.skipped.is_empty() {
                    let faulty = input.scenario.before.iter().any(faulty);
                    let mut ran = input.scenario.clone();
                    ran.oracle = ran.oracle && request.flags.answers;
                    self.elements.add_scenario(&ran, faulty);
                }
                for (name, n) in &reply.operations {
                    self.elements.add(name, *n);
                }
                if request.scenario.schedule.is_some() {
                    last.new_pairs = self.pairs.add(self.harness.pairs());
                }
                promising = self.promising(state);
                ExitKind::Ok
            }
            // It was up to the clock, and its mutants would cost as much.
            (End::TimedOut { .. }, _) => ExitKind::Timeout,
            (End::OverMemory { .. }, _) => ExitKind::Oom,
            _ => ExitKind::Crash,
        };
        // Whether two maps' writers met was up to chance: the corpus must not depend
        // on it.
        let promises = !replaced && (kind == ExitKind::Crash || !promising.is_empty());
        let pulse = Pulse {
            died: !matches!(outcome.end, End::Replied),
            // A check that panicked has no verdict, and is no sign of health.
            valid: self.texts || last.checked && outcome.reply.as_ref().is_some_and(checks),
            // A dead process has no counters to show; that it died is told apart.
            covered: !matches!(outcome.end, End::Replied)
                || self.harness.coverage().iter().any(|&c| c > 0),
        };
        // Before the confirmation, which a signal may end: no finding is lost.
        let run = Run { case: input, source: &source, request: &request, state };
        (last.new_findings, last.new_bugs) =
            self.recorder.record(&mut self.harness, &run, &outcome)?;
        if let Some(sick) = self.health.note(pulse) {
            return Err(sick.into());
        }
        let recorded = Instant::now();
        if promises {
            last.new_coverage = self.confirm(state, &request)?;
            if !last.new_coverage {
                self.doubts.resize(self.harness.counters(), 0);
                for i in promising {
                    self.doubts[i] = self.doubts[i].saturating_add(1);
                }
            }
        }
        // It is counted, and no reason to keep the input.
        let uncounted = self.blind && last.new_coverage;
        last.new_coverage &= !self.blind;
        let confirmed = Instant::now();
        if last.new_coverage && executions.is_multiple_of(SUSPECT_NEW)
            || last.checked && executions.is_multiple_of(SUSPECT_OTHER)
        {
            last.new_lazy = self.recorder.suspect(&mut self.harness, &run)?;
        }
        if last.new_coverage {
            self.pace.learn(ran - began);
        }
        if uncounted {
            self.count_coverage(state);
        }
        self.times.suspecting += confirmed.elapsed().as_secs_f64();
        self.times.running += (ran - began).as_secs_f64();
        (last.took, last.starts) = (ran - began, self.harness.starts());
        self.times.recording += (recorded - ran).as_secs_f64();
        last.cost = 1
            + outcome.reports.matches("WARNING: DATA RACE").count() as u64
            + START_COST * (self.harness.starts() - starts)
            + if kind == ExitKind::Timeout { TIMEOUT_COST } else { 0 };
        self.times.confirming += (confirmed - recorded).as_secs_f64();
        *self.last.borrow_mut() = last;
        Ok(kind)
    }

    /// The request of an execution.
    fn request<'a>(&self, id: u64, input: &'a TestCase, source: &'a SourceCase) -> RunRequest<'a> {
        let request = RunRequest::new(&input.scenario, &source.packages);
        let mut request = RunRequest { id, ..request }.exploring();
        request.flags.answers &= self.oracles <= FREE_ORACLES + id / ORACLE_EVERY;
        request
    }

    /// Runs a request under limits that the corpus suggests, or has it end if the harness
    /// has `begun` with it.
    fn run_paced(
        &mut self,
        request: &RunRequest<'_>,
        begun: bool,
    ) -> Result<Outcome, HarnessError> {
        let full = self.harness.limits();
        let short = self.pace.limits(full);
        self.harness.set_limits(short);
        let outcome = if begun { self.harness.finish(request) } else { self.harness.run(request) };
        self.harness.set_limits(full);
        match outcome? {
            outcome if short != full && matches!(outcome.end, End::TimedOut { .. }) => {
                self.recorder.confirm_timeout(&mut self.harness, request, outcome)
            }
            outcome => Ok(outcome),
        }
    }

    /// The counters that no input in the corpus hit and that may be confirmed.
    fn promising(&self, state: &State) -> Vec<usize> {
        let executions = *state.executions();
        let always = executions < DOUBTED_FROM || executions.is_multiple_of(DOUBTED_EVERY);
        let doubt = |i: usize| self.doubts.get(i).copied().unwrap_or(0);
        let mut new = news(self.harness.coverage(), state);
        new.retain(|&i| always || doubt(i) < DOUBTS);
        new
    }

    /// Whether the harness's counters show what no input in the corpus did.
    fn shows_new(&self, state: &State) -> bool {
        has_new(self.harness.coverage(), state)
    }

    /// Takes what the observer shows as known, and out of it.
    fn count_coverage(&mut self, state: &mut State) {
        let map: &mut [u8] = &mut self.observers.0[..];
        let known = state.named_metadata_map_mut().get_mut::<MapFeedbackMetadata<u8>>(COVERAGE);
        if let Some(known) = known {
            known.history_map.resize(known.history_map.len().max(map.len()), 0);
            for (known_at, &n) in known.history_map.iter_mut().zip(map.iter()) {
                if n > 0 && *known_at == 0 {
                    *known_at = n;
                    known.num_covered_map_indexes += 1;
                }
            }
        }
        map.fill(0);
    }

    /// Runs the operations one after another, and fills the observer's map if
    /// that ends well. Says whether it shows something new, every time. Whether a
    /// counter was hit is what counts, not how often: go/types walks maps, so hit
    /// counts differ between runs of one goroutine too.
    fn confirm(&mut self, state: &State, request: &RunRequest<'_>) -> Result<bool, Fatal> {
        self.confirmations += 1;
        let sequential = request.with_flags(RunFlags { sequential: true, ..RunFlags::default() });
        let mut least: Vec<u8> = Vec::new();
        for _ in 0..CONFIRMATIONS {
            match self.harness.run(&sequential) {
                Ok(outcome) if matches!(outcome.end, End::Replied) => {}
                Ok(_) | Err(HarnessError::Interrupted) => return Ok(false),
                Err(e) => return Err(e.into()),
            }
            if !self.shows_new(state) {
                return Ok(false);
            }
            let coverage = self.harness.coverage();
            least.resize(coverage.len(), u8::MAX);
            least.iter_mut().zip(coverage).for_each(|(l, &c)| *l = (*l).min(c.min(1)));
        }
        let map: &mut [u8] = &mut self.observers.0[..];
        let n = map.len().min(least.len());
        map[..n].copy_from_slice(&least[..n]);
        Ok(has_new(&least, state))
    }
}

impl<R: Recorder> Ahead for HarnessExecutor<R> {
    fn send_ahead(&mut self, state: &State, input: &TestCase, source: SourceCase) {
        let execution = *state.executions() + 1;
        if is_planted(execution) {
            return;
        }
        let (at, starts) = (Instant::now(), self.harness.starts());
        let request = self.request(execution, input, &source);
        // What fails here fails again when the input is executed, and is reported then.
        let begun = self.harness.begin(&request).is_ok();
        self.ahead = begun.then_some(Begun { execution, source, at, starts });
    }
}

impl<R> Texts for HarnessExecutor<R> {
    fn parse(&mut self, name: &str, text: &str) -> Result<Option<goast::File>, Error> {
        self.texts = true;
        match self.harness.parse(name, text) {
            Ok(tree) => Ok(tree.ok()),
            Err(HarnessError::Interrupted) => Ok(None),
            Err(e) => {
                let told = Error::illegal_state(e.to_string());
                self.failure.borrow_mut().get_or_insert(e.into());
                Err(told)
            }
        }
    }

    fn run_instead(&mut self, source: SourceCase) {
        self.instead = Some(source);
    }
}

/// Whether the planted race runs before this execution.
fn is_planted(execution: u64) -> bool {
    execution.is_multiple_of(PLANT_EVERY) || PLANT_EARLY.contains(&execution)
}

/// Whether a package was checked to its end without an error.
fn checks(reply: &RunReply) -> bool {
    reply.panics.is_empty() && reply.verdicts.iter().any(|(v, _)| *v == Verdict::Valid)
}

/// Whether counters show what no input in the corpus did.
fn has_new(counters: &[u8], state: &State) -> bool {
    !news(counters, state).is_empty()
}

/// The counters that no input in the corpus hit.
fn news(counters: &[u8], state: &State) -> Vec<usize> {
    let history = state
        .named_metadata_map()
        .get::<MapFeedbackMetadata<u8>>(COVERAGE)
        .map_or(&[][..], |m| &m.history_map);
    let known = |i: usize| history.get(i).is_some_and(|&n| n > 0);
    let hit = counters.iter().enumerate().filter(|&(_, &n)| n > 0);
    hit.map(|(i, _)| i).filter(|&i| !known(i)).collect()
}

impl<EM, R: Recorder, Z> Executor<EM, TestCase, State, Z> for HarnessExecutor<R> {
    fn run_target(
        &mut self,
        _fuzzer: &mut Z,
        state: &mut State,
        _mgr: &mut EM,
        input: &TestCase,
    ) -> Result<ExitKind, Error> {
        self.execute(state, input).map_err(|fatal| {
            let text = fatal.to_string();
            self.failure.borrow_mut().get_or_insert(fatal);
            Error::illegal_state(Cow::<str>::Owned(text))
        })
    }
}

impl<R> HasObservers for HarnessExecutor<R> {
    type Observers = Observers;

    fn observers(&self) -> RefIndexable<&Observers, Observers> {
        RefIndexable::from(&self.observers)
    }

    fn observers_mut(&mut self) -> RefIndexable<&mut Observers, Observers> {
        RefIndexable::from(&mut self.observers)
    }
}
