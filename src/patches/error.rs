//! Errors of patches.

use std::io;
use std::path::PathBuf;

/// A patch that cannot be used. Exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum PatchError {
    /// The folder of `--patches`, or a file in it, cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// Its path.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// The folder of `--patches` has no patch.
    #[error("{0} has no .toml file")]
    Empty(PathBuf),
    /// A file that is not a patch.
    #[error("{file}: {why}")]
    Format {
        /// Its path.
        file: String,
        /// What is wrong with it.
        why: String,
    },
    /// `--patch` names a patch that does not exist.
    #[error("there is no patch {name:?}; there are {there}")]
    Unknown {
        /// The name.
        name: String,
        /// The existing ids.
        there: String,
    },
    /// `--patches` without `--patch`.
    #[error("--patches {0} needs --patch known, or --patch with the names of patches")]
    NotAsked(PathBuf),
    /// A patch that was requested by name and does not apply.
    #[error("{file}: {id} does not apply to {version}: {why}")]
    DoesNotApply {
        /// The patch's file.
        file: String,
        /// Its id.
        id: String,
        /// The Go under test.
        version: String,
        /// The reason.
        why: String,
    },
}

impl PatchError {
    /// Advice for the user.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            PatchError::Read { .. } | PatchError::Empty(_) | PatchError::Format { .. } => {
                "--patches takes a folder of patches; docs/PATCHES.md says how one is written"
            }
            PatchError::Unknown { .. } => "typerace patches lists them",
            PatchError::NotAsked(_) => "add --patch known to use every patch that applies",
            PatchError::DoesNotApply { .. } => {
                "--patch known leaves out what does not apply; typerace patches says what does"
            }
        }
    }
}
