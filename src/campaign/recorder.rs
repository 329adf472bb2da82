//! Every failure of a campaign, stored once.

use std::cell::RefCell;
use std::rc::Rc;

use libafl::corpus::{Corpus, CorpusId};
use libafl::state::{HasCorpus, HasExecutions};

use super::progress::Progress;
use super::summary::Found;
use crate::executor::{Fatal, Recorder, Run, State};
use crate::finding::{Finding, Origin, rfc3339};
use crate::harness::{End, Harness, Outcome};
use crate::store::{Saved, Store};
use crate::triage::{observe, raw_report};

/// How often a new finding is run again to measure how well it reproduces.
const REPRODUCTIONS: u32 = 10;

/// Turns outcomes into findings and hands new ones to the store.
pub struct FindingRecorder {
    store: Store,
    origin: Origin,
    progress: Option<Rc<Progress>>,
    found: Rc<RefCell<Vec<Found>>>,
    /// What the store could not take (a full disk), to be tried again.
    unsaved: Vec<Unsaved>,
}

struct Unsaved {
    index: usize,
    finding: Finding,
    testcase: String,
    report: String,
}

impl FindingRecorder {
    /// A recorder over a store.
    #[must_use]
    pub fn new(store: Store, origin: Origin) -> Self {
        Self { store, origin, progress: None, found: Rc::default(), unsaved: Vec::new() }
    }

    /// Where times come from and new findings are announced.
    pub fn attach(&mut self, progress: Rc<Progress>) {
        self.progress = Some(progress);
    }

    /// A handle on what was found.
    #[must_use]
    pub fn found(&self) -> Rc<RefCell<Vec<Found>>> {
        Rc::clone(&self.found)
    }

    /// Tries again to store what could not be stored.
    ///
    /// # Errors
    /// The store's, for the first that still cannot; all others are tried.
    pub fn flush(&mut self) -> Result<(), crate::store::StoreError> {
        let mut first = None;
        for unsaved in std::mem::take(&mut self.unsaved) {
            match self.store.save(&unsaved.finding, &unsaved.testcase, &unsaved.report, &[]) {
                Ok(saved) => {
                    self.found.borrow_mut()[unsaved.index].path = saved.path().to_owned();
                }
                Err(e) => {
                    first.get_or_insert(e);
                    self.unsaved.push(unsaved);
                }
            }
        }
        first.map_or(Ok(()), Err)
    }

    /// k of n repetitions that show the finding.
    fn reproduce(
        &self,
        harness: &mut Harness,
        run: &Run<'_>,
        finding: &Finding,
        outcome: &Outcome,
    ) -> Result<[u32; 2], Fatal> {
        // A repetition of a time-out costs its whole limit.
        let n = if matches!(outcome.end, End::TimedOut { .. }) { 1 } else { REPRODUCTIONS };
        let mut k = 0;
        for _ in 0..n {
            let again = harness.run(run.request)?;
            let seen = observe(&again, &run.case.scenario, &self.origin);
            k += u32::from(seen.iter().any(|f| f.id == finding.id));
        }
        Ok([k, n])
    }

    fn add(
        &mut self,
        harness: &mut Harness,
        run: &Run<'_>,
        mut finding: Finding,
        outcome: &Outcome,
    ) -> Result<(), Fatal> {
        let seconds = self.progress.as_ref().map_or(0.0, |p| p.control().elapsed().as_secs_f64());
        let [k, n] = self.reproduce(harness, run, &finding, outcome)?;
        finding.reproduced = Some([k, n]);
        finding.confirmed = k > 0;
        finding.origin.seconds_to_find = seconds;
        finding.origin.execs_to_find = *run.state.executions();
        finding.origin.ancestors = ancestors(run.state);
        finding.origin.found_at = rfc3339(std::time::SystemTime::now());
        let testcase = run.source.to_txtar();
        let report = raw_report(outcome);
        let (path, known) = match self.store.save(&finding, &testcase, &report, &[]) {
            // Raised: known as a lesser class. That it is worse than thought is news.
            Ok(Saved::New(path) | Saved::Raised(path)) => (path, false),
            Ok(Saved::Known(path)) => (path, true),
            Err(e) => {
                self.say(&format!("warning: {e}; the finding is kept in memory and tried again"));
                let index = self.found.borrow().len();
                self.unsaved.push(Unsaved { index, finding: finding.clone(), testcase, report });
                (self.store.path(&finding.id), false)
            }
        };
        self.say(&format!(
            "{} {}: {} (after {seconds:.1} s, {} executions; {k} of {n})",
            if known { "known" } else { "FOUND" },
            finding.class,
            finding.title,
            run.state.executions(),
        ));
        self.found.borrow_mut().push(Found::new(
            &finding,
            path,
            known,
            seconds,
            *run.state.executions(),
        ));
        Ok(())
    }

    fn say(&self, text: &str) {
        if let Some(progress) = &self.progress {
            progress.say(text);
        }
    }
}

impl Recorder for FindingRecorder {
    fn record(
        &mut self,
        harness: &mut Harness,
        run: &Run<'_>,
        outcome: &Outcome,
    ) -> Result<usize, Fatal> {
        let mut new = 0;
        for finding in observe(outcome, &run.case.scenario, &self.origin) {
            let seen = self.found.borrow().iter().position(|f| f.id == finding.id);
            if let Some(i) = seen {
                self.found.borrow_mut()[i].times += 1;
            } else {
                self.add(harness, run, finding, outcome)?;
                new += 1;
            }
        }
        if new > 0 && !self.unsaved.is_empty() {
            // The failure was announced; the end of the campaign is strict.
            let _ = self.flush();
        }
        Ok(new)
    }
}

/// The corpus entries that the current one descends from, youngest first.
fn ancestors(state: &State) -> Vec<String> {
    let mut names = Vec::new();
    let mut id: Option<CorpusId> = *state.corpus().current();
    while let Some(at) = id {
        let Ok(entry) = state.corpus().get(at) else { break };
        let entry = entry.borrow();
        names.push(entry.filename().clone().unwrap_or_else(|| at.to_string()));
        // Parents are older, so the chain ends; the limit is for the report.
        id = entry.parent_id().filter(|_| names.len() < 64);
    }
    names
}
