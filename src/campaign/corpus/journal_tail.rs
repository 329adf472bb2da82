//! Follows the journal of another worker: what that worker kept since the last look.
//!
//! A journal is only appended to, or replaced as a whole by a new file. So a reader needs no lock:
//! it goes on where it stopped, and starts again when the file is another one.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::campaign::corpus::covers_journal::{FILE, Header, Line};
use crate::feedback::Covers;

/// The number of bytes read at a time. A longer line is no line of a journal.
const CHUNK: u64 = 4 << 20;
/// The longest name of an entry.
const LONGEST_NAME: usize = 64;

/// An entry that a worker kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    /// The entry's file name.
    pub entry: String,
    /// The counters that it hits.
    pub covers: Covers,
}

/// A position in a journal.
#[derive(Debug)]
pub struct Tail {
    path: PathBuf,
    inode: u64,
    at: u64,
    /// The build that the counters belong to; `None` before the header was read.
    build: Option<String>,
}

impl Tail {
    /// Follows the journal of a work directory from its start.
    #[must_use]
    pub fn new(work: &Path) -> Self {
        Self { path: work.join(FILE), inode: 0, at: 0, build: None }
    }

    /// The build that the counters belong to, if the journal has a header.
    #[must_use]
    pub fn build(&self) -> Option<&str> {
        self.build.as_deref()
    }

    /// The entries since the last call, at most a few thousand of them; none if there is no
    /// journal. Malformed lines are left out.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read(&mut self) -> io::Result<Vec<Noted>> {
        // Without opening it: most looks find nothing new.
        match std::fs::metadata(&self.path) {
            Ok(m) if m.ino() == self.inode && m.len() == self.at => return Ok(Vec::new()),
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            _ => {}
        }
        let mut file = File::open(&self.path)?;
        let now = file.metadata()?;
        if now.ino() != self.inode || now.len() < self.at {
            (self.inode, self.at, self.build) = (now.ino(), 0, None);
        }
        file.seek(SeekFrom::Start(self.at))?;
        let mut text = Vec::new();
        file.take(CHUNK).read_to_end(&mut text)?;
        // The rest of a line may still be on its way.
        let complete = match text.iter().rposition(|b| *b == b'\n') {
            Some(end) => end + 1,
            None if text.len() as u64 == CHUNK => text.len(),
            None => 0,
        };
        self.at += complete as u64;
        let mut lines = text[..complete].split(|b| *b == b'\n');
        if self.build.is_none() && complete > 0 {
            let header = lines.next().and_then(|l| serde_json::from_slice::<Header>(l).ok());
            self.build = Some(header.and_then(Header::build).unwrap_or_default());
        }
        let noted = |l: &[u8]| {
            let line: Line = serde_json::from_slice(l).ok()?;
            let is_name = line.entry.len() <= LONGEST_NAME
                && line.entry.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            let covers = Covers::from_hex(&line.covers)?;
            is_name.then_some(Noted { entry: line.entry, covers })
        };
        Ok(lines.filter_map(noted).collect())
    }
}

/// The entries in the journal of a work directory; none if it belongs to another build.
#[must_use]
pub fn names(work: &Path, build: &str) -> BTreeSet<String> {
    let mut tail = Tail::new(work);
    let mut names = BTreeSet::new();
    while let Ok(noted) = tail.read()
        && !noted.is_empty()
        && tail.build() == Some(build)
    {
        names.extend(noted.into_iter().map(|n| n.entry));
    }
    names
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;

    use super::*;

    const HEADER: &str = r#"{"format":"typerace-covers","version":1,"build":"b"}"#;

    fn names(noted: &[Noted]) -> Vec<&str> {
        noted.iter().map(|n| n.entry.as_str()).collect()
    }

    #[test]
    fn a_journal_is_followed_from_where_it_was_left() {
        let tmp = tempfile::tempdir().unwrap();
        let mut tail = Tail::new(tmp.path());
        assert!(tail.read().unwrap().is_empty(), "there is none yet");
        let path = tmp.path().join(FILE);
        let add = |text: &str| {
            let mut file = File::options().create(true).append(true).open(&path).unwrap();
            file.write_all(text.as_bytes()).unwrap();
        };
        let line = |name: &str| format!("{{\"entry\":\"{name}\",\"covers\":\"06\"}}\n");
        add(&format!("{HEADER}\n{}", line("a")));
        let first = tail.read().unwrap();
        assert_eq!((names(&first), tail.build()), (vec!["a"], Some("b")));
        assert_eq!(first[0].covers.iter().collect::<Vec<_>>(), [1, 2]);
        assert!(tail.read().unwrap().is_empty());
        // Half of a line is read once it is complete; what is no line is passed over.
        let (half, rest) = (line("b"), line("c"));
        add(&half[..9]);
        assert!(tail.read().unwrap().is_empty());
        add(&format!("{}nonsense\n{}{}", &half[9..], line("../../etc"), rest));
        assert_eq!(names(&tail.read().unwrap()), ["b", "c"]);
        // Replaced by another file, in which an entry is missing.
        let new = format!("{}\n{}{}", HEADER.replace("\"b\"", "\"x\""), line("c"), line("d"));
        crate::files::replace_unsynced(&path, new.as_bytes()).unwrap();
        assert_eq!((names(&tail.read().unwrap()), tail.build()), (vec!["c", "d"], Some("x")));
        fs::remove_file(&path).unwrap();
        assert!(tail.read().unwrap().is_empty());
    }

    #[test]
    fn what_is_no_journal_has_no_build() {
        let tmp = tempfile::tempdir().unwrap();
        fs::write(tmp.path().join(FILE), vec![b'x'; CHUNK as usize + 7]).unwrap();
        let mut tail = Tail::new(tmp.path());
        assert!(tail.read().unwrap().is_empty());
        assert_eq!(tail.build(), Some(""));
        assert!(tail.read().unwrap().is_empty());
    }
}
