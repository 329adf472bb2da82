//! Files that are there whole or not at all: the one way to replace a file.
//!
//! New text goes to a hidden temporary file beside the old one, which is then renamed
//! over it. A reader therefore sees the old text or the new one, never a part of either,
//! and a process that is killed leaves the old text and perhaps a temporary file that
//! [`sweep`] removes. What differs is what a power cut may do: see [`replace`] and
//! [`replace_unsynced`].

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// The start of every temporary name. Hidden, so that code that lists a folder skips it.
pub const TEMPORARY: &str = ".tmp-";

/// A hidden name that no other call in this process and no living process gets.
#[must_use]
pub fn temporary_name(end: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let n = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{TEMPORARY}{}-{n}{end}", std::process::id())
}

/// Replaces a file, and has the new text and its name on disk before it returns: after a
/// power cut the file is the new one.
///
/// # Errors
/// It cannot be written; the old text stays.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put(path, bytes, true)?;
    sync_folder(folder(path))
}

/// Replaces a file without waiting for the disk: after a power cut the file may be the
/// old one, empty or not there. For files that are written often and can be made again.
///
/// # Errors
/// It cannot be written; the old text stays.
pub fn replace_unsynced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put(path, bytes, false)
}

/// Writes a file that the user named. A regular file, or none, is handled as by
/// [`replace`]; a pipe, a terminal, a device or a link is written to where it is, and so
/// is a file in a folder that takes no new names.
///
/// # Errors
/// It cannot be written.
pub fn output(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if !fs::symlink_metadata(path).map_or(true, |m| m.is_file()) {
        return fs::write(path, bytes);
    }
    match replace(path, bytes) {
        Err(e) if e.kind() == io::ErrorKind::PermissionDenied => fs::write(path, bytes),
        done => done,
    }
}

/// Renames a complete folder to its name; `false` if something is there already. Neither
/// the folder's files nor its name are on disk yet: see [`sync_folder`].
///
/// # Errors
/// A file has the name, or the system's.
pub fn publish(from: &Path, to: &Path) -> io::Result<bool> {
    match fs::rename(from, to) {
        Ok(()) => Ok(true),
        Err(e)
            if [io::ErrorKind::DirectoryNotEmpty, io::ErrorKind::AlreadyExists]
                .contains(&e.kind()) =>
        {
            Ok(false)
        }
        Err(e) => Err(e),
    }
}

/// Has the names in a folder on disk.
///
/// # Errors
/// The system's.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Removes the temporary files that killed processes left in a folder. No other process
/// may be writing there.
pub fn sweep(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') && name.ends_with(PART) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The end of a temporary file's name.
const PART: &str = ".part";

fn folder(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn put(path: &Path, bytes: &[u8], sync: bool) -> io::Result<()> {
    let part = folder(path).join(temporary_name(PART));
    let written = (|| {
        let mut file = File::create(&part)?;
        file.write_all(bytes)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().flatten();
        let mut names: Vec<_> = entries.map(|e| e.file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_that_cannot_be_replaced_stays() {
        let tmp = tempfile::tempdir().unwrap();
        let at = tmp.path().join("f");
        for (put, text) in [(replace as fn(&Path, &[u8]) -> _, "one"), (replace_unsynced, "two")] {
            put(&at, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&at).unwrap(), text);
        }
        // A folder that is not empty cannot be renamed over.
        let taken = tmp.path().join("taken");
        fs::create_dir_all(taken.join("x")).unwrap();
        assert!(replace(&taken, b"three").is_err());
        assert!(replace(&tmp.path().join("none/f"), b"three").is_err());
        assert_eq!(names(tmp.path()), ["f", "taken"], "a temporary file was left");
    }

    #[test]
    fn an_open_file_keeps_the_old_text() {
        let tmp = tempfile::tempdir().unwrap();
        let at = tmp.path().join("f");
        fs::write(&at, "old").unwrap();
        let old = File::open(&at).unwrap();
        replace(&at, b"new text").unwrap();
        assert_eq!(io::read_to_string(old).unwrap(), "old");
        assert_eq!(fs::read_to_string(&at).unwrap(), "new text");
    }

    #[test]
    fn links_and_devices_that_the_user_names_stay() {
        let tmp = tempfile::tempdir().unwrap();
        let (file, link) = (tmp.path().join("file"), tmp.path().join("link"));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        output(&link, b"new").unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        output(&file, b"newer").unwrap();
        assert_eq!(fs::read_to_string(&link).unwrap(), "newer");
        output(Path::new("/dev/null"), b"x").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
        assert!(output(tmp.path(), b"x").is_err());
    }

    #[test]
    fn the_first_of_two_folders_stays() {
        let tmp = tempfile::tempdir().unwrap();
        let to = tmp.path().join("to");
        for (name, first) in [("a", true), ("b", false)] {
            let from = tmp.path().join(name);
            fs::create_dir(&from).unwrap();
            fs::write(from.join("f"), name).unwrap();
            assert_eq!(publish(&from, &to).unwrap(), first);
        }
        assert_eq!(fs::read_to_string(to.join("f")).unwrap(), "a");
        let file = tmp.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(publish(&tmp.path().join("b"), &file).is_err());
    }

    #[test]
    fn what_a_killed_process_left_is_removed() {
        let tmp = tempfile::tempdir().unwrap();
        for name in [".x.part", &temporary_name(PART), "kept.part", ".kept"] {
            fs::write(tmp.path().join(name), "").unwrap();
        }
        sweep(tmp.path());
        assert_eq!(names(tmp.path()), [".kept", "kept.part"]);
    }
}
