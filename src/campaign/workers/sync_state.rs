//! What a campaign remembers of its exchanges.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use crate::files::replace_unsynced;
use crate::fleet::key;

/// The file in a work folder.
const STATE: &str = "sync.txt";

/// What is kept about the exchange in the work folder: the first line has the storage and the
/// campaign's name there, each other line a digest.
pub struct SyncState {
    /// The campaign's name in the storage.
    pub source: String,
    /// Digests of objects that were written or read.
    pub known: BTreeSet<String>,
    /// Where further ones are noted.
    pub file: Option<File>,
}

impl SyncState {
    /// Reads what an earlier campaign noted. For another storage, it begins again.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn open(work: &Path, location: &str) -> io::Result<Self> {
        let path = work.join(STATE);
        let text = fs::read_to_string(&path).unwrap_or_default();
        let mut lines = text.lines();
        let head = lines.next().and_then(|l| l.split_once(' '));
        let (source, known) = match head {
            Some((source, there)) if there == location => {
                (source.to_owned(), lines.map(ToOwned::to_owned).collect())
            }
            _ => {
                let source = new_source();
                replace_unsynced(&path, format!("{source} {location}\n").as_bytes())?;
                (source, BTreeSet::new())
            }
        };
        Ok(Self { source, known, file: Some(File::options().append(true).open(&path)?) })
    }

    /// A state that is noted nowhere.
    pub fn unkept() -> Self {
        Self { source: new_source(), known: BTreeSet::new(), file: None }
    }
}

/// A new name for this campaign.
fn new_source() -> String {
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let nanos = now.unwrap_or_default().as_nanos() as u64;
    key::source(&host, nanos ^ u64::from(std::process::id()).rotate_left(20))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_campaign_keeps_its_name_with_one_storage() {
        let tmp = tempfile::tempdir().unwrap();
        let mut first = SyncState::open(tmp.path(), "file:///a b").unwrap();
        assert!(first.known.is_empty());
        first.file.as_mut().unwrap().write_all(b"0123\n").unwrap();
        let again = SyncState::open(tmp.path(), "file:///a b").unwrap();
        assert_eq!((&again.source, again.known.len()), (&first.source, 1));
        let other = SyncState::open(tmp.path(), "file:///c").unwrap();
        assert!(other.known.is_empty());
        assert!(SyncState::open(&tmp.path().join("none"), "file:///c").is_err());
    }
}
