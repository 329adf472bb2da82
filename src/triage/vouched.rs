//! What was under test on this machine.
//!
//! A crash directory says in which go/types its finding was found, and may hold a copy of it. Code
//! of a stranger must not run because of that, so a subject is used by default only if a harness was
//! built from the same trees and files here before, when the user chose them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::files;
use crate::fnv::fnv1a;
use crate::harness::cache_dir;

/// Remembers the content of a file, or the path of a tree, that the user chose.
pub(super) fn vouch(what: &[u8]) {
    // If it cannot be remembered, it is asked for later.
    let _ = cache_dir().map_err(io::Error::other).and_then(|cache| vouch_in(&cache, what));
}

/// Whether the user chose this before.
pub(super) fn is_vouched(what: &[u8]) -> bool {
    cache_dir().is_ok_and(|cache| is_vouched_in(&cache, what))
}

/// The whole content is kept and compared: others could make another one with the same hash.
fn place(cache: &Path, what: &[u8]) -> PathBuf {
    cache.join("vouched").join(format!("{:016x}", fnv1a(what)))
}

fn vouch_in(cache: &Path, what: &[u8]) -> io::Result<()> {
    if is_vouched_in(cache, what) {
        return Ok(());
    }
    let path = place(cache, what);
    fs::create_dir_all(cache.join("vouched"))?;
    files::replace(&path, what)
}

fn is_vouched_in(cache: &Path, what: &[u8]) -> bool {
    files::read(&place(cache, what)).is_ok_and(|known| known == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_chosen_is_vouched_for() {
        let tmp = tempfile::tempdir().unwrap();
        assert!(!is_vouched_in(tmp.path(), b"package types"));
        vouch_in(tmp.path(), b"package types").unwrap();
        assert!(is_vouched_in(tmp.path(), b"package types"));
        assert!(!is_vouched_in(tmp.path(), b"package types "));
        // Another content of the same hash.
        fs::write(place(tmp.path(), b"package types"), b"package evil").unwrap();
        assert!(!is_vouched_in(tmp.path(), b"package types"));
    }
}
