//! The steps of `typerace regress`: run the cases, look closer at what would fail, and show it small.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use super::progress;
use super::regress::RegressArgs;
use super::regress_columns::release_of;
use super::ticker::Ticker;
use crate::finding::Known;
use crate::harness::BuiltHarness;
use crate::regress::{
    Baseline, Case, CaseKind, CaseRun, Changed, Column, ColumnReport, Limits, Making, RegressError,
    Report, Sides, Status, Verdict, all_ran, changed, changed_from_tree, compare, deadline, look,
    reached, roots, run_columns, search, settle,
};
use crate::words::count;

/// The share of the time in which the other cases get all of their runs, in percent, if the gate's
/// corpus waits for it.
const CASES: u32 = 25;
/// The share of the time left after the other cases that the gate's corpus takes, in percent. The rest
/// is for the closer look, and for the search.
const CORPUS: u32 = 55;
/// The same as long as it shows nothing.
const SILENT: u32 = 80;
/// The share that the other side of a comparison takes for what showed something, in percent.
const SHOWN: u32 = 15;
/// A case that takes longer than this runs after the gate's corpus, and not with `--quick`.
const PATIENCE: Duration = Duration::from_secs(2);
/// The share of the time left that a search for more cases takes, in percent.
const SEARCH: u32 = 45;
/// The share of the time left after it that is kept for the closer look, in percent.
const CLOSER: u32 = 50;
/// A search is not worth less time than this.
const WORTH: Duration = Duration::from_secs(20);
/// Runs of a case that the search found.
const RUNS_OF_FOUND: u32 = 9;

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
        for column in columns {
            progress(&format!(
                "{}, {} runs each, on {}",
                count(cases.len(), "case"),
                self.runs,
                column.label
            ));
            let start = Instant::now();
            let end = start + self.args.budget();
            let mut ran = self.cases(&[column], &cases, self.runs, end)?.remove(0);
            let judge = |ran: &[CaseRun]| {
                let version = &column.built.toolchain.version;
                let mut verdict = compare(ran, self.baseline, self.known, version);
                verdict.prefer(&changed);
                verdict
            };
            let mut verdict = judge(&ran);
            // Only this column decides.
            if column.patched == any_patched && !verdict.passed() {
                let ticker = Ticker::start("looking closer at what is new");
                let mut sides = Sides { change: (column, &mut ran), base: None };
                self.after("the closer look", look(&mut sides, &cases, &verdict, end, &|_, _| ()));
                drop(ticker);
                verdict = judge(&ran);
                settle(&mut verdict, &ran, None);
                let rooted =
                    roots(column, &cases, &mut ran, &verdict, self.known, end, &mut progress);
                if self.after("its root", rooted) == Some(true) {
                    verdict = judge(&ran);
                    settle(&mut verdict, &ran, None);
                }
                self.after(SMALLER, self.samples(column, &cases, &mut verdict, end));
            }
            reports.push(report_of(column, ran, verdict, start));
        }
        if let Some((column, report)) = columns.last().zip(reports.last()) {
            reached(&mut changed, column, &report.cases);
        }
        Ok(Report::compared(self.runs, cases, reports, false, changed))
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

    /// Runs the cases. Those of the gate's corpus come last and as far as the time allows, in a
    /// comparison only on the changed side, and on the other one only if they showed something.
    fn cases(
        &self,
        columns: &[&Column],
        cases: &[Case],
        runs: u32,
        end: Instant,
    ) -> Result<Vec<Vec<CaseRun>>, RegressError> {
        // Without --time, every case runs, however long that takes.
        let deadline = deadline(self.args.time);
        let (cases, corpus) = cases.split_at(cases.partition_point(|c| c.kind != CaseKind::Gate));
        let left = end.saturating_duration_since(Instant::now());
        let budget = if corpus.is_empty() { end } else { end - left * (100 - CASES) / 100 };
        let patience = Some(PATIENCE).filter(|_| !corpus.is_empty());
        let all = Limits {
            runs,
            jobs: self.jobs,
            deadline,
            budget: Some(budget),
            silent: None,
            all: true,
            patience,
        };
        let ticker = Ticker::start("running cases");
        let progress = |n, of| ticker.set(&format!("{n} of {of} cases"));
        let mut ran = run_columns(columns, cases, all, &progress)?;
        all_ran(columns, &ran)?;
        if corpus.is_empty() {
            return Ok(ran);
        }
        let of_corpus = self.corpus(columns, corpus, all, end, &ticker);
        let of_corpus = self.after("the gate's corpus", of_corpus).unwrap_or_default();
        let late = self.late(columns, cases, Limits { patience: None, ..all }, &mut ran);
        self.after("the cases that take long", late);
        for (i, ran) in ran.iter_mut().enumerate() {
            let runs = of_corpus.get(i).map_or(&[][..], Vec::as_slice);
            let run = |case: &Case| runs.iter().find(|r| r.case == case.name).cloned();
            ran.extend(corpus.iter().map(|case| run(case).unwrap_or_else(|| CaseRun::of(case))));
        }
        Ok(ran)
    }

    /// Runs the gate's corpus, on all columns but the last only what showed something on that one.
    fn corpus(
        &self,
        columns: &[&Column],
        corpus: &[Case],
        all: Limits,
        end: Instant,
        ticker: &Ticker,
    ) -> Result<Vec<Vec<CaseRun>>, RegressError> {
        let Some((change, others)) = columns.split_last() else { return Ok(Vec::new()) };
        let left = end.saturating_duration_since(Instant::now());
        let until = |percent: u32| Some(end - left * (100 - percent) / 100);
        let some = Limits {
            budget: until(CORPUS),
            silent: until(SILENT),
            all: false,
            patience: None,
            ..all
        };
        let progress = |n, of| ticker.set(&format!("{n} of {of} entries of the gate's corpus"));
        let of_change = run_columns(&[change], corpus, some, &progress)?.remove(0);
        let shown = corpus.iter().zip(&of_change).filter(|(_, run)| !run.seen.is_empty());
        let shown: Vec<Case> = shown.map(|(case, _)| case.clone()).collect();
        let again = Limits { budget: until(CORPUS + SHOWN), silent: None, ..some };
        let mut of_all = run_columns(others, &shown, again, &progress)?;
        of_all.push(of_change);
        Ok(of_all)
    }

    /// Runs the cases that were left out because they took too long, if there is time for them.
    fn late(
        &self,
        columns: &[&Column],
        cases: &[Case],
        limits: Limits,
        ran: &mut [Vec<CaseRun>],
    ) -> Result<(), RegressError> {
        let is_late: Vec<String> =
            ran.iter().flatten().filter(|run| run.late).map(|run| run.case.clone()).collect();
        let late: Vec<Case> = cases.iter().filter(|c| is_late.contains(&c.name)).cloned().collect();
        let again = match self.args.quick {
            true => Vec::new(),
            false => run_columns(columns, &late, limits, &|_, _| ())?,
        };
        for (i, runs) in ran.iter_mut().enumerate() {
            for run in runs.iter_mut().filter(|run| is_late.contains(&run.case)) {
                let new = again.get(i).and_then(|a| a.iter().find(|r| r.case == run.case));
                add_late(run, new.cloned(), self.args.quick);
            }
        }
        Ok(())
    }

    /// What a step after the main run gave. Its failure is no reason to discard what ran: it is
    /// said, and decides about the exit code if nothing else does.
    fn after<T>(&self, what: &str, result: Result<T, impl Into<anyhow::Error>>) -> Option<T> {
        let error: anyhow::Error = match result {
            Ok(value) => return Some(value),
            Err(e) => e.into(),
        };
        progress(&format!("warning: {what}: {error:#}; the verdict is from what ran"));
        self.failed.borrow_mut().get_or_insert(error);
        None
    }

    /// Looks for more cases on the changed side, and runs them on both.
    fn search(
        &self,
        sides: &[&Column; 2],
        cases: &mut Vec<Case>,
        ran: &mut [Vec<CaseRun>],
        time: Duration,
        end: Instant,
    ) -> anyhow::Result<()> {
        let folder = tempfile::Builder::new().prefix("typerace-search-").tempdir()?;
        let ticker = Ticker::start("searching for more cases");
        let found = match search(sides[1], cases, time, self.jobs, folder.path()) {
            Ok(found) => found,
            // The cases count without it.
            Err(e) => {
                progress(&format!("warning: {e}"));
                Vec::new()
            }
        };
        drop(ticker);
        progress(&format!("the search found {} more cases; they run on both sides", found.len()));
        if !found.is_empty() {
            let left = end.saturating_duration_since(Instant::now());
            let until = Some(end - left * CLOSER / 100);
            let limits = Limits {
                runs: self.runs.min(RUNS_OF_FOUND),
                jobs: self.jobs,
                deadline: until,
                budget: until,
                silent: None,
                // They are more than was asked for.
                all: false,
                patience: None,
            };
            let new = run_columns(sides, &found, limits, &|_, _| ())?;
            let missed = new.iter().map(|c| c.iter().filter(|r| r.runs == 0).count()).max();
            if let Some(n) = missed.filter(|n| *n > 0) {
                progress(&format!("note: no time was left for {}", count(n, "found case")));
            }
            for (all, new) in ran.iter_mut().zip(new) {
                all.extend(new);
            }
            cases.extend(found);
        }
        Ok(())
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
        let ticker = Ticker::start("making it smaller");
        making.samples(verdict, &mut |title| ticker.set(&format!("making it smaller: {title}")))
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

/// Replaces the run of a case that took too long by a new one. If there is none, or there was no time
/// for it, what ran before counts.
fn add_late(run: &mut CaseRun, new: Option<CaseRun>, is_quick: bool) {
    let has_run = |new: &CaseRun| new.runs > 0 || !new.notes.is_empty();
    let why = if is_quick { "which --quick leaves out" } else { "and no time was left for it" };
    match new.filter(has_run) {
        Some(new) => *run = new,
        None if run.late => run
            .notes
            .push(format!("not run to its end: takes more than {} s, {why}", PATIENCE.as_secs())),
        None => {}
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Their run once discarded the result of all others.
    #[test]
    fn a_late_case_without_time_is_a_note() {
        let late = CaseRun { case: "a".into(), runs: 2, late: true, ..CaseRun::default() };
        let after = |new: Option<CaseRun>, is_quick| {
            let mut run = late.clone();
            add_late(&mut run, new, is_quick);
            (run.runs, run.notes.join("; "))
        };
        let note = "not run to its end: takes more than 2 s, ";
        let no_time = (2, format!("{note}and no time was left for it"));
        assert_eq!(after(Some(CaseRun::default()), false), no_time);
        assert_eq!(after(None, false), no_time);
        assert_eq!(after(None, true), (2, format!("{note}which --quick leaves out")));
        let ran = CaseRun { runs: 3, ..CaseRun::default() };
        assert_eq!(after(Some(ran), false), (3, String::new()));
    }
}
