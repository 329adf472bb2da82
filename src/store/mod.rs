//! Crash directories: one for each signature, either complete or absent.

mod error;
mod files;
mod neighbours;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

pub use error::StoreError;
use files::Building;

use crate::files::{TEMPORARY, is_full};
use crate::finding::{Finding, Minimization, Root, class_and_rules};
use crate::testcase::SourceCase;

/// The test case as found.
pub const TESTCASE: &str = "testcase.txtar";
/// The tool's raw output.
pub const REPORT: &str = "report.txt";
/// The minimized test case.
pub const MINIMIZED: &str = "minimized.txtar";
/// The [`Finding`]. Written last: a directory that has it is complete.
pub const FINDING: &str = "finding.json";

/// A directory of crash directories. Several threads and processes may use one at the same time:
/// the file system decides which of them stores a finding.
#[derive(Clone, Debug)]
pub struct Store {
    dir: PathBuf,
}

/// The result of storing a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// It is the first of its signature.
    New(PathBuf),
    /// The signature is already stored, with a class that is at least as serious.
    Known(PathBuf),
    /// The signature was stored with a less serious class, and was replaced: a bug counts more than
    /// a breach of contract that shows the same race.
    Raised(PathBuf),
}

impl Saved {
    /// The crash directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Saved::New(p) | Saved::Known(p) | Saved::Raised(p) => p,
        }
    }
}

/// The content of a store.
#[derive(Debug, Default)]
pub struct Listing {
    /// Crash directories in the order of their names.
    pub findings: Vec<(PathBuf, Finding)>,
    /// Other directories that look like crash directories.
    pub problems: Vec<StoreError>,
}

impl Store {
    /// Opens a store and creates it if necessary, checks that it is writable, and recovers what dead
    /// processes left unfinished. The folder becomes a Go module with the first finding.
    ///
    /// # Errors
    /// A file in its place, no write access, a full disk.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        if dir.exists() && !dir.is_dir() {
            return Err(StoreError::NotADirectory(dir.to_owned()));
        }
        fs::create_dir_all(dir).map_err(|e| match e.kind() {
            std::io::ErrorKind::AlreadyExists | std::io::ErrorKind::NotADirectory => {
                StoreError::NotADirectory(dir.to_owned())
            }
            _ if is_full(&e) => StoreError::io(dir, e),
            // In /proc, creating a folder fails with "no such file".
            _ => StoreError::NoWrite { path: dir.to_owned(), source: e },
        })?;
        let store = Self { dir: dir.to_owned() };
        probe(dir)?;
        store.recover()?;
        Ok(store)
    }

    /// A store to read only: nothing is created, written or recovered.
    ///
    /// # Errors
    /// There is no such directory, or it is a crash directory itself, or a campaign's work folder.
    pub fn existing(dir: &Path) -> Result<Self, StoreError> {
        if dir.join(FINDING).is_file() {
            return Err(StoreError::OneCrash(dir.to_owned()));
        }
        if is_work_folder(dir) {
            return Err(StoreError::WorkFolder(dir.to_owned()));
        }
        if dir.is_dir() {
            return Ok(Self { dir: dir.to_owned() });
        }
        match fs::metadata(dir) {
            Ok(_) => Err(StoreError::NotADirectory(dir.to_owned())),
            Err(e) => Err(StoreError::io(dir, e)),
        }
    }

    /// Checks that files of a crash directory can be replaced. `name` is the directory's name.
    ///
    /// # Errors
    /// It is read-only, or the disk is full.
    pub fn check_writable(&self, name: &str) -> Result<(), StoreError> {
        let dir = self.path(name);
        probe(&dir).map_err(|e| match e {
            StoreError::Io { source, .. } => StoreError::NoWrite { path: dir, source },
            e => e,
        })
    }

    /// The directory of all crash directories.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The path where a finding with this id is stored, or would be.
    #[must_use]
    pub fn path(&self, id: &str) -> PathBuf {
        self.dir.join(id)
    }

    /// Stores a finding, once for each signature. `extra` are additional files, with paths inside
    /// the crash directory.
    ///
    /// A full disk or another failure to write. Nothing is left behind then, and the same call can
    /// be repeated.
    /// same call can be made again.
    pub fn save(
        &self,
        finding: &Finding,
        testcase: &str,
        report: &str,
        extra: &[(&str, &[u8])],
    ) -> Result<Saved, StoreError> {
        let target = self.path(&finding.id);
        // Most findings of a long campaign are known: nothing is written then.
        if let Some(known) = self.known(finding, &target)? {
            return Ok(known);
        }
        let mut building = Building::new(&self.dir, &finding.id)?;
        let json = finding.to_json().map_err(|source| broken(&building.path, source))?;
        files::write(&building.path, TESTCASE, testcase.as_bytes())?;
        files::write(&building.path, REPORT, report.as_bytes())?;
        for (name, bytes) in extra {
            files::write(&building.path, name, bytes)?;
        }
        if let Some(subject) = &finding.origin.subject {
            for (name, bytes) in &subject.contents.0 {
                files::write(&building.path, name, bytes)?;
            }
        }
        files::write(&building.path, FINDING, json.as_bytes())?;
        files::sync(&building.path)?;
        if building.publish(&target)? {
            files::sync(&self.dir)?;
            return Ok(Saved::New(target));
        }
        // Another process or thread stored it first, just now or long ago.
        let _lock = self.lock()?;
        loop {
            if let Some(known) = self.known(finding, &target)? {
                return Ok(known);
            }
            // If the process dies between the two renames, `recover` puts it back.
            let old = Building::new(&self.dir, &finding.id)?;
            fs::rename(&target, &old.path).map_err(|e| StoreError::io(&target, e))?;
            // A first save, which takes no lock, can happen in between.
            if building.publish(&target)? {
                files::sync(&self.dir)?;
                return Ok(Saved::Raised(target));
            }
        }
    }

    /// Copies a complete crash directory from another store, with this finding.json. If the
    /// signature is already stored, that one stays.
    ///
    /// # Errors
    /// It cannot be read or written; nothing is left behind then.
    pub fn adopt(&self, from: &Path, finding: &Finding) -> Result<Saved, StoreError> {
        let target = self.path(&finding.id);
        let mut building = Building::new(&self.dir, &finding.id)?;
        let json = finding.to_json().map_err(|source| broken(from, source))?;
        files::copy(from, &building.path, FINDING)?;
        files::write(&building.path, FINDING, json.as_bytes())?;
        files::sync(&building.path)?;
        if !building.publish(&target)? {
            return Ok(Saved::Known(target));
        }
        files::sync(&self.dir)?;
        Ok(Saved::New(target))
    }

    /// [`Saved::Known`] if the target holds this finding with a class at least as serious.
    fn known(&self, finding: &Finding, target: &Path) -> Result<Option<Saved>, StoreError> {
        if fs::symlink_metadata(target).is_err() {
            return Ok(None);
        }
        match read(target) {
            // Classes are ordered from bug to contract. A report of another machine gives way to
            // what a run here showed.
            Ok(there) if there.id == finding.id => {
                let is_claim = there.elsewhere.is_some() && finding.elsewhere.is_none();
                let is_known = there.class <= finding.class && !is_claim;
                Ok(is_known.then(|| Saved::Known(target.to_owned())))
            }
            // It disappeared in between, because it is being replaced.
            Err(_) if fs::symlink_metadata(target).is_err() => Ok(None),
            _ => Err(StoreError::Occupied(target.to_owned())),
        }
    }

    /// Every finding, in the order of directory names. Directories that cannot be read are reported
    /// separately; hidden ones are ignored.
    ///
    /// # Errors
    /// The store's directory itself cannot be read.
    pub fn list(&self) -> Result<Listing, StoreError> {
        let mut listing = Listing::default();
        for path in self.entries()? {
            let hidden = path.file_name().is_none_or(|n| n.to_string_lossy().starts_with('.'));
            if hidden || !path.is_dir() {
                continue;
            }
            match read(&path) {
                Ok(finding) => listing.findings.push((path, finding)),
                Err(e) => listing.problems.push(e),
            }
        }
        Ok(listing)
    }

    /// Replaces the finding.json of a stored finding. What another process added meanwhile stays:
    /// a campaign measures a finding while its background work minimizes it. `name` is the name of
    /// the crash directory, which may have been renamed.
    ///
    /// # Errors
    /// There is no such finding, or it cannot be written; the old text stays.
    pub fn update_finding(&self, name: &str, finding: &Finding) -> Result<(), StoreError> {
        self.change(name, |there| {
            let mut new = finding.clone();
            new.root = new.root.or(there.root.take());
            if new.minimized.is_none() {
                // A program is that of the minimized test case, if there is one by now.
                if there.minimized.is_some() || new.standalone.is_none() {
                    new.standalone = there.standalone.take();
                }
                new.minimized = there.minimized.take();
            }
            *there = new;
        })
    }

    /// Stores the root of a finding. `name` is the name of the crash directory.
    ///
    /// # Errors
    /// There is no such finding, or it cannot be written; the old text stays.
    pub fn put_root(&self, name: &str, root: &Root) -> Result<(), StoreError> {
        self.change(name, |finding| finding.root = Some(root.clone()))
    }

    /// Changes the finding.json of a crash directory, not while the directory is being replaced by
    /// one of another class. `name` is the name of the crash directory.
    ///
    /// # Errors
    /// There is no such finding, or it cannot be written; the old text stays.
    pub fn change(&self, name: &str, edit: impl FnOnce(&mut Finding)) -> Result<(), StoreError> {
        let _lock = self.lock()?;
        let dir = self.path(name);
        let mut finding = read(&dir)?;
        edit(&mut finding);
        let json = finding.to_json().map_err(|source| broken(&dir, source))?;
        files::replace(&dir, FINDING, json.as_bytes())
    }

    /// Adds or replaces a file of a stored finding, for example minimized.txtar.
    ///
    /// # Errors
    /// There is no such finding, or it cannot be written; the old text stays.
    pub fn put(&self, id: &str, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        // Not while the directory is being replaced by one of another class.
        let _lock = self.lock()?;
        let dir = self.path(id);
        read(&dir)?;
        files::replace(&dir, name, bytes)
    }

    /// Stores the result of minimizing a finding: the text, then the description in finding.json.
    /// `name` is the name of the crash directory.
    ///
    /// # Errors
    /// There is no such finding, or it cannot be written; the old text stays.
    pub fn put_minimized(
        &self,
        name: &str,
        text: &str,
        info: &Minimization,
    ) -> Result<(), StoreError> {
        let _lock = self.lock()?;
        let dir = self.path(name);
        let mut finding = read(&dir)?;
        // It was replaced by one of a more serious class.
        if info.class > finding.class {
            return Ok(());
        }
        finding.minimized = Some(info.clone());
        // The measurements were made on another program.
        finding.standalone = None;
        finding.releases.clear();
        finding.compiler = None;
        finding.consequence = None;
        if info.class < finding.class {
            // It shows without the element that caused the lesser class, so that was not the cause.
            finding.class = info.class;
            if let Ok(case) = SourceCase::from_txtar(text) {
                let (checker, alone) = (finding.origin.checker(), finding.sequential);
                let rules = |s| class_and_rules(s, checker, alone).1;
                finding.rules = case.scenario.iter().flat_map(rules).collect();
            }
        }
        let json = finding.to_json().map_err(|source| broken(&dir, source))?;
        files::replace(&dir, MINIMIZED, text.as_bytes())?;
        files::replace(&dir, FINDING, json.as_bytes())
    }

    /// Held while a directory is replaced or changed. The lock is on the store's directory itself,
    /// so there is no lock file that someone could delete.
    fn lock(&self) -> Result<File, StoreError> {
        let dir = File::open(&self.dir);
        dir.and_then(|d| d.lock().map(|()| d)).map_err(|e| StoreError::io(&self.dir, e))
    }

    /// Recovers or removes the temporary directories of dead processes.
    fn recover(&self) -> Result<(), StoreError> {
        for path in self.entries()? {
            let temporary =
                path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(TEMPORARY));
            // A living process holds its directory's lock.
            let Some(_lock) = temporary.then(|| files::lock(&path)).flatten() else { continue };
            if let Ok(finding) = read(&path) {
                // If two have one signature, the second rename fails and the directory is removed
                // below.
                let _ = fs::rename(&path, self.path(&finding.id));
            }
            let _ = fs::remove_dir_all(&path);
        }
        files::sync(&self.dir)
    }

    fn entries(&self) -> Result<Vec<PathBuf>, StoreError> {
        let io = |e| StoreError::io(&self.dir, e);
        let mut paths = Vec::new();
        for entry in fs::read_dir(&self.dir).map_err(io)? {
            paths.push(entry.map_err(io)?.path());
        }
        paths.sort();
        Ok(paths)
    }
}

/// Whether a folder holds the state of a campaign, or of one of its workers, and is no store as well:
/// a campaign may have been given one folder for both.
fn is_work_folder(dir: &Path) -> bool {
    let is_crash = |e: fs::DirEntry| e.path().join(FINDING).is_file();
    dir.join("lock").is_file()
        && (dir.join("corpus").is_dir() || dir.join("worker-0").is_dir())
        && !fs::read_dir(dir).is_ok_and(|entries| entries.flatten().any(is_crash))
}

/// Writes something in a directory and removes it. Permission bits are not enough: root, read-only
/// mounts, quotas.
fn probe(dir: &Path) -> Result<(), StoreError> {
    let probe = Building::new(dir, "probe")?;
    files::write(&probe.path, "probe", b"can this directory be written?\n")
}

fn broken(dir: &Path, source: crate::finding::FindingError) -> StoreError {
    StoreError::Broken { path: dir.join(FINDING), source }
}

/// The finding of a crash directory.
///
/// # Errors
/// No finding.json, or one that cannot be used.
pub fn read(dir: &Path) -> Result<Finding, StoreError> {
    let path = dir.join(FINDING);
    let text = crate::files::as_text(crate::files::read(&path));
    let text = text.map_err(|e| StoreError::io(&path, e))?;
    Finding::from_json(&text).map_err(|source| broken(dir, source))
}
