//! Corpus entries of a campaign's other workers.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::work::CORPUS;
use crate::testcase::TestCase;

/// The folder of a worker inside the campaign's is this and its number.
pub const WORKER: &str = "worker-";

/// How often the other workers' folders are looked at.
const EVERY: Duration = Duration::from_secs(5);

/// Reads what appears in the other workers' corpus folders. Entries are named after
/// their content and written whole, so each name is read once. What a worker takes
/// over from another lands in its own folder, where the first one knows the name.
#[derive(Debug, Default)]
pub struct Exchange {
    /// The campaign's folder; `None` if there is nothing to share.
    root: Option<PathBuf>,
    own: PathBuf,
    seen: BTreeSet<String>,
    next: Duration,
}

impl Exchange {
    /// For a campaign in this folder, which may be one worker's of a larger one.
    #[must_use]
    pub fn new(work: Option<&Path>) -> Self {
        let Some(own) = work else { return Self::default() };
        let is_worker = own.file_name().is_some_and(|n| n.to_string_lossy().starts_with(WORKER));
        let root = if is_worker { own.parent() } else { Some(own) };
        Self { root: root.map(Path::to_owned), own: own.join(CORPUS), ..Self::default() }
    }

    /// What is new with the others, in the order of folders and names; nothing until
    /// it is time to look again. `now` is the time since the campaign began.
    pub fn due(&mut self, now: Duration) -> Vec<TestCase> {
        let Some(root) = self.root.as_deref().filter(|_| now >= self.next) else {
            return Vec::new();
        };
        self.next = now + EVERY;
        let folders = names(root).into_iter().filter(|n| n.starts_with(WORKER));
        let mut folders: Vec<PathBuf> = folders.map(|n| root.join(n).join(CORPUS)).collect();
        folders.push(root.join(CORPUS));
        self.seen.extend(names(&self.own));
        let mut cases = Vec::new();
        for folder in folders.into_iter().filter(|f| *f != self.own) {
            for name in names(&folder) {
                if self.seen.contains(&name) {
                    continue;
                }
                // An entry that is gone or broken is its own worker's affair.
                if let Ok(text) = fs::read(folder.join(&name)) {
                    cases.extend(TestCase::from_json(&String::from_utf8_lossy(&text)));
                }
                self.seen.insert(name);
            }
        }
        cases
    }
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
    use crate::rng::Rng;
    use crate::scenario::Profile;

    #[test]
    fn each_entry_of_the_others_comes_once() {
        let tmp = tempfile::tempdir().unwrap();
        let case =
            |n| crate::generate::test_case(&mut Rng::new(n), &Default::default(), Profile::Safe);
        let put = |folder: &str, name: &str, n| {
            let folder = tmp.path().join(folder).join(CORPUS);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(name), case(n).to_json().unwrap()).unwrap();
        };
        put("worker-0", "a", 1);
        put("worker-1", "a", 1);
        put("worker-1", "b", 2);
        put("worker-1", ".c", 3);
        put("", "d", 4);
        fs::write(tmp.path().join("worker-1/corpus/broken"), "{").unwrap();
        let mut exchange = Exchange::new(Some(&tmp.path().join("worker-0")));
        assert_eq!(exchange.due(Duration::ZERO), [case(2), case(4)]);
        put("worker-2", "e", 5);
        assert!(exchange.due(Duration::from_secs(1)).is_empty(), "not yet");
        assert_eq!(exchange.due(Duration::from_secs(9)), [case(5)]);
        assert!(exchange.due(Duration::from_secs(99)).is_empty());
        // A campaign of one worker takes in what several left.
        assert_eq!(Exchange::new(Some(tmp.path())).due(Duration::ZERO).len(), 3);
        assert!(Exchange::new(None).due(Duration::ZERO).is_empty());
    }
}
