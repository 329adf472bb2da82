//! Runs every case against one Go tree, on several harnesses at once.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::{Case, CaseKind, RegressError};
use crate::escape;
use crate::finding::{Finding, Root};
use crate::harness::{
    BuiltHarness, End, EnvError, GoOptions, Harness, HarnessConfig, HarnessError, ImportError,
    Outcome, RunRequest,
};
use crate::scenario::Scenario;
use crate::triage::{Judge, Tally, not_run, origin_of};

/// A Go tree to run the cases against.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name, such as `go1.27.3` or `go1.27.3 + fix.json`.
    pub label: String,
    /// The harness for it.
    pub built: BuiltHarness,
    /// Whether it is built with the overlay or with patches.
    pub patched: bool,
    /// How the Go was chosen.
    pub options: GoOptions,
}

/// How much to run.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Runs of each case.
    pub runs: u32,
    /// The number of harnesses to run in parallel.
    pub jobs: usize,
    /// When to stop. Cases that ran at least once count.
    pub deadline: Option<Instant>,
    /// When to stop once every case has run [`FIRST`] times, if all must run.
    pub budget: Option<Instant>,
    /// The same as long as no case showed anything.
    pub silent: Option<Instant>,
    /// Whether every case must run.
    pub all: bool,
    /// A run that takes longer does not count, and its case does not run again: see
    /// [`CaseRun::late`]. Otherwise runs have the full limits.
    pub patience: Option<Duration>,
}

/// The result of all runs of a case.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CaseRun {
    /// [`Case::name`].
    pub case: String,
    /// All runs.
    pub runs: u32,
    /// The findings, most frequent first.
    pub seen: Vec<Seen>,
    /// The parts of the case that this Go cannot run, and why.
    pub notes: Vec<String>,
    /// Seconds of one harness.
    pub seconds: f64,
    /// The signatures that showed again in a new process; `None` if the case was not looked at
    /// again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub again: Option<Vec<String>>,
    /// The coverage counters that its runs reached.
    #[serde(skip)]
    pub covered: Covered,
    /// Whether a run took longer than the limits' patience.
    #[serde(skip)]
    pub late: bool,
}

/// A set of coverage counters.
#[derive(Clone, Debug, Default)]
pub struct Covered(Vec<u64>);

impl Covered {
    /// Adds the counters that are not zero.
    fn add(&mut self, counters: &[u8]) {
        self.0.resize(self.0.len().max(counters.len().div_ceil(64)), 0);
        for (word, counters) in self.0.iter_mut().zip(counters.chunks(64)) {
            for (bit, _) in counters.iter().enumerate().filter(|(_, c)| **c != 0) {
                *word |= 1 << bit;
            }
        }
    }

    /// Whether a counter is in the set.
    #[must_use]
    pub fn has(&self, counter: usize) -> bool {
        self.0.get(counter / 64).is_some_and(|word| word >> (counter % 64) & 1 == 1)
    }
}

/// A finding that a case showed.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    /// Runs that showed it.
    pub hits: u32,
    /// The finding as the first of these runs showed it.
    pub finding: Finding,
    /// The raw output of that run.
    #[serde(skip)]
    pub report: String,
}

impl CaseRun {
    /// A case that did not run yet.
    #[must_use]
    pub fn of(case: &Case) -> Self {
        Self { case: case.name.clone(), ..Self::default() }
    }

    /// Adds other runs of the same case.
    fn add(&mut self, more: CaseRun) {
        self.runs += more.runs;
        self.seconds += more.seconds;
        for seen in more.seen {
            match self.seen.iter_mut().find(|s| s.finding.id == seen.finding.id) {
                Some(s) => s.hits += seen.hits,
                None => self.seen.push(seen),
            }
        }
        self.sort();
    }

    /// Puts what showed most often first.
    fn sort(&mut self) {
        self.seen
            .sort_by(|a, b| (b.hits, &a.finding.signature).cmp(&(a.hits, &b.finding.signature)));
    }

    /// The number of runs that showed a signature, out of all runs.
    #[must_use]
    pub fn tally(&self, signature: &str) -> Tally {
        let seen = self.seen.iter().find(|s| s.finding.signature == signature);
        Tally { hits: seen.map_or(0, |s| s.hits), runs: self.runs }
    }
}

/// Every case runs this many times before any case gets the rest of its runs, so that a short
/// time limit leaves none out.
const FIRST: u32 = 3;

/// The same for cases that need not run: once is best as long as some did not run at all.
const ROUNDS: [u32; 3] = [1, 3, 9];

/// A case that hits its time limit this often does not run again, because each time costs
/// many seconds.
const TIMEOUTS: u32 = 2;

/// Runs every case on every column, the columns in turns, so that the load of the machine is the
/// same for all of them. Calls `progress` whenever a case is done on a column, with the number of
/// those that are done and the number of all.
///
/// # Errors
/// No harness can be started, or a crash directory is unusable.
pub fn run_columns(
    columns: &[&Column],
    cases: &[Case],
    limits: Limits,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Vec<Vec<CaseRun>>, RegressError> {
    let roots = Roots::new(cases);
    let each = cases.iter().flat_map(|case| columns.iter().map(move |column| (case, *column)));
    let jobs: Vec<Mutex<Job>> =
        each.map(|(case, column)| Mutex::new(Job::new(case, column, &roots))).collect();
    let failed = AtomicBool::new(false);
    let shown = AtomicBool::new(false);
    let rounds = if limits.all { &[FIRST][..] } else { &ROUNDS };
    let rounds = rounds.iter().copied().filter(|n| *n < limits.runs).chain([limits.runs]);
    for (pass, runs) in rounds.enumerate() {
        let next = AtomicUsize::new(0);
        let through = AtomicUsize::new(0);
        let work = || -> Result<(), RegressError> {
            let mut harnesses: Vec<Option<Harness>> = columns.iter().map(|_| None).collect();
            loop {
                let i = next.fetch_add(1, Ordering::Relaxed);
                let Some(job) = jobs.get(i) else { return Ok(()) };
                let budget = match shown.load(Ordering::Relaxed) {
                    true => limits.budget,
                    false => limits.silent.or(limits.budget),
                };
                let deadline = match pass {
                    0 if limits.all => limits.deadline,
                    _ => limits.deadline.into_iter().chain(budget).min(),
                };
                if failed.load(Ordering::Relaxed) || is_over(deadline) {
                    return Ok(());
                }
                let mut job = job.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let harness = match &mut harnesses[i % columns.len()] {
                    Some(h) => h,
                    none => none.insert(job.start(limits.patience)?),
                };
                job.run(harness, runs, deadline, limits.patience)?;
                shown.fetch_or(!job.run.seen.is_empty(), Ordering::Relaxed);
                let n = through.fetch_add(1, Ordering::Relaxed) + 1;
                if pass > 0 || !limits.all {
                    progress(n, jobs.len());
                }
            }
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..limits.jobs.max(1))
                .map(|_| {
                    scope.spawn(|| work().inspect_err(|_| failed.store(true, Ordering::Relaxed)))
                })
                .collect();
            let mut result = Ok(());
            for thread in threads {
                let ended = thread.join().unwrap_or_else(|p| std::panic::resume_unwind(p));
                result = result.and(ended);
            }
            result
        })?;
    }
    let mut done: Vec<Vec<CaseRun>> = columns.iter().map(|_| Vec::new()).collect();
    for (i, job) in jobs.into_iter().enumerate() {
        done[i % columns.len()].push(Job::finish(job));
    }
    for (runs, column) in done.iter().zip(columns).filter(|_| limits.all) {
        let missed = runs.iter().filter(|c| c.runs == 0 && c.notes.is_empty() && !c.late).count();
        if missed > 0 {
            return Err(RegressError::NoTime { missed, of: runs.len(), go: column.label.clone() });
        }
    }
    Ok(done)
}

/// Runs a case in a new process until every wanted signature showed in it, `most` times at most,
/// and adds these runs to those before.
///
/// # Errors
/// As for [`run_columns`].
pub fn run_again(
    column: &Column,
    case: &Case,
    before: &mut CaseRun,
    wanted: &[String],
    most: u32,
    deadline: Instant,
) -> Result<(), RegressError> {
    let roots = Roots(BTreeMap::new());
    let mut job = Job::new(case, column, &roots);
    let mut harness = job.start(None)?;
    let shows = |run: &CaseRun, s: &String| run.seen.iter().any(|f| f.finding.signature == *s);
    while job.run.runs < most && !is_over(Some(deadline)) {
        let had = job.run.runs;
        job.run(&mut harness, had + 1, None, None)?;
        let all = !wanted.is_empty() && wanted.iter().all(|s| shows(&job.run, s));
        if all || job.run.runs == had {
            break;
        }
    }
    let run = Job::finish(Mutex::new(job));
    let again = before.again.get_or_insert_default();
    again.extend(run.seen.iter().map(|s| s.finding.signature.clone()));
    before.add(run);
    Ok(())
}

fn is_over(deadline: Option<Instant>) -> bool {
    deadline.is_some_and(|d| Instant::now() >= d)
}

/// The roots that crash directories name, by the id of their findings.
struct Roots<'a>(BTreeMap<&'a str, &'a Root>);

impl<'a> Roots<'a> {
    fn new(cases: &'a [Case]) -> Self {
        let stored = cases.iter().filter_map(|c| c.expected.as_ref());
        Self(stored.filter_map(|f| Some((f.id.as_str(), f.root.as_ref()?))).collect())
    }

    /// The root of a finding that some crash directory was stored for, unless that root's patch is
    /// in the go/types that showed the finding.
    fn of(&self, finding: &Finding) -> Option<Root> {
        let root = self.0.get(finding.id.as_str())?;
        (!finding.origin.patched.contains(&root.id)).then(|| (*root).clone())
    }
}

/// A case in progress.
struct Job<'a> {
    case: &'a Case,
    column: &'a Column,
    roots: &'a Roots<'a>,
    scenario: Option<Scenario>,
    run: CaseRun,
    timeouts: u32,
    /// This Go cannot run it at all.
    unusable: bool,
}

impl<'a> Job<'a> {
    fn new(case: &'a Case, column: &'a Column, roots: &'a Roots<'a>) -> Self {
        let mut run = CaseRun::of(case);
        let unusable = column.built.toolchain.minor < case.since;
        if unusable {
            run.notes.push(format!("not run: made for go1.{} and later", case.since));
        }
        let scenario = case.source.scenario.clone();
        Self { case, column, roots, scenario, run, timeouts: 0, unusable }
    }

    fn finish(job: Mutex<Self>) -> CaseRun {
        let mut run = job.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).run;
        run.sort();
        run
    }

    fn start(&self, patience: Option<Duration>) -> Result<Harness, EnvError> {
        let mut config = HarnessConfig::new(&self.column.built.path);
        config.limits.total = patience.unwrap_or(config.limits.total);
        Harness::start(config)
    }

    /// Runs the case until it has run `runs` times in all.
    fn run(
        &mut self,
        harness: &mut Harness,
        runs: u32,
        deadline: Option<Instant>,
        patience: Option<Duration>,
    ) -> Result<(), RegressError> {
        let start = Instant::now();
        let Some(scenario) = self.scenario(harness)? else { return Ok(()) };
        let judge = Judge::new(origin_of(&self.column.built));
        let is_over_limit = |job: &Self| job.timeouts >= TIMEOUTS || job.run.late;
        while self.run.runs < runs && !is_over_limit(self) && !self.unusable {
            if self.run.runs > 0 && is_over(deadline) {
                break;
            }
            let is_gate = self.case.kind == CaseKind::Gate;
            let scenario = match is_gate {
                true => scenario.for_other_run(self.run.runs),
                false => scenario.for_run(self.run.runs),
            };
            let id = u64::from(self.run.runs);
            let mut request =
                RunRequest { id, ..RunRequest::new(&scenario, &self.case.source.packages) };
            if is_gate {
                // There are many, and reports cost more than runs.
                request = request.exploring();
            }
            self.once(harness, &judge, &request, patience.is_some())?;
        }
        self.run.seconds += start.elapsed().as_secs_f64();
        Ok(())
    }

    fn once(
        &mut self,
        harness: &mut Harness,
        judge: &Judge,
        request: &RunRequest<'_>,
        impatient: bool,
    ) -> Result<(), HarnessError> {
        let (outcome, judgement) = judge.examine(harness, request)?;
        if impatient && matches!(outcome.end, End::TimedOut { .. }) {
            self.run.late = true;
            return Ok(());
        }
        self.run.covered.add(harness.coverage());
        self.run.runs += 1;
        self.note(&outcome, request.scenario);
        if matches!(outcome.end, End::TimedOut { .. }) {
            self.timeouts += 1;
        }
        for finding in &judgement.findings {
            let seen = &mut self.run.seen;
            match seen.iter_mut().find(|s| s.finding.id == finding.id) {
                Some(s) => s.hits += 1,
                None => seen.push(Seen {
                    hits: 1,
                    finding: Finding { root: self.roots.of(finding), ..finding.clone() },
                    report: judgement.report(&outcome),
                }),
            }
        }
        Ok(())
    }

    /// The scenario; the default one depends on who imports whom. `None` if
    /// this Go cannot parse the program.
    fn scenario(&mut self, harness: &mut Harness) -> Result<Option<Scenario>, RegressError> {
        if self.scenario.is_none() && !self.unusable {
            match harness.import(&self.case.source) {
                Ok(case) => self.scenario = Some(case.scenario),
                Err(ImportError::Harness(e)) => return Err(e.into()),
                Err(e) => {
                    self.unusable = true;
                    self.run.notes.push(escape::line(&format!("not run: {e}")));
                }
            }
        }
        Ok(self.scenario.clone())
    }

    /// Notes what was not run as written. Otherwise a case that does nothing would look like
    /// one that shows nothing. The gate's corpus has ill-typed entries on purpose, and was measured
    /// as it runs.
    fn note(&mut self, outcome: &Outcome, scenario: &Scenario) {
        if self.case.kind == CaseKind::Gate {
            return;
        }
        let Some(reply) = &outcome.reply else { return };
        for note in not_run(reply, scenario, &self.case.source.packages) {
            if !self.run.notes.contains(&note) {
                self.run.notes.push(note);
            }
        }
    }
}

impl Column {
    /// The GOROOT of its toolchain.
    #[must_use]
    pub fn goroot(&self) -> PathBuf {
        self.built.toolchain.goroot.clone()
    }
}

/// The end of a time limit that starts now.
#[must_use]
pub fn deadline(time: Option<Duration>) -> Option<Instant> {
    time.and_then(|t| Instant::now().checked_add(t))
}
