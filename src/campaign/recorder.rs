//! Every failure of a campaign, stored once.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use libafl::corpus::{Corpus, CorpusId};
use libafl::state::{HasCorpus, HasExecutions};

use super::attribution::History;
use super::background::{Background, BackgroundEnd};
use super::progress::Progress;
use super::summary::Found;
use super::suspicions::{self, Suspicions};
use crate::executor::{Fatal, Recorder, Run, State};
use crate::finding::{CONSTANTS, Finding, Kind, Origin, growth, rfc3339};
use crate::harness::{End, Harness, HarnessError, Late, Outcome, RunFlags, RunRequest};
use crate::scenario::Class;
use crate::store::{FINDING, Saved, Store, StoreError};
use crate::testcase::TestCase;
use crate::triage::{Judge, repeat, standalone};

/// How often an execution with new findings is run again, to measure how well
/// they reproduce.
const REPRODUCTIONS: u32 = 10;

/// How often it is run alone in a new process if they do not show it, and how long
/// what comes after a reply is waited for.
const ALONE: u32 = 3;
const LATE: Duration = Duration::from_millis(100);

/// How often a test case is repeated to see whether the heap grows.
const GROWTH_RUNS: u32 = 200;

/// How many slow inputs get more time.
const SLOW_TRIES: u32 = 3;

/// The heap's profile in a crash directory.
const HEAP: &str = "heap.txt";
/// The same for a breach of contract, of which there are many.
const CONTRACT_REPRODUCTIONS: u32 = 3;

/// How often it is run without its breaches of contract.
const WITHOUT_BREACHES: u32 = 5;

/// How often a race on a map is tried for a fatal error, and in how many rounds.
const PRESSES: u32 = 3;
const PRESSED_ROUNDS: u32 = 100;

/// How many findings of one kind are stored for one set of contract breaches.
/// Two checkers on one `Checker` race in a hundred places, and every one of them
/// says the same; a race that is there without the breach is stored whatever the
/// count.
const STORED_PER_BREACH: usize = 4;

/// Turns outcomes into findings and hands new ones to the store.
pub struct FindingRecorder {
    store: Store,
    judge: Judge,
    progress: Option<Rc<Progress>>,
    found: Rc<RefCell<Vec<Found>>>,
    /// Contract findings that were not stored: signatures by id, with counts.
    passed_over: BTreeMap<String, u64>,
    /// Findings stored for each set of breaches and kind.
    breaches: BTreeMap<(String, Kind), usize>,
    /// Sets of breaches that were tried for a fatal error; the empty set is none.
    pressed: BTreeSet<String>,
    /// The executions before this one.
    history: History,
    /// Slow inputs that were given more time.
    slow: u32,
    /// What the store could not take (a full disk), to be tried again.
    unsaved: Vec<Unsaved>,
    /// Minimizes what was stored, if that is wanted.
    background: Option<Background>,
    /// Stored, and to be minimized once it was looked at.
    stored: Vec<(Finding, String)>,
    /// What reading changes; none if that is not searched for.
    pub(super) suspicions: Option<Suspicions>,
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
            unsaved: Vec::new(),
            background: None,
            stored: Vec::new(),
            suspicions: None,
        }
    }

    /// Searches for lazy state from now on.
    pub fn suspect_with(&mut self, suspicions: Suspicions) {
        self.suspicions = Some(suspicions);
    }

    /// What reading changes, if that was searched for.
    #[must_use]
    pub fn suspicions(&self) -> Option<&Suspicions> {
        self.suspicions.as_ref()
    }

    /// Where times come from and new findings are announced.
    pub fn attach(&mut self, progress: Rc<Progress>) {
        self.progress = Some(progress);
    }

    /// Has new findings minimized.
    pub fn minimize(&mut self, background: Background) {
        self.background = Some(background);
    }

    /// Ends the minimizing, keeping the best so far.
    pub fn end_minimizing(&mut self) -> BackgroundEnd {
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
    fn is_news(&mut self, finding: &Finding) -> bool {
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

    /// Stores a finding and announces it. Says whether it was stored before, by another
    /// worker or campaign, which measured it too.
    fn add(&mut self, run: &Run<'_>, mut finding: Finding, report: &str) -> bool {
        let seconds = self.progress.as_ref().map_or(0.0, |p| p.control().elapsed().as_secs_f64());
        let executions = *run.state.executions();
        finding.origin.seconds_to_find = seconds;
        finding.origin.execs_to_find = executions;
        finding.origin.ancestors = ancestors(run.state);
        finding.origin.found_at = rfc3339(std::time::SystemTime::now());
        let testcase = run.source.to_txtar();
        let mut path = self.store.path(&finding.id);
        let mut known = false;
        match self.store.save(&finding, &testcase, report, &[]) {
            // Raised: known as a lesser class. That it is worse is news.
            Ok(Saved::New(at) | Saved::Raised(at)) => {
                // For people; the finding is stored whatever becomes of it.
                if let Err(e) = standalone::write(&at) {
                    self.say(&format!("warning: no standalone program: {e}"));
                }
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
        let entry = Found::new(&finding, path, known, seconds, executions);
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

    /// Runs the execution again, and notes how often each of its findings shows.
    fn measure(
        &mut self,
        harness: &mut Harness,
        run: &Run<'_>,
        new: &mut [Finding],
        n: u32,
    ) -> Result<(), HarnessError> {
        let mut shown = vec![0; new.len()];
        let mut runs = 0;
        let count = |shown: &mut Vec<u32>, new: &[Finding], seen: &[Finding]| {
            for (k, finding) in shown.iter_mut().zip(new) {
                *k += u32::from(seen.iter().any(|f| f.id == finding.id));
            }
        };
        while runs < n && !self.hurry() {
            // Another run may race elsewhere first.
            let request = run.request.with_reports(64);
            let (_, again) = self.judge.examine(harness, &request)?;
            runs += 1;
            count(&mut shown, new, &again.findings);
        }
        // What does not show again may be another execution's: alone, in a process
        // that has run nothing else, it is this one's.
        let alone = if n == 1 { 1 } else { ALONE };
        for _ in 0..alone {
            if !shown.contains(&0) || self.hurry() {
                break;
            }
            harness.recycle();
            let (_, mut again) = self.judge.examine(harness, run.request)?;
            std::thread::sleep(LATE);
            if let Some(late) = harness.take_late()? {
                let late = self.judge.judge(harness, run.request, &outcome_of(late))?;
                again.findings.extend(late.findings);
            }
            runs += 1;
            count(&mut shown, new, &again.findings);
        }
        for (k, finding) in shown.into_iter().zip(new) {
            finding.reproduced = Some([k, runs]);
            finding.confirmed = k > 0;
            if k == 0 {
                self.keep_suspects(finding);
            }
            if let Some(f) = self.found.borrow_mut().iter_mut().find(|f| f.id == finding.id) {
                f.reproduced = [k, runs];
            }
            // The finding itself is stored; its rate is a bonus that a full
            // disk may cost.
            if self.store.update_finding(finding).is_ok() {
                let _ = standalone::write(&self.store.path(&finding.id));
            }
        }
        Ok(())
    }

    /// Stores the executions before with a finding that could not be confirmed.
    fn keep_suspects(&self, finding: &mut Finding) {
        for (name, text) in self.history.files() {
            if self.store.put(&finding.id, &name, text.as_bytes()).is_ok() {
                finding.suspects.push(name);
            }
        }
        self.say(&format!(
            "unconfirmed: {}: it did not show again; the executions before are stored with it",
            finding.title
        ));
    }

    /// Takes what the harness said after a reply: the execution before is tried alone
    /// in a new process, and blamed only if it shows it again.
    fn record_late(
        &mut self,
        harness: &mut Harness,
        run: &Run<'_>,
        late: Late,
    ) -> Result<usize, HarnessError> {
        let Some(source) = self.history.last().cloned() else { return Ok(0) };
        let scenario = source.scenario.clone().unwrap_or_default();
        let request =
            RunRequest { id: run.request.id, ..RunRequest::new(&scenario, &source.packages) };
        let before = Run { case: run.case, source: &source, request: &request, state: run.state };
        let outcome = outcome_of(late);
        let judgement = self.judge.judge(harness, &request, &outcome)?;
        let mut seen = judgement.findings.clone();
        seen.retain(|f| self.is_news(f));
        let report = judgement.report(&outcome);
        for finding in &seen {
            self.add(&before, finding.clone(), &report);
        }
        if !seen.is_empty() {
            self.measure(harness, &before, &mut seen, 0)?;
        }
        Ok(seen.len())
    }

    /// A heap that grew over many executions: whether this one makes it grow.
    fn record_growth(
        &mut self,
        harness: &mut Harness,
        run: &Run<'_>,
        grown: u64,
    ) -> Result<usize, HarnessError> {
        let each = grown / u64::from(harness.runs_of_process().max(1));
        let heap = match harness.heap(false, true) {
            Ok(heap) => heap,
            // Its heap is gone with it; the next process will grow as well.
            Err(HarnessError::Died { .. } | HarnessError::TimedOut { .. }) => return Ok(0),
            Err(e) => return Err(e),
        };
        harness.recycle();
        let origin = self.judge.origin();
        let mut found = growth(each, "", &heap.profile, run.request.scenario, origin);
        if !self.is_news(&found) {
            return Ok(0);
        }
        self.add(run, found.clone(), &heap.profile);
        let origin = self.judge.origin().clone();
        let again = match repeat(harness, run.request, GROWTH_RUNS, &origin) {
            Err(HarnessError::Died { .. } | HarnessError::TimedOut { .. }) => None,
            again => again?.finding,
        };
        found.confirmed = again.is_some_and(|f| f.id == found.id);
        found.reproduced = Some([u32::from(found.confirmed), 1]);
        if !found.confirmed {
            self.keep_suspects(&mut found);
        }
        let _ = self.store.update_finding(&found);
        Ok(1)
    }

    /// Whether a hang in constant arithmetic is only slow: it ends if it has three
    /// times as long.
    fn is_only_slow(&mut self, harness: &mut Harness, run: &Run<'_>) -> Result<bool, HarnessError> {
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
    /// as that version's. `see` is shown each outcome with its findings.
    pub(super) fn vary(
        &mut self,
        harness: &mut Harness,
        run: &Run<'_>,
        case: &TestCase,
        (tries, raced): (u32, bool),
        wanted: &dyn Fn(&Finding) -> bool,
        see: &mut dyn FnMut(&Outcome, &[Finding]),
    ) -> Result<(), HarnessError> {
        let pressed = case.scenario.rounds == Some(PRESSED_ROUNDS);
        let source = case.to_source();
        let plain = RunRequest::new(&case.scenario, &source.packages);
        let mut flags = RunFlags { raced, ..plain.exploring().flags };
        if pressed {
            // What counts is how it ends, and reports keep writers apart.
            flags.reports = 1;
        }
        let request = RunRequest { id: run.request.id, ..plain.with_flags(flags) };
        let varied = Run { case, source: &source, request: &request, state: run.state };
        let mut new = Vec::new();
        for _ in 0..tries {
            if self.hurry() {
                break;
            }
            let (outcome, judgement) = self.judge.examine(harness, &request)?;
            see(&outcome, &judgement.findings);
            for finding in &judgement.findings {
                if wanted(finding) && self.is_news(finding) {
                    self.add(&varied, finding.clone(), &judgement.report(&outcome));
                    new.push(finding.clone());
                }
            }
        }
        if new.is_empty() {
            Ok(())
        } else {
            self.measure(harness, &varied, &mut new, reproductions(&varied))
        }
    }

    /// Runs a contract scenario without its breaches: what shows all the same is
    /// no breach of contract.
    fn acquit(
        &mut self,
        harness: &mut Harness,
        run: &Run<'_>,
        ids: &[String],
    ) -> Result<(), HarnessError> {
        let mut case = run.case.clone();
        case.scenario.keep_contract();
        self.vary(
            harness,
            run,
            &case,
            (WITHOUT_BREACHES, false),
            &|f| ids.contains(&f.id),
            &mut |_, _| {},
        )
    }

    /// Runs a test case that races, perhaps on a map, many times over: the runtime ends the
    /// process when two writers meet in one, but only when they really meet.
    fn press(&mut self, harness: &mut Harness, run: &Run<'_>) -> Result<(), HarnessError> {
        let mut case = run.case.clone();
        case.scenario.rounds = Some(PRESSED_ROUNDS);
        case.scenario.schedule = None;
        self.vary(harness, run, &case, (PRESSES, false), &|f| f.kind == Kind::Fatal, &mut |_, _| {})
    }

    fn hurry(&self) -> bool {
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

    fn say(&self, text: &str) {
        if let Some(progress) = &self.progress {
            progress.say(text);
        }
    }
}

/// What was said between two requests, as the outcome of the one before.
fn outcome_of(late: Late) -> Outcome {
    let end = match late.death {
        Some((status, output)) => End::Died { status, output },
        None => End::Replied,
    };
    Outcome { reply: None, reports: late.reports, end }
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
        self.history.push(run.source);
        Ok((new, bugs))
    }

    fn suspect(&mut self, harness: &mut Harness, run: &Run<'_>) -> Result<bool, Fatal> {
        match suspicions::search(self, harness, run) {
            Err(HarnessError::Interrupted) => Ok(false),
            new => Ok(new?),
        }
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
        for finding in &seen {
            if !self.add(run, finding.clone(), &report) {
                fresh.push(finding.clone());
            }
            if let End::OverMemory { profile, .. } = &outcome.end {
                // It is in no report: a bonus that a full disk may cost.
                let _ = self.store.put(&finding.id, HEAP, profile.as_bytes());
            }
        }
        // A repetition of a time-out costs its whole limit.
        let n = match outcome.end {
            End::TimedOut { .. } | End::OverMemory { .. } => 1,
            _ => reproductions(run),
        };
        let mut closer = || {
            if !fresh.is_empty() {
                self.judge.try_alone(harness, run.request, &mut fresh)?;
                self.measure(harness, run, &mut fresh, n)?;
            }
            if !breaches.is_empty() && (!fresh.is_empty() || seen.is_empty()) {
                self.acquit(harness, run, &ids)?;
            }
            let may_be_fatal = |f: &Finding| {
                f.kind == Kind::DataRace
                    && (f.class == Class::Contract || f.title.contains("(map)"))
            };
            if seen.iter().any(may_be_fatal) && self.pressed.insert(breaches.clone()) {
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

/// How often a finding of this run is run again.
fn reproductions(run: &Run<'_>) -> u32 {
    match run.case.scenario.class() {
        Class::Contract => CONTRACT_REPRODUCTIONS,
        _ => REPRODUCTIONS,
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
