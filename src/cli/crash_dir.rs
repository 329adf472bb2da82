//! The crash directory that a command was given. Results are stored in that directory, whatever its
//! name: it may be a copy, renamed, or from another machine.

use std::path::{Path, PathBuf};

use super::progress;
use crate::store::{FINDING, Store};

/// A crash directory: the folder that it is in, and its name there.
pub struct CrashDir {
    /// The folder.
    pub store: Store,
    /// Its name, which need not be the finding's id.
    pub name: String,
}

impl CrashDir {
    /// The crash directory at this path; `None` if the path is something else.
    ///
    /// # Errors
    /// The folder that it is in cannot be read.
    pub fn find(path: &Path) -> anyhow::Result<Option<Self>> {
        if !path.join(FINDING).exists() {
            return Ok(None);
        }
        let dir = path.canonicalize()?;
        let (Some(parent), Some(name)) = (dir.parent(), dir.file_name().and_then(|n| n.to_str()))
        else {
            progress(&format!(
                "{}: nothing is stored in a folder with this name; the result is only printed",
                path.display()
            ));
            return Ok(None);
        };
        Ok(Some(Self { store: Store::existing(parent)?, name: name.to_owned() }))
    }

    /// Whether results can be stored there. If not, this says so, and is asked before the work:
    /// nobody should wait for a result that is then lost.
    pub fn is_writable(&self) -> bool {
        let checked = self.store.check_writable(&self.name);
        if let Err(e) = &checked {
            progress(&format!("{e}; the result is printed, but not stored there"));
        }
        checked.is_ok()
    }

    /// Its path.
    pub fn path(&self) -> PathBuf {
        self.store.path(&self.name)
    }
}
