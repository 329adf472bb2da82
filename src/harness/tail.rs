//! Follows a file that is appended to: the race detector's log, a process's output.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

/// Reads a file piece by piece, without its position: the writer shares it.
#[derive(Debug)]
pub(super) struct Tail {
    source: Source,
    offset: u64,
}

#[derive(Debug)]
enum Source {
    /// The race detector makes its log at the first report.
    NotThere(PathBuf),
    Open(File),
}

/// The greatest piece that is kept, half from its start, half from its end.
const KEEP: u64 = 8 << 20;

impl Tail {
    pub(super) fn of(file: File) -> Self {
        Self { source: Source::Open(file), offset: 0 }
    }

    pub(super) fn at(path: PathBuf) -> Self {
        Self { source: Source::NotThere(path), offset: 0 }
    }

    fn file(&mut self) -> io::Result<Option<&File>> {
        if let Source::NotThere(path) = &self.source {
            match File::open(path) {
                Ok(file) => self.source = Source::Open(file),
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                Err(e) => return Err(e),
            }
        }
        Ok(match &self.source {
            Source::Open(file) => Some(file),
            Source::NotThere(_) => None,
        })
    }

    /// How long the file is.
    pub(super) fn len(&mut self) -> io::Result<u64> {
        self.file()?.map_or(Ok(0), |f| Ok(f.metadata()?.len()))
    }

    /// Leaves out what is there by now.
    pub(super) fn skip(&mut self) -> io::Result<()> {
        self.offset = self.len()?;
        Ok(())
    }

    /// What was appended since the last call. Of very much, the middle is left
    /// out; bytes that are not UTF-8 are replaced.
    pub(super) fn read(&mut self) -> io::Result<String> {
        self.read_at_most(KEEP)
    }

    fn read_at_most(&mut self, keep: u64) -> io::Result<String> {
        let (begin, end) = (self.offset, self.len()?.max(self.offset));
        self.offset = end;
        let Some(file) = self.file()? else { return Ok(String::new()) };
        if end - begin <= keep {
            return piece(file, begin, end);
        }
        let (head, tail) = (begin + keep / 2, end - keep / 2);
        let (first, last) = (piece(file, begin, head)?, piece(file, tail, end)?);
        Ok(format!("{first}\n[typerace left out {} bytes]\n{last}", tail - head))
    }
}

fn piece(file: &File, begin: u64, end: u64) -> io::Result<String> {
    let mut bytes = vec![0; usize::try_from(end - begin).map_err(io::Error::other)?];
    file.read_exact_at(&mut bytes, begin)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn only_what_is_new_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("race.1");
        let mut tail = Tail::at(path.clone());
        assert_eq!((tail.read().unwrap().as_str(), tail.len().unwrap()), ("", 0));
        let mut file = File::create(&path).unwrap();
        file.write_all(b"one").unwrap();
        assert_eq!(tail.read().unwrap(), "one");
        assert_eq!(tail.read().unwrap(), "");
        file.write_all(b"two").unwrap();
        tail.skip().unwrap();
        file.write_all(b"0123456789").unwrap();
        assert_eq!(tail.read_at_most(4).unwrap(), "01\n[typerace left out 6 bytes]\n89");
        assert_eq!(tail.len().unwrap(), 16);
        // A truncated file is no reason to panic.
        file.set_len(0).unwrap();
        assert_eq!(tail.read().ok(), Some(String::new()));
    }
}
