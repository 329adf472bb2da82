//! Runs every case against one Go tree, on several harnesses at once.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::job::{Job, Roots};
use super::{Case, CaseRun, RegressError};
use crate::harness::{BuiltHarness, GoOptions, Harness};

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
    /// Whether every case runs before any gets the rest of its runs, up to the deadline. See [`all_ran`].
    pub all: bool,
    /// A run that takes longer does not count, and its case does not run again: see
    /// [`CaseRun::late`]. Otherwise runs have the full limits.
    pub patience: Option<Duration>,
}

/// Every case runs this many times before any case gets the rest of its runs, so that a short
/// time limit leaves none out.
pub(super) const FIRST: u32 = 3;

/// The same for cases that need not run: once is best as long as some did not run at all.
const ROUNDS: [u32; 3] = [1, 3, 9];

/// How many runs of a closer look have a new process. What a program computes once, as caches do, races
/// in the first run of a process or never; what is merely rare needs many runs, which are cheaper in one
/// process.
const ANEW: u32 = 40;

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
    Ok(done)
}

/// Whether every case ran on every column. Only for the first, main run: what comes after it must not
/// discard its result.
///
/// # Errors
/// The time was up before some case ran.
pub fn all_ran(columns: &[&Column], ran: &[Vec<CaseRun>]) -> Result<(), RegressError> {
    for (runs, column) in ran.iter().zip(columns) {
        let missed = runs.iter().filter(|c| c.runs == 0 && c.notes.is_empty() && !c.late).count();
        if missed > 0 {
            return Err(RegressError::NoTime { missed, of: runs.len(), go: column.label.clone() });
        }
    }
    Ok(())
}

/// Runs a case until every wanted signature showed, `most` times at most, and adds these runs to
/// those before. Starts in a new process, and every second run has one of its own, up to [`ANEW`].
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
    let roots = Roots::default();
    let mut job = Job::new(case, column, &roots);
    let mut harness = job.start(None)?;
    let shows = |run: &CaseRun, s: &String| run.seen.iter().any(|f| f.finding.signature == *s);
    while job.run.runs < most && !is_over(Some(deadline)) {
        let had = job.run.runs;
        if wants_new_process(had) {
            harness.recycle();
        }
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

/// Whether a run after this many others gets a new process.
fn wants_new_process(had: u32) -> bool {
    had > 0 && had.is_multiple_of(2) && had < 2 * ANEW
}

/// Whether a time is past.
pub(super) fn is_over(deadline: Option<Instant>) -> bool {
    deadline.is_some_and(|d| Instant::now() >= d)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closer_look_starts_processes_but_not_for_every_run() {
        let anew = |runs: u32| (0..runs).filter(|had| wants_new_process(*had)).count();
        assert_eq!([anew(1), anew(2), anew(3), anew(20)], [0, 0, 1, 9]);
        assert_eq!(anew(400), ANEW as usize - 1, "with the one that it starts in, as many as that");
    }
}
