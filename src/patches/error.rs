//! Why a patch cannot be used.

use std::io;
use std::path::PathBuf;

/// A patch that cannot be used. Exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum PatchError {
    /// The folder of `--patches`, or a file in it, cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// What was read.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The folder of `--patches` has no patch.
    #[error("{0} has no .toml file")]
    Empty(PathBuf),
    /// A file that is no patch.
    #[error("{file}: {why}")]
    Format {
        /// Which file.
        file: String,
        /// What is wrong with it.
        why: String,
    },
    /// `--patch` names what is not there.
    #[error("there is no patch {name:?}; there are {there}")]
    Unknown {
        /// The name.
        name: String,
        /// The ids there are.
        there: String,
    },
    /// `--patches` without `--patch`.
    #[error("--patches {0} needs --patch known, or --patch with the names of patches")]
    NotAsked(PathBuf),
    /// A patch that was asked for by its name and does not apply.
    #[error("{file}: {id} does not apply to {version}: {why}")]
    DoesNotApply {
        /// The patch's file.
        file: String,
        /// Its id.
        id: String,
        /// The Go under test.
        version: String,
        /// Why not.
        why: String,
    },
}

impl PatchError {
    /// What the user can do about it.
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
