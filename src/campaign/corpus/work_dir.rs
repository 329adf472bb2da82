//! A campaign's own folder: its corpus, and a lock on it.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::files;
use crate::harness::Scratch;
use crate::testcase::TestCase;

/// The corpus: one file for each entry, as LibAFL writes it.
pub(in crate::campaign) const CORPUS: &str = "corpus";
/// The corpus of the previous campaign, until this one has run all of it.
pub(in crate::campaign) const PREVIOUS: &str = "corpus.previous";
const SOLUTIONS: &str = "solutions";
const LOCK: &str = "lock";

/// A work directory that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// A file has its name.
    #[error("{0} is not a folder; give --work a folder, or a path that does not exist yet")]
    NotADirectory(PathBuf),
    /// Another campaign is using it.
    #[error("{0} is in use by another campaign; wait for its end, or give --work another folder")]
    InUse(PathBuf),
    /// A campaign without a work directory needs a temporary one.
    #[error(
        "cannot make a temporary folder in {path}: {source}; set TMPDIR to a folder that can be \
         written, or give --work a folder"
    )]
    Temporary {
        /// The folder for temporary files.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// It cannot be read or written.
    #[error("cannot use the work directory {path}: {source}")]
    Io {
        /// The path.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
}

/// What an earlier campaign left in its work directory.
#[derive(Debug, Default)]
pub struct Resumed {
    /// Files of corpus entries.
    pub entries: Vec<PathBuf>,
    /// Files that are not corpus entries, each with the reason.
    pub broken: Vec<String>,
}

/// The folder of a campaign, locked as long as this value lives.
pub struct WorkDir {
    path: PathBuf,
    is_resumed: bool,
    // The system releases it, also when the process is killed.
    _lock: File,
    // Removed when dropped if the folder is temporary.
    _scratch: Option<Scratch>,
}

/// How often and at what interval the lock of a work directory is tried.
const TRIES: u32 = 20;
const PAUSE: std::time::Duration = std::time::Duration::from_millis(10);

impl WorkDir {
    /// Opens and locks a folder, and creates it if necessary. Without a path it is a temporary one.
    ///
    /// # Errors
    /// It cannot be written, or another campaign has it.
    pub fn open(path: Option<&Path>) -> Result<Self, WorkError> {
        let scratch = match path {
            Some(_) => None,
            None => {
                let failed = |source| WorkError::Temporary { path: std::env::temp_dir(), source };
                Some(Scratch::new().map_err(failed)?)
            }
        };
        let path = match (&scratch, path) {
            (Some(scratch), _) => scratch.cwd(),
            (None, path) => path.unwrap_or(Path::new("")).to_owned(),
        };
        if path.exists() && !path.is_dir() {
            return Err(WorkError::NotADirectory(path));
        }
        let is_resumed = path.join(LOCK).is_file();
        for name in [CORPUS, SOLUTIONS] {
            files::create_folder(&path.join(name)).map_err(failed(&path))?;
        }
        let at = path.join(LOCK);
        let lock = files::append(&at, true).map_err(failed(&at))?;
        // Between fork and exec, a child shares its parent's lock for a moment.
        for _ in 0..TRIES {
            match lock.try_lock() {
                Ok(()) => {
                    // Under the lock, so that a running campaign's temporary files are not touched.
                    files::sweep(&path);
                    files::sweep(&path.join(CORPUS));
                    return Ok(Self { path, is_resumed, _lock: lock, _scratch: scratch });
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

    /// Whether an earlier campaign used it.
    #[must_use]
    pub fn is_resumed(&self) -> bool {
        self.is_resumed
    }

    /// The folder of the corpus.
    #[must_use]
    pub fn corpus(&self) -> PathBuf {
        self.path.join(CORPUS)
    }

    /// The folder of inputs that made findings and reached nothing new.
    #[must_use]
    pub fn solutions(&self) -> PathBuf {
        self.path.join(SOLUTIONS)
    }

    /// Reads an entry of the corpus, which stays in place. Other files are left to
    /// [`WorkDir::resume`].
    #[must_use]
    pub fn entry(&self, name: &str) -> Option<TestCase> {
        read(&self.corpus().join(name)).ok()
    }

    /// The entries of an earlier campaign, sorted by name. They are moved aside until
    /// [`WorkDir::resumed`], so that nothing is lost if a campaign ends before it has run all of
    /// them. The entries in `but` stay: they need not run.
    ///
    /// # Errors
    /// The folder cannot be read. A file that is not an entry stays where it is, and is listed as
    /// broken.
    pub fn resume(&self, but: &BTreeSet<String>) -> Result<Resumed, WorkError> {
        let (from, to) = (self.corpus(), self.path.join(PREVIOUS));
        files::create_folder(&to).map_err(failed(&to))?;
        for name in names(&from)? {
            if name.to_str().is_some_and(|n| but.contains(n)) {
                continue;
            }
            fs::rename(from.join(&name), to.join(&name)).map_err(failed(&from))?;
        }
        let mut resumed = Resumed::default();
        for name in names(&to)? {
            // It ran, before another campaign was ended that had not run all of them.
            if name.to_str().is_some_and(|n| but.contains(n)) {
                continue;
            }
            let path = to.join(&name);
            match read(&path) {
                Ok(_) => resumed.entries.push(path),
                Err(e) => {
                    // Somebody else's file, perhaps: it is not for a campaign to remove.
                    let back = from.join(&name);
                    fs::rename(&path, &back).map_err(failed(&from))?;
                    resumed.broken.push(format!("{}: not a test case: {e}", back.display()));
                }
            }
        }
        Ok(resumed)
    }

    /// Notes that everything that [`WorkDir::resume`] returned has run, and is in the corpus again
    /// if it is worth keeping.
    ///
    /// # Errors
    /// The folder cannot be removed.
    pub fn resumed(&self) -> Result<(), WorkError> {
        let path = self.path.join(PREVIOUS);
        fs::remove_dir_all(&path).map_err(failed(&path))
    }
}

/// Reads the test case in a file.
///
/// # Errors
/// The file contains none; the reason as text.
pub(in crate::campaign) fn read(path: &Path) -> Result<TestCase, String> {
    // As bytes: a file that is not UTF-8 is broken, but does not stop the campaign.
    let text = files::read(path).map_err(|e| e.to_string())?;
    TestCase::from_json(&String::from_utf8_lossy(&text)).map_err(|e| e.to_string())
}

/// Reads test cases from files, one at a time: all trees at once would take a gigabyte of memory.
/// Files that have disappeared are left out.
pub(in crate::campaign) fn cases(paths: &[PathBuf]) -> impl Iterator<Item = TestCase> + '_ {
    paths.iter().filter_map(|path| read(path).ok())
}

/// The entries of a folder, sorted, without lock files and the like.
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
        // It is in the corpus again, and the campaign ended.
        fs::write(work.corpus().join("b"), case.to_json().unwrap()).unwrap();
        let ran = BTreeSet::from(["b".to_owned()]);
        assert!(work.resume(&ran).unwrap().entries.is_empty() && work.corpus().join("b").exists());
        work.resumed().unwrap();
        fs::remove_file(work.corpus().join("b")).unwrap();
        assert!(work.resume(&BTreeSet::new()).unwrap().entries.is_empty());
        assert_eq!(fs::read(work.corpus().join("a")).unwrap(), b"\xff", "it is somebody else's");
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
