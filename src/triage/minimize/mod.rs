//! Minimization: the smallest program and scenario that show the same finding.
//!
//! A list of reducers runs to a fixpoint ([`reducers`]). A candidate counts if a sequential test
//! says that it shows the finding about as often as the test case before it. `size.rs` defines
//! which of two test cases is smaller.

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
mod tries;
mod tune;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

pub use reducer::{Edit, Reducer};
pub use size::Size;
pub use sprt::SequentialTest;
pub use tries::{Missed, Tries};

use crate::finding::{Finding, Minimization, Origin};
use crate::harness::{EnvError, HarnessConfig, HarnessError, ImportError};
use crate::testcase::{SourceCase, TestCase};
use memory::{History, Verdicts};
use pool::Pool;
use predicate::Candidate;
use search::Search;

/// Settings of minimization.
#[derive(Clone, Debug)]
pub struct Options {
    /// The harness to run.
    pub harness: HarnessConfig,
    /// A harness with the patch of another root, on which the finding must show as well: then the
    /// search cannot end in the other root.
    pub patched: Option<HarnessConfig>,
    /// What findings record about their origin.
    pub origin: Origin,
    /// Minor version of the Go under test, 27 for go1.27.3.
    pub go_minor: u32,
    /// The number of parallel harness processes.
    pub jobs: usize,
    /// When to stop with the best result so far; `None` to stop only at the fixpoint.
    pub time: Option<Duration>,
    /// Runs that measure the result, each in a new process.
    pub runs: u32,
    /// When set from elsewhere, ends the search with the best result so far.
    pub stop: Arc<AtomicBool>,
    /// The share of time that may be used, 1 to 100.
    pub percent: u32,
    /// Small test cases of other findings, to use as additional starting points
    /// ([`crate::store::Store::neighbours`]).
    pub neighbours: Vec<SourceCase>,
    /// Counts the runs: they say something if none shows the finding.
    pub tries: Arc<Tries>,
}

/// The progress of a search.
#[derive(Clone, Copy, Debug)]
pub struct Status {
    /// The reducer at work, or another step.
    pub doing: &'static str,
    /// Lines of Go.
    pub lines: usize,
    /// Candidates judged so far.
    pub tried: u64,
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
    /// The description stored beside the text.
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
    /// The harness does not respond.
    #[error(transparent)]
    Harness(#[from] HarnessError),
}

/// Every reducer, in the order in which they run: first those that remove most with one candidate,
/// last those that only make the test case more readable.
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
        &scenario::expressions::Expressions,
        // The last ones run only once, when the others find nothing more.
        &scenario::schedule::Schedule,
        &scenario::meets::Meets,
    ]
}

/// The number of reducers that run only once, at the end.
const LAST: usize = 2;

/// Applies an edit to a test case and tidies the result; `None` if that is not smaller.
#[must_use]
pub fn apply(case: &TestCase, edit: &Edit) -> Option<TestCase> {
    let limit = Size::of_case(case);
    let mut new = case.clone();
    edit(&mut new).then(|| Candidate::new(new, limit)).flatten().map(|c| c.case)
}

/// Minimizes a test case. Returns `None` if it does not show the finding or, when no finding is
/// given, shows none at all.
///
/// # Errors
/// A test case that does not parse, or a harness that does not work. Being stopped is not an error.
pub fn minimize(
    source: &SourceCase,
    expected: Option<&Finding>,
    options: &Options,
    watch: &mut dyn FnMut(&Status),
) -> Result<Option<Minimized>, MinimizeError> {
    let started = Instant::now();
    let config = HarnessConfig {
        interrupt: Arc::clone(&options.stop),
        // A run that does not end must not take longer than the time available.
        until: options.time.map(|t| started + t),
        ..options.harness.clone()
    };
    let mut pool = Pool::start(options.jobs.max(1), &config)?;
    let ready = match prepare::prepare(&pool, source, expected, options, watch) {
        // Time was up before the finding showed.
        Err(MinimizeError::Harness(HarnessError::Interrupted))
            if !options.stop.load(Ordering::Relaxed) =>
        {
            None
        }
        ready => ready?,
    };
    let Some(ready) = ready else { return Ok(None) };
    if ready.predicate.stalls() {
        // Waiting for a time limit uses no processor.
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
        // The result so far is used.
        Err(MinimizeError::Harness(HarnessError::Interrupted)) => false,
        Err(e) => return Err(e),
    };
    search.deadline = options.time.map(|t| started + t);
    search.predicate.deadline = search.deadline;
    let (smallest, tally) = finish::finish(&mut search, options, ready.rate.rate())?;
    let (rate, tally) = (ready.rate, tally.unwrap_or_default());
    let scenario = &search.case.scenario;
    let sequential = ready.finding.sequential;
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
            class: scenario.class_for(options.origin.checker(), sequential).0,
            original: [rate.hits, rate.runs],
            reproduced: [tally.hits, tally.runs],
            seconds: started.elapsed().as_secs_f64(),
            complete,
            go_version: options.origin.go_version.clone(),
        },
        tried: search.tried,
    }))
}
