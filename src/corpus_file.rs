//! Files of corpus entries, and their handling on a full disk.
//!
//! An entry that cannot be written stays in memory. It is read from there, and written when there
//! is space: a full disk does not end a campaign.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::files;

static UNWRITTEN: Mutex<BTreeMap<PathBuf, String>> = Mutex::new(BTreeMap::new());

fn unwritten() -> MutexGuard<'static, BTreeMap<PathBuf, String>> {
    UNWRITTEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes a corpus entry, or keeps it until it can be written.
pub fn write(path: &Path, text: String) {
    if files::replace_unsynced(path, text.as_bytes()).is_err() {
        unwritten().insert(path.to_owned(), text);
    }
}

/// How many entries could not be written so far.
pub fn waiting() -> usize {
    unwritten().len()
}

/// Reads a corpus entry.
///
/// # Errors
/// There is no such entry.
pub fn read(path: &Path) -> io::Result<String> {
    if let Some(text) = unwritten().get(path) {
        return Ok(text.clone());
    }
    files::as_text(files::read(path))
}

/// Removes a corpus entry, written or not.
///
/// # Errors
/// Its file exists and cannot be removed.
pub fn remove(path: &Path) -> io::Result<()> {
    unwritten().remove(path);
    match fs::remove_file(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Tries again to write the entries that could not be written. Returns how many are left, and why.
pub fn retry() -> Option<(usize, io::Error)> {
    let mut all = unwritten();
    let mut last = None;
    all.retain(|path, text| match files::replace_unsynced(path, text.as_bytes()) {
        Ok(()) => false,
        Err(e) => {
            last = Some(e);
            true
        }
    });
    last.map(|e| (all.len(), e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_written_waits_in_memory() {
        let tmp = tempfile::tempdir().unwrap();
        let at = tmp.path().join("not yet/entry");
        write(&at, "text".to_owned());
        assert_eq!(read(&at).unwrap(), "text");
        // Other tests of this process have unwritten entries of their own.
        let waits = || unwritten().contains_key(&at);
        assert!(waiting() >= 1 && retry().unwrap().0 >= 1 && waits());
        fs::create_dir(tmp.path().join("not yet")).unwrap();
        let _ = retry();
        assert!(!waits());
        assert_eq!(fs::read_to_string(&at).unwrap(), "text");
        assert_eq!(read(&at).unwrap(), "text");
        assert!(read(&tmp.path().join("none")).is_err());
        assert_eq!(fs::read_dir(tmp.path()).unwrap().count(), 1);
    }
}
