//! What a campaign starts from: seed files, the seeds inside the binary, or
//! generated programs.

use std::path::{Path, PathBuf};

use include_dir::{Dir, DirEntry, include_dir};

use crate::campaign::corpus::gate::MADE;
use crate::campaign::corpus::test_packages;
use crate::campaign::corpus::worker_folders;
use crate::checker::Checker;
use crate::files;
use crate::harness::{Harness, HarnessError, ImportError};
use crate::scenario::UnknownTarget;
use crate::store::FINDING;
use crate::testcase::{SourceCase, TestCase, TestCaseError};

/// The seed corpus of the repository.
static CORPUS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/corpus");

/// The folder of ready-made reproducers. Campaigns leave it out unless asked, because findings made
/// from it are not discoveries.
const FIXED_BUGS: &str = "fixedbugs";
/// The folder of test cases that each show one root.
pub const ROOTS: &str = "roots";

/// The folder of reproducers for types2 alone.
const TYPES2: &str = "fixedbugs/types2";

/// The folder of the gate's corpus. Campaigns leave it out: it was made from what they found.
const GATE: &str = "gate";

/// Seeds that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The corpus is not a folder.
    #[error("{0} is a file, not a folder of .txtar and .go files")]
    NotADirectory(PathBuf),
    /// It contains no seed.
    #[error("{0} holds no .txtar and no .go file")]
    Empty(PathBuf),
    /// A toolchain without test data.
    #[error("{0} has no test data, as some packages of Go leave it out; choose another with --go")]
    NoTestData(PathBuf),
    /// An operation that the harness does not have.
    #[error("{path}: {source}")]
    Target {
        /// The file.
        path: PathBuf,
        /// The operation.
        source: UnknownTarget,
    },
    /// A folder or file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// Its path.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// A seed is not a test case.
    #[error("{path}: {source}")]
    Case {
        /// Its path.
        path: PathBuf,
        /// The reason, with the line.
        source: TestCaseError,
    },
    /// A seed is not Go.
    #[error("{path}: {source}; fix it, or take it out of the corpus")]
    Syntax {
        /// The seed.
        path: PathBuf,
        /// The position and the reason.
        source: ImportError,
    },
    /// The harness died.
    #[error(transparent)]
    Harness(#[from] HarnessError),
}

/// A seed as text, with the file's name for messages.
pub struct Seed {
    /// The file that it came from.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}

/// Every seed below a folder, sorted by name; those in its subfolder `fixedbugs` only if requested,
/// and never those of the gate's corpus in it.
/// The seeds of a campaign's work folder are the entries of its corpus.
///
/// # Errors
/// It is not a folder, cannot be read, or contains no seed.
pub fn from_directory(dir: &Path, fixed_bugs: bool) -> Result<Vec<Seed>, SeedError> {
    if dir.is_file() {
        return Err(SeedError::NotADirectory(dir.to_owned()));
    }
    let entries = worker_folders::stored(dir, None);
    let mut seeds: Vec<Seed> = entries.iter().filter_map(|e| from_entry(e)).collect();
    if !seeds.is_empty() {
        return Ok(seeds);
    }
    collect(dir, &mut seeds)?;
    if !fixed_bugs {
        seeds.retain(|s| !s.path.strip_prefix(dir).is_ok_and(shows_what_is_known));
    }
    if let Some(gate) = gate_below(dir) {
        seeds.retain(|s| !s.path.starts_with(&gate));
    }
    if seeds.is_empty() {
        return Err(SeedError::Empty(dir.to_owned()));
    }
    Ok(seeds)
}

/// The folder of the gate's corpus in a folder of seeds, if it has one.
#[must_use]
pub fn gate_below(dir: &Path) -> Option<PathBuf> {
    Some(dir.join(GATE)).filter(|gate| gate.join(MADE).is_file())
}

/// The seed in one file, whatever its extension.
///
/// # Errors
/// It cannot be read.
pub fn from_file(path: &Path) -> Result<Seed, SeedError> {
    seed(path, files::read_named(path))
}

fn seed(path: &Path, read: std::io::Result<Vec<u8>>) -> Result<Seed, SeedError> {
    let bytes = read.map_err(|source| SeedError::Read { path: path.to_owned(), source })?;
    Ok(Seed { text: String::from_utf8_lossy(&bytes).into_owned(), path: path.to_owned() })
}

/// A corpus entry as a seed; `None` if the file is something else.
fn from_entry(path: &Path) -> Option<Seed> {
    let text = if is_seed(path) { None } else { std::fs::read_to_string(path).ok() }?;
    let case = TestCase::from_json(&text).ok()?;
    Some(Seed { path: path.to_owned(), text: case.to_source().to_txtar() })
}

fn collect(dir: &Path, seeds: &mut Vec<Seed>) -> Result<(), SeedError> {
    if test_packages::is_layout(dir) {
        seeds.extend(test_packages::seeds(dir)?);
        return Ok(());
    }
    let entries = entries(dir)?;
    // A crash directory also has copies of what was tested, and programs that show the finding.
    let is_crash = entries.iter().any(|path| path.ends_with(FINDING));
    for path in entries {
        if is_crash && (path.is_dir() || path.extension().is_none_or(|e| e != "txtar")) {
            continue;
        }
        // A link to a folder may lead back here.
        if path.is_dir() && !path.is_symlink() {
            collect(&path, seeds)?;
        } else if is_seed(&path) {
            seeds.push(seed(&path, files::read(&path))?);
        }
    }
    Ok(())
}

/// What a folder contains, sorted by name.
pub(super) fn entries(dir: &Path) -> Result<Vec<PathBuf>, SeedError> {
    let entries = std::fs::read_dir(dir).map_err(unreadable(dir))?;
    let paths = entries.map(|e| e.map(|e| e.path())).collect::<Result<Vec<_>, _>>();
    let mut paths = paths.map_err(unreadable(dir))?;
    paths.sort();
    Ok(paths)
}

/// The error for a path that cannot be read.
pub(super) fn unreadable(path: &Path) -> impl FnOnce(std::io::Error) -> SeedError {
    let path = path.to_owned();
    move |source| SeedError::Read { path, source }
}

/// Whether a seed of a corpus, with its path below it, shows a known race or root by itself.
fn shows_what_is_known(below: &Path) -> bool {
    below.starts_with(FIXED_BUGS) || below.starts_with(ROOTS)
}

/// The seeds inside the binary for a checker; the ready-made reproducers only if requested.
#[must_use]
pub fn built_in(fixed_bugs: bool, checker: Checker) -> Vec<Seed> {
    let mut seeds = Vec::new();
    walk(&CORPUS, &mut seeds);
    seeds.retain(|s| fixed_bugs || !shows_what_is_known(&s.path));
    seeds.retain(|s| s.is_for(checker));
    seeds.retain(|s| !s.path.starts_with(GATE));
    seeds.sort_by(|a, b| a.path.cmp(&b.path));
    seeds
}

/// The gate's corpus inside the binary: its entries, and the text that says how it was made.
#[must_use]
pub fn built_in_gate() -> (Vec<Seed>, &'static str) {
    let mut seeds = Vec::new();
    let Some(dir) = CORPUS.get_dir(GATE) else { return (seeds, "") };
    walk(dir, &mut seeds);
    let made = dir.get_file(dir.path().join(MADE)).and_then(|f| f.contents_utf8());
    (seeds, made.unwrap_or_default())
}

fn walk(dir: &Dir<'static>, seeds: &mut Vec<Seed>) {
    for entry in dir.entries() {
        match entry {
            DirEntry::Dir(d) => walk(d, seeds),
            DirEntry::File(f) if is_seed(f.path()) => seeds.extend(
                f.contents_utf8().map(|t| Seed { path: f.path().to_owned(), text: t.to_owned() }),
            ),
            DirEntry::File(_) => {}
        }
    }
}

fn is_seed(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "txtar" || e == "go")
}

/// All seeds as test cases; after an interruption, those read so far.
///
/// # Errors
/// The first seed that cannot be used, a dead harness.
pub fn import(seeds: &[Seed], harness: &mut Harness) -> Result<Vec<TestCase>, SeedError> {
    let mut cases = Vec::with_capacity(seeds.len());
    for seed in seeds {
        match seed.import(harness) {
            Err(SeedError::Harness(HarnessError::Interrupted)) => break,
            case => cases.push(case?),
        }
    }
    Ok(cases)
}

impl Seed {
    /// Whether it is for a checker: those in `fixedbugs/types2` are for that one alone.
    #[must_use]
    pub fn is_for(&self, checker: Checker) -> bool {
        checker == Checker::Types2 || !self.path.ancestors().any(|folder| folder.ends_with(TYPES2))
    }

    /// The seed as a test case, whose files the harness parses.
    ///
    /// # Errors
    /// Text that is not a test case, files that do not parse, a dead harness.
    pub fn import(&self, harness: &mut Harness) -> Result<TestCase, SeedError> {
        harness.import(&self.source()?).map_err(|e| match e {
            ImportError::Harness(e) => SeedError::Harness(e),
            source => SeedError::Syntax { path: self.path.clone(), source },
        })
    }

    /// The seed as text of a test case.
    ///
    /// # Errors
    /// Text that is not a test case.
    pub fn source(&self) -> Result<SourceCase, SeedError> {
        if self.path.extension().is_some_and(|e| e == "go") {
            let name = self.path.file_name().unwrap_or_default().to_string_lossy();
            return Ok(SourceCase::from_go(&name, self.text.clone()));
        }
        SourceCase::from_txtar(&self.text)
            .map_err(|source| SeedError::Case { path: self.path.clone(), source })
    }
}

/// Checks that the harness has the target operations that seeds use.
///
/// # Errors
/// The first seed that uses another operation, or is not a test case.
pub fn check_targets(seeds: &[Seed]) -> Result<(), SeedError> {
    for seed in seeds {
        if let Some(scenario) = seed.source()?.scenario {
            scenario
                .check_targets()
                .map_err(|source| SeedError::Target { path: seed.path.clone(), source })?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The folder that `fuzz --work` made, with crash directories in it as nightly jobs have them.
    #[test]
    fn a_work_folder_is_a_folder_of_seeds() {
        use crate::{generate::test_case, rng::Rng, scenario::Profile};
        let tmp = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            let path = tmp.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        let case = test_case(&mut Rng::new(1), &Default::default(), Profile::Safe);
        put("worker-1/corpus/a", &case.to_json().unwrap());
        put("worker-0/corpus/a", &case.to_json().unwrap());
        put("corpus/broken", "{");
        put("crashes/data-race-0/testcase.txtar", "go check a\n-- a/a.go --\npackage a\n");
        let seeds = from_directory(tmp.path(), false).unwrap();
        let sources: Vec<_> = seeds.iter().map(|s| s.source().unwrap()).collect();
        assert_eq!(sources, [case.to_source()]);
        // A folder of seeds may have any name.
        std::fs::remove_dir_all(tmp.path().join("worker-0")).unwrap();
        std::fs::remove_dir_all(tmp.path().join("worker-1")).unwrap();
        put("corpus/b.go", "package b\n");
        assert_eq!(from_directory(tmp.path(), false).unwrap().len(), 2);
    }

    #[test]
    fn a_crash_directory_holds_its_test_cases() {
        let tmp = tempfile::tempdir().unwrap();
        let dir = tmp.path().join("data-race-0");
        for file in [
            "finding.json",
            "testcase.txtar",
            "minimized.txtar",
            "target_test.go",
            "subject/l.go",
            "repro/main.go",
        ] {
            std::fs::create_dir_all(dir.join(file).parent().unwrap()).unwrap();
            std::fs::write(dir.join(file), "").unwrap();
        }
        for from in [tmp.path(), &dir] {
            let seeds = from_directory(from, true).unwrap();
            let names: Vec<_> = seeds.iter().filter_map(|s| s.path.file_name()).collect();
            assert_eq!(names, ["minimized.txtar", "testcase.txtar"]);
        }
        // Go files beside crash directories are seeds, as everywhere.
        std::fs::write(tmp.path().join("a.go"), "package a\n").unwrap();
        assert_eq!(from_directory(tmp.path(), true).unwrap().len(), 3);
    }

    #[test]
    fn reproducers_are_left_out_unless_asked_for() {
        let tmp = tempfile::tempdir().unwrap();
        for path in ["fixedbugs/issue1.txtar", "generics/list.txtar", "generics/fixedbugs/x.txtar"]
        {
            let path = tmp.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let names = |fixed_bugs| {
            let seeds = from_directory(tmp.path(), fixed_bugs).unwrap();
            let below = |s: &Seed| s.path.strip_prefix(tmp.path()).unwrap().to_owned();
            seeds.iter().map(|s| below(s).display().to_string()).collect::<Vec<_>>()
        };
        let others = ["generics/fixedbugs/x.txtar", "generics/list.txtar"];
        std::fs::create_dir(tmp.path().join("gate")).unwrap();
        std::fs::write(tmp.path().join("gate/0001-check.txtar"), "").unwrap();
        assert_eq!(names(false).len(), 3, "a folder of that name may have other seeds");
        std::fs::write(tmp.path().join("gate/made.json"), "{}").unwrap();
        assert_eq!(names(false), others);
        assert_eq!(names(true), [&["fixedbugs/issue1.txtar"], &others[..]].concat());
        // The seeds inside the binary are those of the repository.
        let is_known = |s: &Seed| s.path.starts_with(FIXED_BUGS) || s.path.starts_with(ROOTS);
        let is_for =
            |path: &str| Seed { path: path.into(), text: String::new() }.is_for(Checker::GoTypes);
        assert!(is_for("types2/corpus/a.txtar") && !is_for("types2/fixedbugs/types2/a.txtar"));
        assert!(!built_in(false, Checker::GoTypes).iter().any(is_known));
        assert!(!built_in(true, Checker::GoTypes).iter().any(|s| s.path.starts_with(GATE)));
        let (all, some) = (built_in(true, Checker::GoTypes), built_in(false, Checker::GoTypes));
        assert_eq!(all.iter().filter(|s| !is_known(s)).count(), some.len());
    }
}
