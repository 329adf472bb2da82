//! A folder as a storage: NFS, a mounted bucket, a folder that rsync or Syncthing copies.
//!
//! Other machines write into it, so it is read with care: only regular files of plain names, no
//! links, and no more bytes than asked for.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::objects::{Objects, ObjectsError};
use crate::files;

/// The file by which a folder is known to be a fleet's. Without it, a mount point where nothing is
/// mounted would look like an empty storage.
const MARKER: &str = "typerace-fleet.json";
const MARK: &str = "{\"format\":\"typerace-fleet\",\"version\":1}\n";
/// The longest name of a file or folder.
const LONGEST_NAME: usize = 200;
/// The deepest folder: `entries/2026-11-30/1405`.
const DEEPEST: usize = 3;

/// A folder that several machines share.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    /// Whether its marker was seen: from then on, it must be there.
    was_there: AtomicBool,
}

impl Folder {
    /// A folder, which need not exist yet; the folder that it is in must.
    #[must_use]
    pub fn new(root: PathBuf) -> Self {
        Self { root, was_there: AtomicBool::new(false) }
    }

    /// Whether a folder is a fleet's.
    #[must_use]
    pub fn is_one(root: &Path) -> bool {
        root.join(MARKER).is_file()
    }

    /// Whether a folder has files of something else. What a file system or a program that
    /// synchronizes folders puts there does not count.
    #[must_use]
    pub fn is_of_something_else(root: &Path) -> bool {
        let names = fs::read_dir(root).into_iter().flatten().flatten().map(|e| e.file_name());
        let other = |name: &str| !name.starts_with('.') && name != "lost+found";
        !Self::is_one(root) && names.map(|n| n.to_string_lossy().into_owned()).any(|n| other(&n))
    }

    /// Makes sure that the folder is there, and creates it the first time.
    fn check(&self) -> Result<(), ObjectsError> {
        let marker = self.root.join(MARKER);
        if fs::metadata(&marker).is_ok() {
            self.was_there.store(true, Ordering::Relaxed);
            return Ok(());
        }
        if self.was_there.load(Ordering::Relaxed) {
            return Err(ObjectsError::Away(format!("{} is not there", marker.display())));
        }
        match fs::create_dir(&self.root) {
            Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(away(&self.root)(e)),
            _ => {}
        }
        files::replace(&marker, MARK.as_bytes()).map_err(away(&marker))?;
        self.was_there.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Adds the keys in a folder to `keys`, without links, hidden files and names that are no names
    /// of objects.
    fn walk(
        &self,
        folder: &str,
        after: &str,
        most: usize,
        keys: &mut Vec<String>,
    ) -> Result<(), ObjectsError> {
        let path = self.root.join(folder);
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            // It was removed meanwhile, or there is nothing of this kind yet.
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(e) => return Err(away(&path)(e)),
        };
        let mut found: Vec<(String, bool)> = Vec::new();
        for entry in entries {
            let entry = entry.map_err(away(&path))?;
            // Of the entry itself, not of what a link points to.
            let Ok(kind) = entry.file_type() else { continue };
            let Some(name) = entry.file_name().to_str().filter(|n| is_name(n)).map(str::to_owned)
            else {
                continue;
            };
            let key = format!("{folder}/{name}");
            // All keys in a folder start with its own.
            let is_wanted = if kind.is_dir() {
                format!("{key}/").as_str() > after || after.starts_with(&key)
            } else {
                kind.is_file() && key.as_str() > after
            };
            if is_wanted {
                found.push((key, kind.is_dir()));
            }
        }
        found.sort();
        for (key, is_folder) in found {
            if keys.len() >= most {
                break;
            }
            if !is_folder {
                keys.push(key);
            } else if key.matches('/').count() < DEEPEST {
                self.walk(&key, after, most, keys)?;
            }
        }
        Ok(())
    }

    /// The path of an object. A key never leads out of the folder.
    fn path(&self, key: &str) -> Result<PathBuf, ObjectsError> {
        if key.split('/').all(is_name) {
            return Ok(self.root.join(key));
        }
        Err(ObjectsError::Unusable(format!("{key:?} is not a key")))
    }
}

/// Whether this can be a part of a key.
fn is_name(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.len())
        && !name.starts_with('.')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

fn away(path: &Path) -> impl FnOnce(io::Error) -> ObjectsError + use<> {
    let path = path.to_owned();
    move |e| ObjectsError::Away(format!("{}: {e}", path.display()))
}

impl Objects for Folder {
    fn list(&self, prefix: &str, after: &str, most: usize) -> Result<Vec<String>, ObjectsError> {
        self.check()?;
        let mut keys = Vec::new();
        self.walk(prefix.trim_end_matches('/'), after, most, &mut keys)?;
        Ok(keys)
    }

    fn get(&self, key: &str, longest: u64) -> Result<Vec<u8>, ObjectsError> {
        let path = self.path(key)?;
        match read_regular(&path, longest) {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err(ObjectsError::Unusable(format!("no file of at most {longest} bytes"))),
            Err(e) => {
                self.check()?;
                Err(ObjectsError::Unusable(e.to_string()))
            }
        }
    }

    fn put(&self, key: &str, bytes: &[u8]) -> Result<(), ObjectsError> {
        self.check()?;
        let path = self.path(key)?;
        if fs::symlink_metadata(&path).is_ok() {
            return Ok(());
        }
        let folder = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder).map_err(away(folder))?;
        files::replace(&path, bytes).map_err(away(&path))
    }

    fn delete(&self, key: &str) -> Result<(), ObjectsError> {
        self.check()?;
        let path = self.path(key)?;
        match fs::remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(away(&path)(e)),
            _ => {
                // Folders of days and minutes go with their last object.
                let empty = path.ancestors().skip(1).take(2);
                let _ = empty.map(fs::remove_dir).take_while(Result::is_ok).count();
                Ok(())
            }
        }
    }
}

/// Reads a regular file that somebody else wrote; `None` if it is something else, or longer.
fn read_regular(path: &Path, longest: u64) -> io::Result<Option<Vec<u8>>> {
    // Neither a link to another file, nor a pipe that nobody writes to.
    let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
    let file = File::options().read(true).custom_flags(flags).open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() || metadata.len() > longest {
        return Ok(None);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    // It may grow while it is read.
    file.take(longest + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= longest).then_some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, Folder) {
        let tmp = tempfile::tempdir().unwrap();
        let folder = Folder::new(tmp.path().join("shared"));
        (tmp, folder)
    }

    #[test]
    fn keys_come_in_order_from_any_place() {
        let (_tmp, folder) = folder();
        assert!(folder.list("entries/", "", 9).unwrap().is_empty());
        let keys = [
            "entries/2026-11-29/2359/b",
            "entries/2026-11-30/0000/a",
            "entries/2026-11-30/0000/c",
            "entries/2026-11-30/0001/a",
        ];
        for key in keys.iter().rev() {
            folder.put(key, b"1").unwrap();
        }
        folder.put("findings/2026-11-30/0000/x", b"2").unwrap();
        folder.put(keys[0], b"other").unwrap();
        assert_eq!(folder.get(keys[0], 9).unwrap(), b"1", "an object is written once");
        assert_eq!(folder.list("entries/", "", 9).unwrap(), keys);
        assert_eq!(folder.list("entries/", "", 2).unwrap(), keys[..2]);
        for (i, key) in keys.iter().enumerate() {
            assert_eq!(folder.list("entries/", key, 9).unwrap(), keys[i + 1..], "after {key}");
        }
        assert_eq!(folder.list("entries/", "entries/2026-11-30", 9).unwrap(), keys[1..]);
        assert_eq!(folder.list("entries/", "entries/2026-11-30/0000/b", 9).unwrap(), keys[2..]);
        assert!(folder.list("entries/", "entries/2026-12", 9).unwrap().is_empty());
        folder.delete(keys[0]).unwrap();
        folder.delete(keys[0]).unwrap();
        assert_eq!(folder.list("entries/", "", 9).unwrap(), keys[1..]);
        assert!(!folder.root.join("entries/2026-11-29").exists());
    }

    #[test]
    fn only_regular_files_of_a_size_are_read() {
        let (tmp, folder) = folder();
        folder.put("entries/a/b/good", &[b'x'; 100]).unwrap();
        let at = folder.root.join("entries/a/b");
        let secret = tmp.path().join("secret");
        fs::write(&secret, "secret").unwrap();
        std::os::unix::fs::symlink(&secret, at.join("link")).unwrap();
        std::os::unix::fs::symlink(tmp.path(), folder.root.join("entries/up")).unwrap();
        let pipe = std::process::Command::new("mkfifo").arg(at.join("pipe")).status().unwrap();
        assert!(pipe.success());
        fs::create_dir_all(at.join("deep/deeper")).unwrap();
        fs::write(at.join("deep/deeper/x"), "").unwrap();
        fs::write(at.join(".hidden"), "").unwrap();
        fs::write(at.join("a b"), "").unwrap();
        assert_eq!(folder.list("entries/", "", 99).unwrap(), ["entries/a/b/good"]);
        let get = |key: &str| folder.get(key, 100).map_err(|e| e.to_string());
        assert_eq!(get("entries/a/b/good").unwrap().len(), 100);
        for bad in
            ["entries/a/b/link", "entries/a/b/pipe", "entries/a/b", "entries/a/b/none", "../secret"]
        {
            assert!(matches!(folder.get(bad, 100), Err(ObjectsError::Unusable(_))), "{bad}");
        }
        assert!(matches!(folder.get("entries/a/b/good", 99), Err(ObjectsError::Unusable(_))));
        for bad in ["../x", "a/../../x", "/etc/x", "", "a//b", ".x"] {
            assert!(matches!(folder.put(bad, b""), Err(ObjectsError::Unusable(_))), "{bad}");
        }
    }

    #[test]
    fn a_folder_that_is_gone_is_not_an_empty_one() {
        let (tmp, folder) = folder();
        folder.put("entries/a/b/c", b"x").unwrap();
        let aside = tmp.path().join("aside");
        fs::rename(&folder.root, &aside).unwrap();
        let is_away = || {
            matches!(folder.list("entries/", "", 9), Err(ObjectsError::Away(_)))
                && matches!(folder.get("entries/a/b/c", 9), Err(ObjectsError::Away(_)))
                && matches!(folder.put("entries/a/b/d", b""), Err(ObjectsError::Away(_)))
        };
        assert!(is_away());
        // As a mount point where nothing is mounted.
        fs::create_dir(&folder.root).unwrap();
        assert!(is_away());
        fs::remove_dir(&folder.root).unwrap();
        fs::rename(&aside, &folder.root).unwrap();
        assert_eq!(folder.list("entries/", "", 9).unwrap().len(), 1);
        // It is not created where its own folder is missing.
        let none = Folder::new(tmp.path().join("not/mounted"));
        assert!(matches!(none.list("entries/", "", 9), Err(ObjectsError::Away(_))));
    }
}
