//! Objects of other machines that this worker is to run.
//!
//! The campaign's first process puts each of them into the folder of one worker, which takes it out
//! before it runs it: an object that kills the worker does not do it twice.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::fleet::key::{Key, Kind};

/// The folder in a worker's.
pub const INBOX: &str = "inbox";
/// The start of the name of an object that is being run.
const RUNNING: &str = ".running-";
/// The interval at which it is looked for new objects.
const EVERY: Duration = Duration::from_millis(500);

/// An object that is to be run.
#[derive(Debug)]
pub struct Letter {
    /// Who wrote it.
    pub source: String,
    /// Whether it is an entry or a finding.
    pub kind: Kind,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A worker's inbox; always empty without a folder.
#[derive(Debug)]
pub struct Inbox {
    folder: Option<PathBuf>,
    waiting: VecDeque<String>,
    next_look: Instant,
    running: Option<PathBuf>,
    taken: u64,
}

impl Inbox {
    /// The inbox in a worker's folder. Also returns the sources of the objects that were being run
    /// when the worker died.
    #[must_use]
    pub fn open(work: Option<&Path>) -> (Self, Vec<String>) {
        let folder = work.map(|work| work.join(INBOX));
        let mut fatal = Vec::new();
        for (name, path) in folder.as_deref().map(files).unwrap_or_default() {
            if let Some(name) = name.strip_prefix(RUNNING) {
                fatal.extend(key_of(name).map(|key| key.source));
                let _ = fs::remove_file(path);
            }
        }
        let (waiting, next_look) = (VecDeque::new(), Instant::now());
        (Self { folder, waiting, next_look, running: None, taken: 0 }, fatal)
    }

    /// The number of objects that were taken out.
    #[must_use]
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// Takes the next object out. The one before it has run.
    pub fn take(&mut self) -> Option<Letter> {
        if let Some(path) = self.running.take() {
            let _ = fs::remove_file(path);
        }
        let folder = self.folder.as_ref()?;
        if self.waiting.is_empty() && Instant::now() >= self.next_look {
            self.next_look = Instant::now() + EVERY;
            let names = files(folder).into_iter().map(|(name, _)| name);
            let mut names: Vec<_> = names.filter(|name| !name.starts_with('.')).collect();
            // Findings first.
            names.sort_by_key(|name| key_of(name).is_some_and(|key| key.kind == Kind::Entry));
            self.waiting.extend(names);
        }
        while let Some(name) = self.waiting.pop_front() {
            let (from, to) = (folder.join(&name), folder.join(format!("{RUNNING}{name}")));
            let Some(key) = key_of(&name) else {
                let _ = fs::remove_file(from);
                continue;
            };
            if fs::rename(&from, &to).is_err() {
                continue;
            }
            let bytes = fs::read(&to);
            self.running = Some(to);
            self.taken += 1;
            if let Ok(bytes) = bytes {
                return Some(Letter { source: key.source, kind: key.kind, bytes });
            }
        }
        None
    }
}

/// A file's name as the key that it is part of.
fn key_of(name: &str) -> Option<Key> {
    // Which minute it was is of no interest here.
    let kinds = [Kind::Entry, Kind::Finding];
    kinds.into_iter().find_map(|k| Key::parse(&format!("{}2000-01-01/0000/{name}", k.prefix())))
}

/// The files of a folder, in the order of their names.
pub(super) fn files(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .map(|e| (e.file_name().to_string_lossy().into_owned(), e.path()))
        .filter(|(name, path)| !name.ends_with(".part") && path.is_file())
        .collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_runs_once_even_if_it_kills() {
        let tmp = tempfile::tempdir().unwrap();
        let folder = tmp.path().join(INBOX);
        fs::create_dir(&folder).unwrap();
        let keys = [
            Key::new("node-1", None, b"one"),
            Key::new("node-2", Some("panic-0123456789ab"), b"two"),
        ];
        fs::write(folder.join(keys[0].name()), "one").unwrap();
        fs::write(folder.join(keys[1].name()), "two").unwrap();
        fs::write(folder.join("rubbish"), "three").unwrap();
        let (mut inbox, fatal) = Inbox::open(Some(tmp.path()));
        assert!(fatal.is_empty());
        let first = inbox.take().unwrap();
        assert_eq!(
            (first.source.as_str(), first.kind, &first.bytes[..]),
            ("node-2", Kind::Finding, &b"two"[..])
        );
        // The worker dies.
        drop(inbox);
        let (mut inbox, fatal) = Inbox::open(Some(tmp.path()));
        assert_eq!(fatal, ["node-2"]);
        let second = inbox.take().unwrap();
        assert_eq!((second.source.as_str(), second.kind), ("node-1", Kind::Entry));
        assert!(inbox.take().is_none());
        assert_eq!((inbox.taken(), fs::read_dir(&folder).unwrap().count()), (1, 0));
        assert!(Inbox::open(None).0.take().is_none());
    }
}
