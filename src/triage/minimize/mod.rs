//! Minimization: the smallest program and scenario that show the same finding.
//!
//! A list of reducers is run to a fixpoint ([`reducers`]); a candidate counts if
//! a sequential test says that it shows the finding about as often as the test
//! case before it. `size.rs` says which of two test cases is smaller.

mod finish;
mod hunt;
mod job;
mod memory;
mod names;
mod pool;
mod predicate;
mod prepare;
mod program;
mod reducer;
mod scenario;
mod search;
mod shapes;
mod size;
mod sprt;
mod starts;
#[cfg(test)]
mod tests;
mod tidy;
mod trees;
mod tune;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

pub use reducer::{Edit, Reducer};
pub use size::Size;
pub use sprt::SequentialTest;

use crate::finding::{Finding, Minimization, Origin};
use crate::harness::{EnvError, HarnessConfig, HarnessError, ImportError};
use crate::testcase::{SourceCase, TestCase};
use memory::{History, Verdicts};
use pool::Pool;
use predicate::Candidate;
use search::Search;

/// How minimization goes about it.
#[derive(Clone, Debug)]
pub struct Options {
    /// The harness to run.
    pub harness: HarnessConfig,
    /// What findings say about their origin.
    pub origin: Origin,
    /// Minor version of the Go under test, 27 for go1.27.3.
    pub go_minor: u32,
    /// Harness processes at once.
    pub jobs: usize,
    /// When to stop with the best so far; `None` is at the fixpoint.
    pub time: Option<Duration>,
    /// Runs that measure the result, each in a process of its own.
    pub runs: u32,
    /// Set from elsewhere, it ends the search with the best so far.
    pub stop: Arc<AtomicBool>,
    /// The share of time that may be used, 1 to 100.
    pub percent: u32,
    /// Whether the processes give way to others.
    pub nice: bool,
    /// Small test cases of other findings, to start from as well
    /// ([`crate::store::Store::neighbours`]).
    pub neighbours: Vec<SourceCase>,
}

/// Where a search is.
#[derive(Clone, Copy, Debug)]
pub struct Status {
    /// The reducer that made it smaller.
    pub doing: &'static str,
    /// Lines of Go.
    pub lines: usize,
    /// Candidates judged so far.
    pub tried: u64,
    /// Time since the start.
    pub elapsed: Duration,
}

/// The result of a minimization.
#[derive(Clone, Debug)]
pub struct Minimized {
    /// The finding, as the original shows it.
    pub finding: Finding,
    /// The txtar.
    pub text: String,
    /// Lines of Go of the original.
    pub lines_before: usize,
    /// What is stored beside the text.
    pub info: Minimization,
    /// Candidates judged.
    pub tried: u64,
}

/// A minimization that could not be done.
#[derive(Debug, thiserror::Error)]
pub enum MinimizeError {
    /// A test case that cannot be read into trees.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// No harness starts.
    #[error(transparent)]
    Environment(#[from] EnvError),
    /// The harness does not answer.
    #[error(transparent)]
    Harness(#[from] HarnessError),
}

/// Every reducer, in the order in which they run: first those that remove most with one
/// candidate, last those that only make the test case prettier.
#[must_use]
pub fn reducers() -> Vec<&'static dyn Reducer> {
    vec![
        &scenario::goroutines::Goroutines,
        &scenario::operations::Operations,
        &scenario::settings::Settings,
        &scenario::completed::Completed,
        &program::packages::Packages,
        &scenario::redirect::Redirect,
        &scenario::instances::Instances,
        &program::bodies::Bodies,
        &program::decls::Decls,
        &program::files::Files,
        &program::lift::Lift,
        &program::forget::Forget,
        &program::stmts::Stmts,
        &program::type_params::TypeParams,
        &program::signatures::Signatures,
        &program::members::Members,
        &program::inline::Inline,
        &program::types::Types,
        &program::vars::Vars,
        &program::values::Values,
        &program::unname::Unname,
        &program::merge_packages::MergePackages,
        &program::source::Source,
        &scenario::queries::Queries,
        // The last ones are run once, when the others find nothing more.
        &scenario::schedule::Schedule,
        &scenario::meets::Meets,
    ]
}

/// How many of the reducers are run once, at the end.
const LAST: usize = 2;

/// What an edit makes of a test case, tidied up; `None` if that is not smaller.
#[must_use]
pub fn apply(case: &TestCase, edit: &Edit) -> Option<TestCase> {
    let limit = Size::of_case(case);
    let mut new = case.clone();
    edit(&mut new).then(|| Candidate::new(new, limit)).flatten().map(|c| c.case)
}

/// Minimizes a test case; `None` if it does not show the finding, or, without
/// one, shows none at all.
///
/// # Errors
/// A test case that does not parse, a harness that does not work. Being stopped
/// is no error.
pub fn minimize(
    source: &SourceCase,
    expected: Option<&Finding>,
    options: &Options,
    watch: &mut dyn FnMut(&Status),
) -> Result<Option<Minimized>, MinimizeError> {
    let started = Instant::now();
    let config = HarnessConfig {
        interrupt: Arc::clone(&options.stop),
        // A run that does not end must not cost more than the time there is.
        until: options.time.map(|t| started + t),
        ..options.harness.clone()
    };
    let mut pool = Pool::start(options.jobs.max(1), &config, options.nice)?;
    let ready = match prepare::prepare(&pool, source, expected, options) {
        // Time was up before it showed.
        Err(MinimizeError::Harness(HarnessError::Interrupted))
            if !options.stop.load(Ordering::Relaxed) =>
        {
            None
        }
        ready => ready?,
    };
    let Some(ready) = ready else { return Ok(None) };
    if ready.predicate.stalls() {
        // Waiting for a time limit takes no processor.
        pool.grow(options.jobs.max(1) * 2)?;
    }
    let text = ready.case.to_source().to_txtar();
    let mut search = Search {
        pool: &pool,
        size: Size::of(&ready.case, &text),
        predicate: ready.predicate,
        case: ready.case,
        history: History::default(),
        known: Verdicts::default(),
        jobs: pool.size(),
        deadline: options.time.map(|t| started + t.mul_f64(prepare::SEARCH)),
        stop: Arc::clone(&options.stop),
        starts: ready.starts,
        percent: options.percent.clamp(1, 100),
        started,
        tried: 0,
        watch,
    };
    search.pace(started.elapsed());
    let complete = match search.descend() {
        Ok(complete) => complete,
        // The result so far counts.
        Err(MinimizeError::Harness(HarnessError::Interrupted)) => false,
        Err(e) => return Err(e),
    };
    search.deadline = options.time.map(|t| started + t);
    search.predicate.deadline = search.deadline;
    let (smallest, tally) = finish::finish(&mut search, options, ready.rate.rate())?;
    let (rate, tally) = (ready.rate, tally.unwrap_or_default());
    let scenario = &search.case.scenario;
    Ok(Some(Minimized {
        finding: ready.finding,
        text: smallest.to_txtar(),
        lines_before: source.lines(),
        info: Minimization {
            lines: smallest.lines(),
            packages: smallest.packages.len(),
            goroutines: scenario.go.len(),
            operations: scenario.go.iter().map(Vec::len).max().unwrap_or(0),
            before: scenario.before.len(),
            class: scenario.class(),
            original: [rate.hits, rate.runs],
            reproduced: [tally.hits, tally.runs],
            seconds: started.elapsed().as_secs_f64(),
            complete,
            go_version: options.origin.go_version.clone(),
        },
        tried: search.tried,
    }))
}
