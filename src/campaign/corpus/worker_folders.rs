//! Corpus entries in the folders of a campaign's workers, current and earlier: a campaign may have
//! fewer workers than the previous one, or a single one.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::campaign::corpus::work_dir::{CORPUS, PREVIOUS};

/// A worker's folder inside the campaign's has this name and the worker's number.
pub const WORKER: &str = "worker-";

/// The campaign's folder, given that folder or a worker's folder in it.
#[must_use]
pub fn campaign(work: &Path) -> PathBuf {
    let is_worker = work.file_name().is_some_and(|n| n.to_string_lossy().starts_with(WORKER));
    let parent = work.parent().filter(|_| is_worker);
    parent.unwrap_or(work).to_owned()
}

/// The number of the worker whose folder this is.
#[must_use]
pub fn number(work: &Path) -> Option<u32> {
    work.file_name()?.to_str()?.strip_prefix(WORKER)?.parse().ok()
}

/// The folders of all workers, current and earlier, and then the campaign's own.
#[must_use]
pub fn folders(campaign: &Path) -> Vec<PathBuf> {
    let workers = names(campaign).into_iter().filter(|n| n.starts_with(WORKER));
    workers.map(|n| campaign.join(n)).chain([campaign.to_owned()]).collect()
}

/// The file of every entry, sorted by folder and name, without the folder `except`. Entries are
/// named after their content, so each name occurs only once.
#[must_use]
pub fn stored(campaign: &Path, except: Option<&Path>) -> Vec<PathBuf> {
    let works = folders(campaign);
    let own = except.map(|e| names(&e.join(CORPUS))).unwrap_or_default();
    let mut seen: BTreeSet<String> = own.into_iter().collect();
    let mut files = Vec::new();
    for work in works.iter().filter(|w| Some(w.as_path()) != except) {
        // A missing or broken entry is up to its own worker.
        files.extend(
            entries(work).into_iter().filter_map(|(name, file)| seen.insert(name).then_some(file)),
        );
    }
    files
}

/// The entries in a work directory, each with its name and its file.
#[must_use]
pub fn entries(work: &Path) -> Vec<(String, PathBuf)> {
    let folders = [work.join(CORPUS), work.join(PREVIOUS)];
    let files = folders
        .iter()
        .flat_map(|folder| names(folder).into_iter().map(|name| (name.clone(), folder.join(name))));
    files.filter(|(_, file)| file.is_file()).collect()
}

/// The names in a folder, sorted; empty if it cannot be read.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.map(|e| e.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|n| !n.starts_with('.')).collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_entry_of_the_others_comes_once() {
        let tmp = tempfile::tempdir().unwrap();
        let put = |folder: &str, name: &str, text: &str| {
            let folder = tmp.path().join(folder);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(name), text).unwrap();
        };
        put("worker-0/corpus", "a", "1");
        put("worker-1/corpus", "a", "1");
        put("worker-1/corpus", "b", "2");
        put("worker-1/corpus", ".c", "3");
        put("worker-2/corpus.previous", "e", "5");
        put("corpus", "d", "4");
        let first = tmp.path().join("worker-0");
        let texts = |except: Option<&Path>| {
            let files = stored(tmp.path(), except);
            files.iter().map(|f| fs::read_to_string(f).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(texts(Some(&first)), ["2", "5", "4"]);
        assert_eq!(texts(None), ["1", "2", "5", "4"]);
        assert_eq!(texts(Some(tmp.path())), ["1", "2", "5"]);
        assert!(stored(&tmp.path().join("nowhere"), None).is_empty());
        assert_eq!(campaign(&first), tmp.path());
        assert_eq!(campaign(tmp.path()), tmp.path());
    }
}
