//! The findings of a campaign: judges, stores and announces them, and passes them on to be
//! minimized.

use std::cell::Cell;
use std::fmt::Display;
use std::path::PathBuf;
use std::rc::Rc;

use libafl::corpus::Corpus as _;
use libafl::state::{HasCorpus as _, HasExecutions as _};

use super::history::History;
use super::known::Known;
use super::second_opinion::Wrong;
use super::standalone_writer::StandaloneWriter;
use super::unsaved::Unsaved;
use crate::campaign::corpus::ancestry::SharedAncestry;
use crate::campaign::corpus::entry_name;
use crate::campaign::monitor::progress::Progress;
use crate::campaign::results::found::Found;
use crate::campaign::results::summary::NotStored;
use crate::campaign::roots::Roots;
use crate::executor::Run;
use crate::finding::{Finding, Origin, rfc3339};
use crate::scenario::Class;
use crate::store::{FINDING, Saved, Store};
use crate::triage::Judge;

/// The heap profile in a crash directory.
pub(super) const HEAP: &str = "heap.txt";

/// Judges outcomes and keeps findings.
pub(super) struct Findings {
    pub(super) judge: Judge,
    pub(super) known: Known,
    /// The executions before the one being recorded.
    pub(super) history: History,
    store: Store,
    unsaved: Unsaved,
    /// Whether it was said that nothing can be stored.
    is_failing: Cell<bool>,
    writer: StandaloneWriter,
    roots: Option<Roots>,
    /// Stored findings that wait for a closer look before their roots are determined.
    stored: Vec<Found>,
    progress: Rc<Progress>,
    pub(super) ancestry: SharedAncestry,
}

impl Findings {
    /// A collection without findings.
    pub(super) fn new(
        store: Store,
        origin: Origin,
        roots: Option<Roots>,
        progress: Rc<Progress>,
        ancestry: SharedAncestry,
    ) -> Self {
        Self {
            judge: Judge::new(origin),
            known: Known::default(),
            history: History::default(),
            store,
            unsaved: Unsaved::default(),
            is_failing: Cell::new(false),
            writer: StandaloneWriter::default(),
            roots,
            stored: Vec::new(),
            progress,
            ancestry,
        }
    }

    /// Stores a finding, with its origin, and announces it. Returns whether another worker or
    /// campaign has already stored it, and so measured it too.
    pub(super) fn add(&mut self, run: &Run<'_>, finding: &mut Finding, report: &str) -> bool {
        self.set_origin(run, finding);
        let (path, stored_before) = self.keep(finding, run.source.to_txtar(), report);
        if stored_before {
            finding.reproduced = crate::store::read(&path).ok().and_then(|f| f.reproduced);
        }
        let entry = self.announce(finding, path, stored_before);
        if self.roots.is_some() {
            self.stored.push(entry);
        }
        stored_before
    }

    /// Stores and announces what the compiler does wrong, if it is new.
    pub(super) fn add_wrong(&mut self, execs: u64, (mut finding, case, report): Wrong) {
        if !self.known.is_news(&finding) {
            return;
        }
        self.set_time(execs, &mut finding);
        let (path, stored_before) = self.keep(&finding, case.to_txtar(), &report);
        self.announce(&finding, path, stored_before);
    }

    /// Stores what another machine reports, as not confirmed. It is no finding of this campaign.
    pub(super) fn keep_claim(
        &mut self,
        mut claim: Finding,
        testcase: String,
        report: &str,
        runs: u32,
    ) {
        claim.reproduced = (runs > 0).then_some([0, runs]);
        let (class, title) = (claim.class, claim.title.clone());
        let source = claim.elsewhere.clone().unwrap_or_default();
        if !self.keep(&claim, testcase, report).1 {
            let text =
                format!("reported by {source}, not seen in {runs} runs here: {class}: {title}");
            self.say_of(class, &text);
        }
    }

    /// Stores a finding. Returns its crash directory, and whether it was there before.
    fn keep(&mut self, finding: &Finding, testcase: String, report: &str) -> (PathBuf, bool) {
        match self.store.save(finding, &testcase, report, &[]) {
            // Raised: it was known with a lesser class, and the graver class is news.
            Ok(Saved::New(at) | Saved::Raised(at)) => {
                // The announcement is for people; the finding is stored whatever happens to it.
                self.writer.write(at.clone());
                (at, false)
            }
            Ok(Saved::Known(at)) => (at, true),
            Err(e) => {
                self.say_failing(&e);
                self.unsaved.push(finding.clone(), testcase, report.to_owned());
                (self.store.path(&finding.id), false)
            }
        }
    }

    fn announce(&mut self, finding: &Finding, path: PathBuf, stored_before: bool) -> Found {
        let Origin { seconds_to_find, execs_to_find, .. } = finding.origin;
        let entry = Found::new(finding, path, stored_before, seconds_to_find, execs_to_find);
        self.progress.found(&entry);
        self.known.add(entry.clone());
        entry
    }

    fn set_time(&self, execs: u64, finding: &mut Finding) {
        finding.origin.seconds_to_find = self.progress.control().elapsed().as_secs_f64();
        finding.origin.execs_to_find = execs;
        finding.origin.found_at = rfc3339(std::time::SystemTime::now());
    }

    /// When a finding was found, and the ancestry of its test case.
    fn set_origin(&self, run: &Run<'_>, finding: &mut Finding) {
        self.set_time(*run.state.executions(), finding);
        let scheduled = run.state.corpus().current().and_then(|id| entry_name(run.state, id));
        let history = self.ancestry.borrow_mut().history(scheduled.as_deref());
        finding.origin.ancestors = history.iter().filter_map(|s| s.entry.clone()).collect();
        finding.origin.history = history;
    }

    /// Whether another finding of these breaches may be stored.
    pub(super) fn has_room(&mut self, breaches: &str, finding: &Finding) -> bool {
        self.store.path(&finding.id).join(FINDING).exists()
            || self.known.has_room(breaches, finding)
    }

    /// Stores additional information about a finding. The finding itself is stored already; a full
    /// disk may lose this part.
    pub(super) fn update(&self, finding: &Finding) {
        if self.store.update_finding(&finding.id, finding).is_ok() {
            self.writer.write(self.store.path(&finding.id));
        }
    }

    /// Stores a heap profile with a finding. The profile is not in any report, and a full disk may
    /// lose it.
    pub(super) fn put_heap(&self, finding: &Finding, profile: &str) {
        let _ = self.store.put(&finding.id, HEAP, profile.as_bytes());
    }

    /// Stores the preceding executions with a finding that could not be confirmed.
    pub(super) fn keep_suspects(&self, finding: &mut Finding) {
        for (name, text) in self.history.files() {
            if self.store.put(&finding.id, &name, text.as_bytes()).is_ok() {
                finding.suspects.push(name);
            }
        }
        self.say_of(
            finding.class,
            &format!(
                "unconfirmed: {}: it did not show again; the executions before are stored with it",
                finding.title
            ),
        );
    }

    /// Passes on everything that was stored and looked at, for its root to be determined.
    pub(super) fn push_stored(&mut self) {
        let Some(roots) = &mut self.roots else { return };
        for found in self.stored.drain(..) {
            self.progress.rooted(&found.id, roots.push(&found.path).as_ref());
        }
    }

    /// Shows what is new about roots.
    pub(super) fn tell_roots(&mut self) {
        if let Some(roots) = &mut self.roots {
            self.progress.tell(roots);
        }
    }

    /// Says once that the disk is full, or whatever it is, and not for each finding.
    fn say_failing(&self, why: &dyn Display) {
        if !self.is_failing.replace(true) {
            self.say(&format!("warning: {why}; findings are kept in memory and tried again"));
        }
    }

    /// Tries again to store what could not be stored. The failure was announced; at the end of the
    /// campaign it is in the summary.
    pub(super) fn retry(&mut self) {
        if !self.unsaved.is_empty() && self.unsaved.flush(&self.store).is_ok() {
            self.is_failing.set(false);
            self.say("the folder of crash directories can be written again");
        }
    }

    /// Tries for the last time to store what could not be stored. What remains is put in a
    /// temporary folder.
    pub(super) fn flush(&mut self) -> Option<NotStored> {
        let why = self.unsaved.flush(&self.store).err()?.to_string();
        let (findings, rescued) = (self.unsaved.len(), self.unsaved.rescue());
        let folder = rescued.map(|(folder, left)| {
            left.iter().for_each(|text| self.say(text));
            folder
        });
        Some(NotStored { findings, why, folder })
    }

    /// Ends the writer of standalone programs, and hands over the background work.
    pub(super) fn end(&mut self) -> Option<Roots> {
        self.writer.end();
        self.roots.take()
    }

    /// Reports which standalone programs could not be written.
    pub(super) fn say_failed_programs(&self) {
        for failed in self.writer.failed() {
            // A full disk fails for every finding.
            if !self.is_failing.replace(true) {
                self.say(&format!("warning: no standalone program: {failed}"));
            }
        }
    }

    /// Whether the campaign must skip everything that is not necessary.
    pub(super) fn hurry(&self) -> bool {
        self.progress.control().hurry()
    }

    /// Shows a line about a finding, if its class is worth one.
    pub(super) fn say_of(&self, class: Class, text: &str) {
        if self.progress.shows(class) {
            self.say(text);
        }
    }

    /// Shows a line to people.
    pub(super) fn say(&self, text: &str) {
        self.progress.say(text);
    }
}
