//! Failures that show after an execution: output of a process after its reply, and a heap that grew
//! over many executions.

use super::findings::{Findings, HEAP};
use super::repeats::{Plan, Repeats, outcome_of};
use crate::executor::Run;
use crate::finding::growth;
use crate::harness::{Harness, HarnessError, Late, RunRequest};
use crate::triage::repeat;

/// How often a test case is repeated to see whether the heap grows.
const GROWTH_RUNS: u32 = 200;

/// Handles output of the harness after a reply. The preceding execution is run alone in a new
/// process, and blamed only if it fails again. Returns the number of new findings.
pub(super) fn record_late(
    findings: &mut Findings,
    repeats: &mut Repeats,
    harness: &mut Harness,
    run: &Run<'_>,
    late: Late,
) -> Result<usize, HarnessError> {
    let Some(source) = findings.history.last().cloned() else { return Ok(0) };
    let scenario = source.scenario.clone().unwrap_or_default();
    let request = RunRequest { id: run.request.id, ..RunRequest::new(&scenario, &source.packages) };
    let before = Run { case: run.case, source: &source, request: &request, state: run.state };
    let outcome = outcome_of(late);
    let judgement = findings.judge.judge(harness, &request, &outcome)?;
    let mut seen = judgement.findings.clone();
    seen.retain(|f| findings.known.is_news(f));
    for finding in &mut seen {
        let report = judgement.report(&outcome, finding);
        findings.add(&before, finding, &report);
    }
    if !seen.is_empty() {
        repeats.measure(findings, harness, before.request, &mut seen, Plan::ALONE)?;
    }
    Ok(seen.len())
}

/// Determines whether this execution makes the heap grow, after the heap grew over many executions.
/// Returns the number of new findings.
pub(super) fn record_growth(
    findings: &mut Findings,
    harness: &mut Harness,
    run: &Run<'_>,
    grown: u64,
) -> Result<usize, HarnessError> {
    let runs = harness.runs_of_process().max(1);
    let each = grown / u64::from(runs);
    let heap = match harness.heap(false, true) {
        Ok(heap) => heap,
        // This process's heap is gone with it, but the next process will grow as well.
        Err(HarnessError::Died { .. } | HarnessError::TimedOut { .. }) => return Ok(0),
        Err(e) => return Err(e),
    };
    harness.recycle();
    let origin = findings.judge.origin().clone();
    let mut found = growth(each, "", &heap.profile, run.request.scenario, &origin);
    if !findings.known.is_news(&found) {
        return Ok(0);
    }
    let report = format!(
        "the heap grew by {grown} bytes over {runs} executions in one process; {HEAP} is its \
         profile, {} bytes are live\n",
        heap.live
    );
    findings.add(run, &mut found, &report);
    findings.put_heap(&found, &heap.profile);
    let again = match repeat(harness, run.request, GROWTH_RUNS, &origin) {
        Err(HarnessError::Died { .. } | HarnessError::TimedOut { .. }) => None,
        again => again?.finding,
    };
    found.confirmed = again.is_some_and(|f| f.id == found.id);
    found.reproduced = Some([u32::from(found.confirmed), 1]);
    if !found.confirmed {
        findings.keep_suspects(&mut found);
    }
    findings.update(&found);
    Ok(1)
}
