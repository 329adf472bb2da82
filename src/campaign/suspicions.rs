//! What one goroutine's reading changes, tried with two.
//!
//! A getter that writes is a race with a second reader, unless something orders
//! them. Which locks order what cannot be told from one goroutine: the race
//! detector says, when both run the operation at once.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::recorder::FindingRecorder;
use crate::executor::Run;
use crate::feedback::{Known, LazyMap, Point};
use crate::harness::{Harness, HarnessError, LazyChange, RunRequest};
use crate::scenario::{Class, Meet, Operation, Order, Query, Scenario};
use crate::testcase::TestCase;

/// Test cases that a point is tried on, until it is confirmed, and a field with
/// any operation: what a lock guards is not told by reading.
const TRIED_ON: u32 = 3;
const FIELD_TRIED_ON: u32 = 8;
/// Points of one test case that are tried at once; others are left to the next.
const POINTS_A_CASE: usize = 2;

/// A field that reading changes and that no run raced on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Suspicion {
    /// Field and operation.
    #[serde(flatten)]
    pub point: Point,
    /// What the tries were.
    #[serde(flatten)]
    pub known: Known,
}

/// Figures of the search, for `fuzz --json`.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct LazyFigures {
    /// Test cases whose packages were read and compared.
    pub surveys: u64,
    /// Surveys that did not end: a getter that stalls, or a process that died.
    pub unfinished: u64,
    /// Test cases that showed a change.
    pub with_changes: u64,
    /// Distinct points.
    pub points: usize,
    /// Points on which a run raced.
    pub confirmed: usize,
    /// Executions spent on trying points.
    pub executions: u64,
    /// Seconds that surveys took.
    pub survey_seconds: f64,
    /// Seconds that trying points took.
    pub trying_seconds: f64,
}

/// The points of a campaign, and where those that never raced are written.
#[derive(Default)]
pub struct Suspicions {
    map: LazyMap,
    figures: LazyFigures,
    file: Option<PathBuf>,
}

impl Suspicions {
    /// An empty list, kept in a file of the work directory.
    #[must_use]
    pub fn new(file: Option<PathBuf>) -> Self {
        Self { file, ..Self::default() }
    }

    /// The points that never raced, in an order that repeats.
    #[must_use]
    pub fn open(&self) -> Vec<Suspicion> {
        let never = |(_, known): &(&Point, &Known)| known.findings.is_empty();
        let suspicion = |(point, known): (&Point, &Known)| Suspicion {
            point: point.clone(),
            known: known.clone(),
        };
        self.map.iter().filter(never).map(suspicion).collect()
    }

    /// Figures of the search.
    #[must_use]
    pub fn figures(&self) -> LazyFigures {
        let confirmed = self.map.iter().filter(|(_, k)| !k.findings.is_empty()).count();
        LazyFigures { points: self.map.iter().count(), confirmed, ..self.figures }
    }

    /// Whether a point is worth a try.
    fn is_open(&mut self, point: &Point) -> bool {
        let of_field = |(p, k): (&Point, &Known)| {
            if p.field == point.field && k.findings.is_empty() { k.tried } else { 0 }
        };
        let field: u32 = self.map.iter().map(of_field).sum();
        field < FIELD_TRIED_ON
            && self.map.get_mut(point).is_some_and(|k| k.findings.is_empty() && k.tried < TRIED_ON)
    }

    /// Writes the list. A full disk costs the list and no finding.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn save(&self) -> std::io::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let text = serde_json::to_string_pretty(&self.open()).map_err(std::io::Error::other)?;
        libafl_bolts::fs::write_file_atomic(file, text.as_bytes()).map_err(std::io::Error::other)
    }
}

/// Surveys a test case and tries what is new or not yet settled. Says whether a
/// point is new.
pub(super) fn search(
    recorder: &mut FindingRecorder,
    harness: &mut Harness,
    run: &Run<'_>,
) -> Result<bool, HarnessError> {
    let began = std::time::Instant::now();
    let Some(mut all) = recorder.suspicions.take() else { return Ok(false) };
    let base = legal(run.case);
    let request = RunRequest { id: run.request.id, ..RunRequest::new(&base, &run.source.packages) };
    let reply = harness.lazy(&request);
    all.figures.surveys += 1;
    all.figures.survey_seconds += began.elapsed().as_secs_f64();
    let tried = std::time::Instant::now();
    let result = match reply {
        Ok(Some(reply)) => {
            all.figures.with_changes += u64::from(!reply.changes.is_empty());
            let new = all.map.add(&reply.changes);
            try_points(recorder, harness, run, &base, &reply.changes, &mut all).map(|()| new > 0)
        }
        Ok(None) => {
            all.figures.unfinished += 1;
            Ok(false)
        }
        Err(e) => Err(e),
    };
    all.figures.trying_seconds += tried.elapsed().as_secs_f64();
    if matches!(result, Ok(true)) {
        // The end of the campaign writes it again, and says so if it cannot.
        let _ = all.save();
    }
    recorder.suspicions = Some(all);
    result
}

fn try_points(
    recorder: &mut FindingRecorder,
    harness: &mut Harness,
    run: &Run<'_>,
    base: &Scenario,
    changes: &[LazyChange],
    all: &mut Suspicions,
) -> Result<(), HarnessError> {
    let mut done = BTreeSet::new();
    for change in changes {
        let point = Point::of(change);
        if !all.is_open(&point) || done.len() >= POINTS_A_CASE || !done.insert(point.clone()) {
            continue;
        }
        let (mut executions, mut findings) = (0, BTreeSet::new());
        for scenario in scenarios(base, run.case, change) {
            let case = TestCase { scenario, ..run.case.clone() };
            recorder.vary(harness, run, &case, (1, true), &|_| true, &mut |outcome, seen| {
                executions += 1;
                let raced = outcome.reply.iter().flat_map(|r| &r.raced);
                if raced.into_iter().any(|f| *f == point.field) {
                    findings.extend(seen.iter().map(|f| f.id.clone()));
                }
            })?;
            if !findings.is_empty() {
                break;
            }
        }
        all.figures.executions += u64::from(executions);
        if let Some(known) = all.map.get_mut(&point) {
            known.tried += 1;
            known.executions += executions;
            known.findings.extend(findings);
        }
    }
    Ok(())
}

/// The scenario of a survey: the test case's, with nothing that breaks a rule,
/// and with something to read.
fn legal(case: &TestCase) -> Scenario {
    let mut s = case.scenario.clone();
    s.keep_contract();
    let share_of = |s: &Scenario| s.share.clone();
    for share in share_of(&s) {
        let only = Scenario { share: [share].into(), ..Scenario::default() };
        if only.class() != Class::Bug {
            s.share.remove(&share);
        }
    }
    s.schedule = None;
    s.rounds = None;
    s.procs = None;
    s.fresh = false;
    s.oracle = false;
    s.meet = [Meet::Start, Meet::Import].into();
    if !s.before.iter().any(|op| matches!(op, Operation::Check { .. })) {
        let checks = case.packages.iter().map(|p| Operation::Check { package: p.path.clone() });
        s.before.splice(..0, checks.collect::<Vec<_>>());
    }
    s
}

/// The scenarios that a change is tried with: the operation against itself, in
/// other orders, against checkers that import what it reads, and against other
/// readers.
fn scenarios(base: &Scenario, case: &TestCase, change: &LazyChange) -> Vec<Scenario> {
    let Some(op) = operation(base, change) else { return Vec::new() };
    let pair = |a: Vec<Operation>, b: Vec<Operation>| Scenario { go: vec![a, b], ..base.clone() };
    let mut all = vec![pair(vec![op.clone()], vec![op.clone()])];
    let package = match &op {
        Operation::Walk { query, package, .. } => {
            let order = Order::Reversed;
            let (query, package) = (*query, package.clone());
            all.push(pair(
                vec![op.clone()],
                vec![Operation::Walk { query, package: package.clone(), order }],
            ));
            package
        }
        _ => case.packages.first().map(|p| p.path.clone()).unwrap_or_default(),
    };
    let checked = |path: &str| {
        base.before.iter().any(|op| matches!(op, Operation::Check { package } if package == path))
    };
    let importers = case.packages.iter().map(|p| &p.path).filter(|p| !checked(p));
    let checks: Vec<Operation> =
        importers.map(|p| Operation::Check { package: p.clone() }).take(2).collect();
    if !checks.is_empty() {
        all.push(pair(vec![op.clone()], checks));
    }
    let others = [Query::Underlying, Query::Identical, Query::Typeset, Query::Lookup];
    let walk = |query| Operation::Walk { query, package: package.clone(), order: Order::Declared };
    all.push(pair(vec![op], others.map(walk).to_vec()));
    all
}

/// The operation of a change, as a scenario has it: a walk, or one of the
/// scenario's own, or a check.
fn operation(base: &Scenario, change: &LazyChange) -> Option<Operation> {
    let words: Vec<&str> = change.operation.iter().map(String::as_str).collect();
    match words[..] {
        ["walk", query, package, _] => Some(Operation::Walk {
            query: Query::from_name(query)?,
            package: package.to_owned(),
            order: Order::Declared,
        }),
        ["check", package] => Some(Operation::Check { package: package.to_owned() }),
        _ => base
            .go
            .iter()
            .flatten()
            .find(|op| op.to_string() == change.operation.join(" "))
            .cloned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;
    use crate::scenario::Profile;

    fn case() -> TestCase {
        crate::generate::test_case(&mut Rng::new(3), &Default::default(), Profile::Safe)
    }

    #[test]
    fn what_is_tried_breaks_no_rule_and_mirrors_the_operation() {
        for seed in 0..40 {
            let options = Default::default();
            let case = crate::generate::test_case(&mut Rng::new(seed), &options, Profile::All);
            let base = legal(&case);
            assert_eq!(base.class().min(Class::Unstated), base.class());
            let package = case.packages[0].path.clone();
            let operation = vec!["walk".into(), "lookup".into(), package, "declared".into()];
            let change = LazyChange { operation, ..LazyChange::default() };
            let all = scenarios(&base, &case, &change);
            assert!(all.len() >= 3);
            for s in &all {
                assert_eq!((s.go.len(), s.class()), (2, all[0].class()));
                assert!(s.class() != Class::Contract && s.meet.contains(&Meet::Start));
                assert_eq!(s.go[0], all[0].go[1]);
            }
        }
    }

    #[test]
    fn words_that_are_no_operation_are_not_tried() {
        let case = case();
        for bad in [&[][..], &["walk"], &["walk", "nosuch", "p", "declared"], &["set", "x", "y"]] {
            let operation = bad.iter().map(|&s| s.to_owned()).collect();
            let change = LazyChange { operation, ..LazyChange::default() };
            assert!(scenarios(&legal(&case), &case, &change).is_empty(), "{bad:?}");
        }
    }
}
