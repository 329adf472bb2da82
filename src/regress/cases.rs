//! The cases that the gate runs.

use std::path::Path;

use include_dir::{Dir, DirEntry, include_dir};
use serde::Serialize;

use super::RegressError;
use crate::campaign::seeds::{self, Seed};
use crate::finding::Finding;
use crate::store::Store;
use crate::testcase::SourceCase;
use crate::triage::load_case;

static FIXED_BUGS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/corpus/fixedbugs");

/// Where a case comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseKind {
    /// A seed of the corpus.
    Seed,
    /// A publicly known race.
    FixedBug,
    /// A crash directory.
    Crash,
}

/// A case to run.
#[derive(Clone, Debug)]
pub struct Case {
    /// For example `corpus/aliases/plain.txtar`: stable, and a path if there is a file.
    pub name: String,
    /// Where it comes from.
    pub kind: CaseKind,
    /// The program, and the scenario if it has one.
    pub source: SourceCase,
    /// The text, for reports.
    pub text: String,
    /// The finding that it was stored for.
    pub expected: Option<Finding>,
}

/// The seeds and the known races inside the binary.
///
/// # Errors
/// None in a binary that passed its tests.
pub fn built_in() -> Result<Vec<Case>, RegressError> {
    let mut cases = Vec::new();
    for mut seed in seeds::built_in(false) {
        seed.path = Path::new("corpus").join(&seed.path);
        cases.push(case(&seed, CaseKind::Seed)?);
    }
    // These paths are relative to the folder itself.
    for file in FIXED_BUGS.entries().iter().filter_map(DirEntry::as_file) {
        let is_case = file.path().extension().is_some_and(|e| e == "txtar" || e == "go");
        if let Some(text) = file.contents_utf8().filter(|_| is_case) {
            let path = Path::new("corpus/fixedbugs").join(file.path());
            cases.push(case(&Seed { path, text: text.to_owned() }, CaseKind::FixedBug)?);
        }
    }
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases.dedup_by(|a, b| a.name == b.name);
    Ok(cases)
}

/// Every case below a folder. Those in a folder `fixedbugs` are known races.
///
/// # Errors
/// It is not a folder, has no cases, or has a file that is not a test case.
pub fn from_corpus(dir: &Path) -> Result<Vec<Case>, RegressError> {
    let known = |seed: &Seed| {
        let folder = seed.path.strip_prefix(dir).unwrap_or(&seed.path);
        folder.components().any(|c| c.as_os_str() == "fixedbugs") || dir.ends_with("fixedbugs")
    };
    let kind = |seed: &Seed| if known(seed) { CaseKind::FixedBug } else { CaseKind::Seed };
    seeds::from_directory(dir, true)?.iter().map(|seed| case(seed, kind(seed))).collect()
}

/// The crash directories of a folder. The test case as found and the minimized one, if there
/// is one, are separate cases.
///
/// # Errors
/// It is not a folder, or a crash directory cannot be read: a gate must not skip one
/// silently.
pub fn from_crashes(dir: &Path) -> Result<Vec<Case>, RegressError> {
    let listing = Store::existing(dir)?.list()?;
    if let Some(problem) = listing.problems.into_iter().next() {
        return Err(problem.into());
    }
    let mut cases = Vec::new();
    for (path, _) in listing.findings {
        for file in ["testcase.txtar", "minimized.txtar"].map(|f| path.join(f)) {
            if !file.exists() {
                continue;
            }
            let (source, expected) = load_case(&file)?;
            let text = source.to_txtar();
            let name = file.to_string_lossy().into_owned();
            cases.push(Case { name, kind: CaseKind::Crash, source, text, expected });
        }
    }
    Ok(cases)
}

fn case(seed: &Seed, kind: CaseKind) -> Result<Case, RegressError> {
    let source = seed.source()?;
    let name = seed.path.to_string_lossy().into_owned();
    Ok(Case { name, kind, source, text: seed.text.clone(), expected: None })
}

impl Case {
    /// The first line of its comment, without `#`; empty if it has none.
    #[must_use]
    pub fn title(&self) -> &str {
        let comment = self.source.scenario.as_ref().and_then(|s| s.comment.first());
        comment.map_or("", |line| line.trim())
    }

    /// The line of the first goroutine in [`Case::text`], counted from 1. Reports point to it.
    #[must_use]
    pub fn line(&self) -> usize {
        let at = self.text.lines().position(|l| l == "go" || l.starts_with("go "));
        at.map_or(1, |i| i + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_shipped_cases_are_in() {
        let cases = built_in().unwrap();
        let has = |name: &str| cases.iter().find(|c| c.name == name).map(|c| c.kind);
        assert_eq!(has("corpus/aliases/plain.txtar"), Some(CaseKind::Seed));
        assert_eq!(has("corpus/fixedbugs/issue79035.txtar"), Some(CaseKind::FixedBug));
        assert!(cases.is_sorted_by(|a, b| a.name < b.name));
    }

    #[test]
    fn a_folder_of_cases() {
        let tmp = tempfile::tempdir().unwrap();
        let dir = tmp.path();
        fs::create_dir(dir.join("fixedbugs")).unwrap();
        let text = "# Title.\nimport source\ngo check a\n-- a/a.go --\npackage a\n";
        fs::write(dir.join("fixedbugs/a.txtar"), text).unwrap();
        fs::write(dir.join("b.go"), "package b\n").unwrap();
        let cases = from_corpus(dir).unwrap();
        let of: Vec<_> = cases.iter().map(|c| (c.kind, c.title(), c.line())).collect();
        assert_eq!(of, [(CaseKind::Seed, "", 1), (CaseKind::FixedBug, "Title.", 3)]);
        fs::write(dir.join("c.txtar"), "frob\n-- a/a.go --\n").unwrap();
        assert!(from_corpus(dir).unwrap_err().to_string().contains("c.txtar: line 1"));
    }

    #[test]
    fn a_broken_crash_directory_is_not_left_out() {
        let tmp = tempfile::tempdir().unwrap();
        let dir = tmp.path().join("data-race-0");
        fs::create_dir(&dir).unwrap();
        assert!(from_crashes(tmp.path()).is_err());
        assert!(from_crashes(&tmp.path().join("none")).is_err());
    }
}
