//! What can go wrong with crash directories.

use std::io;
use std::path::{Path, PathBuf};

use crate::finding::FindingError;

/// A store, or one of its directories, that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A file is where the store's directory should be.
    #[error(
        "{0} is not a directory; give a directory for crashes, or a path that does not exist yet"
    )]
    NotADirectory(PathBuf),
    /// The directory cannot be written.
    #[error("cannot write in {path}: {source}")]
    NoWrite {
        /// The store's directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The disk is full. Nothing was stored; the finding can be saved again.
    #[error("no space left for {path}: {source}")]
    Full {
        /// What was to be written.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another failure of the file system.
    #[error("{path}: {source}")]
    Io {
        /// What was read or written.
        path: PathBuf,
        /// What the system says.
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
    /// Something that is not this finding has its name.
    #[error("{0} is in the way: it holds another finding, or none")]
    Occupied(PathBuf),
    /// A file name that would leave the crash directory.
    #[error("{0:?} is not a file's path inside a crash directory")]
    Name(String),
}

impl StoreError {
    /// An error of the file system, sorted by what a user can do about it.
    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Self::Full { path, source }
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::NoWrite { path, source }
            }
            _ => Self::Io { path, source },
        }
    }
}
