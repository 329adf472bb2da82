//! The argument that adds known findings.

use std::path::PathBuf;

use crate::files;
use crate::finding::{Known, KnownError};

/// Which findings are known, that is, have an issue.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct KnownArgs {
    /// List of known findings, in addition to the built-in one
    #[arg(long, value_name = "FILE")]
    pub known: Option<PathBuf>,
}

/// A list of known findings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KnownFileError {
    /// It cannot be read.
    #[error("cannot read {0}: {1}")]
    Read(PathBuf, #[source] std::io::Error),
    /// It is not a list of known findings.
    #[error("{0}: {1}")]
    Content(PathBuf, #[source] KnownError),
}

impl KnownArgs {
    /// Loads the built-in list and the given one.
    ///
    /// # Errors
    /// The file cannot be read, or is not a list of known findings.
    pub fn load(&self) -> Result<Known, KnownFileError> {
        let mut known = Known::shipped();
        if let Some(path) = &self.known {
            let text = files::as_text(files::read_named(path))
                .map_err(|e| KnownFileError::Read(path.clone(), e))?;
            known.add(&text).map_err(|e| KnownFileError::Content(path.clone(), e))?;
        }
        Ok(known)
    }
}
