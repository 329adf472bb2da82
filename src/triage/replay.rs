//! Runs a test case again and again, under its schedule as long as that carries it.

use std::collections::BTreeSet;

use super::judge::{Judge, Judgement};
use super::reproduce::Tally;
use crate::finding::Finding;
use crate::harness::{Harness, HarnessError, Outcome, RunRequest};

/// What came of the runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replay {
    /// The runs that count: those under the schedule if any of them showed what is
    /// looked for, else the parallel ones.
    pub runs: Tally,
    /// Different interleavings under the schedule; 0 without one.
    pub interleavings: usize,
    /// The schedule did not show it: the runs that count are parallel ones.
    pub fell_back: bool,
}

/// Looks at one run, and says whether it showed what is looked for.
pub type Look<'a, E> =
    dyn FnMut(&mut Harness, &RunRequest<'_>, &Outcome, Judgement) -> Result<bool, E> + 'a;

/// Runs a request `n` times. If its schedule never shows what is looked for, `n` times
/// more as the runtime's scheduler likes. `each` looks at every run, and says whether it
/// showed that.
///
/// # Errors
/// The harness's, and those of `each`.
pub fn replay<E: From<HarnessError>>(
    harness: &mut Harness,
    judge: &Judge,
    request: &RunRequest<'_>,
    n: u32,
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
        }
        Ok(runs)
    };
    result.runs = run_all(request)?;
    if request.scenario.schedule.is_some() && result.runs.hits == 0 {
        let mut scenario = request.scenario.clone();
        scenario.schedule = None;
        let parallel = run_all(&RunRequest { scenario: &scenario, ..*request })?;
        if parallel.hits > 0 {
            result.fell_back = true;
            result.runs = parallel;
        }
    }
    result.interleavings = traces.len();
    Ok(result)
}

/// Whether a run shows what is looked for: a finding, or anything if none is named.
#[must_use]
pub fn shows(judgement: &Judgement, expected: Option<&Finding>) -> bool {
    match expected {
        Some(e) => judgement.findings.iter().any(|f| f.id == e.id),
        None => !judgement.findings.is_empty(),
    }
}
