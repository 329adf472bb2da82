//! Failures that show after an execution: what a process said after its reply, a heap
//! that grew over many executions, and what could not be confirmed.

use super::recorder::{FindingRecorder, HEAP};
use super::repeats::Plan;
use crate::executor::Run;
use crate::finding::{Finding, growth};
use crate::harness::{End, Harness, HarnessError, Late, Outcome, RunRequest};
use crate::triage::repeat;

/// How often a test case is repeated to see whether the heap grows.
const GROWTH_RUNS: u32 = 200;

impl FindingRecorder {
    /// Stores the executions before with a finding that could not be confirmed.
    pub(super) fn keep_suspects(&self, finding: &mut Finding) {
        for (name, text) in self.history.files() {
            if self.store.put(&finding.id, &name, text.as_bytes()).is_ok() {
                finding.suspects.push(name);
            }
        }
        self.say(&format!(
            "unconfirmed: {}: it did not show again; the executions before are stored with it",
            finding.title
        ));
    }

    /// Takes what the harness said after a reply: the execution before is tried alone
    /// in a new process, and blamed only if it shows it again.
    pub(super) fn record_late(
        &mut self,
        harness: &mut Harness,
        run: &Run<'_>,
        late: Late,
    ) -> Result<usize, HarnessError> {
        let Some(source) = self.history.last().cloned() else { return Ok(0) };
        let scenario = source.scenario.clone().unwrap_or_default();
        let request =
            RunRequest { id: run.request.id, ..RunRequest::new(&scenario, &source.packages) };
        let before = Run { case: run.case, source: &source, request: &request, state: run.state };
        let outcome = outcome_of(late);
        let judgement = self.judge.judge(harness, &request, &outcome)?;
        let mut seen = judgement.findings.clone();
        seen.retain(|f| self.is_news(f));
        let report = judgement.report(&outcome);
        for finding in &mut seen {
            self.add(&before, finding, &report);
        }
        if !seen.is_empty() {
            self.measure(harness, before.request, &mut seen, Plan::ALONE)?;
        }
        Ok(seen.len())
    }

    /// A heap that grew over many executions: whether this one makes it grow.
    pub(super) fn record_growth(
        &mut self,
        harness: &mut Harness,
        run: &Run<'_>,
        grown: u64,
    ) -> Result<usize, HarnessError> {
        let runs = harness.runs_of_process().max(1);
        let each = grown / u64::from(runs);
        let heap = match harness.heap(false, true) {
            Ok(heap) => heap,
            // Its heap is gone with it; the next process will grow as well.
            Err(HarnessError::Died { .. } | HarnessError::TimedOut { .. }) => return Ok(0),
            Err(e) => return Err(e),
        };
        harness.recycle();
        let origin = self.judge.origin();
        let mut found = growth(each, "", &heap.profile, run.request.scenario, origin);
        if !self.is_news(&found) {
            return Ok(0);
        }
        let report = format!(
            "the heap grew by {grown} bytes over {runs} executions in one process; {HEAP} is its \
             profile, {} bytes are live\n",
            heap.live
        );
        self.add(run, &mut found, &report);
        // It is in no report: a bonus that a full disk may cost.
        let _ = self.store.put(&found.id, HEAP, heap.profile.as_bytes());
        let origin = self.judge.origin().clone();
        let again = match repeat(harness, run.request, GROWTH_RUNS, &origin) {
            Err(HarnessError::Died { .. } | HarnessError::TimedOut { .. }) => None,
            again => again?.finding,
        };
        found.confirmed = again.is_some_and(|f| f.id == found.id);
        found.reproduced = Some([u32::from(found.confirmed), 1]);
        if !found.confirmed {
            self.keep_suspects(&mut found);
        }
        self.update(&found);
        Ok(1)
    }
}

/// What was said between two requests, as the outcome of the one before.
pub(super) fn outcome_of(late: Late) -> Outcome {
    let end = match late.death {
        Some((status, output)) => End::Died { status, output },
        None => End::Replied,
    };
    Outcome { reply: None, reports: late.reports, end }
}
