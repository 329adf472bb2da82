//! Corpora on disk, for commands that work on them while no campaign is running.

use std::fmt::{self, Display, Formatter};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::campaign::corpus::seeds::SeedError;
use crate::campaign::corpus::work_dir::{CORPUS, PREVIOUS, WorkError};
use crate::campaign::corpus::worker_folders::WORKER;
use crate::files;
use crate::fleet::objects::ObjectsError;
use crate::harness::HarnessError;
use crate::store::StoreError;
use crate::testcase::TestCase;

/// A corpus that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// There is no such folder.
    #[error("{0} is not a folder")]
    NotADirectory(PathBuf),
    /// A folder with other content.
    #[error(
        "{0} is not a work directory: there is no corpus in it, and no crash directory; a work \
         directory is what fuzz --work made"
    )]
    NotAWork(PathBuf),
    /// A work directory without entries.
    #[error("there is nothing in the corpus of {0}")]
    Empty(PathBuf),
    /// The result would be mixed with other files.
    #[error("{0} is there and not empty; give a folder that does not exist yet")]
    NotEmpty(PathBuf),
    /// A file cannot be read or written.
    #[error("cannot use {path}: {source}")]
    Io {
        /// Its path.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// Seeds that cannot be used.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// A campaign is using it, or it cannot be written.
    #[error(transparent)]
    Work(#[from] WorkError),
    /// Crash directories that cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The harness does not work.
    #[error(transparent)]
    Harness(#[from] HarnessError),
    /// The storage that a fleet shares cannot be used.
    #[error(transparent)]
    Objects(#[from] ObjectsError),
}

/// Something that was left out, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file or folder.
    pub path: PathBuf,
    /// What is wrong with it.
    pub why: String,
}

impl Display for Problem {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.why)
    }
}

/// A corpus entry on disk.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its file.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// Its content.
    pub case: TestCase,
}

impl Stored {
    /// The name of its file.
    #[must_use]
    pub fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

/// The folders of entries in a work directory: its own and its workers'.
///
/// # Errors
/// It is not a folder.
pub fn folders(work: &Path) -> Result<Vec<PathBuf>, CorpusError> {
    if !work.is_dir() {
        return Err(CorpusError::NotADirectory(work.to_owned()));
    }
    let mut roots = vec![work.to_owned()];
    for path in children(work)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        roots.extend(name.starts_with(WORKER).then_some(path));
    }
    let all = roots.iter().flat_map(|r| [r.join(CORPUS), r.join(PREVIOUS)]);
    Ok(all.filter(|f| f.is_dir()).collect())
}

/// The names of a campaign's own entries; empty if the folder cannot be read.
#[must_use]
pub(in crate::campaign) fn names(work: &Path) -> Vec<String> {
    let folders = [CORPUS, PREVIOUS].map(|f| children(&work.join(f)).unwrap_or_default());
    let name = |p: PathBuf| Some(p.file_name()?.to_string_lossy().into_owned());
    folders.into_iter().flatten().filter_map(name).collect()
}

/// Every entry of a work directory, sorted by folder and name. Files that are not entries are
/// reported.
///
/// # Errors
/// A folder cannot be read.
pub fn entries(work: &Path, problems: &mut Vec<Problem>) -> Result<Vec<Stored>, CorpusError> {
    let mut all = Vec::new();
    for folder in folders(work)? {
        for path in children(&folder)? {
            if path.is_dir() {
                continue;
            }
            let read = files::read(&path).map_err(|e| e.to_string()).and_then(|bytes| {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                TestCase::from_json(&text).map(|case| (text, case)).map_err(|e| e.to_string())
            });
            match read {
                Ok((text, case)) => all.push(Stored { path, text, case }),
                Err(why) => problems.push(Problem { path, why }),
            }
        }
    }
    Ok(all)
}

/// Makes sure that a folder exists and is empty.
///
/// # Errors
/// It is not empty, or cannot be created.
pub fn empty_folder(path: &Path) -> Result<(), CorpusError> {
    if path.exists() && !path.is_dir() {
        return Err(CorpusError::NotADirectory(path.to_owned()));
    }
    fs::create_dir_all(path).map_err(failed(path))?;
    let mut entries = fs::read_dir(path).map_err(failed(path))?;
    if entries.next().is_some() {
        return Err(CorpusError::NotEmpty(path.to_owned()));
    }
    Ok(())
}

/// The content of a folder, sorted, without hidden files.
///
/// # Errors
/// It cannot be read.
pub(super) fn children(dir: &Path) -> Result<Vec<PathBuf>, CorpusError> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(dir).map_err(failed(dir))? {
        let entry = entry.map_err(failed(dir))?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

/// Writes a file and creates its folder if necessary.
///
/// # Errors
/// The system's error.
pub(super) fn write(path: &Path, text: &str) -> Result<(), CorpusError> {
    let parent = path.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(parent)
        .and_then(|()| files::replace_unsynced(path, text.as_bytes()))
        .map_err(failed(path))
}

pub(super) fn failed(path: &Path) -> impl FnOnce(io::Error) -> CorpusError + use<> {
    let path = path.to_owned();
    |source| CorpusError::Io { path, source }
}
