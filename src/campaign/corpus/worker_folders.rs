//! Corpus entries in the folders of a campaign's workers, of this one and of earlier
//! ones: a campaign may have fewer workers than the one before, or one alone.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::campaign::corpus::work_dir::{CORPUS, PREVIOUS};

/// The folder of a worker inside the campaign's is this and its number.
pub const WORKER: &str = "worker-";

/// The campaign's folder, of a worker's folder in it or of itself.
#[must_use]
pub fn campaign(work: &Path) -> PathBuf {
    let is_worker = work.file_name().is_some_and(|n| n.to_string_lossy().starts_with(WORKER));
    let parent = work.parent().filter(|_| is_worker);
    parent.unwrap_or(work).to_owned()
}

/// The file of every entry, in the order of folders and names; those of the folder
/// `except` are left out. Entries are named after their content, so each name is there
/// once.
#[must_use]
pub fn stored(campaign: &Path, except: Option<&Path>) -> Vec<PathBuf> {
    let workers = names(campaign).into_iter().filter(|n| n.starts_with(WORKER));
    let mut works: Vec<PathBuf> = workers.map(|n| campaign.join(n)).collect();
    works.push(campaign.to_owned());
    let own = except.map(|e| names(&e.join(CORPUS))).unwrap_or_default();
    let mut seen: BTreeSet<String> = own.into_iter().collect();
    let mut files = Vec::new();
    for work in works.iter().filter(|w| Some(w.as_path()) != except) {
        for folder in [work.join(CORPUS), work.join(PREVIOUS)] {
            for name in names(&folder) {
                let file = folder.join(&name);
                // An entry that is gone or broken is its own worker's affair.
                if !seen.contains(&name) && file.is_file() {
                    files.push(file);
                    seen.insert(name);
                }
            }
        }
    }
    files
}

/// The names in a folder, sorted; none if it cannot be read.
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
