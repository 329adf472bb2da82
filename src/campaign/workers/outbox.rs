//! What a campaign has for others: entries that its workers made, and findings.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::campaign::corpus::ancestry::{self, Made};
use crate::campaign::corpus::journal_tail::{Noted, Tail};
use crate::campaign::corpus::work_dir::{self, CORPUS};
use crate::campaign::corpus::worker_folders;
use crate::feedback::Covers;
use crate::fleet::entry::Entry;
use crate::fleet::parcel;
use crate::scenario::Class;
use crate::store::{self, FINDING};

/// A finding that changed a moment ago is still being measured.
const SETTLED: Duration = Duration::from_secs(2);

/// Follows the workers' journals.
pub struct Entries {
    work: PathBuf,
    build: String,
    tails: BTreeMap<PathBuf, Tail>,
    /// Counters that the workers' entries hit, as measured here.
    covered: Counters,
    /// The same, of entries that others have too: seeds, and what came from other machines.
    elsewhere: Counters,
    seen: BTreeSet<String>,
    waiting: VecDeque<(PathBuf, Noted)>,
}

impl Entries {
    /// The entries of a campaign with this build.
    pub fn new(work: PathBuf, build: String) -> Self {
        Self {
            work,
            build,
            tails: BTreeMap::new(),
            covered: Counters::default(),
            elsewhere: Counters::default(),
            seen: BTreeSet::new(),
            waiting: VecDeque::new(),
        }
    }

    /// Whether some of these counters are hit by no entry of this campaign.
    pub fn lacks(&self, covers: &Covers) -> bool {
        self.covered.lack(covers)
    }

    /// Reads on in the journals. Entries that reach something new, and that were made here, wait to
    /// be written; seeds do not, because every machine has them.
    pub fn look(&mut self) {
        for folder in worker_folders::folders(&self.work) {
            self.tails.entry(folder).or_insert_with_key(|folder| Tail::new(folder));
        }
        let mut new = Vec::new();
        for (folder, tail) in &mut self.tails {
            while let Ok(noted) = tail.read()
                && !noted.is_empty()
            {
                if tail.build() == Some(&self.build) {
                    new.extend(noted.into_iter().map(|n| (folder.clone(), n)));
                }
            }
        }
        new.retain(|(_, noted)| self.seen.insert(noted.entry.clone()));
        if new.is_empty() {
            return;
        }
        let made = self.made_here(&new);
        for (folder, noted) in new {
            let is_new = self.covered.add(&noted.covers);
            if !made.contains(&noted.entry) {
                self.elsewhere.add(&noted.covers);
            } else if is_new {
                self.waiting.push_back((folder, noted));
            }
        }
    }

    /// Those of these entries that a worker of this campaign made.
    fn made_here(&self, new: &[(PathBuf, Noted)]) -> BTreeSet<String> {
        let mut made = BTreeSet::new();
        let wanted: BTreeSet<&String> = new.iter().map(|(_, n)| &n.entry).collect();
        for journal in ancestry::journals(&self.work) {
            let is_ours = |(name, how): &(String, Made)| {
                wanted.contains(name) && how.by.first().is_none_or(|by| by != "seed")
            };
            made.extend(ancestry::read(&journal).into_iter().filter(is_ours).map(|(name, _)| name));
        }
        made
    }

    /// The next entry to write; it stays until [`Entries::sent`]. One that is gone is left out, and
    /// so is one that others have surpassed while it waited.
    pub fn next(&mut self) -> Option<Vec<u8>> {
        while let Some((folder, noted)) = self.waiting.front() {
            if !self.elsewhere.lack(&noted.covers) {
                self.sent();
                continue;
            }
            let case = work_dir::read(&folder.join(CORPUS).join(&noted.entry));
            let entry = case.ok().map(|case| Entry {
                build: self.build.clone(),
                covers: noted.covers.clone(),
                case: case.to_source(),
            });
            match entry.and_then(|entry| entry.encode()) {
                Some(bytes) => return Some(bytes),
                None => self.sent(),
            }
        }
        None
    }

    /// Notes that the next entry was written.
    pub fn sent(&mut self) {
        self.waiting.pop_front();
    }
}

/// A set of counters that grows.
#[derive(Debug, Default)]
struct Counters(Vec<bool>);

impl Counters {
    /// Whether some of these counters are not in it.
    fn lack(&self, covers: &Covers) -> bool {
        covers.iter().any(|i| !self.0.get(i).copied().unwrap_or(false))
    }

    /// Adds counters. Returns whether one of them is new.
    fn add(&mut self, covers: &Covers) -> bool {
        let mut is_new = false;
        for i in covers.iter() {
            if self.0.len() <= i {
                self.0.resize(i + 1, false);
            }
            is_new |= !std::mem::replace(&mut self.0[i], true);
        }
        is_new
    }
}

/// Finds what is new among crash directories, each state of a finding once.
pub struct Findings {
    crashes: PathBuf,
    /// For each crash directory, when its finding.json last changed.
    sent: BTreeMap<String, SystemTime>,
}

impl Findings {
    /// The findings of a campaign.
    pub fn new(crashes: PathBuf) -> Self {
        Self { crashes, sent: BTreeMap::new() }
    }

    /// New and changed findings, each with its id. Breaches of contract race everywhere, and those
    /// of other machines are theirs: both stay here. What is still being measured waits until the
    /// `last` time.
    pub fn look(&mut self, last: bool) -> Vec<(String, SystemTime, Vec<u8>)> {
        let mut found = Vec::new();
        for (id, path) in folders(&self.crashes) {
            let Ok(changed) = fs::metadata(path.join(FINDING)).and_then(|m| m.modified()) else {
                continue;
            };
            if self.sent.get(&id) == Some(&changed)
                || !last && changed.elapsed().is_ok_and(|age| age < SETTLED)
            {
                continue;
            }
            let is_ours = store::read(&path)
                .is_ok_and(|f| f.id == id && f.class != Class::Breach && f.elsewhere.is_none());
            match is_ours.then(|| parcel::encode(&path)).flatten() {
                Some(bytes) => found.push((id, changed, bytes)),
                None => self.sent(id, changed),
            }
        }
        found
    }

    /// Notes that a state of a finding was written.
    pub fn sent(&mut self, id: String, changed: SystemTime) {
        self.sent.insert(id, changed);
    }
}

/// The folders in a folder, in the order of their names, without hidden ones.
fn folders(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut folders: Vec<_> = entries
        .map(|e| (e.file_name().to_string_lossy().into_owned(), e.path()))
        .filter(|(name, path)| !name.starts_with('.') && path.is_dir())
        .collect();
    folders.sort();
    folders
}
