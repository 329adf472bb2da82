//! The arguments that say what is known.

use std::fs;
use std::path::PathBuf;

use crate::finding::{Known, KnownError};

/// Which findings have issues.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct KnownArgs {
    /// A list of known findings, beside the one inside typerace
    #[arg(long, value_name = "FILE")]
    pub known: Option<PathBuf>,
}

/// A list that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KnownFileError {
    /// It cannot be read.
    #[error("cannot read {0}: {1}")]
    Read(PathBuf, #[source] std::io::Error),
    /// It is no such list.
    #[error("{0}: {1}")]
    Content(PathBuf, #[source] KnownError),
}

impl KnownArgs {
    /// The lists.
    ///
    /// # Errors
    /// The file cannot be read, or is no such list.
    pub fn load(&self) -> Result<Known, KnownFileError> {
        let mut known = Known::shipped();
        if let Some(path) = &self.known {
            let text =
                fs::read_to_string(path).map_err(|e| KnownFileError::Read(path.clone(), e))?;
            known.add(&text).map_err(|e| KnownFileError::Content(path.clone(), e))?;
        }
        Ok(known)
    }
}
