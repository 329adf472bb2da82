//! The runs of `typerace regress`: the cases, those of the gate's corpus, the ones that take long, and
//! what a search finds.

use std::time::{Duration, Instant};

use super::progress;
use super::regress_gate::Gate;
use super::ticker::Ticker;
use crate::harness::Scratch;
use crate::regress::{
    Case, CaseKind, CaseRun, Column, Limits, RegressError, all_ran, deadline, run_columns, search,
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
/// The share of the time left after a search that is kept for the closer look, in percent.
const CLOSER: u32 = 50;
/// Runs of a case that the search found.
const RUNS_OF_FOUND: u32 = 9;

impl Gate<'_> {
    /// Runs the cases. Those of the gate's corpus come last and as far as the time allows, in a
    /// comparison only on the changed side, and on the other one only if they showed something.
    pub(super) fn cases(
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

    /// Looks for more cases on the changed side, and runs them on both.
    pub(super) fn search(
        &self,
        sides: &[&Column; 2],
        cases: &mut Vec<Case>,
        ran: &mut [Vec<CaseRun>],
        time: Duration,
        end: Instant,
    ) -> anyhow::Result<()> {
        let folder = Scratch::new()?;
        let ticker = Ticker::start("searching for more cases");
        let found = match search(sides[1], cases, time, self.jobs, &folder.cwd()) {
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
