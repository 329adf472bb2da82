//! The files and directories of a store.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use super::StoreError;
use crate::files;

/// The go.mod of a store's folder.
const MODULE: &str = "\
// Written by typerace. A module of its own: the Go files in crash directories are copies and tests to
// be taken out, and no packages of the module around them.
module crashes
";

/// Makes a store's folder a Go module, unless it is one or holds Go files of its own: `go build ./...`
/// in a module around it would fail on what crash directories contain.
fn make_module(dir: &Path) {
    let is_go = |name: &Path| name.extension().is_some_and(|e| e == "go");
    let mut names = fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.file_name());
    if !names.any(|name| name == "go.mod" || is_go(Path::new(&name))) {
        // A folder without it works as well: a full disk is told where it matters.
        let _ = files::replace(&dir.join("go.mod"), MODULE.as_bytes());
    }
}

/// A directory under construction. While the process lives it holds a lock on the directory, which
/// the system releases when the process dies. Process numbers cannot replace the lock: they can be
/// reused, or belong to another container.
#[derive(Debug)]
pub(super) struct Building {
    pub(super) path: PathBuf,
    published: bool,
    _lock: File,
}

impl Building {
    /// A new temporary directory in the store.
    pub(super) fn new(store: &Path, id: &str) -> Result<Self, StoreError> {
        loop {
            let path = store.join(files::temporary_name(&format!("-{id}")));
            match fs::create_dir(&path) {
                Ok(()) => {}
                // Somebody removed the store while a campaign runs. (In /proc it is there, and
                // nothing can be created in it.)
                Err(e)
                    if e.kind() == io::ErrorKind::NotFound
                        && !store.is_dir()
                        && fs::create_dir_all(store).is_ok() =>
                {
                    continue;
                }
                // It belongs to an earlier process with the same number: leave it.
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(e) => return Err(StoreError::io(&path, e)),
            }
            // Another process may remove it before it is locked: try again.
            if let Some(lock) = lock(&path) {
                return Ok(Self { path, published: false, _lock: lock });
            }
        }
    }

    /// Moves it to its place, unless something is there already.
    pub(super) fn publish(&mut self, target: &Path) -> Result<bool, StoreError> {
        match files::publish(&self.path, target) {
            Ok(published) => {
                self.published = published;
                // With the first finding: a command that is refused leaves no go.mod.
                target.parent().into_iter().for_each(make_module);
                Ok(published)
            }
            Err(e) if e.kind() == io::ErrorKind::NotADirectory => {
                Err(StoreError::Occupied(target.to_owned()))
            }
            Err(e) => Err(StoreError::io(target, e)),
        }
    }
}

impl Drop for Building {
    /// Removes a directory that was not published. A published one is no longer ours, and neither
    /// is its old name.
    fn drop(&mut self) {
        if !self.published {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// A lock on a directory, or `None` if another process holds it or the
/// directory is gone.
pub(super) fn lock(dir: &Path) -> Option<File> {
    let file = File::open(dir).ok()?;
    file.try_lock().ok()?;
    dir.exists().then_some(file)
}

/// The path of a file in a directory; the name may not lead out of it.
pub(super) fn inside(dir: &Path, name: &str) -> Result<PathBuf, StoreError> {
    let plain = Path::new(name).components().all(|c| matches!(c, Component::Normal(_)));
    if name.is_empty() || name.ends_with('/') || !plain {
        return Err(StoreError::Name(name.to_owned()));
    }
    Ok(dir.join(name))
}

/// Writes a file below `dir` and syncs it to disk.
pub(super) fn write(dir: &Path, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
    let path = inside(dir, name)?;
    let written = || -> io::Result<()> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut file = File::create(&path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    written().map_err(|e| StoreError::io(&path, e))
}

/// Copies the content of a directory, except `except`, links and hidden files.
pub(super) fn copy(from: &Path, to: &Path, except: &str) -> Result<(), StoreError> {
    for entry in fs::read_dir(from).map_err(|e| StoreError::io(from, e))? {
        let entry = entry.map_err(|e| StoreError::io(from, e))?;
        let (name, path) = (entry.file_name(), entry.path());
        let kind = entry.file_type().map_err(|e| StoreError::io(&path, e))?;
        let Some(name) = name.to_str().filter(|n| *n != except && !n.starts_with('.')) else {
            continue;
        };
        if kind.is_dir() {
            let to = to.join(name);
            fs::create_dir_all(&to).map_err(|e| StoreError::io(&to, e))?;
            copy(&path, &to, "")?;
        } else if kind.is_file() {
            let bytes = files::read(&path).map_err(|e| StoreError::io(&path, e))?;
            write(to, name, &bytes)?;
        }
    }
    Ok(())
}

/// Replaces a file below `dir`.
pub(super) fn replace(dir: &Path, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
    let to = inside(dir, name)?;
    let folder = to.parent().unwrap_or(dir);
    if folder != dir {
        files::create_folder(folder).map_err(|e| StoreError::io(folder, e))?;
    }
    files::replace(&to, bytes).map_err(|e| StoreError::io(&to, e))
}

/// Syncs the names in a directory to disk.
pub(super) fn sync(dir: &Path) -> Result<(), StoreError> {
    files::sync_folder(dir).map_err(|e| StoreError::io(dir, e))
}
