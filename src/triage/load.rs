//! Loads what a user names: a crash directory, a txtar or a Go file.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::files;
use crate::finding::{Finding, FindingError};
use crate::testcase::{SourceCase, TestCaseError};

/// A path that is not a test case.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// It is not text.
    #[error("{path}, line {line}: not UTF-8, so not Go source")]
    NotText {
        /// The file.
        path: PathBuf,
        /// The first line that is not UTF-8.
        line: usize,
    },
    /// A txtar that is not a test case. The source names the line.
    #[error("{path}, {source}")]
    Case {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: TestCaseError,
    },
    /// A finding.json that cannot be used.
    #[error("{path}: {source}")]
    Finding {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: FindingError,
    },
    /// A directory without a test case.
    #[error("{0} is not a crash directory: there is no testcase.txtar in it")]
    NotACrash(PathBuf),
    /// A file of a different kind.
    #[error("{0} is neither a crash directory nor a .txtar nor a .go file")]
    Unknown(PathBuf),
    /// An empty Go file.
    #[error("{0}, line 1: empty; a Go file starts with a package clause")]
    Empty(PathBuf),
}

/// Reads a crash directory, its testcase.txtar, another txtar or a Go file. A crash directory, or a
/// txtar in one, includes its finding.
///
/// # Errors
/// A path that is none of these; the error names file and line where possible.
pub fn load_case(path: &Path) -> Result<(SourceCase, Option<Finding>), LoadError> {
    if path.is_dir() {
        let file = path.join("testcase.txtar");
        if !file.exists() {
            return Err(LoadError::NotACrash(path.to_owned()));
        }
        return Ok((txtar(&file, files::read)?, finding(path)?));
    }
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    match extension {
        "txtar" => {
            Ok((txtar(path, files::read_named)?, finding(path.parent().unwrap_or(Path::new("")))?))
        }
        "go" => {
            let text = text(path, files::read_named)?;
            if text.trim().is_empty() {
                return Err(LoadError::Empty(path.to_owned()));
            }
            let name = path.file_name().and_then(|n| n.to_str()).unwrap_or("case.go");
            Ok((SourceCase::from_go(name, text), None))
        }
        _ if path.exists() => Err(LoadError::Unknown(path.to_owned())),
        _ => {
            let missing = || io::Error::from(io::ErrorKind::NotFound);
            let source = fs::metadata(path).err().unwrap_or_else(missing);
            Err(LoadError::Read { path: path.to_owned(), source })
        }
    }
}

/// The minimized test case of a crash directory; `None` if there is none, or the path is no crash
/// directory.
///
/// # Errors
/// A minimized.txtar that is not a test case.
pub fn minimized_case(path: &Path) -> Result<Option<SourceCase>, LoadError> {
    let file = path.join("minimized.txtar");
    file.exists().then(|| txtar(&file, files::read)).transpose()
}

/// Reads a file that was found in a folder, or one that the user named.
type Read = fn(&Path) -> io::Result<Vec<u8>>;

fn txtar(path: &Path, read: Read) -> Result<SourceCase, LoadError> {
    let wrong = |source| LoadError::Case { path: path.to_owned(), source };
    SourceCase::from_txtar(&text(path, read)?).map_err(wrong)
}

/// `None` if there is no finding.json: a test case may be stored without one.
fn finding(dir: &Path) -> Result<Option<Finding>, LoadError> {
    let path = dir.join("finding.json");
    if !path.exists() {
        return Ok(None);
    }
    let wrong = |source| LoadError::Finding { path: path.clone(), source };
    Finding::from_json(&text(&path, files::read)?).map(Some).map_err(wrong)
}

fn text(path: &Path, read: Read) -> Result<String, LoadError> {
    let bytes = read(path).map_err(|source| LoadError::Read { path: path.to_owned(), source })?;
    String::from_utf8(bytes).map_err(|e| {
        let good = &e.as_bytes()[..e.utf8_error().valid_up_to()];
        let line = good.iter().filter(|&&b| b == b'\n').count() + 1;
        LoadError::NotText { path: path.to_owned(), line }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::test_support::fatal;

    const CASE: &str = "go check a\n-- a/a.go --\npackage a\n";

    #[test]
    fn three_forms() {
        let tmp = tempfile::tempdir().unwrap();
        let dir = tmp.path();
        fs::write(dir.join("testcase.txtar"), CASE).unwrap();
        assert_eq!(load_case(dir).unwrap().1, None);
        let f = fatal("boom");
        fs::write(dir.join("finding.json"), f.to_json().unwrap()).unwrap();
        for path in [dir.to_owned(), dir.join("testcase.txtar")] {
            let (case, found) = load_case(&path).unwrap();
            assert_eq!(case, SourceCase::from_txtar(CASE).unwrap());
            assert_eq!(found.as_ref(), Some(&f));
        }
        fs::write(dir.join("x.go"), "package demo\n").unwrap();
        let (case, found) = load_case(&dir.join("x.go")).unwrap();
        assert_eq!((case.packages[0].path.as_str(), found), ("demo", None));
    }

    #[test]
    fn errors_name_file_and_line() {
        let tmp = tempfile::tempdir().unwrap();
        let dir = tmp.path();
        for (name, bytes, want) in [
            (
                "a.txtar",
                &b"go check a\nfrob x\n-- a/a.go --\npackage a\n"[..],
                "a.txtar, line 2: unknown directive 'frob'",
            ),
            ("b.txtar", b"go check a\n", "b.txtar, there is no Go file"),
            ("c.txtar", b"go check a\n-- a/a.go --\n\xff\n", "c.txtar, line 3: not UTF-8"),
            ("d.go", b" \n", "d.go, line 1: empty"),
            ("e.txt", b"x", "e.txt is neither a crash directory"),
        ] {
            fs::write(dir.join(name), bytes).unwrap();
            let e = load_case(&dir.join(name)).unwrap_err().to_string();
            assert!(e.contains(want), "{e}");
        }
        let e = load_case(dir).unwrap_err().to_string();
        assert!(e.ends_with("there is no testcase.txtar in it"), "{e}");
        for missing in ["m.go", "m.txtar", "m"] {
            let e = load_case(&dir.join(missing)).unwrap_err().to_string();
            assert!(e.starts_with("cannot read "), "{e}");
        }
        fs::write(dir.join("testcase.txtar"), CASE).unwrap();
        fs::write(dir.join("finding.json"), "{\"version\": 9}").unwrap();
        let e = load_case(dir).unwrap_err().to_string();
        assert!(e.ends_with("it has version 9, this typerace reads version 1"), "{e}");
    }
}
