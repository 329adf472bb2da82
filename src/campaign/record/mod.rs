//! Stores every failure of a campaign once.

mod findings;
mod history;
mod known;
mod late;
mod repeats;
mod second_opinion;
mod slow;
mod standalone_writer;
mod unsaved;
mod variants;

use std::rc::Rc;

use libafl::state::HasExecutions as _;

pub use known::Memory;
pub use second_opinion::{OpinionConfig, SecondOpinion, Wrong};

use super::corpus::ancestry::SharedAncestry;
use super::monitor::progress::Progress;
use super::results::found::Found;
use super::results::summary::NotStored;
use super::roots::Roots;
use crate::executor::{Fatal, News, Recorder, Run};
use crate::finding::{CONSTANTS, Finding, Kind, Origin};
use crate::harness::{End, Harness, HarnessError, Late, Outcome, RunRequest, take_left};
use crate::scenario::Class;
use crate::store::Store;
use crate::triage::{Judgement, observe};
use findings::Findings;
use late::{record_growth, record_late};
use repeats::{Plan, Repeats};
use slow::{AGAIN, Slow};
use variants::{acquit, press};

/// The end of the warning about a process that cannot be killed.
const LEFT: &str =
    "of the harness was killed and is still there: it is left, and reaped once it is gone";

/// Turns outcomes into findings and hands new ones to the store.
pub struct FindingRecorder {
    findings: Findings,
    repeats: Repeats,
    slow: Slow,
}

/// The judgement of an outcome, with what the harness said besides.
pub struct Verdict {
    judgement: Judgement,
    /// Output of the harness after its last reply, which belongs to the preceding execution.
    late: Option<Late>,
    /// How much the heap grew over all executions of the process, if that is too much.
    grown: Option<u64>,
}

impl FindingRecorder {
    /// A recorder that uses a store, and passes new findings on to `roots`, if there is one.
    #[must_use]
    pub fn new(
        store: Store,
        origin: Origin,
        roots: Option<Roots>,
        progress: Rc<Progress>,
        ancestry: SharedAncestry,
    ) -> Self {
        Self {
            findings: Findings::new(store, origin, roots, progress, ancestry),
            repeats: Repeats::default(),
            slow: Slow::default(),
        }
    }

    /// All findings, in the order of discovery.
    #[must_use]
    pub fn found(&self) -> &[Found] {
        self.findings.known.found()
    }

    /// The number of contract findings that were not stored because the same breach has enough of
    /// them.
    #[must_use]
    pub fn passed_over(&self) -> usize {
        self.findings.known.passed_over()
    }

    /// What a later campaign need not find out again.
    #[must_use]
    pub fn memory(&self) -> Memory {
        self.findings.known.memory()
    }

    /// Takes over the knowledge of an earlier campaign.
    pub fn remember(&mut self, memory: Memory) {
        self.findings.known.remember(memory);
    }

    /// Takes the background work out of the recorder, and ends the writer of standalone programs.
    pub fn take_roots(&mut self) -> Option<Roots> {
        self.findings.end()
    }

    /// Stores and announces what the compiler does wrong, if it is new.
    pub fn record_wrong(&mut self, execs: u64, wrong: Wrong) {
        self.findings.add_wrong(execs, wrong);
    }

    /// Stores a finding that another machine reported and that showed in none of `runs` runs here.
    pub fn keep_claim(&mut self, claim: Finding, testcase: String, report: &str, runs: u32) {
        self.findings.keep_claim(claim, testcase, report, runs);
    }

    /// Tries for the last time to store what could not be stored. What remains is put in a
    /// temporary folder.
    pub fn flush(&mut self) -> Option<NotStored> {
        self.findings.flush()
    }
}

impl Recorder for FindingRecorder {
    type Verdict = Verdict;

    fn judge(
        &mut self,
        harness: &mut Harness,
        run: &Run<'_>,
        outcome: &Outcome,
    ) -> Result<Verdict, Fatal> {
        self.findings.ancestry.borrow_mut().runs(run.case);
        // Before judging this execution, because its repetitions produce output of their own.
        let late = harness.noted_late();
        let heap = outcome.reply.as_ref().map_or(0, |r| r.heap);
        let grown = self.findings.history.growth(harness.starts(), heap);
        let judgement = self.findings.judge.judge(harness, run.request, outcome)?;
        Ok(Verdict { judgement, late, grown })
    }

    fn record(
        &mut self,
        harness: &mut Harness,
        run: &Run<'_>,
        outcome: &Outcome,
        verdict: Verdict,
    ) -> Result<News, Fatal> {
        let Verdict { judgement, late, grown } = verdict;
        let mut news = self.record_own(harness, run, outcome, &judgement)?;
        let Self { findings, repeats, .. } = self;
        if let Some(late) = late {
            news.findings += forgive(record_late(findings, repeats, harness, run, late))?;
        }
        if let Some(grown) = grown {
            news.findings += forgive(record_growth(findings, harness, run, grown))?;
        }
        forgive(repeats.measure_waiting(findings, harness, *run.state.executions()))?;
        for pid in take_left() {
            findings.say(&format!("warning: process {pid} {LEFT}"));
        }
        findings.say_failed_programs();
        findings.tell_roots();
        findings.history.push(run.source);
        Ok(news)
    }

    fn confirm_timeout(
        &mut self,
        harness: &mut Harness,
        request: &RunRequest<'_>,
        outcome: Outcome,
    ) -> Result<Outcome, HarnessError> {
        let seen = observe(&outcome, request.scenario, self.findings.judge.origin());
        self.slow.confirm(harness, request, outcome, &seen, &self.findings.known)
    }
}

/// A signal ends optional work, but does not end the campaign.
fn forgive<T: Default>(result: Result<T, HarnessError>) -> Result<T, HarnessError> {
    match result {
        Err(HarnessError::Interrupted) => Ok(T::default()),
        other => other,
    }
}

impl FindingRecorder {
    /// Handles what an execution itself showed: stores it first, then looks closer.
    fn record_own(
        &mut self,
        harness: &mut Harness,
        run: &Run<'_>,
        outcome: &Outcome,
        judgement: &Judgement,
    ) -> Result<News, Fatal> {
        let mut seen = self.new_ones(harness, run, judgement)?;
        if seen.is_empty() {
            return Ok(News::default());
        }
        let ids: Vec<String> = seen.iter().map(|f| f.id.clone()).collect();
        let breaches = run.case.scenario.breaches().join(", ");
        seen.retain(|f| self.findings.has_room(&breaches, f));
        let mut unmeasured = self.store(run, outcome, judgement, &mut seen);
        let closer = Closer { outcome, breaches: &breaches, ids: &ids, stored: &seen };
        let full = harness.limits();
        if matches!(outcome.end, End::TimedOut { .. }) {
            harness.set_limits(full.of_run(AGAIN));
        }
        let result = self.look_closer(harness, run, &closer, &mut unmeasured);
        harness.set_limits(full);
        self.findings.push_stored();
        forgive(result)?;
        self.findings.retry();
        let bugs = seen.iter().filter(|f| f.class != Class::Breach).count();
        Ok(News { findings: seen.len(), bugs })
    }

    /// The findings of an execution that are new to the campaign, without those that are only slow.
    fn new_ones(
        &mut self,
        harness: &mut Harness,
        run: &Run<'_>,
        judgement: &Judgement,
    ) -> Result<Vec<Finding>, Fatal> {
        let mut seen = judgement.findings.clone();
        seen.retain(|f| self.findings.known.is_news(f));
        if self.slow.take_unconfirmed() {
            seen.retain(|f| !f.kind.stalls());
        }
        if let Some(at) = seen.iter().position(|f| f.title.contains(CONSTANTS))
            && self.slow.ends_in_time(harness, run)?
        {
            self.findings.say(&format!("not stored: {}, which ends in time", seen[at].title));
            seen.remove(at);
        }
        Ok(seen)
    }

    /// Stores new findings. Returns those that were not measured before.
    fn store(
        &mut self,
        run: &Run<'_>,
        outcome: &Outcome,
        judgement: &Judgement,
        seen: &mut [Finding],
    ) -> Vec<Finding> {
        let mut unmeasured = Vec::new();
        for finding in seen {
            let report = judgement.report(outcome, finding);
            if !self.findings.add(run, finding, &report) {
                unmeasured.push(finding.clone());
            }
            if let End::OverMemory { profile, .. } = &outcome.end {
                self.findings.put_heap(finding, profile);
            }
        }
        unmeasured
    }

    /// Runs an execution again, to measure its findings and to see what else it shows.
    fn look_closer(
        &mut self,
        harness: &mut Harness,
        run: &Run<'_>,
        closer: &Closer<'_>,
        unmeasured: &mut [Finding],
    ) -> Result<(), HarnessError> {
        let Self { findings, repeats, .. } = self;
        let executions = *run.state.executions();
        // Each repetition of a time-out takes its whole limit.
        let plan = match closer.outcome.end {
            End::TimedOut { .. } | End::OverMemory { .. } => Plan::ONCE,
            _ => Plan::of(run.case.scenario.class()),
        };
        if !unmeasured.is_empty() {
            findings.judge.try_alone(harness, run.request, unmeasured)?;
            repeats.measure_or_wait(findings, harness, run, unmeasured, plan)?;
        }
        let measured = unmeasured.is_empty() && !closer.stored.is_empty();
        if !closer.breaches.is_empty() && !measured && repeats.allow(executions) {
            acquit(findings, repeats, harness, run, closer.ids)?;
        }
        let may_be_fatal = |f: &Finding| {
            f.kind == Kind::DataRace && (f.class == Class::Breach || f.title.contains("(map)"))
        };
        let room = closer.breaches.is_empty() || repeats.allow(executions);
        if closer.stored.iter().any(may_be_fatal) && room && findings.known.press(closer.breaches) {
            press(findings, repeats, harness, run)?;
        }
        Ok(())
    }
}

/// The subject of a closer look.
struct Closer<'a> {
    outcome: &'a Outcome,
    /// Breaches of contract, as text.
    breaches: &'a str,
    /// New findings, whether or not they were stored.
    ids: &'a [String],
    stored: &'a [Finding],
}
