//! Errors of crash directories.

use std::io;
use std::path::{Path, PathBuf};

use crate::files::is_full;
use crate::finding::FindingError;

/// A store, or one of its directories, that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A file is where the store's directory should be.
    #[error(
        "{0} is not a directory; give a directory for crashes, or a path that does not exist yet"
    )]
    NotADirectory(PathBuf),
    /// One crash directory, and not the directory of all of them.
    #[error("{0} is a crash directory; give the directory that it is in")]
    OneCrash(PathBuf),
    /// A campaign's own folder.
    #[error(
        "{0} is the work folder of a campaign (fuzz --work), which has no crash directories; give \
         the folder that it stores them in (fuzz --crashes, by default crashes)"
    )]
    WorkFolder(PathBuf),
    /// The directory cannot be written.
    #[error("cannot write in {path}: {source}")]
    NoWrite {
        /// The store's directory.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The disk is full. Nothing was stored; the finding can be saved again.
    #[error("no space left for {path}: {source}")]
    Full {
        /// The file that could not be written.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// Another failure of the file system.
    #[error("{path}: {source}")]
    Io {
        /// The path that was read or written.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A directory whose finding.json is missing or cannot be used.
    #[error("{path} is not a crash directory: {source}")]
    Broken {
        /// The finding.json.
        path: PathBuf,
        /// Why.
        source: FindingError,
    },
    /// Something other than this finding already has its name.
    #[error("{0} is in the way: it holds another finding, or none")]
    Occupied(PathBuf),
    /// A file name that would leave the crash directory.
    #[error("{0:?} is not a file's path inside a crash directory")]
    Name(String),
}

impl StoreError {
    /// A file system error, sorted by what a user can do about it.
    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            _ if is_full(&source) => Self::Full { path, source },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::NoWrite { path, source }
            }
            _ => Self::Io { path, source },
        }
    }
}
