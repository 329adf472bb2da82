//! The steps of `typerace regress`: run the cases, look closer at what would fail, and show it small.
//! How the cases run is in `regress_runs`.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use super::progress;
use super::regress::RegressArgs;
use super::regress_columns::release_of;
use super::ticker::Ticker;
use crate::finding::Known;
use crate::harness::BuiltHarness;
use crate::regress::{
    Baseline, Case, CaseRun, Changed, Column, ColumnReport, Making, RegressError, Report, Sides,
    Status, Verdict, changed, changed_from_tree, compare, look, reached, roots, settle,
};
use crate::words::count;

/// The share of the time left that a search for more cases takes, in percent.
const SEARCH: u32 = 45;
/// A search is not worth less time than this.
const WORTH: Duration = Duration::from_secs(20);
/// What making something smaller is called.
const SMALLER: &str = "making it smaller";

/// What the gate needs besides its columns and cases.
pub(super) struct Gate<'a> {
    pub args: &'a RegressArgs,
    pub known: &'a Known,
    pub baseline: &'a Baseline,
    /// Runs of each case.
    pub runs: u32,
    /// Harnesses to run in parallel.
    pub jobs: usize,
    /// The first failure of what comes after the main run.
    pub failed: RefCell<Option<anyhow::Error>>,
}

impl Gate<'_> {
    /// Runs the columns one after another, and compares them with the baseline.
    pub(super) fn run(&self, columns: &[Column], cases: Vec<Case>) -> anyhow::Result<Report> {
        let any_patched = columns.iter().any(|c| c.patched);
        let mut changed = self.changed(columns);
        let mut reports: Vec<ColumnReport> = Vec::new();
        for (i, column) in columns.iter().enumerate() {
            progress(&format!(
                "{}, {} runs each, on {}",
                count(cases.len(), "case"),
                self.runs,
                column.label
            ));
            let start = Instant::now();
            let end = start + self.args.budget();
            let mut ran = self.cases(&[column], &cases, self.runs, end)?.remove(0);
            let verdict = if any_patched && !column.patched {
                self.listed(column, &ran, &changed)
            } else {
                // What it changes ran just before.
                let base = columns[..i].last().filter(|_| column.patched);
                let base = base.zip(reports.last_mut());
                self.decide((column, &mut ran), base, &cases, &changed, end)
            };
            reports.push(report_of(column, ran, verdict, start));
        }
        if let Some((column, report)) = columns.last().zip(reports.last()) {
            reached(&mut changed, column, &report.cases);
        }
        Ok(Report::compared(self.runs, cases, reports, false, changed))
    }

    /// The verdict about what a change is compared with: it fails nothing.
    fn listed(&self, column: &Column, ran: &[CaseRun], changed: &[Changed]) -> Verdict {
        let version = &column.built.toolchain.version;
        let mut verdict = compare(ran, self.baseline, self.known, version);
        verdict.prefer(changed);
        verdict.list();
        verdict
    }

    /// The verdict that counts. What fails the gate is looked at closer, on both sides if it is a
    /// change, its root is determined, and it is made smaller.
    fn decide(
        &self,
        (column, ran): (&Column, &mut Vec<CaseRun>),
        mut base: Option<(&Column, &mut ColumnReport)>,
        cases: &[Case],
        changed: &[Changed],
        end: Instant,
    ) -> Verdict {
        let judge = |ran: &[CaseRun], base: Option<&ColumnReport>| {
            let version = &column.built.toolchain.version;
            let mut verdict = compare(ran, self.baseline, self.known, version);
            verdict.prefer(changed);
            if let Some(base) = base {
                verdict.excuse(&base.cases, &base.verdict);
            }
            verdict
        };
        let settled = |ran: &[CaseRun], base: Option<&ColumnReport>| {
            let mut verdict = judge(ran, base);
            settle(&mut verdict, ran, base.map(|b| &*b.cases));
            verdict
        };
        let mut verdict = judge(ran, base.as_ref().map(|b| &*b.1));
        if verdict.passed() {
            return verdict;
        }
        let ticker = Ticker::start("looking closer at what is new");
        let other = base.as_mut().map(|(column, report)| (*column, &mut report.cases));
        let mut sides = Sides { change: (column, ran), base: other };
        self.after("the closer look", look(&mut sides, cases, &verdict, end, &|_, _| ()));
        drop(ticker);
        if let Some((column, report)) = &mut base {
            report.verdict = self.listed(column, &report.cases, changed);
        }
        verdict = settled(ran, base.as_ref().map(|b| &*b.1));
        let rooted = roots(column, cases, ran, &verdict, self.known, end, &mut progress);
        if self.after("its root", rooted) == Some(true) {
            verdict = settled(ran, base.as_ref().map(|b| &*b.1));
        }
        self.after(SMALLER, self.samples(column, cases, &mut verdict, end));
        verdict
    }

    /// Runs both sides in turns, and compares the second with the first.
    pub(super) fn compare(
        &self,
        columns: &[Column],
        mut cases: Vec<Case>,
        began: Instant,
    ) -> anyhow::Result<Report> {
        let [base, change] = columns else { unreachable!("a comparison has two sides") };
        progress(&format!(
            "{}, {} runs each, on {} and on {} in turns",
            count(cases.len(), "case"),
            self.runs,
            base.label,
            change.label
        ));
        let start = Instant::now();
        // The default includes the builds; a short time does not.
        let begins = if self.args.time.is_some() || self.args.quick { start } else { began };
        let end = (begins + self.args.budget()).max(start + WORTH);
        let both = [base, change];
        let mut ran = self.cases(&both, &cases, self.runs, end)?;
        let left = end.saturating_duration_since(Instant::now());
        if left * SEARCH / 100 >= WORTH && self.args.only.is_none() {
            let found = self.search(&both, &mut cases, &mut ran, left * SEARCH / 100, end);
            self.after("the search", found);
        }
        let (mut of_change, mut of_base) = (ran.remove(1), ran.remove(0));
        let mut changed = of_overlay(&base.built, change);
        let before = self.judge_sides(base, change, &of_base, &of_change, &changed);
        if !before.1.passed() {
            let ticker = Ticker::start("looking closer at what is new");
            let mut sides =
                Sides { change: (change, &mut of_change), base: Some((base, &mut of_base)) };
            self.after("the closer look", look(&mut sides, &cases, &before.1, end, &|_, _| ()));
            drop(ticker);
        }
        let (base_verdict, mut verdict) =
            self.judge_sides(base, change, &of_base, &of_change, &changed);
        settle(&mut verdict, &of_change, Some(&of_base));
        self.after(SMALLER, self.samples(change, &cases, &mut verdict, end));
        reached(&mut changed, change, &of_change);
        let reports = vec![
            report_of(base, of_base, base_verdict, start),
            report_of(change, of_change, verdict, start),
        ];
        Ok(Report::compared(self.runs, cases, reports, true, changed))
    }

    /// The verdicts of both sides: what the first one shows is what is expected of the second.
    fn judge_sides(
        &self,
        base: &Column,
        change: &Column,
        of_base: &[CaseRun],
        of_change: &[CaseRun],
        changed: &[Changed],
    ) -> (Verdict, Verdict) {
        let version = &base.built.toolchain.version;
        let mut verdict = compare(of_base, &Baseline::default(), self.known, version);
        let mut list = Baseline::default();
        let report = report_of(base, of_base.to_vec(), verdict.clone(), Instant::now());
        list.add(&[report], true);
        for j in verdict.findings.iter_mut().filter(|j| j.status <= Status::Unconfirmed) {
            j.status = Status::Listed;
        }
        // The list is about the other side, whatever its version.
        list.go.clear();
        let mut other = compare(of_change, &list, self.known, &change.built.toolchain.version);
        for verdict in [&mut verdict, &mut other] {
            verdict.prefer(changed);
        }
        (verdict, other)
    }

    /// What a step after the main run gave. Its failure is no reason to discard what ran: it is
    /// said, and decides about the exit code if nothing else does.
    pub(super) fn after<T>(
        &self,
        what: &str,
        result: Result<T, impl Into<anyhow::Error>>,
    ) -> Option<T> {
        let error: anyhow::Error = match result {
            Ok(value) => return Some(value),
            Err(e) => e.into(),
        };
        progress(&format!("warning: {what}: {error:#}; the verdict is from what ran"));
        self.failed.borrow_mut().get_or_insert(error);
        None
    }

    fn samples(
        &self,
        column: &Column,
        cases: &[Case],
        verdict: &mut Verdict,
        end: Instant,
    ) -> Result<(), RegressError> {
        if verdict.passed() {
            return Ok(());
        }
        let making =
            Making { column, cases, folder: &self.args.findings, jobs: self.jobs, deadline: end };
        let ticker = Ticker::start(SMALLER);
        making.samples(verdict, &mut |title| ticker.set(&format!("{SMALLER}: {title}")))
    }

    /// The functions that the change touches: with an overlay or patches, or in a tree that is not
    /// as its release.
    fn changed(&self, columns: &[Column]) -> Vec<Changed> {
        match columns {
            [plain, patched] if patched.patched => of_overlay(&plain.built, patched),
            [column] => match release_of(column, self.args.go.goroot.is_some()) {
                Ok(Some(release)) => changed_from_tree(&release, column),
                Ok(None) => Vec::new(),
                Err(how) => {
                    progress(&how);
                    Vec::new()
                }
            },
            _ => Vec::new(),
        }
    }
}

/// The functions that an overlay, patches or another tree changes. Says so if there are none.
fn of_overlay(base: &BuiltHarness, change: &Column) -> Vec<Changed> {
    let all = changed(base, change);
    if all.is_empty() {
        progress(&format!("note: no function of the checker differs in {}", change.label));
    }
    all
}

fn report_of(
    column: &Column,
    cases: Vec<CaseRun>,
    verdict: Verdict,
    start: Instant,
) -> ColumnReport {
    ColumnReport {
        label: column.label.clone(),
        go_version: column.built.toolchain.version.clone(),
        goroot: column.goroot(),
        patched: column.patched,
        patches: column.built.patched.ids.clone(),
        cases,
        verdict,
        seconds: start.elapsed().as_secs_f64(),
    }
}
