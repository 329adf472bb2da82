//! Runs variants of a test case that showed something: without its breaches of contract, and many
//! times over.

use super::findings::Findings;
use super::repeats::{Plan, Repeats};
use crate::executor::Run;
use crate::finding::{Finding, Kind};
use crate::harness::{Harness, HarnessError, RunRequest};
use crate::testcase::TestCase;

/// How often the variant without breaches of contract is run.
const WITHOUT_BREACHES: u32 = 5;

/// How often a race on a map is tried for a fatal error, and in how many rounds.
const PRESSES: u32 = 2;
const PRESSED_ROUNDS: u32 = 100;

/// Runs a contract scenario without its breaches. A finding that still shows is not a breach of
/// contract.
pub(super) fn acquit(
    findings: &mut Findings,
    repeats: &mut Repeats,
    harness: &mut Harness,
    run: &Run<'_>,
    ids: &[String],
) -> Result<(), HarnessError> {
    let mut case = run.case.clone();
    case.scenario.keep_contract();
    case.scenario.oracle = false;
    let wanted = |f: &Finding| ids.contains(&f.id);
    vary(
        findings,
        repeats,
        harness,
        run,
        &Variant { case, tries: WITHOUT_BREACHES, wanted: &wanted },
    )
}

/// Runs a test case that races, perhaps on a map, many times over. The runtime ends the process
/// when two writers use one map, but only when they really coincide.
pub(super) fn press(
    findings: &mut Findings,
    repeats: &mut Repeats,
    harness: &mut Harness,
    run: &Run<'_>,
) -> Result<(), HarnessError> {
    let mut case = run.case.clone();
    case.scenario.rounds = Some(PRESSED_ROUNDS);
    case.scenario.schedule = None;
    let wanted = |f: &Finding| f.kind == Kind::Fatal;
    vary(findings, repeats, harness, run, &Variant { case, tries: PRESSES, wanted: &wanted })
}

/// A variant of a test case.
struct Variant<'a> {
    case: TestCase,
    tries: u32,
    /// Which findings are attributed to this variant.
    wanted: &'a dyn Fn(&Finding) -> bool,
}

/// Runs a variant of a test case, and records the wanted findings.
fn vary(
    findings: &mut Findings,
    repeats: &mut Repeats,
    harness: &mut Harness,
    run: &Run<'_>,
    variant: &Variant<'_>,
) -> Result<(), HarnessError> {
    let case = &variant.case;
    let pressed = case.scenario.rounds == Some(PRESSED_ROUNDS);
    let source = case.to_source();
    let plain = RunRequest::new(&case.scenario, &source.packages);
    let mut flags = plain.exploring().flags;
    if pressed {
        // Only the way it ends matters, and reports keep the writers apart.
        flags.reports = 1;
    }
    let request = RunRequest { id: run.request.id, ..plain.with_flags(flags) };
    let varied = Run { case, source: &source, request: &request, state: run.state };
    let (starts, class) = (harness.starts(), run.case.scenario.class());
    let mut new = Vec::new();
    for _ in 0..variant.tries {
        if findings.hurry() || pressed && !new.is_empty() {
            break;
        }
        let (outcome, judgement) = findings.judge.examine(harness, &request)?;
        for finding in &judgement.findings {
            if (variant.wanted)(finding) && findings.known.is_news(finding) {
                let mut finding = finding.clone();
                let report = judgement.report(&outcome, &finding);
                findings.add(&varied, &mut finding, &report);
                new.push(finding);
            }
        }
    }
    let rounds = u64::from(case.scenario.rounds.unwrap_or(1));
    repeats.charge(harness, starts, class, u64::from(variant.tries) * rounds);
    if new.is_empty() {
        return Ok(());
    }
    repeats.measure_or_wait(findings, harness, &varied, &mut new, Plan::of(case.scenario.class()))
}
