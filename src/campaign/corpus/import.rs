//! Imports Go source and txtar into a corpus.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

use crate::campaign::corpus::seeds::{self, Seed, SeedError};
use crate::campaign::corpus::stored::Problem;
use crate::files;
use crate::harness::{End, Harness, HarnessError, RunRequest, Verdict};
use crate::testcase::SourceCase;

/// A slower seed is left out, because a campaign runs it thousands of times.
pub const SLOWEST: Duration = Duration::from_secs(2);

/// The result of an import.
#[derive(Debug, Default, Serialize)]
pub struct Imported {
    /// Files written.
    pub written: Vec<PathBuf>,
    /// How many of these have only packages that type-check.
    pub valid: usize,
    /// Files that were not imported.
    pub left_out: Vec<Problem>,
    /// Counters of go/types that the imported files hit when each runs once.
    pub coverage: crate::campaign::results::figures::Coverage,
    /// The same for each path separately.
    pub paths: Vec<PathCoverage>,
    /// Which counters those are.
    #[serde(skip)]
    hit: Vec<bool>,
}

/// The counters hit by running each file below a path once.
#[derive(Debug, Serialize)]
pub struct PathCoverage {
    /// The folder or file.
    pub path: PathBuf,
    /// Files of it that were imported.
    pub files: usize,
    /// Counters of go/types.
    pub coverage: crate::campaign::results::figures::Coverage,
}

/// Every .go and .txtar file below a path, sorted by name.
///
/// # Errors
/// The path cannot be read, or contains no such file.
pub fn files(path: &Path) -> Result<Vec<Seed>, SeedError> {
    if path.is_file() {
        Ok(vec![seeds::from_file(path)?])
    } else {
        seeds::from_directory(path, true)
    }
}

/// Runs each seed once. Writes those that parse and end within [`SLOWEST`] to `to`, as txtar, named
/// after the path below `root`.
///
/// # Errors
/// The harness does not work, or `to` cannot be written.
pub fn import(
    harness: &mut Harness,
    seeds: &[Seed],
    root: &Path,
    to: &Path,
    into: &mut Imported,
    progress: &mut dyn FnMut(&Path),
) -> Result<(), SeedError> {
    let mut hit = vec![false; harness.counters()];
    let before = into.written.len();
    for seed in seeds {
        progress(&seed.path);
        let (source, valid) = match try_out(harness, seed)? {
            Ok(ran) => ran,
            Err(why) => {
                into.left_out.push(Problem { path: seed.path.clone(), why });
                continue;
            }
        };
        into.valid += usize::from(valid);
        for (seen, &n) in hit.iter_mut().zip(harness.coverage()) {
            *seen |= n > 0;
        }
        let below = seed.path.strip_prefix(root).unwrap_or(&seed.path);
        let name = below.with_extension("").to_string_lossy().replace(['/', '\\'], "-");
        let path = write(to, name.trim_start_matches(['-', '.']), &source.to_txtar())?;
        if !into.written.contains(&path) {
            into.written.push(path);
        }
    }
    let count = |hit: &[bool]| crate::campaign::results::figures::Coverage {
        hit: hit.iter().filter(|h| **h).count(),
        total: hit.len(),
    };
    into.paths.push(PathCoverage {
        path: root.to_owned(),
        files: into.written.len() - before,
        coverage: count(&hit),
    });
    into.hit.resize(hit.len(), false);
    into.hit.iter_mut().zip(&hit).for_each(|(all, h)| *all |= h);
    into.coverage = count(&into.hit);
    Ok(())
}

/// Runs a seed once. Returns it, and whether all its packages type-check; or why it is to be
/// left out.
fn try_out(
    harness: &mut Harness,
    seed: &Seed,
) -> Result<Result<(SourceCase, bool), String>, SeedError> {
    let case = match seed.import(harness) {
        Ok(case) => case,
        Err(SeedError::Harness(
            e @ (HarnessError::Died { .. } | HarnessError::TimedOut { .. }),
        )) => return Ok(Err(format!("the parser does not end well: {e}"))),
        Err(e @ SeedError::Harness(_)) => return Err(e),
        Err(e) => return Ok(Err(e.to_string())),
    };
    let source = case.to_source();
    let outcome = harness.run(&RunRequest::new(&case.scenario, &source.packages))?;
    Ok(match (&outcome.end, outcome.reply) {
        (End::Replied, Some(reply)) => {
            Ok((source, reply.verdicts.iter().all(|(v, _)| *v == Verdict::Valid)))
        }
        (End::TimedOut { .. }, _) => Err(format!("it takes more than {} s", SLOWEST.as_secs())),
        _ => Err("the checker's process does not survive it".to_owned()),
    })
}

/// Writes a seed as `NAME.txtar`, or with a number after the name if another seed has it:
/// `fixedbugs/issue1.go` exists in more than one tree. A seed that exists already is not written
/// again. Returns its path.
pub(super) fn write(to: &Path, name: &str, text: &str) -> Result<PathBuf, SeedError> {
    let mut path = to.join(format!("{name}.txtar"));
    let mut number = 1;
    let failed = |path: &Path, source| SeedError::Read { path: path.to_owned(), source };
    std::fs::create_dir_all(to).map_err(|e| failed(to, e))?;
    loop {
        match files::read(&path) {
            Ok(there) if there == text.as_bytes() => return Ok(path),
            Ok(_) => {}
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => break,
            Err(e) => return Err(failed(&path, e)),
        }
        number += 1;
        path = to.join(format!("{name}-{number}.txtar"));
    }
    files::replace_unsynced(&path, text.as_bytes()).map_err(|e| failed(&path, e))?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::write;

    #[test]
    fn seeds_of_one_name_do_not_overwrite_each_other() {
        let dir = tempfile::tempdir().unwrap();
        let to = dir.path().join("new");
        let names: Vec<_> = ["one", "two", "one", "three", "two"]
            .iter()
            .map(|text| write(&to, "a-b", text).unwrap())
            .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
            .collect();
        assert_eq!(names, ["a-b.txtar", "a-b-2.txtar", "a-b.txtar", "a-b-3.txtar", "a-b-2.txtar"]);
        assert_eq!(std::fs::read_to_string(to.join("a-b-2.txtar")).unwrap(), "two");
    }
}
