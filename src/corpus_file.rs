//! Files of a campaign that are there whole or not at all, and a disk that is full.
//!
//! A corpus entry that cannot be written stays in memory, where it is read from and
//! from where it is written when there is room: a full disk ends no campaign.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

static UNWRITTEN: Mutex<BTreeMap<PathBuf, String>> = Mutex::new(BTreeMap::new());

fn unwritten() -> MutexGuard<'static, BTreeMap<PathBuf, String>> {
    UNWRITTEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Replaces a file: readers see the old text or the new one, also after a reboot.
///
/// # Errors
/// It cannot be written; the old text stays.
pub fn replace(path: &Path, text: &[u8], sync: bool) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // Hidden: who lists the folder passes over it.
    let part = path.with_file_name(format!(".{name}.part"));
    let written = (|| {
        let mut file = File::create(&part)?;
        file.write_all(text)?;
        if sync {
            file.sync_all()?;
        }
        fs::rename(&part, path)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written
}

/// Writes a corpus entry, or keeps it until it can be written.
pub fn write(path: &Path, text: String) {
    if replace(path, text.as_bytes(), false).is_err() {
        unwritten().insert(path.to_owned(), text);
    }
}

/// Reads a corpus entry.
///
/// # Errors
/// There is none.
pub fn read(path: &Path) -> io::Result<String> {
    if let Some(text) = unwritten().get(path) {
        return Ok(text.clone());
    }
    fs::read_to_string(path)
}

/// Removes a corpus entry, written or not.
///
/// # Errors
/// Its file is there and cannot be removed.
pub fn remove(path: &Path) -> io::Result<()> {
    unwritten().remove(path);
    match fs::remove_file(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Tries again to write what could not be written. Says how many are left, and why.
pub fn retry() -> Option<(usize, io::Error)> {
    let mut all = unwritten();
    let mut last = None;
    all.retain(|path, text| match replace(path, text.as_bytes(), false) {
        Ok(()) => false,
        Err(e) => {
            last = Some(e);
            true
        }
    });
    last.map(|e| (all.len(), e))
}

/// Takes away what a process left that was killed while it wrote.
pub fn sweep(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') && name.ends_with(".part") {
            let _ = fs::remove_file(entry.path());
        }
    }
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
        assert_eq!(retry().unwrap().0, 1);
        fs::create_dir(tmp.path().join("not yet")).unwrap();
        assert!(retry().is_none());
        assert_eq!(fs::read_to_string(&at).unwrap(), "text");
        assert_eq!(read(&at).unwrap(), "text");
        assert!(read(&tmp.path().join("none")).is_err());
        fs::write(tmp.path().join(".x.part"), "").unwrap();
        sweep(tmp.path());
        assert_eq!(fs::read_dir(tmp.path()).unwrap().count(), 1);
    }
}
