//! The folder that holds built harnesses and Go toolchains of our own.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::error::EnvError;
use crate::files;

/// `$XDG_CACHE_HOME/typerace`, or `~/.cache/typerace`. It need not exist.
///
/// # Errors
/// Neither variable is set.
pub fn cache_dir() -> Result<PathBuf, EnvError> {
    from_env(std::env::var_os("XDG_CACHE_HOME"), std::env::var_os("HOME"))
}

fn from_env(xdg: Option<OsString>, home: Option<OsString>) -> Result<PathBuf, EnvError> {
    // The XDG specification has relative paths ignored.
    let absolute = |v: Option<OsString>| v.map(PathBuf::from).filter(|p| p.is_absolute());
    absolute(xdg)
        .or_else(|| absolute(home).map(|h| h.join(".cache")))
        .map(|c| c.join("typerace"))
        .ok_or(EnvError::NoCacheDir)
}

/// A new folder inside the cache, on the same file system as what it will be
/// renamed to. Removed when dropped, unless it was renamed away.
///
/// # Errors
/// It cannot be written.
pub(super) fn staging(cache: &Path) -> Result<tempfile::TempDir, EnvError> {
    fs::create_dir_all(cache)
        .and_then(|()| tempfile::Builder::new().prefix(".new-").tempdir_in(cache))
        .map_err(|source| EnvError::Write { path: cache.to_owned(), source })
}

/// Renames a complete folder to its name. That another process was faster is
/// fine: its folder has the same content.
///
/// # Errors
/// It cannot be written.
pub(super) fn publish(staged: &Path, to: &Path) -> Result<(), EnvError> {
    let failed = |source| EnvError::Write { path: to.to_owned(), source };
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    files::publish(staged, to).map(drop).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variables_are_tried_in_order() {
        let dir = |x: &str, h: &str| from_env(Some(x.into()), Some(h.into())).ok();
        assert_eq!(dir("/x", "/h"), Some("/x/typerace".into()));
        assert_eq!(dir("", "/h"), Some("/h/.cache/typerace".into()));
        assert_eq!(dir("relative", ""), None);
        assert!(matches!(from_env(None, None), Err(EnvError::NoCacheDir)));
    }

    #[test]
    fn the_slower_of_two_builds_gives_way() {
        let cache = tempfile::tempdir().unwrap();
        let to = cache.path().join("key");
        for content in ["first", "second"] {
            let new = staging(cache.path()).unwrap();
            fs::write(new.path().join("f"), content).unwrap();
            publish(new.path(), &to).unwrap();
        }
        assert_eq!(fs::read_to_string(to.join("f")).unwrap(), "first");
        assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 1, "staging was left behind");
    }
}
