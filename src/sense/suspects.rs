//! The list for people: places of go/types that write to shared memory.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::files::{self, replace};

/// The file in a folder of crash directories.
const FILE: &str = "suspects.json";
const VERSION: u32 = 1;

/// A place that writes to memory which other goroutines' operations use, on a path that breaks no
/// rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Suspect {
    /// For example `go/types.NewScope`.
    pub function: String,
    /// The name of the file.
    pub file: String,
    /// The line in it.
    pub line: u32,
    /// The text of that line; empty if it is not known.
    pub code: String,
    /// The kinds of operations that wrote there.
    pub operations: BTreeSet<String>,
    /// The kinds of operations, in another goroutine, that used what was written.
    pub met_by: BTreeSet<String>,
    /// Whether every write was under a mutex. It may still race with a reader that has no lock.
    pub locked: bool,
    /// Executions that tried to make it race.
    pub tried: u64,
    /// Whether it raced.
    pub raced: bool,
    /// When a sequential run first showed the write, in seconds from the start.
    pub seen_after: f64,
    /// When it first raced, in seconds from the start.
    pub raced_after: Option<f64>,
}

/// The suspects of one go/types.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Suspects {
    version: u32,
    /// The Go under test.
    pub go_version: String,
    /// The patches in it.
    pub patched: Vec<String>,
    /// By file and line.
    pub suspects: Vec<Suspect>,
}

/// A file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SuspectError {
    /// It cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It has another format.
    #[error("{}: not a list of suspects that this version reads: {why}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
}

impl Suspect {
    /// Notes the text of its line. `file` returns the text of a file of go/types.
    pub fn quote(&mut self, file: impl Fn(&str) -> Option<String>) {
        let text = file(&self.file).unwrap_or_default();
        let line = text.lines().nth((self.line as usize).saturating_sub(1));
        self.code = line.unwrap_or_default().trim().to_owned();
    }
}

impl Suspects {
    /// A list for one go/types.
    #[must_use]
    pub fn new(go_version: &str, patched: &[String], suspects: Vec<Suspect>) -> Self {
        let mut list = Self {
            version: VERSION,
            go_version: go_version.to_owned(),
            patched: patched.to_owned(),
            suspects: Vec::new(),
        };
        list.add(suspects);
        list
    }

    /// Adds suspects that other workers or campaigns saw.
    pub fn add(&mut self, others: Vec<Suspect>) {
        let key = |s: &Suspect| (s.file.clone(), s.line, s.function.clone());
        let mut all: BTreeMap<_, Suspect> =
            std::mem::take(&mut self.suspects).into_iter().map(|s| (key(&s), s)).collect();
        for other in others {
            match all.get_mut(&key(&other)) {
                None => {
                    all.insert(key(&other), other);
                }
                Some(known) => {
                    known.operations.extend(other.operations);
                    known.met_by.extend(other.met_by);
                    known.locked &= other.locked;
                    known.tried += other.tried;
                    known.raced |= other.raced;
                    known.seen_after = known.seen_after.min(other.seen_after);
                    let raced = [known.raced_after, other.raced_after].into_iter().flatten();
                    known.raced_after = raced.reduce(f64::min);
                }
            }
        }
        self.suspects = all.into_values().collect();
    }

    /// Reads the list of a folder of crash directories; `None` if it has none.
    ///
    /// # Errors
    /// The file is unreadable.
    pub fn read(dir: &Path) -> Result<Option<Self>, SuspectError> {
        let path = dir.join(FILE);
        let text = match files::as_text(files::read(&path)) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(SuspectError::Io { path, source }),
        };
        let why = match serde_json::from_str::<Self>(&text) {
            Ok(list) if list.version == VERSION => return Ok(Some(list)),
            Ok(list) => format!("its version is {}", list.version),
            Err(e) => e.to_string(),
        };
        Err(SuspectError::Format { path, why })
    }

    /// Adds this list to that of a folder, unless that one is of another go/types: it is replaced.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn store(mut self, dir: &Path) -> Result<(), SuspectError> {
        if let Ok(Some(there)) = Self::read(dir)
            && (&there.go_version, &there.patched) == (&self.go_version, &self.patched)
        {
            self.add(there.suspects);
        }
        let path = dir.join(FILE);
        let format =
            |e: serde_json::Error| SuspectError::Format { path: path.clone(), why: e.to_string() };
        let text = serde_json::to_string_pretty(&self).map_err(format)? + "\n";
        replace(&path, text.as_bytes()).map_err(|source| SuspectError::Io { path, source })
    }

    /// The list as text: those that never raced first, and of these the ones that no mutex guards.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        for (title, raced, locked) in [
            ("never raced", false, false),
            ("never raced, always written under a mutex", false, true),
            ("raced", true, false),
        ] {
            let chosen = |s: &&Suspect| s.raced == raced && (raced || s.locked == locked);
            let suspects: Vec<&Suspect> = self.suspects.iter().filter(chosen).collect();
            if suspects.is_empty() {
                continue;
            }
            let _ = writeln!(out, "{title}: {}", suspects.len());
            for s in suspects {
                let function = s.function.trim_start_matches("go/types.");
                let _ =
                    writeln!(out, "  {}:{} {function}, tried {} times", s.file, s.line, s.tried);
                if !s.code.is_empty() {
                    let _ = writeln!(out, "      {}", s.code);
                }
                let _ = writeln!(out, "      written by {}", few(&s.operations));
                if !s.met_by.is_empty() {
                    let _ = writeln!(out, "      used by {}", few(&s.met_by));
                }
            }
        }
        out
    }
}

/// The first of some kinds of operations, and how many more there are.
fn few(kinds: &BTreeSet<String>) -> String {
    const SHOWN: usize = 6;
    let shown: Vec<&str> = kinds.iter().take(SHOWN).map(String::as_str).collect();
    let more = kinds.len() - shown.len();
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    shown.join(", ") + &more
}

/// The command that lists the suspects of a folder of crash directories.
#[must_use]
pub fn command(crashes: &Path) -> String {
    // The command's default.
    if crashes.as_os_str().is_empty() || crashes == Path::new("crashes") {
        return "typerace suspects".to_owned();
    }
    format!("typerace suspects --crashes {}", crashes.display())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn suspect(line: u32, operation: &str, raced: bool) -> Suspect {
        Suspect {
            function: "go/types.NewScope".to_owned(),
            file: "scope.go".to_owned(),
            line,
            code: "parent.children = append(parent.children, s)".to_owned(),
            operations: BTreeSet::from([operation.to_owned()]),
            met_by: BTreeSet::from(["walk scope".to_owned()]),
            tried: 3,
            raced,
            ..Suspect::default()
        }
    }

    #[test]
    fn campaigns_add_up() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Suspects::read(dir.path()).unwrap(), None);
        let one = Suspects::new("go1.27.3", &[], vec![suspect(7, "eval", false)]);
        one.clone().store(dir.path()).unwrap();
        Suspects::new("go1.27.3", &[], vec![suspect(7, "check", true), suspect(9, "eval", false)])
            .store(dir.path())
            .unwrap();
        let both = Suspects::read(dir.path()).unwrap().unwrap();
        assert_eq!(both.suspects.len(), 2);
        assert_eq!((both.suspects[0].tried, both.suspects[0].raced), (6, true));
        assert_eq!(both.suspects[0].operations.len(), 2);
        let text = both.text();
        assert!(
            text.starts_with("never raced: 1\n  scope.go:9 NewScope, tried 3 times\n"),
            "{text}"
        );
        assert!(text.contains("raced: 1\n  scope.go:7"), "{text}");
        // Another go/types begins again.
        one.store(dir.path()).unwrap();
        Suspects::new("go1.28", &[], Vec::new()).store(dir.path()).unwrap();
        assert!(Suspects::read(dir.path()).unwrap().unwrap().suspects.is_empty());
    }

    #[test]
    fn another_format_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(FILE), "{}").unwrap();
        assert!(Suspects::read(dir.path()).is_err());
    }
}
