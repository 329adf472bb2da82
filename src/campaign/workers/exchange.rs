//! One exchange with a storage: what the campaign has goes there, what is new there goes to the
//! workers.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::inbox::{INBOX, files};
use super::outbox::{Entries, Findings};
use super::sync::{Folders, SyncPlan};
use super::sync_state::SyncState;
use crate::campaign::corpus::worker_folders::{self, WORKER};
use crate::campaign::results::sync_figures::SyncFigures;
use crate::files::replace_unsynced;
use crate::fleet::entry::{self, Entry};
use crate::fleet::key::{self, Key, Kind};
use crate::fleet::news::News;
use crate::fleet::objects::{Objects, ObjectsError};
use crate::fleet::parcel;
use crate::fleet::sources::Sources;

/// Objects read in one exchange, and their bytes.
const OBJECTS: usize = 512;
const BYTES: u64 = 16 << 20;
/// Objects that wait in the inboxes: while there are so many, no others are read.
const WAITING: usize = 512;

/// A finding that so many others have reported is not written once more.
const REPORTS: usize = 3;
/// The longest time that findings wait at the start.
const FINDINGS_WAIT: Duration = Duration::from_secs(15);

/// The campaign's side of a storage.
pub struct Exchange {
    objects: Box<dyn Objects>,
    folders: Folders,
    build: String,
    source: String,
    entries: Entries,
    findings: Findings,
    news: [News; 2],
    sources: Sources,
    /// Digests of objects that were written or read.
    known: BTreeSet<String>,
    /// Findings of others that were dealt out.
    dealt: BTreeSet<String>,
    /// Who else reported a finding.
    reported: BTreeMap<String, BTreeSet<String>>,
    state: Option<File>,
    next_worker: u32,
    /// When findings and entries are written for the first time.
    begins: [Instant; 2],
    /// Whether there is more to read than was read.
    pub has_more: bool,
    /// Lines for people.
    pub said: Vec<String>,
    /// What was shared.
    pub figures: SyncFigures,
}

impl Exchange {
    /// Prepares an exchange. What an earlier campaign on the same work folder exchanged is known.
    pub fn new(objects: Box<dyn Objects>, plan: &SyncPlan, folders: Folders) -> Self {
        let mut said = Vec::new();
        let state =
            SyncState::open(&folders.work, &plan.location.to_string()).unwrap_or_else(|e| {
                said.push(format!("warning: what is shared is not noted: {e}"));
                SyncState::unkept()
            });
        let this = Self {
            objects,
            build: plan.build.clone(),
            source: state.source,
            entries: Entries::new(folders.work.clone(), plan.build.clone()),
            findings: Findings::new(folders.crashes.clone()),
            news: [News::new(Kind::Finding), News::new(Kind::Entry)],
            sources: Sources::default(),
            known: state.known,
            dealt: BTreeSet::new(),
            reported: BTreeMap::new(),
            state: state.file,
            next_worker: 0,
            begins: [plan.delay.min(FINDINGS_WAIT), plan.delay].map(|d| Instant::now() + d),
            has_more: false,
            said,
            figures: SyncFigures::default(),
            folders,
        };
        this.move_left_over();
        this
    }

    /// Puts the objects in the inboxes of workers that do not exist any more into those that do.
    fn move_left_over(&self) {
        for folder in worker_folders::folders(&self.folders.work) {
            let Some(n) = worker_folders::number(&folder) else { continue };
            if n >= self.folders.workers {
                for (name, path) in files(&folder.join(INBOX)) {
                    let to = self.inbox(n % self.folders.workers);
                    let _ = fs::create_dir_all(&to).and_then(|()| fs::rename(path, to.join(name)));
                }
            }
        }
    }

    fn inbox(&self, worker: u32) -> PathBuf {
        self.folders.work.join(format!("{WORKER}{worker}")).join(INBOX)
    }

    /// Exchanges once; the last time, only writes.
    ///
    /// # Errors
    /// The storage is away. What is left is exchanged next time.
    pub fn pass(&mut self, is_last: bool) -> Result<(), ObjectsError> {
        // Before writing, so that an entry that others have already need not be written.
        if !is_last {
            self.receive()?;
        }
        self.send(is_last)
    }

    fn send(&mut self, is_last: bool) -> Result<(), ObjectsError> {
        let waits = self.begins.map(|at| Instant::now() < at && !is_last);
        let findings = if waits[0] { Vec::new() } else { self.findings.look(is_last) };
        for (id, changed, bytes) in findings {
            if self.reported.get(&id).is_none_or(|by| by.len() < REPORTS) {
                self.figures.findings_sent += u64::from(self.put(Some(&id), &bytes)?);
            }
            self.findings.sent(id, changed);
        }
        self.entries.look();
        if waits[1] {
            return Ok(());
        }
        while let Some(bytes) = self.entries.next() {
            self.figures.entries_sent += u64::from(self.put(None, &bytes)?);
            self.entries.sent();
        }
        Ok(())
    }

    /// Writes an object, unless it was written or read before.
    fn put(&mut self, id: Option<&str>, bytes: &[u8]) -> Result<bool, ObjectsError> {
        let key = Key::new(&self.source, id, bytes);
        if self.known.contains(&key.digest) {
            return Ok(false);
        }
        self.figures.requests += 1;
        match self.objects.put(&key.to_string(), bytes) {
            // The name is no name for this storage: trying again would not help.
            Err(ObjectsError::Unusable(why)) => self.said.push(format!("warning: {key}: {why}")),
            done => done?,
        }
        self.figures.bytes_sent += bytes.len() as u64;
        self.note(key.digest);
        Ok(true)
    }

    /// Notes that an object was exchanged.
    fn note(&mut self, digest: String) {
        if let Some(file) = &mut self.state {
            // If this fails, the next campaign reads the object again.
            let _ = file.write_all(format!("{digest}\n").as_bytes());
        }
        self.known.insert(digest);
    }

    fn receive(&mut self) -> Result<(), ObjectsError> {
        self.has_more = false;
        let waiting: usize = (0..self.folders.workers).map(|i| files(&self.inbox(i)).len()).sum();
        if waiting >= WAITING {
            return Ok(());
        }
        let mut left = (OBJECTS.min(WAITING - waiting), BYTES);
        for i in 0..self.news.len() {
            let objects = &*self.objects;
            let requests = &mut self.figures.requests;
            let keys = self.news[i].list(objects, &self.sources, &self.known, requests)?;
            for key in &keys {
                if let Some(id) = &key.id {
                    self.reported.entry(id.clone()).or_default().insert(key.source.clone());
                }
            }
            for key in keys {
                if left.0 == 0 || left.1 == 0 {
                    self.news[i].again();
                    self.has_more = true;
                    break;
                }
                let bytes = self.read(&key)?;
                left = (left.0 - 1, left.1.saturating_sub(bytes));
            }
        }
        Ok(())
    }

    /// Reads an object and deals it out. Returns how many bytes it has.
    fn read(&mut self, key: &Key) -> Result<u64, ObjectsError> {
        if self.sources.is_passed_over(&key.source) {
            return Ok(0);
        }
        // Known here, or dealt out in another state.
        if key.id.as_ref().is_some_and(|id| {
            self.dealt.contains(id) || fs::symlink_metadata(self.folders.crashes.join(id)).is_ok()
        }) {
            self.note(key.digest.clone());
            return Ok(0);
        }
        let longest = match key.kind {
            Kind::Entry => entry::LONGEST,
            Kind::Finding => parcel::LONGEST,
        };
        self.figures.requests += 1;
        let bytes = match self.objects.get(&key.to_string(), longest) {
            Ok(bytes) => bytes,
            Err(ObjectsError::Unusable(why)) => {
                self.refuse(key, &why);
                return Ok(0);
            }
            Err(away) => return Err(away),
        };
        self.figures.bytes_received += bytes.len() as u64;
        match self.examine(key, &bytes) {
            Err(why) => self.refuse(key, &why),
            Ok(is_wanted) => {
                if is_wanted && self.deal(key, &bytes).is_ok() {
                    self.dealt.extend(key.id.clone());
                    match key.kind {
                        Kind::Entry => self.figures.entries_received += 1,
                        Kind::Finding => self.figures.findings_received += 1,
                    }
                }
                // Only now: if this process is killed in between, the object is read again.
                self.note(key.digest.clone());
            }
        }
        Ok(bytes.len() as u64)
    }

    /// Whether an object is worth a run; the error is why it is refused.
    fn examine(&self, key: &Key, bytes: &[u8]) -> Result<bool, String> {
        if key::digest(bytes) != key.digest {
            return Err("its content does not fit its name".to_owned());
        }
        match &key.id {
            None => {
                let entry = Entry::decode(bytes).map_err(|e| e.0)?;
                Ok(entry.build != self.build || self.entries.lacks(&entry.covers))
            }
            Some(id) => match parcel::decode(bytes) {
                Ok(parcel) if parcel.finding.id == *id => Ok(true),
                Ok(_) => Err("it is not the finding that its name says".to_owned()),
                Err(e) => Err(e.0),
            },
        }
    }

    fn refuse(&mut self, key: &Key, why: &str) {
        self.figures.refused += 1;
        self.note(key.digest.clone());
        self.failed(&key.source, why);
    }

    fn failed(&mut self, source: &str, why: &str) {
        if self.sources.failed(source) {
            self.figures.passed_over = self.sources.passed_over() as u64;
            self.said.push(format!(
                "warning: nothing more is taken from {source}: its objects fail, the last one \
                 because {why}"
            ));
        }
    }

    /// Notes what a worker says of an object.
    pub fn judge(&mut self, source: &str, is_good: bool) {
        if is_good {
            self.sources.good(source);
        } else {
            self.failed(source, "it did not do here what it is said to do");
        }
    }

    /// Puts an object into the inbox of the next worker.
    fn deal(&mut self, key: &Key, bytes: &[u8]) -> io::Result<()> {
        let inbox = self.inbox(self.next_worker);
        self.next_worker = (self.next_worker + 1) % self.folders.workers;
        fs::create_dir_all(&inbox)?;
        replace_unsynced(&inbox.join(key.name()), bytes)
    }
}
