//! Other versions of a test case that showed something: with more time, without its
//! breaches of contract, many times over.

use super::recorder::FindingRecorder;
use super::repeats::Plan;
use crate::executor::Run;
use crate::finding::{Finding, Kind};
use crate::harness::{End, Harness, HarnessError, RunRequest};
use crate::testcase::TestCase;

/// How many slow inputs get more time.
const SLOW_TRIES: u32 = 3;

/// How often it is run without its breaches of contract.
const WITHOUT_BREACHES: u32 = 5;

/// How often a race on a map is tried for a fatal error, and in how many rounds.
const PRESSES: u32 = 2;
const PRESSED_ROUNDS: u32 = 100;

impl FindingRecorder {
    /// Whether a hang in constant arithmetic is only slow: it ends if it has three
    /// times as long.
    pub(super) fn is_only_slow(
        &mut self,
        harness: &mut Harness,
        run: &Run<'_>,
    ) -> Result<bool, HarnessError> {
        self.slow += 1;
        // It costs a minute each time.
        if self.slow > SLOW_TRIES {
            return Ok(true);
        }
        let limits = harness.limits();
        harness.set_limits(limits.stretched(3));
        let outcome = harness.run(run.request);
        harness.set_limits(limits);
        match outcome {
            // There is no time left to tell: it is stored as it is.
            Err(HarnessError::Interrupted) => Ok(false),
            outcome => Ok(matches!(outcome?.end, End::Replied)),
        }
    }

    /// Runs another version of a test case, and takes the findings that are wanted
    /// as that version's.
    pub(super) fn vary(
        &mut self,
        harness: &mut Harness,
        run: &Run<'_>,
        case: &TestCase,
        tries: u32,
        wanted: &dyn Fn(&Finding) -> bool,
    ) -> Result<(), HarnessError> {
        let pressed = case.scenario.rounds == Some(PRESSED_ROUNDS);
        let source = case.to_source();
        let plain = RunRequest::new(&case.scenario, &source.packages);
        let mut flags = plain.exploring().flags;
        if pressed {
            // What counts is how it ends, and reports keep writers apart.
            flags.reports = 1;
        }
        let request = RunRequest { id: run.request.id, ..plain.with_flags(flags) };
        let varied = Run { case, source: &source, request: &request, state: run.state };
        let (starts, class) = (harness.starts(), run.case.scenario.class());
        let mut new = Vec::new();
        for _ in 0..tries {
            if self.hurry() || pressed && !new.is_empty() {
                break;
            }
            let (outcome, judgement) = self.judge.examine(harness, &request)?;
            for finding in &judgement.findings {
                if wanted(finding) && self.is_news(finding) {
                    let mut finding = finding.clone();
                    self.add(&varied, &mut finding, &judgement.report(&outcome));
                    new.push(finding);
                }
            }
        }
        let rounds = u64::from(case.scenario.rounds.unwrap_or(1));
        self.charge(harness, starts, class, u64::from(tries) * rounds);
        if new.is_empty() {
            Ok(())
        } else {
            self.measure_or_wait(harness, &varied, &mut new, Plan::of(case.scenario.class()))
        }
    }

    /// Runs a contract scenario without its breaches: what shows all the same is
    /// no breach of contract.
    pub(super) fn acquit(
        &mut self,
        harness: &mut Harness,
        run: &Run<'_>,
        ids: &[String],
    ) -> Result<(), HarnessError> {
        let mut case = run.case.clone();
        case.scenario.keep_contract();
        case.scenario.oracle = false;
        self.vary(harness, run, &case, WITHOUT_BREACHES, &|f| ids.contains(&f.id))
    }

    /// Runs a test case that races, perhaps on a map, many times over: the runtime ends the
    /// process when two writers meet in one, but only when they really meet.
    pub(super) fn press(
        &mut self,
        harness: &mut Harness,
        run: &Run<'_>,
    ) -> Result<(), HarnessError> {
        let mut case = run.case.clone();
        case.scenario.rounds = Some(PRESSED_ROUNDS);
        case.scenario.schedule = None;
        self.vary(harness, run, &case, PRESSES, &|f| f.kind == Kind::Fatal)
    }
}
