//! Runs new findings again to measure how often they show, within a share of the campaign.

use std::collections::VecDeque;

use libafl::state::HasExecutions as _;

use super::findings::Findings;
use crate::executor::Run;
use crate::finding::{Finding, Kind, Rates};
use crate::harness::{End, Harness, HarnessError, Late, Outcome, RunFlags, RunRequest};
use crate::scenario::{Class, Scenario};
use crate::testcase::SourceCase;
use crate::triage::Tally;

/// How long to wait for output that follows a reply.
const LATE: std::time::Duration = std::time::Duration::from_millis(100);

/// The cost of a new process, in runs.
const START_COST: u64 = 50;

/// What looking closer at breaches of contract may cost, in executions: `FREE` at first, and then
/// one in `SHARE`. They show that the detector works, and a campaign of one minute meets a hundred
/// of them.
const FREE: u64 = 300;
const SHARE: u64 = 16;

/// The maximum number of findings that wait to be measured. Beyond it, findings are stored without
/// a rate.
const WAITING: usize = 1_000;

/// How often findings are run again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// Runs in the process that found them.
    pub(super) runs: u32,
    /// Runs that are enough if every one of them showed every finding.
    pub(super) clear: u32,
    /// Runs, each in a new process, if the findings did not show.
    pub(super) alone: u32,
}

impl Plan {
    /// In new processes only.
    pub(super) const ALONE: Self = Self { runs: 0, clear: 0, alone: 3 };
    /// For a run that took its whole limit.
    pub(super) const ONCE: Self = Self { runs: 1, clear: 1, alone: 1 };

    /// For findings of a given class.
    pub(super) fn of(class: Class) -> Self {
        match class {
            Class::Breach => Self { runs: 3, clear: 1, alone: 1 },
            _ => Self { runs: 10, clear: 5, alone: 3 },
        }
    }
}

/// The cost of breaches of contract so far, and the findings that wait.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    spent: u64,
    waiting: VecDeque<Waiting>,
}

/// Stored findings of one execution that have no rate yet.
#[derive(Debug)]
struct Waiting {
    id: u64,
    flags: RunFlags,
    scenario: Scenario,
    source: SourceCase,
    findings: Vec<Finding>,
}

impl Repeats {
    /// Whether a breach of contract may be looked at after this number of executions. The cost is
    /// counted in runs and not in time, because time does not repeat with the seed.
    pub(super) fn allow(&self, executions: u64) -> bool {
        self.spent <= FREE + executions / SHARE
    }

    fn wait(&mut self, run: &Run<'_>, findings: Vec<Finding>) {
        if self.waiting.len() < WAITING {
            self.waiting.push_back(Waiting {
                id: run.request.id,
                flags: run.request.flags,
                scenario: run.request.scenario.clone(),
                source: run.source.clone(),
                findings,
            });
        }
    }
}

impl Repeats {
    /// Adds runs, and the processes started after the first `starts`, to the cost of breaches of
    /// contract.
    pub(super) fn charge(&mut self, harness: &Harness, starts: u64, class: Class, runs: u64) {
        if class == Class::Breach {
            self.spent += runs + START_COST * (harness.starts() - starts);
        }
    }

    /// Measures new findings, or keeps them for later if they are breaches of contract and those
    /// have used up their share.
    pub(super) fn measure_or_wait(
        &mut self,
        findings: &mut Findings,
        harness: &mut Harness,
        run: &Run<'_>,
        new: &mut [Finding],
        plan: Plan,
    ) -> Result<(), HarnessError> {
        let contract = run.request.scenario.class() == Class::Breach;
        if contract && !self.allow(*run.state.executions()) {
            self.wait(run, new.to_vec());
            return Ok(());
        }
        self.measure(findings, harness, run.request, new, plan)
    }

    /// Measures new findings. Stores the preceding executions with those that do not show again.
    pub(super) fn measure(
        &mut self,
        findings: &mut Findings,
        harness: &mut Harness,
        request: &RunRequest<'_>,
        new: &mut [Finding],
        plan: Plan,
    ) -> Result<(), HarnessError> {
        for i in self.repeat(findings, harness, request, new, plan)? {
            findings.keep_suspects(&mut new[i]);
            findings.update(&new[i]);
        }
        Ok(())
    }

    /// Measures findings that waited, if their turn has come.
    pub(super) fn measure_waiting(
        &mut self,
        findings: &mut Findings,
        harness: &mut Harness,
        executions: u64,
    ) -> Result<(), HarnessError> {
        if !self.allow(executions) {
            return Ok(());
        }
        let Some(mut next) = self.waiting.pop_front() else { return Ok(()) };
        let request = RunRequest {
            id: next.id,
            flags: next.flags,
            ..RunRequest::new(&next.scenario, &next.source.packages)
        };
        let plan = Plan::of(next.scenario.class());
        // The preceding executions are no longer known.
        self.repeat(findings, harness, &request, &mut next.findings, plan).map(|_| ())
    }

    /// Runs an execution again, and records how often each of its findings shows, all in the same
    /// runs. Returns the indices of those that did not show.
    fn repeat(
        &mut self,
        findings: &mut Findings,
        harness: &mut Harness,
        request: &RunRequest<'_>,
        new: &mut [Finding],
        plan: Plan,
    ) -> Result<Vec<usize>, HarnessError> {
        let (class, starts) = (request.scenario.class(), harness.starts());
        let mut count = Count { shown: vec![0; new.len()], runs: 0, cost: 0 };
        count.run_in_process(findings, harness, request, new, plan)?;
        let same = Count { shown: count.shown.clone(), ..count };
        count.run_alone(findings, harness, request, new, plan)?;
        self.charge(harness, starts, class, count.cost);
        let mut unconfirmed = Vec::new();
        for (i, finding) in new.iter_mut().enumerate() {
            let (k, runs) = (count.shown[i], count.runs);
            let one = Tally { hits: same.shown[i], runs: same.runs }.stored();
            let (schedule, persistent) = match request.scenario.schedule {
                Some(_) => (one, None),
                None => (None, one),
            };
            let fresh = Tally { hits: k - same.shown[i], runs: runs - same.runs }.stored();
            finding.rates = Some(Rates { schedule, persistent, fresh });
            finding.reproduced = Some([k, runs]);
            finding.confirmed = k > 0;
            if k == 0 {
                unconfirmed.push(i);
                if runs > 0 {
                    let (class, title) = (finding.class, &finding.title);
                    let text =
                        format!("unconfirmed {class}: {title}: not seen again in {runs} runs");
                    findings.say_of(class, &text);
                }
            }
            findings.known.reproduced(&finding.id, [k, runs]);
            findings.update(finding);
        }
        Ok(unconfirmed)
    }
}

/// How often findings showed.
struct Count {
    /// The count of each finding.
    shown: Vec<u32>,
    runs: u32,
    /// In ordinary executions.
    cost: u64,
}

impl Count {
    fn add(&mut self, outcome: &Outcome, new: &[Finding], seen: &[Finding]) {
        self.runs += 1;
        self.cost += 1 + outcome.reports.matches("WARNING: DATA RACE").count() as u64;
        for (k, finding) in self.shown.iter_mut().zip(new) {
            *k += u32::from(seen.iter().any(|f| is_same(f, finding)));
        }
    }

    /// In the process that found them.
    fn run_in_process(
        &mut self,
        findings: &Findings,
        harness: &mut Harness,
        request: &RunRequest<'_>,
        new: &[Finding],
        plan: Plan,
    ) -> Result<(), HarnessError> {
        // Another run may race elsewhere first. Answers are compared, which takes more runs, only
        // if they differed.
        let answers = request.flags.answers && new.iter().any(|f| f.kind == Kind::Mismatch);
        let again = request.with_flags(RunFlags { answers, reports: 64, ..request.flags });
        while self.runs < plan.runs && !findings.hurry() {
            let (outcome, seen) = findings.judge.examine(harness, &again)?;
            self.add(&outcome, new, &seen.findings);
            if self.runs >= plan.clear && self.shown.iter().all(|&k| k == self.runs) {
                break;
            }
        }
        Ok(())
    }

    /// A finding that does not show again may belong to another execution. If it shows in a process
    /// that has run nothing else, it belongs to this one.
    fn run_alone(
        &mut self,
        findings: &Findings,
        harness: &mut Harness,
        request: &RunRequest<'_>,
        new: &[Finding],
        plan: Plan,
    ) -> Result<(), HarnessError> {
        for _ in 0..plan.alone {
            if !self.shown.contains(&0) || findings.hurry() {
                break;
            }
            harness.recycle();
            let (outcome, mut seen) = findings.judge.examine(harness, request)?;
            std::thread::sleep(LATE);
            if let Some(late) = harness.take_late()? {
                let late = findings.judge.judge(harness, request, &outcome_of(late))?;
                seen.findings.extend(late.findings);
            }
            self.add(&outcome, new, &seen.findings);
        }
        Ok(())
    }
}

/// Whether a run of the same test case showed the same finding. Chance decides where a dump meets a
/// goroutine that does not end, and so the name of a hang.
fn is_same(one: &Finding, other: &Finding) -> bool {
    one.id == other.id || one.kind == Kind::Hang && other.kind == Kind::Hang
}

/// Output of the harness between two requests, as the outcome of the first of them.
pub(super) fn outcome_of(late: Late) -> Outcome {
    let end = match late.death {
        Some((status, output)) => End::Died { status, output },
        None => End::Replied,
    };
    Outcome { reply: None, reports: late.reports, end }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaches_have_a_share_and_the_rest_is_clear_early() {
        let mut repeats = Repeats::default();
        assert!(repeats.allow(0));
        repeats.spent = FREE + 1;
        assert!(!repeats.allow(0));
        assert!(repeats.allow(SHARE));
        let contract = Plan::of(Class::Breach);
        for class in [Class::Bug, Class::Unstated] {
            let plan = Plan::of(class);
            assert!(plan.runs > contract.runs && plan.clear > contract.clear, "{plan:?}");
        }
    }
}
