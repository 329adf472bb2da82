//! A campaign's own folder: its corpus, and a lock on it.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::files;
use crate::harness::Scratch;
use crate::testcase::TestCase;

/// The corpus, one file an entry, as LibAFL writes it.
pub(in crate::campaign) const CORPUS: &str = "corpus";
/// The corpus of the campaign before, until this one has run all of it.
pub(in crate::campaign) const PREVIOUS: &str = "corpus.previous";
const SOLUTIONS: &str = "solutions";
const LOCK: &str = "lock";

/// A work directory that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// A file is in its place.
    #[error("{0} is not a folder; give --work a folder, or a path that does not exist yet")]
    NotADirectory(PathBuf),
    /// Another campaign uses it.
    #[error("{0} is in use by another campaign; wait for its end, or give --work another folder")]
    InUse(PathBuf),
    /// It cannot be read or written.
    #[error("cannot use the work directory {path}: {source}")]
    Io {
        /// Which part of it.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// What an earlier campaign left in its work directory.
#[derive(Debug, Default)]
pub struct Resumed {
    /// Files of corpus entries.
    pub entries: Vec<PathBuf>,
    /// Files that are no corpus entry, each with the reason.
    pub broken: Vec<String>,
}

/// The folder of a campaign, locked for as long as this lives.
pub struct WorkDir {
    path: PathBuf,
    // Released by the system, also when the process is killed.
    _lock: File,
    // Removed when dropped: a temporary folder.
    _scratch: Option<Scratch>,
}

/// How often a work directory's lock is tried, and the time between.
const TRIES: u32 = 20;
const PAUSE: std::time::Duration = std::time::Duration::from_millis(10);

impl WorkDir {
    /// Opens and locks a folder, makes it if it is not there. Without a path
    /// it is a temporary one.
    ///
    /// # Errors
    /// It cannot be written, or another campaign has it.
    pub fn open(path: Option<&Path>) -> Result<Self, WorkError> {
        let scratch = match path {
            Some(_) => None,
            None => Some(Scratch::new().map_err(failed(&std::env::temp_dir()))?),
        };
        let path = match (&scratch, path) {
            (Some(scratch), _) => scratch.cwd(),
            (None, path) => path.unwrap_or(Path::new("")).to_owned(),
        };
        if path.exists() && !path.is_dir() {
            return Err(WorkError::NotADirectory(path));
        }
        for name in [CORPUS, SOLUTIONS] {
            fs::create_dir_all(path.join(name)).map_err(failed(&path))?;
        }
        let at = path.join(LOCK);
        let lock = File::create(&at).map_err(failed(&at))?;
        // A child between fork and exec has its parent's lock a moment longer.
        for _ in 0..TRIES {
            match lock.try_lock() {
                Ok(()) => {
                    // With the lock: a living campaign's temporary files are not touched.
                    files::sweep(&path);
                    files::sweep(&path.join(CORPUS));
                    return Ok(Self { path, _lock: lock, _scratch: scratch });
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
                Err(TryLockError::Error(e)) => return Err(failed(&at)(e)),
            }
        }
        Err(WorkError::InUse(path))
    }

    /// The folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the corpus is kept.
    #[must_use]
    pub fn corpus(&self) -> PathBuf {
        self.path.join(CORPUS)
    }

    /// Where inputs are kept that made findings and reached nothing new.
    #[must_use]
    pub fn solutions(&self) -> PathBuf {
        self.path.join(SOLUTIONS)
    }

    /// An entry of the corpus, where it stays; what is none is left to
    /// [`WorkDir::resume`].
    #[must_use]
    pub fn entry(&self, name: &str) -> Option<TestCase> {
        read(&self.corpus().join(name)).ok()
    }

    /// What an earlier campaign left, in the order of the names. It is put aside
    /// until [`WorkDir::resumed`], so that a campaign that ends before it has
    /// run everything loses nothing. Those of `but` stay: they need not be run.
    ///
    /// # Errors
    /// The folder cannot be read. An entry that is none is among the broken.
    pub fn resume(&self, but: &BTreeSet<String>) -> Result<Resumed, WorkError> {
        let (from, to) = (self.corpus(), self.path.join(PREVIOUS));
        fs::create_dir_all(&to).map_err(failed(&to))?;
        for name in names(&from)? {
            if name.to_str().is_some_and(|n| but.contains(n)) {
                continue;
            }
            fs::rename(from.join(&name), to.join(&name)).map_err(failed(&from))?;
        }
        let mut resumed = Resumed::default();
        for name in names(&to)? {
            let path = to.join(name);
            match read(&path) {
                Ok(_) => resumed.entries.push(path),
                Err(e) => resumed.broken.push(format!("{}: {e}", path.display())),
            }
        }
        Ok(resumed)
    }

    /// Everything that [`WorkDir::resume`] gave was run, and is in the corpus again if it is
    /// worth it.
    ///
    /// # Errors
    /// The folder cannot be removed.
    pub fn resumed(&self) -> Result<(), WorkError> {
        let path = self.path.join(PREVIOUS);
        fs::remove_dir_all(&path).map_err(failed(&path))
    }
}

/// A test case in a file.
///
/// # Errors
/// There is none, as text.
pub(in crate::campaign) fn read(path: &Path) -> Result<TestCase, String> {
    // As bytes: a file that is not UTF-8 is broken, and no reason to stop.
    let text = fs::read(path).map_err(|e| e.to_string())?;
    TestCase::from_json(&String::from_utf8_lossy(&text)).map_err(|e| e.to_string())
}

/// Test cases of files, read one after the other: all trees at once would be a gigabyte
/// of memory. What is gone meanwhile is left out.
pub(in crate::campaign) fn cases(paths: &[PathBuf]) -> impl Iterator<Item = TestCase> + '_ {
    paths.iter().filter_map(|path| read(path).ok())
}

/// The entries of a folder, sorted; lock files and the like are left out.
fn names(dir: &Path) -> Result<Vec<std::ffi::OsString>, WorkError> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir).map_err(failed(dir))? {
        let entry = entry.map_err(failed(dir))?;
        let name = entry.file_name();
        if !name.as_encoded_bytes().starts_with(b".") && entry.path().is_file() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> WorkError + use<> {
    let path = path.to_owned();
    |source| WorkError::Io { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;
    use crate::scenario::Profile;

    #[test]
    fn one_campaign_at_a_time() {
        let tmp = tempfile::tempdir().unwrap();
        let first = WorkDir::open(Some(tmp.path())).unwrap();
        assert!(matches!(WorkDir::open(Some(tmp.path())), Err(WorkError::InUse(_))));
        drop(first);
        WorkDir::open(Some(tmp.path())).unwrap();
        let file = tmp.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(matches!(WorkDir::open(Some(&file)), Err(WorkError::NotADirectory(_))));
    }

    #[test]
    fn a_corpus_is_there_until_all_of_it_ran() {
        let tmp = tempfile::tempdir().unwrap();
        let work = WorkDir::open(Some(tmp.path())).unwrap();
        let case = crate::generate::test_case(&mut Rng::new(1), &Default::default(), Profile::Safe);
        fs::write(work.corpus().join("b"), case.to_json().unwrap()).unwrap();
        fs::write(work.corpus().join("a"), b"\xff").unwrap();
        fs::write(work.corpus().join(".b.lafl_lock"), "").unwrap();
        for _ in 0..2 {
            let resumed = work.resume(&BTreeSet::new()).unwrap();
            assert_eq!(cases(&resumed.entries).collect::<Vec<_>>(), std::slice::from_ref(&case));
            assert_eq!(resumed.broken.len(), 1, "{:?}", resumed.broken);
        }
        work.resumed().unwrap();
        assert!(work.resume(&BTreeSet::new()).unwrap().entries.is_empty());
    }

    #[test]
    fn a_temporary_one_is_removed() {
        let work = WorkDir::open(None).unwrap();
        let path = work.corpus();
        assert!(path.is_dir());
        drop(work);
        assert!(!path.exists());
    }
}
