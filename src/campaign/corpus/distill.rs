//! The smallest corpus with the same coverage.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::campaign::corpus::ancestry::{self, JOURNAL};
use crate::campaign::corpus::seeds::{self, SeedError};
use crate::campaign::corpus::set_cover::{Set, cover};
use crate::campaign::corpus::stored::{
    CorpusError, Problem, Stored, empty_folder, entries, folders, write,
};
use crate::campaign::corpus::work_dir::CORPUS;
use crate::harness::{End, Harness, HarnessError, RunFlags, RunRequest};
use crate::testcase::TestCase;

/// The source of a distillation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A campaign's work directory; the result is one too.
    Work(PathBuf),
    /// A folder of seeds; the result is one too.
    Seeds(PathBuf),
}

impl Source {
    /// Checks whether it can be used.
    ///
    /// # Errors
    /// It is not such a folder, or it is empty.
    pub fn check(&self) -> Result<(), CorpusError> {
        match self {
            Source::Work(work) if folders(work)?.is_empty() => {
                Err(CorpusError::NotAWork(work.clone()))
            }
            Source::Seeds(dir) if !dir.is_dir() => Err(CorpusError::NotADirectory(dir.clone())),
            Source::Seeds(dir) => Ok(seeds::from_directory(dir, true).map(drop)?),
            Source::Work(_) => Ok(()),
        }
    }
}

/// Entries and their size on disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// How many.
    pub entries: usize,
    /// Bytes, all together.
    pub bytes: u64,
}

/// The result of a distillation.
#[derive(Debug, Serialize)]
pub struct Distilled {
    /// Before.
    pub before: Amount,
    /// After.
    pub after: Amount,
    /// Counters of go/types that sequential runs hit, of all of them.
    pub coverage: crate::campaign::results::figures::Coverage,
    /// The same for the result.
    pub coverage_after: crate::campaign::results::figures::Coverage,
    /// Files that were kept, relative to the folder.
    pub kept: Vec<PathBuf>,
    /// Entries that could not be measured and are not kept.
    pub left_out: Vec<Problem>,
}

/// Sequential runs that must all hit a counter for it to count, because a few counters depend on
/// addresses.
const RUNS: u32 = 2;

struct Entry {
    /// Its path relative to the output folder.
    name: PathBuf,
    text: String,
    path: PathBuf,
    case: TestCase,
}

/// Distills a corpus into a folder that does not exist yet or is empty.
///
/// # Errors
/// Unusable folders, a harness that does not work, a signal. Nothing is written then.
pub fn distill(
    harness: &mut Harness,
    source: &Source,
    out: &Path,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Distilled, CorpusError> {
    source.check()?;
    empty_folder(out)?;
    let mut left_out = Vec::new();
    let entries = load(harness, source, &mut left_out)?;
    let counters = harness.counters();
    let (mut sets, mut measured) = (Vec::new(), Vec::new());
    let mut before = Amount { entries: left_out.len(), bytes: 0 };
    let n = entries.len();
    for (i, entry) in entries.into_iter().enumerate() {
        progress(i, n);
        before.entries += 1;
        before.bytes += entry.text.len() as u64;
        match measure(harness, &entry.case)? {
            Ok(covers) => {
                sets.push(Set { covers, cost: entry.text.len() as u64 });
                measured.push(entry);
            }
            Err(why) => left_out.push(Problem { path: entry.path, why }),
        }
    }
    progress(n, n);
    let kept = cover(&sets);
    let coverage = union(&sets, 0..sets.len(), counters);
    let coverage_after = union(&sets, kept.iter().copied(), counters);
    let mut after = Amount::default();
    let mut names = Vec::new();
    for &i in &kept {
        let entry = &measured[i];
        write(&out.join(&entry.name), &entry.text)?;
        after.entries += 1;
        after.bytes += entry.text.len() as u64;
        names.push(entry.name.clone());
    }
    if let Source::Work(work) = source {
        keep_ancestry(work, out, &names)?;
    }
    Ok(Distilled { before, after, coverage, coverage_after, kept: names, left_out })
}

/// The counters that some of the sets have, of `total`.
pub(super) fn union(
    sets: &[Set],
    indices: impl Iterator<Item = usize>,
    total: usize,
) -> crate::campaign::results::figures::Coverage {
    let items: std::collections::BTreeSet<u32> =
        indices.flat_map(|i| sets[i].covers.iter().copied()).collect();
    crate::campaign::results::figures::Coverage { hit: items.len(), total }
}

fn load(
    harness: &mut Harness,
    source: &Source,
    problems: &mut Vec<Problem>,
) -> Result<Vec<Entry>, CorpusError> {
    match source {
        Source::Work(work) => {
            let mut all: Vec<Stored> = entries(work, problems)?;
            // Workers hold copies of each other's entries.
            let mut seen = std::collections::BTreeSet::new();
            all.retain(|e| seen.insert(e.name()));
            if all.is_empty() {
                return Err(CorpusError::Empty(work.clone()));
            }
            let entry = |e: Stored| Entry {
                name: Path::new(CORPUS).join(e.name()),
                text: e.text,
                path: e.path,
                case: e.case,
            };
            Ok(all.into_iter().map(entry).collect())
        }
        Source::Seeds(dir) => {
            let mut all = Vec::new();
            for seed in seeds::from_directory(dir, true)? {
                let case = match seed.import(harness) {
                    Ok(case) => case,
                    Err(SeedError::Harness(
                        e @ (HarnessError::Interrupted | HarnessError::Env(_)),
                    )) => return Err(e.into()),
                    Err(e) => {
                        problems.push(Problem { path: seed.path, why: e.to_string() });
                        continue;
                    }
                };
                let name = seed.path.strip_prefix(dir).unwrap_or(&seed.path).to_owned();
                all.push(Entry { name, text: seed.text, path: seed.path, case });
            }
            Ok(all)
        }
    }
}

/// The counters that every sequential run of a test case hits. The inner error says why they cannot
/// be measured.
pub(super) fn measure(
    harness: &mut Harness,
    case: &TestCase,
) -> Result<Result<Vec<u32>, String>, CorpusError> {
    let source = case.to_source();
    let request = RunRequest::new(&case.scenario, &source.packages);
    let sequential = request.with_flags(RunFlags { sequential: true, ..RunFlags::default() });
    let mut hit = vec![true; harness.counters()];
    for _ in 0..RUNS {
        match harness.run(&sequential)?.end {
            End::Replied => {}
            End::TimedOut { .. } => return Ok(Err("one goroutine alone does not end".to_owned())),
            End::OverMemory { .. } => return Ok(Err("it is over the memory cap".to_owned())),
            End::Died { status, .. } => {
                return Ok(Err(format!("the checker's process does not survive it: {status}")));
            }
        }
        hit.iter_mut().zip(harness.coverage()).for_each(|(h, &n)| *h &= n > 0);
    }
    let at = hit.iter().enumerate().filter(|(_, hit)| **hit);
    Ok(Ok(at.filter_map(|(i, _)| u32::try_from(i).ok()).collect()))
}

/// The entries from which the kept ones descend.
fn keep_ancestry(work: &Path, out: &Path, kept: &[PathBuf]) -> Result<(), CorpusError> {
    let mut all = std::collections::BTreeMap::new();
    for journal in ancestry::journals(work) {
        for (name, made) in ancestry::read(&journal) {
            all.entry(name).or_insert(made);
        }
    }
    let name = |p: &PathBuf| p.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let kept: Vec<String> = kept.iter().map(name).collect();
    let path = out.join(JOURNAL);
    ancestry::write(&path, &ancestry::reachable(&all, &kept))
        .map_err(crate::campaign::corpus::stored::failed(&path))
}
