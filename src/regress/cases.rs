//! The cases that the gate runs.

use std::path::Path;

use serde::Serialize;

use super::RegressError;
use crate::campaign::gate::{MADE, Made};
use crate::campaign::seeds::{self, Seed};
use crate::checker::Checker;
use crate::files;
use crate::finding::Finding;
use crate::store::Store;
use crate::testcase::SourceCase;
use crate::triage::load_case;

/// How often an entry of the gate's corpus that adds a shared write runs where others run once.
const TIMES: u32 = 10;

/// Where a case comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseKind {
    /// A seed of the corpus.
    Seed,
    /// A publicly known race.
    FixedBug,
    /// A test case of one root. It runs where a change is compared with what it changes, to say
    /// which roots the change ends.
    Root,
    /// A crash directory.
    Crash,
    /// An entry of the gate's corpus, which runs after the others, as far as the time allows.
    Gate,
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
    /// The oldest minor release of Go that it is for; 0 if that does not matter.
    pub since: u32,
    /// How often it runs where other cases run once.
    pub times: u32,
}

/// The seeds and the known races inside the binary that a checker can run and, for go/types, the
/// gate's corpus, which was made from its campaigns.
///
/// # Errors
/// None in a binary that passed its tests.
pub fn built_in(checker: Checker) -> Result<Vec<Case>, RegressError> {
    let corpus = Path::new("corpus");
    let named = |mut seed: Seed| {
        seed.path = corpus.join(&seed.path);
        seed
    };
    let mut cases = Vec::new();
    for seed in seeds::built_in(true, checker).into_iter().map(named) {
        cases.push(case(&seed, kind(&seed, corpus))?);
    }
    cases.retain(|case| case.is_for(checker));
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases.dedup_by(|a, b| a.name == b.name);
    if checker == Checker::GoTypes {
        let (entries, made) = seeds::built_in_gate();
        let entries: Vec<Seed> = entries.into_iter().map(named).collect();
        cases.extend(gate(&entries, &corpus.join("gate"), made)?);
    }
    Ok(cases)
}

/// Every case below a folder that a checker can run. Those in a folder `fixedbugs` are known races.
/// Those of the gate's corpus, which is for go/types, come last.
///
/// # Errors
/// It is not a folder, has no cases, or has a file that is not a test case.
pub fn from_corpus(dir: &Path, checker: Checker) -> Result<Vec<Case>, RegressError> {
    let seeds = seeds::from_directory(dir, true)?;
    if dir.join(MADE).is_file() {
        return gate_in(dir, &seeds);
    }
    let seeds = seeds.iter().filter(|seed| seed.is_for(checker));
    let mut cases = seeds.map(|seed| case(seed, kind(seed, dir))).collect::<Result<Vec<_>, _>>()?;
    cases.retain(|case| case.is_for(checker));
    if let Some(gate) = seeds::gate_below(dir).filter(|_| checker == Checker::GoTypes) {
        cases.extend(gate_in(&gate, &seeds::from_directory(&gate, true)?)?);
    }
    Ok(cases)
}

/// What a seed below a folder is, by the folders that it is in.
fn kind(seed: &Seed, dir: &Path) -> CaseKind {
    let below = seed.path.strip_prefix(dir).unwrap_or(&seed.path);
    let is_in =
        |folder: &str| below.components().any(|c| c.as_os_str() == folder) || dir.ends_with(folder);
    match () {
        () if is_in("fixedbugs") => CaseKind::FixedBug,
        () if below.starts_with(seeds::ROOTS) || dir.ends_with("corpus/roots") => CaseKind::Root,
        () => CaseKind::Seed,
    }
}

fn gate_in(dir: &Path, seeds: &[Seed]) -> Result<Vec<Case>, RegressError> {
    let path = dir.join(MADE);
    let made = files::as_text(files::read_named(&path)).map_err(|source| {
        RegressError::GateCorpus { path: path.clone(), why: source.to_string() }
    })?;
    gate(seeds, dir, &made)
}

/// The gate's corpus, in its order, which is that of the names.
fn gate(seeds: &[Seed], dir: &Path, made: &str) -> Result<Vec<Case>, RegressError> {
    let wrong = |why: String| RegressError::GateCorpus { path: dir.join(MADE), why };
    let made: Made = serde_json::from_str(made).map_err(|e| wrong(e.to_string()))?;
    let times = |s: &Seed| {
        let name = s.path.file_name().unwrap_or_default().to_string_lossy();
        if made.shared.iter().any(|n| *n == name) { TIMES } else { 1 }
    };
    let entry =
        |s: &Seed| Ok(Case { since: made.since, times: times(s), ..case(s, CaseKind::Gate)? });
    let cases = seeds.iter().map(entry);
    let mut cases = cases.collect::<Result<Vec<_>, RegressError>>()?;
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(cases)
}

/// The crash directories of a folder that are a checker's. The test case as found and the minimized
/// one, if there is one, are separate cases. What cannot be read is added to `unreadable`: one damaged
/// folder must not keep a gate from its other cases, nor be passed over in silence.
///
/// # Errors
/// It is not a folder, or cannot be read.
pub fn from_crashes(
    dir: &Path,
    checker: Checker,
    unreadable: &mut Vec<String>,
) -> Result<Vec<Case>, RegressError> {
    let listing = Store::existing(dir)?.list()?;
    unreadable.extend(listing.problems.iter().map(ToString::to_string));
    let mut cases = Vec::new();
    for (path, _) in listing.findings {
        for file in ["testcase.txtar", "minimized.txtar"].map(|f| path.join(f)) {
            if !file.exists() {
                continue;
            }
            let (source, expected) = match load_case(&file) {
                Ok(read) => read,
                Err(e) => {
                    unreadable.push(e.to_string());
                    continue;
                }
            };
            if expected.as_ref().is_some_and(|f| f.origin.checker() != checker) {
                continue;
            }
            let text = source.to_txtar();
            let name = file.to_string_lossy().into_owned();
            cases.push(Case {
                name,
                kind: CaseKind::Crash,
                source,
                text,
                expected,
                since: 0,
                times: 1,
            });
        }
    }
    Ok(cases)
}

fn case(seed: &Seed, kind: CaseKind) -> Result<Case, RegressError> {
    let source = seed.source()?;
    let name = seed.path.to_string_lossy().into_owned();
    Ok(Case { name, kind, source, text: seed.text.clone(), expected: None, since: 0, times: 1 })
}

impl Case {
    /// Whether the checker has what the scenario says.
    fn is_for(&self, checker: Checker) -> bool {
        self.source.scenario.as_ref().is_none_or(|s| s.check_is_for(checker).is_ok())
    }

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
    use crate::scenario::Class;
    use std::fs;

    #[test]
    fn the_shipped_cases_are_in() {
        let cases = built_in(Checker::GoTypes).unwrap();
        let has = |name: &str| cases.iter().find(|c| c.name == name).map(|c| c.kind);
        assert_eq!(has("corpus/aliases/plain.txtar"), Some(CaseKind::Seed));
        assert_eq!(has("corpus/fixedbugs/issue79035.txtar"), Some(CaseKind::FixedBug));
        let first = cases.partition_point(|c| c.kind != CaseKind::Gate);
        let (others, gate) = cases.split_at(first);
        assert!(others.is_sorted_by(|a, b| a.name < b.name));
        assert!(gate.is_sorted_by(|a, b| a.name < b.name) && !gate.is_empty());
        assert!(gate.iter().all(|c| c.kind == CaseKind::Gate && c.since > 0));
        for case in gate {
            let scenario = case.source.scenario.as_ref().unwrap();
            assert_ne!(scenario.class(), Class::Breach, "{}", case.name);
        }
        assert!(gate.iter().map(|c| c.text.len()).sum::<usize>() <= 2 << 20);
        assert!(!cases.iter().any(|c| c.name.contains("types2")));
        let for_types2 = built_in(Checker::Types2).unwrap();
        let case = |name: &str| for_types2.iter().find(|c| c.name == name).map(|c| c.kind);
        let name = "corpus/fixedbugs/types2/issue75757.txtar";
        assert_eq!(case(name), Some(CaseKind::FixedBug));
        assert!(for_types2.iter().all(|c| c.is_for(Checker::Types2)));
    }

    #[test]
    fn a_folder_of_cases() {
        let tmp = tempfile::tempdir().unwrap();
        let dir = tmp.path();
        fs::create_dir(dir.join("fixedbugs")).unwrap();
        let text = "# Title.\nimport source\ngo check a\n-- a/a.go --\npackage a\n";
        fs::write(dir.join("fixedbugs/a.txtar"), text).unwrap();
        fs::write(dir.join("b.go"), "package b\n").unwrap();
        let cases = from_corpus(dir, Checker::GoTypes).unwrap();
        let of: Vec<_> = cases.iter().map(|c| (c.kind, c.title(), c.line())).collect();
        assert_eq!(of, [(CaseKind::Seed, "", 1), (CaseKind::FixedBug, "Title.", 3)]);
        // The gate's corpus comes last, alone or in a corpus.
        fs::create_dir(dir.join("gate")).unwrap();
        fs::write(dir.join("gate/0001-check.txtar"), text).unwrap();
        assert!(
            from_corpus(dir, Checker::GoTypes).unwrap().iter().all(|c| c.kind != CaseKind::Gate)
        );
        let made = Made { since: 26, ..Made::default() };
        fs::write(dir.join("gate/made.json"), serde_json::to_string(&made).unwrap()).unwrap();
        for dir in [dir.to_owned(), dir.join("gate")] {
            let cases = from_corpus(&dir, Checker::GoTypes).unwrap();
            let last = cases.last().unwrap();
            assert_eq!((last.kind, last.since), (CaseKind::Gate, 26));
        }
        fs::remove_dir_all(dir.join("gate")).unwrap();
        fs::write(dir.join("c.txtar"), "frob\n-- a/a.go --\n").unwrap();
        assert!(
            from_corpus(dir, Checker::GoTypes).unwrap_err().to_string().contains("c.txtar: line 1")
        );
    }

    #[test]
    fn a_broken_crash_directory_is_said() {
        let tmp = tempfile::tempdir().unwrap();
        let dir = tmp.path().join("data-race-0");
        fs::create_dir(&dir).unwrap();
        let mut unreadable = Vec::new();
        let cases = from_crashes(tmp.path(), Checker::GoTypes, &mut unreadable).unwrap();
        assert!(cases.is_empty());
        assert!(unreadable.len() == 1 && unreadable[0].contains("data-race-0"), "{unreadable:?}");
        let missing = tmp.path().join("none");
        assert!(from_crashes(&missing, Checker::GoTypes, &mut unreadable).is_err());
    }
}
