//! LibAFL's Executor over a harness process.
//!
//! One execution is the list in [`HarnessExecutor::execute`]: run, judge, record, confirm,
//! learn. What LibAFL sees as coverage is confirmed by sequential runs, so which inputs
//! enter the corpus does not hang on one lucky run. A seed repeats the random choices of a
//! campaign; which races and which coverage the concurrent runs show is up to Go's scheduler,
//! and what follows from those may differ.

mod confirm;
mod observer;
mod outcomes;
mod recorder;
mod sensing;
mod times;

use std::borrow::Cow;
use std::hash::Hasher as _;
use std::time::Instant;

use libafl::Error;
use libafl::executors::{Executor, ExitKind, HasObservers};
use libafl::observers::{HitcountsMapObserver, StdMapObserver};
use libafl::state::{HasExecutions, StdState};
use libafl_bolts::rands::StdRand;
use libafl_bolts::tuples::{RefIndexable, tuple_list, tuple_list_type};

use crate::corpus::EntryCorpus;
use crate::fnv::Fnv1a;
use crate::harness::{
    End, Harness, HarnessError, Outcome, RunReply, RunRequest, SharedWrites, Site, Verdict,
};
use crate::health::{Health, Pulse, Sick};
use crate::pace::Pace;
use crate::scenario::{Operation, Tally};
use crate::sense::{Lead, Memory};
use crate::testcase::{SourceCase, TestCase};
use confirm::{Confirmer, unseen};
pub use observer::{Execution, ExecutionObserver};
use outcomes::{checks, cost, exit_kind, verdicts};
pub use recorder::{Ahead, Fatal, Leads, News, Recorder, Run};
use sensing::Sensing;
pub use times::Times;

/// The name of the coverage observer, and so of its history in the state.
pub const COVERAGE: &str = "coverage";

/// go/types' counters of the last execution that showed something new.
pub type CoverageObserver = HitcountsMapObserver<StdMapObserver<'static, u8, false>>;
/// The observers of an execution.
pub type Observers = tuple_list_type!(CoverageObserver, ExecutionObserver);

/// Observers of an execution elsewhere that hit these counters. What was new there is not new here.
#[must_use]
pub fn observers_of(hit: impl Iterator<Item = usize>, counters: usize) -> Observers {
    let mut map = vec![0; counters];
    hit.filter(|&i| i < counters).for_each(|i| map[i] = 1);
    let coverage = HitcountsMapObserver::new(StdMapObserver::owned(COVERAGE, map));
    tuple_list!(coverage, ExecutionObserver::default())
}

/// The fuzzer's state.
pub type State = StdState<EntryCorpus, TestCase, StdRand, EntryCorpus>;

/// How often a planted race checks that the detector still works. It also runs soon after the
/// start, so that short campaigns are checked too.
const PLANT_EVERY: u64 = 5_000;
const PLANT_EARLY: [u64; 3] = [1, 100, 1_000];

/// Answers are compared with sequential ones in the first `FREE_ORACLES` executions that ask for
/// it, then in one of `ORACLE_EVERY` executions. A comparison takes two or three more runs, and
/// text for every answer. Comparing every time took a third of a campaign.
const FREE_ORACLES: u64 = 32;
const ORACLE_EVERY: u64 = 16;

/// Runs test cases in a harness process.
pub struct HarnessExecutor<R> {
    harness: Harness,
    observers: Observers,
    recorder: R,
    /// What ended the campaign.
    failure: Option<Fatal>,
    confirmer: Confirmer,
    /// Whether new coverage is confirmed, and inputs are kept for it.
    confirms: bool,
    sensing: Sensing,
    /// Executions whose answers were compared.
    oracles: u64,
    times: Times,
    sequence: Fnv1a,
    elements: Tally,
    health: Health,
    pace: Pace,
    ahead: Option<Begun>,
}

/// An execution that the harness has begun, or is about to begin.
struct Begun {
    execution: u64,
    source: SourceCase,
    at: Instant,
    /// Processes started before this execution, which may have needed a new one.
    starts: u64,
}

impl<R: Recorder> HarnessExecutor<R> {
    /// An executor over a started harness.
    pub fn new(harness: Harness, recorder: R) -> Self {
        let map = StdMapObserver::owned(COVERAGE, vec![0; harness.counters()]);
        let coverage = HitcountsMapObserver::new(map);
        Self {
            harness,
            observers: tuple_list!(coverage, ExecutionObserver::default()),
            recorder,
            failure: None,
            confirmer: Confirmer::default(),
            confirms: true,
            sensing: Sensing::default(),
            oracles: 0,
            times: Times::default(),
            sequence: Fnv1a::default(),
            elements: Tally::default(),
            health: Health::default(),
            pace: Pace::default(),
            ahead: None,
        }
    }

    /// From now on, no input is kept for its coverage.
    pub fn turn_coverage_off(&mut self) {
        self.confirms = false;
    }

    /// Turns the sense for shared writes on, if the harness has one. Returns whether it has.
    pub fn turn_sense_on(&mut self) -> bool {
        self.sensing.on = self.harness.hello().sense;
        self.sensing.on
    }

    /// What the sense knows, and how many sequential runs it saw; `None` if it is off.
    pub fn sense(&self) -> Option<(&Memory, u64)> {
        self.sensing.on.then_some((&self.sensing.memory, self.sensing.runs))
    }

    /// The coverage observer, for the feedback that reads it.
    pub fn coverage(&self) -> &CoverageObserver {
        &self.observers.0
    }

    /// The observer of executions, for feedbacks and the scheduler.
    pub fn execution(&self) -> &ExecutionObserver {
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

    /// Takes the error that ended the campaign, if there was one.
    pub fn take_failure(&mut self) -> Option<Fatal> {
        self.failure.take()
    }

    /// Reports what is wrong at the end of the campaign, if anything.
    pub fn sick(&self) -> Option<Sick> {
        self.health.at_end()
    }

    /// Whether the harness lived through a recent execution.
    pub fn lived(&self) -> bool {
        self.health.lived()
    }

    /// How the time was spent so far.
    pub fn times(&self) -> Times {
        Times { harness: self.harness.worked().as_secs_f64(), ..self.times }
    }

    /// How many sequential runs confirmed coverage.
    pub fn confirmations(&self) -> u64 {
        self.confirmer.confirmations
    }

    /// The harness.
    pub fn harness_mut(&mut self) -> &mut Harness {
        &mut self.harness
    }

    /// The recorder.
    pub fn recorder_mut(&mut self) -> &mut R {
        &mut self.recorder
    }

    /// One execution, in the order in which things happen.
    fn execute(&mut self, state: &mut State, input: &TestCase) -> Result<ExitKind, Fatal> {
        *state.executions_mut() += 1;
        let id = *state.executions();
        self.sensing.leads.clear();
        self.prove_detector(id)?;

        // Run.
        let ahead = self.ahead.take().filter(|begun| begun.execution == id);
        let is_ahead = ahead.is_some();
        let begun = ahead.unwrap_or_else(|| self.begun(id, input.to_source()));
        let request = self.request(id, input, &begun.source);
        self.oracles += u64::from(request.flags.answers);
        self.sequence.write(begun.source.to_txtar().as_bytes());
        let outcome = match self.run_paced(&request, is_ahead) {
            // A signal asked for the end, and this execution has no result.
            Err(HarnessError::Interrupted) => {
                *state.executions_mut() -= 1;
                return Ok(ExitKind::Ok);
            }
            outcome => outcome?,
        };
        let ran = Instant::now();
        let kind = exit_kind(&outcome);
        let mut execution = Execution { took: ran - begun.at, ..verdicts(&outcome) };
        if let (End::Replied, Some(reply)) = (&outcome.end, &outcome.reply) {
            self.count_elements(input, &request, reply);
        }
        let promising = match kind {
            ExitKind::Ok if self.confirms => {
                self.confirmer.promising(self.harness.coverage(), state)
            }
            _ => Vec::new(),
        };
        let pulse = self.pulse(&outcome, &execution);

        // Judge, and record before confirming: a signal may end the confirmation, and no finding
        // may be lost.
        let run = Run { case: input, source: &begun.source, request: &request, state };
        let verdict = self.recorder.judge(&mut self.harness, &run, &outcome)?;
        let news = self.recorder.record(&mut self.harness, &run, &outcome, verdict)?;
        (execution.new_findings, execution.new_bugs) = (news.findings, news.bugs);
        if let Some(sick) = self.health.note(pulse) {
            return Err(sick.into());
        }
        let recorded = Instant::now();

        // Confirm. Whether the writers of two maps met was a matter of chance, and the corpus must
        // not depend on it.
        if self.confirms && kind == ExitKind::Crash || !promising.is_empty() {
            (execution.new_coverage, execution.new_shared) =
                self.confirm(state, &request, promising)?;
        } else if kind == ExitKind::Ok && self.sensing.is_due(id) {
            execution.new_shared = self.look(state, &request)?;
        }
        if self.sensing.on {
            self.sensing.memory.note_reports(&outcome.reports);
        }
        let confirmed = Instant::now();

        // Learn.
        execution.starts = self.harness.starts();
        execution.cost = cost(&outcome, execution.starts - begun.starts);
        if execution.new_coverage {
            self.pace.learn(execution.took);
        }
        self.times.running += execution.took.as_secs_f64();
        self.times.recording += (recorded - ran).as_secs_f64();
        self.times.confirming += (confirmed - recorded).as_secs_f64();
        self.observers.1.0.set(execution);
        Ok(kind)
    }

    /// Runs the planted race, if it is time.
    fn prove_detector(&mut self, executions: u64) -> Result<(), Fatal> {
        if !is_planted(executions) {
            return Ok(());
        }
        match self.harness.plant() {
            Ok((0, _)) => Err(Fatal::Blind { executions }),
            // The run that follows will report the same.
            Ok(_) | Err(HarnessError::Interrupted) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }

    fn begun(&self, execution: u64, source: SourceCase) -> Begun {
        Begun { execution, source, at: Instant::now(), starts: self.harness.starts() }
    }

    /// The request of an execution.
    fn request<'a>(&self, id: u64, input: &'a TestCase, source: &'a SourceCase) -> RunRequest<'a> {
        let request = RunRequest::new(&input.scenario, &source.packages);
        let mut request = RunRequest { id, ..request }.exploring();
        request.flags.answers &= self.oracles <= FREE_ORACLES + id / ORACLE_EVERY;
        request
    }

    /// Runs a request under limits that the corpus suggests. If the harness has already `begun` it,
    /// waits for its end instead.
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

    /// Counts the elements of the vocabulary that a run executed.
    fn count_elements(&mut self, input: &TestCase, request: &RunRequest<'_>, reply: &RunReply) {
        let faulty = |op: &Operation| match op {
            Operation::Check { package } => (request.packages.iter().zip(&reply.verdicts))
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
    }

    /// Whether anything works.
    fn pulse(&self, outcome: &Outcome, execution: &Execution) -> Pulse {
        let died = !matches!(outcome.end, End::Replied);
        Pulse {
            died,
            // A check that panicked has no verdict and says nothing about health.
            valid: execution.checked && outcome.reply.as_ref().is_some_and(checks),
            // A dead process has no counters to show; its death is counted separately.
            covered: died || self.harness.coverage().iter().any(|&c| c > 0),
        }
    }

    /// Runs the operations one after another and, if they end well, fills the coverage observer's
    /// map. Returns whether it shows something new, and whether the sense does.
    fn confirm(
        &mut self,
        state: &State,
        request: &RunRequest<'_>,
        promising: Vec<usize>,
    ) -> Result<(bool, bool), Fatal> {
        let mut new = false;
        let (harness, mut shared) = (&mut self.harness, None);
        let hit = self.confirmer.confirm(harness, state, request, &self.sensing, &mut shared)?;
        if let Some(hit) = hit {
            self.fill(&hit);
            new = !unseen(&hit, state).is_empty();
        }
        if !new {
            self.confirmer.doubt(promising, self.harness.counters());
        }
        let learned = shared.is_some_and(|seen| self.learn(state, request, &seen, new));
        Ok((new, learned))
    }

    /// Runs the operations one after another for the sense alone. Returns whether it shows something
    /// new.
    fn look(&mut self, state: &State, request: &RunRequest<'_>) -> Result<bool, Fatal> {
        let seen = self.sensing.run(&mut self.harness, request)?;
        Ok(seen.is_some_and(|seen| self.learn(state, request, &seen, false)))
    }

    /// Learns from a sequential run. Returns whether it showed something new; then the coverage
    /// observer's map is filled, if it is not `filled` yet, but with known counters only: two runs
    /// confirm new ones.
    fn learn(
        &mut self,
        state: &State,
        request: &RunRequest<'_>,
        seen: &SharedWrites,
        filled: bool,
    ) -> bool {
        let new = self.sensing.learn(request.scenario, seen);
        if new && !filled {
            let mut hit: Vec<u8> = self.harness.coverage().iter().map(|&c| c.min(1)).collect();
            for i in unseen(&hit, state) {
                hit[i] = 0;
            }
            self.fill(&hit);
        }
        new
    }

    /// Fills the coverage observer's map.
    fn fill(&mut self, hit: &[u8]) {
        let map: &mut [u8] = &mut self.observers.0[..];
        let n = map.len().min(hit.len());
        map[..n].copy_from_slice(&hit[..n]);
    }
}

impl<R: Recorder> Leads for HarnessExecutor<R> {
    fn take_leads(&mut self) -> Vec<Lead> {
        std::mem::take(&mut self.sensing.leads)
    }

    fn tried(&mut self, site: &Site) {
        self.sensing.memory.tried(site);
    }
}

impl<R: Recorder> Ahead for HarnessExecutor<R> {
    fn send_ahead(&mut self, state: &State, input: &TestCase, source: SourceCase) {
        let execution = *state.executions() + 1;
        if is_planted(execution) {
            return;
        }
        let ahead = self.begun(execution, source);
        let request = self.request(execution, input, &ahead.source);
        // What fails here fails again when the input is executed, and is reported then.
        let is_begun = self.harness.begin(&request).is_ok();
        self.ahead = is_begun.then_some(ahead);
    }
}

/// Whether the planted race runs before this execution.
fn is_planted(execution: u64) -> bool {
    execution.is_multiple_of(PLANT_EVERY) || PLANT_EARLY.contains(&execution)
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
            self.failure.get_or_insert(fatal);
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
