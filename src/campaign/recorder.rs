//! Every failure of a campaign, stored once.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use libafl::corpus::Corpus;
use libafl::state::{HasCorpus, HasExecutions};

use super::ancestry::SharedAncestry;
use super::attribution::History;
use super::background::{Background, BackgroundEnd};
use super::progress::Progress;
use super::repeats::{Plan, Repeats};
use super::scheduler::name;
use super::summary::Found;
use super::writer::Writer;
use crate::executor::{Fatal, Recorder, Run};
use crate::finding::{CONSTANTS, Finding, Kind, Origin, rfc3339};
use crate::harness::{End, Harness, HarnessError, Outcome, RunRequest, take_left};
use crate::scenario::Class;
use crate::store::{FINDING, Saved, Store, StoreError};
use crate::triage::{Judge, observe};

/// How often a time-out under short limits that ends under the full ones is tried again.
const TIMEOUT_TRIES: u32 = 3;

/// The heap's profile in a crash directory.
pub(super) const HEAP: &str = "heap.txt";

/// Said of a process that is left.
const LEFT: &str =
    "of the harness was killed and is still there: it is left, and reaped once it is gone";

/// How many findings of one kind are stored for one set of contract breaches.
/// Two checkers on one `Checker` race in a hundred places, and every one of them
/// says the same; a race that is there without the breach is stored whatever the
/// count.
const STORED_PER_BREACH: usize = 4;

/// Turns outcomes into findings and hands new ones to the store.
pub struct FindingRecorder {
    pub(super) store: Store,
    pub(super) judge: Judge,
    progress: Option<Rc<Progress>>,
    pub(super) found: Rc<RefCell<Vec<Found>>>,
    /// Contract findings that were not stored: signatures by id, with counts.
    passed_over: BTreeMap<String, u64>,
    /// Findings stored for each set of breaches and kind.
    breaches: BTreeMap<(String, Kind), usize>,
    /// Sets of breaches that were tried for a fatal error; the empty set is none.
    pressed: BTreeSet<String>,
    /// The executions before this one.
    pub(super) history: History,
    /// Slow inputs that were given more time.
    pub(super) slow: u32,
    /// Time-outs under short limits that ended under the full ones, by id.
    ended: BTreeMap<String, u32>,
    /// The outcome to record is a time-out under short limits that was not confirmed.
    unconfirmed: bool,
    /// Where test cases come from.
    ancestry: SharedAncestry,
    /// What the store could not take (a full disk), to be tried again.
    unsaved: Vec<Unsaved>,
    /// Minimizes what was stored, if that is wanted.
    background: Option<Background>,
    /// Stored, and to be minimized once it was looked at.
    stored: Vec<(Finding, String)>,
    /// New findings run again.
    pub(super) repeats: Repeats,
    /// Writes programs of their own.
    pub(super) writer: Writer,
}

/// What a later campaign need not find out again.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Memory {
    passed_over: BTreeMap<String, u64>,
    breaches: Vec<(String, Kind, usize)>,
    pressed: BTreeSet<String>,
}

struct Unsaved {
    finding: Finding,
    testcase: String,
    report: String,
}

impl FindingRecorder {
    /// A recorder over a store.
    #[must_use]
    pub fn new(store: Store, origin: Origin) -> Self {
        Self {
            store,
            judge: Judge::new(origin),
            progress: None,
            found: Rc::default(),
            passed_over: BTreeMap::new(),
            breaches: BTreeMap::new(),
            pressed: BTreeSet::new(),
            history: History::default(),
            slow: 0,
            ended: BTreeMap::new(),
            unconfirmed: false,
            ancestry: SharedAncestry::default(),
            unsaved: Vec::new(),
            background: None,
            stored: Vec::new(),
            repeats: Repeats::default(),
            writer: Writer::default(),
        }
    }

    /// Where times come from and new findings are announced, and where test cases come
    /// from.
    pub fn attach(&mut self, progress: Rc<Progress>, ancestry: SharedAncestry) {
        self.progress = Some(progress);
        self.ancestry = ancestry;
    }

    /// Has new findings minimized.
    pub fn minimize(&mut self, background: Background) {
        self.background = Some(background);
    }

    /// Ends the minimizing, keeping the best so far, and what is written beside the
    /// campaign.
    pub fn end_minimizing(&mut self) -> BackgroundEnd {
        self.writer.end();
        self.background.as_mut().map(Background::end).unwrap_or_default()
    }

    /// A handle on what was found.
    #[must_use]
    pub fn found(&self) -> Rc<RefCell<Vec<Found>>> {
        Rc::clone(&self.found)
    }

    /// Contract findings that were not stored because the same breach has
    /// [`STORED_PER_BREACH`] already.
    #[must_use]
    pub fn passed_over(&self) -> usize {
        self.passed_over.len()
    }

    /// What a later campaign need not find out again.
    #[must_use]
    pub fn memory(&self) -> Memory {
        let breaches = self.breaches.iter().map(|((b, k), n)| (b.clone(), *k, *n));
        Memory {
            passed_over: self.passed_over.clone(),
            breaches: breaches.collect(),
            pressed: self.pressed.clone(),
        }
    }

    /// Takes over what an earlier campaign knew.
    pub fn remember(&mut self, memory: Memory) {
        self.passed_over = memory.passed_over;
        self.breaches = memory.breaches.into_iter().map(|(b, k, n)| ((b, k), n)).collect();
        self.pressed = memory.pressed;
    }

    /// Stores what could not be stored, and will not be, somewhere else. Says where.
    pub fn rescue(&mut self) -> Option<std::path::PathBuf> {
        let name = format!("typerace-unsaved-{}", std::process::id());
        let store = Store::open(&std::env::temp_dir().join(name)).ok()?;
        self.unsaved.retain(|u| store.save(&u.finding, &u.testcase, &u.report, &[]).is_err());
        // What nobody can store is at least said.
        for unsaved in &self.unsaved {
            self.say(&format!("not stored: {}:\n{}", unsaved.finding.title, unsaved.testcase));
        }
        Some(store.dir().to_owned())
    }

    /// Tries again to store what could not be stored.
    ///
    /// # Errors
    /// The store's, for the first that still cannot; all others are tried.
    pub fn flush(&mut self) -> Result<(), StoreError> {
        let mut first = None;
        for unsaved in std::mem::take(&mut self.unsaved) {
            if let Err(e) =
                self.store.save(&unsaved.finding, &unsaved.testcase, &unsaved.report, &[])
            {
                first.get_or_insert(e);
                self.unsaved.push(unsaved);
            }
        }
        first.map_or(Ok(()), Err)
    }

    /// Whether the campaign has not met the finding, or only in a scenario of a
    /// lesser class.
    pub(super) fn is_news(&mut self, finding: &Finding) -> bool {
        if let Some(seen) = self.found.borrow_mut().iter_mut().find(|f| f.id == finding.id) {
            seen.times += 1;
            return finding.class < seen.class;
        }
        let contract = finding.class == Class::Contract;
        match self.passed_over.get_mut(&finding.id) {
            Some(times) if contract => {
                *times += 1;
                false
            }
            _ => true,
        }
    }

    /// Stores a finding, which is told its origin, and announces it. Says whether it was stored before, by another
    /// worker or campaign, which measured it too.
    pub(super) fn add(&mut self, run: &Run<'_>, finding: &mut Finding, report: &str) -> bool {
        let seconds = self.progress.as_ref().map_or(0.0, |p| p.control().elapsed().as_secs_f64());
        let executions = *run.state.executions();
        finding.origin.seconds_to_find = seconds;
        finding.origin.execs_to_find = executions;
        let scheduled = run.state.corpus().current().and_then(|id| name(run.state, id));
        let history = self.ancestry.borrow_mut().history(scheduled.as_deref());
        finding.origin.ancestors = history.iter().filter_map(|s| s.entry.clone()).collect();
        finding.origin.history = history;
        finding.origin.found_at = rfc3339(std::time::SystemTime::now());
        let testcase = run.source.to_txtar();
        let mut path = self.store.path(&finding.id);
        let mut known = false;
        match self.store.save(finding, &testcase, report, &[]) {
            // Raised: known as a lesser class. That it is worse is news.
            Ok(Saved::New(at) | Saved::Raised(at)) => {
                // For people; the finding is stored whatever becomes of it.
                self.writer.write(at.clone());
                path = at;
                if self.background.is_some() {
                    self.stored.push((finding.clone(), testcase));
                }
            }
            Ok(Saved::Known(at)) => {
                finding.reproduced = crate::store::read(&at).ok().and_then(|f| f.reproduced);
                (path, known) = (at, true);
            }
            Err(e) => {
                self.say(&format!("warning: {e}; the finding is kept in memory and tried again"));
                let report = report.to_owned();
                self.unsaved.push(Unsaved { finding: finding.clone(), testcase, report });
            }
        }
        let entry = Found::new(finding, path, known, seconds, executions);
        if let Some(progress) = &self.progress {
            progress.found(&entry);
        }
        let mut found = self.found.borrow_mut();
        match found.iter_mut().find(|f| f.id == finding.id) {
            Some(seen) => *seen = Found { times: seen.times, ..entry },
            None => found.push(entry),
        }
        known
    }

    pub(super) fn hurry(&self) -> bool {
        self.progress.as_ref().is_some_and(|p| p.control().hurry())
    }

    /// Whether there is room for another finding of these breaches; if not, it is
    /// only counted.
    fn has_room(&mut self, breaches: &str, finding: &Finding) -> bool {
        if self.store.path(&finding.id).join(FINDING).exists() {
            return true;
        }
        let stored = self.breaches.entry((breaches.to_owned(), finding.kind)).or_default();
        if finding.class == Class::Contract && *stored >= STORED_PER_BREACH {
            self.passed_over.insert(finding.id.clone(), 1);
            return false;
        }
        *stored += 1;
        true
    }

    pub(super) fn say(&self, text: &str) {
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
    ) -> Result<(usize, usize), Fatal> {
        let forgive = |result: Result<usize, HarnessError>| match result {
            Err(HarnessError::Interrupted) => Ok(0),
            other => other,
        };
        self.ancestry.borrow_mut().runs(run.case);
        // Before this one's: its repetitions say things of their own.
        let late = harness.noted_late();
        let heap = outcome.reply.as_ref().map_or(0, |r| r.heap);
        let grown = self.history.growth(harness.starts(), heap);
        let (mut new, bugs) = self.record_own(harness, run, outcome)?;
        if let Some(late) = late {
            new += forgive(self.record_late(harness, run, late))?;
        }
        if let Some(grown) = grown {
            new += forgive(self.record_growth(harness, run, grown))?;
        }
        let executions = *run.state.executions();
        forgive(self.measure_waiting(harness, executions).map(|()| 0))?;
        for pid in take_left() {
            self.say(&format!("warning: process {pid} {LEFT}"));
        }
        for failed in self.writer.failed() {
            self.say(&format!("warning: no standalone program: {failed}"));
        }
        self.history.push(run.source);
        Ok((new, bugs))
    }

    fn confirm_timeout(
        &mut self,
        harness: &mut Harness,
        request: &RunRequest<'_>,
        outcome: Outcome,
    ) -> Result<Outcome, HarnessError> {
        let seen = observe(&outcome, request.scenario, self.judge.origin());
        let stalls: Vec<&Finding> = seen.iter().filter(|f| f.kind.stalls()).collect();
        let news = |new: &Finding| {
            let known = |f: &Found| f.id == new.id && f.class <= new.class;
            let passed = new.class == Class::Contract && self.passed_over.contains_key(&new.id);
            let slow = self.ended.get(&new.id).is_some_and(|n| *n >= TIMEOUT_TRIES);
            !passed && !slow && !self.found.borrow().iter().any(known)
        };
        // What is known is counted; what ended in time before is only slow.
        if !stalls.iter().any(|f| news(f)) {
            self.unconfirmed = true;
            return Ok(outcome);
        }
        let full = harness.run(request)?;
        if matches!(full.end, End::Replied) {
            for stall in stalls {
                *self.ended.entry(stall.id.clone()).or_default() += 1;
            }
        }
        Ok(full)
    }
}

impl FindingRecorder {
    /// Takes what an execution itself showed.
    fn record_own(
        &mut self,
        harness: &mut Harness,
        run: &Run<'_>,
        outcome: &Outcome,
    ) -> Result<(usize, usize), Fatal> {
        let judgement = self.judge.judge(harness, run.request, outcome)?;
        let mut seen = judgement.findings.clone();
        seen.retain(|f| self.is_news(f));
        if std::mem::take(&mut self.unconfirmed) {
            seen.retain(|f| !f.kind.stalls());
        }
        if let Some(at) = seen.iter().position(|f| f.title.contains(CONSTANTS))
            && self.is_only_slow(harness, run)?
        {
            self.say(&format!("not stored: {}, which ends in time", seen[at].title));
            seen.remove(at);
        }
        if seen.is_empty() {
            return Ok((0, 0));
        }
        let ids: Vec<String> = seen.iter().map(|f| f.id.clone()).collect();
        let breaches = run.case.scenario.breaches().join(", ");
        seen.retain(|f| self.has_room(&breaches, f));
        // First stored, then looked at more closely.
        let report = judgement.report(outcome);
        let mut fresh = Vec::new();
        for finding in &mut seen {
            if !self.add(run, finding, &report) {
                fresh.push(finding.clone());
            }
            if let End::OverMemory { profile, .. } = &outcome.end {
                // It is in no report: a bonus that a full disk may cost.
                let _ = self.store.put(&finding.id, HEAP, profile.as_bytes());
            }
        }
        // A repetition of a time-out costs its whole limit.
        let plan = match outcome.end {
            End::TimedOut { .. } | End::OverMemory { .. } => Plan::ONCE,
            _ => Plan::of(run.case.scenario.class()),
        };
        let executions = *run.state.executions();
        let mut closer = || {
            if !fresh.is_empty() {
                self.judge.try_alone(harness, run.request, &mut fresh)?;
                self.measure_or_wait(harness, run, &mut fresh, plan)?;
            }
            let measured = fresh.is_empty() && !seen.is_empty();
            if !breaches.is_empty() && !measured && self.repeats.allow(executions) {
                self.acquit(harness, run, &ids)?;
            }
            let may_be_fatal = |f: &Finding| {
                f.kind == Kind::DataRace
                    && (f.class == Class::Contract || f.title.contains("(map)"))
            };
            let room = breaches.is_empty() || self.repeats.allow(executions);
            if seen.iter().any(may_be_fatal) && room && self.pressed.insert(breaches.clone()) {
                self.press(harness, run)?;
            }
            Ok(())
        };
        let closer = closer();
        if let Some(background) = &mut self.background {
            for (finding, testcase) in self.stored.drain(..) {
                background.push(finding, testcase);
            }
        }
        match closer {
            Ok(()) | Err(HarnessError::Interrupted) => {}
            Err(e) => return Err(e.into()),
        }
        if !self.unsaved.is_empty() {
            // The failure was announced; the end of the campaign is strict.
            let _ = self.flush();
        }
        let bugs = seen.iter().filter(|f| f.class != Class::Contract).count();
        Ok((seen.len(), bugs))
    }
}
