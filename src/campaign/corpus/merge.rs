//! Merges work directories: the results of several shards of a campaign become one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::campaign::corpus::ancestry::{self, JOURNAL};
use crate::campaign::corpus::stored::{
    CorpusError, Problem, children, empty_folder, entries, failed, folders, write,
};
use crate::campaign::corpus::work_dir::{CORPUS, WorkDir};
use crate::finding::Finding;
use crate::sense::Suspects;
use crate::store::{FINDING, Store, read};

/// The folder of crash directories in a work directory, if the campaign put them there.
pub const CRASHES: &str = "crashes";

/// The result of a merge.
#[derive(Debug, Default, Serialize)]
pub struct Combined {
    /// Corpus entries read.
    pub entries: usize,
    /// How many of these were written: each content once.
    pub kept: usize,
    /// Crash directories read.
    pub crashes: usize,
    /// Findings written: each signature once.
    pub findings: Vec<Merged>,
    /// Folders read.
    pub folders: usize,
    /// Entries and directories that could not be read, and are left out.
    pub left_out: Vec<Problem>,
}

/// A finding that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Merged {
    /// Its id, the crash directory's name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The number of crash directories that had it.
    pub merged: u32,
    /// The directory that was kept: of the gravest class, and among those the earliest.
    pub from: PathBuf,
}

/// Merges work directories, and stores of crash directories, into a new one. Files among them, which
/// a pattern such as `shard-*` matches too, and unreadable files in a folder are listed in the
/// result.
///
/// # Errors
/// A folder that is neither, no folder at all, or an `out` that is not empty.
pub fn combine(
    out: &Path,
    dirs: &[PathBuf],
    progress: &mut dyn FnMut(&Path),
) -> Result<Combined, CorpusError> {
    let (files, dirs): (Vec<&PathBuf>, Vec<&PathBuf>) = dirs.iter().partition(|d| d.is_file());
    if let (Some(first), true) = (files.first(), dirs.is_empty()) {
        return Err(CorpusError::NotADirectory(first.to_path_buf()));
    }
    let mut stores = Vec::new();
    for dir in dirs.iter().copied() {
        let found = crash_stores(dir)?;
        if folders(dir)?.is_empty() && found.is_empty() {
            return Err(CorpusError::NotAWork(dir.clone()));
        }
        stores.extend(found);
    }
    empty_folder(out)?;
    let _lock = WorkDir::open(Some(out))?;
    let mut combined = Combined { folders: dirs.len(), ..Combined::default() };
    let left = |path: &PathBuf| Problem { path: path.clone(), why: "a file, not a folder".into() };
    combined.left_out.extend(files.into_iter().map(left));
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut made = BTreeMap::new();
    for dir in dirs {
        progress(dir);
        for entry in entries(dir, &mut combined.left_out)? {
            combined.entries += 1;
            let name = entry.name();
            let texts = seen.entry(name.clone()).or_default();
            if texts.contains(&entry.text) {
                continue;
            }
            // Names are digests, so another program or a user wrote this file.
            let name = if texts.is_empty() { name } else { format!("{name}-{}", texts.len()) };
            write(&out.join(CORPUS).join(name), &entry.text)?;
            texts.insert(entry.text);
            combined.kept += 1;
        }
        for journal in ancestry::journals(dir) {
            for (name, how) in ancestry::read(&journal) {
                made.entry(name).or_insert(how);
            }
        }
    }
    let journal = out.join(JOURNAL);
    ancestry::write(&journal, &made).map_err(failed(&journal))?;
    if !stores.is_empty() {
        merge_crashes(out, &stores, &mut combined, progress)?;
    }
    Ok(combined)
}

/// The stores in a folder: the one inside it, and the folder itself if it is one.
fn crash_stores(dir: &Path) -> Result<Vec<PathBuf>, CorpusError> {
    if !dir.is_dir() {
        return Err(CorpusError::NotADirectory(dir.to_owned()));
    }
    let itself = children(dir)?.iter().any(|p| p.join(FINDING).is_file());
    let own = dir.join(CRASHES);
    Ok(itself.then(|| dir.to_owned()).into_iter().chain(own.is_dir().then_some(own)).collect())
}

fn merge_crashes(
    out: &Path,
    stores: &[PathBuf],
    combined: &mut Combined,
    progress: &mut dyn FnMut(&Path),
) -> Result<(), CorpusError> {
    let mut groups: BTreeMap<String, Vec<(PathBuf, Finding)>> = BTreeMap::new();
    for store in stores {
        progress(store);
        for path in children(store)?.into_iter().filter(|p| p.is_dir()) {
            // A work directory that is also a store has other folders.
            if !path.join(FINDING).exists() && !path.join(crate::store::TESTCASE).exists() {
                continue;
            }
            combined.crashes += 1;
            match read(&path) {
                Ok(finding) => {
                    groups.entry(finding.id.clone()).or_default().push((path, finding));
                }
                Err(e) => combined.left_out.push(Problem { path, why: e.to_string() }),
            }
        }
    }
    let crashes = out.join(CRASHES);
    let store = Store::open(&crashes)?;
    for from in stores {
        let kept = match Suspects::read(from) {
            Ok(Some(list)) => list.store(&crashes),
            Ok(None) => Ok(()),
            Err(e) => Err(e),
        };
        if let Err(e) = kept {
            combined.left_out.push(Problem { path: from.clone(), why: e.to_string() });
        }
    }
    for (id, mut group) in groups {
        let merged = group.iter().map(|(_, f)| f.merged.unwrap_or(1)).sum();
        // The sort is stable: among equals, the first folder's comes first.
        group.sort_by(|(_, a), (_, b)| {
            (a.class, &a.origin.found_at).cmp(&(b.class, &b.origin.found_at))
        });
        for (from, mut finding) in group {
            finding.merged = Some(merged);
            let title = finding.title.clone();
            match store.adopt(&from, &finding) {
                Ok(_) => {
                    combined.findings.push(Merged { id, title, merged, from });
                    break;
                }
                // The next best directory has the finding too.
                Err(e) => combined.left_out.push(Problem { path: from, why: e.to_string() }),
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::rng::Rng;
    use crate::scenario::{Class, Profile};

    const FOUND: &str = include_str!("../../../tests/fixtures/crash-v1/finding.json");

    fn crash(store: &Path, class: Class, found_at: &str, note: &str) -> Finding {
        let mut finding = Finding::from_json(FOUND).unwrap();
        (finding.class, finding.origin.found_at) = (class, found_at.to_owned());
        let more = [("repro/go.mod", "module x".as_bytes())];
        Store::open(store).unwrap().save(&finding, note, "report", &more).unwrap();
        finding
    }

    fn entry(work: &Path, worker: &str, name: &str, seed: u64) {
        let case =
            crate::generate::test_case(&mut Rng::new(seed), &Default::default(), Profile::Safe);
        write(&work.join(worker).join(CORPUS).join(name), &case.to_json().unwrap()).unwrap();
    }

    #[test]
    fn shards_become_one() {
        let tmp = tempfile::tempdir().unwrap();
        let (a, b, out) = (tmp.path().join("a"), tmp.path().join("b"), tmp.path().join("out"));
        entry(&a, "", "one", 1);
        entry(&a, "worker-0", "two", 2);
        entry(&b, "worker-1", "two", 2);
        entry(&b, "", "one", 3);
        fs::write(b.join("corpus/broken"), b"\xff{").unwrap();
        fs::write(a.join(JOURNAL), "{\"entry\":\"one\",\"by\":[\"generate\"]}\n").unwrap();
        let id = crash(&a.join(CRASHES), Class::Bug, "2026-01-02T00:00:00Z", "a").id;
        crash(&b.join(CRASHES), Class::Bug, "2026-01-01T00:00:00Z", "b");
        let contract = tmp.path().join("c");
        crash(&contract, Class::Breach, "2025-01-01T00:00:00Z", "c");
        fs::create_dir_all(contract.join("torn")).unwrap();
        fs::write(contract.join("torn/finding.json"), "{").unwrap();
        // A shell's pattern matches files too.
        let log = tmp.path().join("a.log");
        fs::write(&log, "").unwrap();
        let dirs = [a, log.clone(), b, contract.clone()];
        let done = combine(&out, &dirs, &mut |_| {}).unwrap();
        assert_eq!((done.entries, done.kept, done.crashes), (4, 3, 4));
        assert_eq!(done.findings.len(), 1);
        assert_eq!((done.findings[0].merged, done.left_out.len()), (3, 3));
        assert_eq!((&done.left_out[0].path, done.folders), (&log, 3));
        // The gravest class, then the earliest; the whole directory, with the count.
        let kept = out.join(CRASHES).join(&id);
        assert_eq!(fs::read_to_string(kept.join("testcase.txtar")).unwrap(), "b");
        assert_eq!(fs::read_to_string(kept.join("repro/go.mod")).unwrap(), "module x");
        assert_eq!(read(&kept).unwrap().merged, Some(3));
        assert_eq!(ancestry::read(&out.join(JOURNAL))["one"].by, ["generate"]);
        let names: Vec<_> = children(&out.join(CORPUS)).unwrap();
        assert_eq!(names.len(), 3);
        // The result is a work directory, and can be merged again with its count.
        let again = combine(&tmp.path().join("more"), &[out.clone(), contract], &mut |_| {});
        assert_eq!(again.unwrap().findings[0].merged, 4);
        assert!(matches!(combine(&out, &dirs, &mut |_| {}), Err(CorpusError::NotEmpty(_))));
    }

    #[test]
    fn other_folders_are_refused_before_anything_is_written() {
        let tmp = tempfile::tempdir().unwrap();
        let (empty, out) = (tmp.path().join("empty"), tmp.path().join("out"));
        fs::create_dir(&empty).unwrap();
        let failed = |dir: &Path| combine(&out, &[dir.to_owned()], &mut |_| {}).unwrap_err();
        assert!(matches!(failed(&empty), CorpusError::NotAWork(_)));
        assert!(matches!(failed(&tmp.path().join("no")), CorpusError::NotADirectory(_)));
        fs::write(tmp.path().join("file"), "").unwrap();
        assert!(matches!(failed(&tmp.path().join("file")), CorpusError::NotADirectory(_)));
        assert!(!out.exists());
    }
}
