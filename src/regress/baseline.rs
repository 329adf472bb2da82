//! The baseline: what the gate expects to find.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{ColumnReport, RegressError, Status};
use crate::checker::Checker;
use crate::files;
use crate::finding::Kind;
use crate::scenario::Class;
use crate::triage::Tally;

/// The format version that this program reads and writes.
const VERSION: u32 = 1;

/// The baseline for the shipped corpus.
const BUILT_IN: &str = include_str!("../../corpus/baseline.json");
/// The same for types2.
const BUILT_IN_TYPES2: &str = include_str!("../../corpus/baseline-types2.json");

/// Expected findings, as measured on some Go versions.
///
/// On a Go version in `go`, exactly the findings seen on that version are expected. On any
/// other version, a finding is expected if it was seen on at least one version. A finding whose
/// root is determined is also expected if its root is in `roots`, or is that of an expected finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// The format version.
    pub version: u32,
    /// The Go versions that the baseline was measured on, sorted.
    pub go: Vec<String>,
    /// Roots that are expected on every version: ids of patches, or issues such as
    /// `golang/go#79035`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roots: Vec<String>,
    /// Sorted by signature.
    pub findings: Vec<Expected>,
}

/// A finding that is expected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// Its kind.
    pub kind: Kind,
    /// Its class when it was listed.
    pub class: Class,
    /// Its signature.
    pub signature: String,
    /// Its root, if that was determined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// For each Go version, the case that shows it most often.
    pub seen: BTreeMap<String, Sighting>,
}

/// How often a case showed a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sighting {
    /// The case.
    pub case: String,
    /// Runs that showed it.
    pub hits: u32,
    /// All runs.
    pub runs: u32,
}

impl Sighting {
    /// As input for the statistics.
    #[must_use]
    pub fn tally(&self) -> Tally {
        Tally { hits: self.hits, runs: self.runs }
    }
}

impl Default for Baseline {
    fn default() -> Self {
        Self { version: VERSION, go: Vec::new(), roots: Vec::new(), findings: Vec::new() }
    }
}

impl Baseline {
    /// The baseline for the built-in corpus.
    ///
    /// # Errors
    /// None in a binary that passed its tests.
    pub fn built_in(checker: Checker) -> Result<Self, RegressError> {
        let (path, text) = match checker {
            Checker::GoTypes => ("corpus/baseline.json", BUILT_IN),
            Checker::Types2 => ("corpus/baseline-types2.json", BUILT_IN_TYPES2),
        };
        Self::parse(Path::new(path), text)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// It does not exist, or is not a baseline.
    pub fn read(path: &Path) -> Result<Self, RegressError> {
        let wrong = |why: String| RegressError::Baseline { path: path.to_owned(), why };
        let text = files::as_text(files::read_named(path)).map_err(|e| wrong(e.to_string()))?;
        Self::parse(path, &text)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, RegressError> {
        let wrong = |why: String| RegressError::Baseline { path: path.to_owned(), why };
        let value: serde_json::Value =
            serde_json::from_str(text).map_err(|e| wrong(e.to_string()))?;
        match value.get("version").and_then(serde_json::Value::as_u64) {
            Some(v) if v == u64::from(VERSION) => {}
            Some(v) => {
                return Err(wrong(format!(
                    "it has version {v}, but this typerace reads version {VERSION}"
                )));
            }
            None => return Err(wrong("it has no version; make one with --write-baseline".into())),
        }
        // Parsed again from the text, so that the message has the line.
        serde_json::from_str(text).map_err(|e| wrong(e.to_string()))
    }

    /// Replaces a file atomically: readers see either the old text or the new one.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), RegressError> {
        let wrong = |source| RegressError::Write { path: path.to_owned(), source };
        let text = serde_json::to_string_pretty(self).map_err(|e| wrong(e.into()))? + "\n";
        files::output(path, text.as_bytes()).map_err(wrong)
    }

    /// Adds the findings of some columns. Listed findings stay, and rates add up, so that a
    /// few calls also collect rare findings. Breaches of contract are always expected and
    /// need no entry. A version counts as measured only if the `whole` corpus ran: a part of
    /// it does not show which findings are absent. Returns how many findings were seen.
    pub fn add(&mut self, columns: &[ColumnReport], whole: bool) -> usize {
        let mut seen = BTreeSet::new();
        for column in columns {
            if whole {
                self.go.push(column.go_version.clone());
            }
            for judged in &column.verdict.findings {
                let unlisted = matches!(judged.status, Status::Contract | Status::Unconfirmed);
                let Some(best) = judged.shown.first().filter(|s| !unlisted && s.hits > 0) else {
                    continue;
                };
                seen.insert(judged.signature.as_str());
                let at = self.findings.iter().position(|e| e.signature == judged.signature);
                let i = at.unwrap_or_else(|| {
                    self.findings.push(Expected {
                        kind: judged.kind,
                        class: judged.class,
                        signature: judged.signature.clone(),
                        root: None,
                        seen: BTreeMap::new(),
                    });
                    self.findings.len() - 1
                });
                let expected = &mut self.findings[i];
                expected.class = expected.class.min(judged.class);
                if judged.heading.is_root() {
                    expected.root = Some(judged.heading.id.clone());
                }
                let now = Sighting { case: best.case.clone(), hits: best.hits, runs: best.runs };
                expected
                    .seen
                    .entry(column.go_version.clone())
                    .and_modify(|s| {
                        if s.case == now.case {
                            s.hits = s.hits.saturating_add(now.hits);
                            s.runs = s.runs.saturating_add(now.runs);
                        } else if s.tally().rate() < now.tally().rate() {
                            *s = now.clone();
                        }
                    })
                    .or_insert(now);
            }
        }
        self.go.sort();
        self.go.dedup();
        self.findings.sort_by(|a, b| a.signature.cmp(&b.signature));
        seen.len()
    }

    /// The findings expected on a Go version.
    pub fn expected<'a>(&'a self, go: &'a str) -> impl Iterator<Item = &'a Expected> {
        let measured = self.go.iter().any(|v| v == go);
        self.findings.iter().filter(move |e| !measured || e.seen.contains_key(go))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn expected(signature: &str, go: &[&str]) -> Expected {
        let at = |v: &&str| ((*v).to_owned(), Sighting { case: "c".to_owned(), hits: 9, runs: 9 });
        Expected {
            kind: Kind::DataRace,
            class: Class::Bug,
            signature: signature.to_owned(),
            root: None,
            seen: go.iter().map(at).collect(),
        }
    }

    #[test]
    fn a_version_that_was_measured_has_its_own_list() {
        let baseline = Baseline {
            go: vec!["go1.26.8".to_owned(), "go1.27.3".to_owned()],
            findings: vec![expected("a", &["go1.26.8"]), expected("b", &["go1.26.8", "go1.27.3"])],
            ..Baseline::default()
        };
        let of = |go| baseline.expected(go).map(|e| e.signature.as_str()).collect::<Vec<_>>();
        assert_eq!(of("go1.26.8"), ["a", "b"]);
        assert_eq!(of("go1.27.3"), ["b"]);
        assert_eq!(of("devel go1.28"), ["a", "b"]);
    }

    #[test]
    fn the_file_is_read_as_it_was_written() {
        let tmp = tempfile::tempdir().unwrap();
        let path = tmp.path().join("b.json");
        let baseline = Baseline {
            go: vec!["go1.26.8".to_owned()],
            findings: vec![expected("a", &["go1.26.8"])],
            ..Baseline::default()
        };
        baseline.write(&path).unwrap();
        assert_eq!(Baseline::read(&path).unwrap(), baseline);
        let mut by_root = Baseline { roots: vec!["R2".to_owned()], ..baseline };
        by_root.findings[0].root = Some("R1".to_owned());
        by_root.write(&path).unwrap();
        assert_eq!(Baseline::read(&path).unwrap(), by_root);
        for (text, why) in [
            ("", "EOF"),
            ("{}", "no version"),
            ("{\"version\": 7}", "version 7"),
            ("{\"version\": 1, \"go\": 3, \"findings\": []}", "line 1"),
            ("{\"version\": 1, \"go\": [], \"findings\": [], \"x\": 1}", "unknown field"),
        ] {
            fs::write(&path, text).unwrap();
            let e = Baseline::read(&path).unwrap_err().to_string();
            assert!(e.contains(why) && e.contains("b.json"), "{text}: {e}");
        }
    }

    #[test]
    fn the_shipped_one_is_valid() {
        for checker in Checker::ALL {
            Baseline::built_in(checker).unwrap();
        }
    }
}
