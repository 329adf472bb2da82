//! Runs a test case repeatedly, under its schedule as long as that shows the finding.

use std::collections::BTreeSet;

use super::judge::{Judge, Judgement};
use super::reproduce::{Clear, Tally};
use crate::finding::Finding;
use crate::harness::{Harness, HarnessError, Outcome, RunRequest};

/// The results of the runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replay {
    /// The runs that count: those under the schedule if any of them showed the finding, otherwise
    /// the parallel ones.
    pub runs: Tally,
    /// The runs under the schedule; none if there is no schedule.
    pub scheduled: Tally,
    /// The runs without a schedule.
    pub parallel: Tally,
    /// All runs.
    pub total: u32,
    /// Different interleavings under the schedule; 0 without one.
    pub interleavings: usize,
    /// Whether the schedule failed to show the finding, so that the parallel runs count.
    pub fell_back: bool,
}

/// Examines one run, and returns whether it showed the finding.
pub type Look<'a, E> =
    dyn FnMut(&mut Harness, &RunRequest<'_>, &Outcome, Judgement) -> Result<bool, E> + 'a;

/// Runs a request `n` times, or fewer if `clear` allows it and the result is clear sooner. If its
/// schedule never shows the finding, runs it `n` more times without the schedule. `each` examines
/// every run, and returns whether it showed the finding.
///
/// # Errors
/// The harness's, and those of `each`.
pub fn replay<E: From<HarnessError>>(
    harness: &mut Harness,
    judge: &Judge,
    request: &RunRequest<'_>,
    n: u32,
    clear: Option<Clear>,
    each: &mut Look<'_, E>,
) -> Result<Replay, E> {
    let mut result = Replay::default();
    let mut traces = BTreeSet::new();
    let mut run_all = |request: &RunRequest<'_>| -> Result<Tally, E> {
        let mut runs = Tally::default();
        for i in 0..n {
            let request = RunRequest { id: u64::from(i), ..*request };
            let (outcome, judgement) = judge.examine(harness, &request)?;
            if let Some(reply) = outcome.reply.as_ref().filter(|r| r.steps > 0) {
                traces.insert(reply.trace);
            }
            runs.record(each(harness, &request, &outcome, judgement)?);
            if clear.is_some_and(|clear| runs.is_clear(clear)) {
                break;
            }
        }
        Ok(runs)
    };
    result.runs = run_all(request)?;
    match request.scenario.schedule {
        Some(_) => result.scheduled = result.runs,
        None => result.parallel = result.runs,
    }
    if request.scenario.schedule.is_some() && result.runs.hits == 0 {
        let mut scenario = request.scenario.clone();
        scenario.schedule = None;
        let parallel = run_all(&RunRequest { scenario: &scenario, ..*request })?;
        result.parallel = parallel;
        if parallel.hits > 0 {
            result.fell_back = true;
            result.runs = parallel;
        }
    }
    result.total = result.scheduled.runs + result.parallel.runs;
    result.interleavings = traces.len();
    Ok(result)
}

/// Runs a request up to `n` times, each in a new process, until the result is clear. The schedule
/// is used unless it failed to show the finding. `each` examines every run, and returns whether it showed
/// the finding.
///
/// # Errors
/// The harness's, and those of `each`.
pub fn anew<E: From<HarnessError>>(
    harness: &mut Harness,
    judge: &Judge,
    request: &RunRequest<'_>,
    n: u32,
    schedule: bool,
    each: &mut Look<'_, E>,
) -> Result<Tally, E> {
    let mut scenario = request.scenario.clone();
    if !schedule {
        scenario.schedule = None;
    }
    let request = RunRequest { scenario: &scenario, ..*request };
    let mut runs = Tally::default();
    while runs.runs < n && !runs.is_clear(Clear::default()) {
        harness.recycle();
        let (outcome, judgement) = judge.examine(harness, &request)?;
        runs.record(each(harness, &request, &outcome, judgement)?);
    }
    Ok(runs)
}

/// Whether a run shows the wanted finding, or any finding if none is given.
#[must_use]
pub fn shows(judgement: &Judgement, expected: Option<&Finding>) -> bool {
    match expected {
        Some(e) => judgement.findings.iter().any(|f| f.id == e.id),
        None => !judgement.findings.is_empty(),
    }
}
