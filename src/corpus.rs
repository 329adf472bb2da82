//! LibAFL's corpus for test cases: all entries on disk, the trees of a few in memory.
//!
//! A tree takes about ten times as much memory as its text, and a campaign works with few entries
//! at a time. The entries used last stay in memory, and the others are read again when needed.
//! Which entries are in memory affects nothing else: every entry can always be had.
//!
//! LibAFL's `CachedOnDiskCorpus` is not used. Once it fails to remove an entry's file (on a full
//! disk the file may never have been written), its list of entries in memory names one that is
//! gone, and the next read ends the campaign. It also drops a new entry's tree before the scheduler
//! has seen it.

use std::cell::{RefCell, RefMut};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use libafl::Error;
use libafl::corpus::{Corpus, CorpusId, InMemoryCorpus, Testcase};
use libafl::inputs::Input;
use serde::{Deserialize, Serialize};

use crate::corpus_file;
use crate::testcase::TestCase;

impl Input for TestCase {
    fn to_file<P: AsRef<Path>>(&self, path: P) -> Result<(), Error> {
        let text = self.to_json().map_err(|e| Error::serialize(e.to_string()))?;
        corpus_file::write(path.as_ref(), text);
        Ok(())
    }

    fn from_file<P: AsRef<Path>>(path: P) -> Result<Self, Error> {
        let path = path.as_ref();
        let text = corpus_file::read(path)?;
        TestCase::from_json(&text).map_err(|e| Error::serialize(format!("{}: {e}", path.display())))
    }
}

/// Entries that are files of a folder, named after their content.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EntryCorpus {
    entries: InMemoryCorpus<TestCase>,
    folder: PathBuf,
    /// Entries whose trees are in memory, the most recently used one last.
    recent: RefCell<VecDeque<CorpusId>>,
    /// The maximum number of these.
    keep: usize,
}

impl EntryCorpus {
    /// A corpus in an existing folder. Files already in the folder are not entries yet. The trees
    /// of `keep` entries stay in memory.
    #[must_use]
    pub fn new(folder: PathBuf, keep: usize) -> Self {
        Self { entries: InMemoryCorpus::new(), folder, recent: RefCell::default(), keep }
    }

    /// Adds an entry whose file already exists, with its name.
    ///
    /// # Errors
    /// LibAFL's; there is no known case.
    pub fn add_stored(&mut self, name: String, case: TestCase) -> Result<CorpusId, Error> {
        let mut testcase = Testcase::new(case);
        *testcase.file_path_mut() = Some(self.folder.join(&name));
        *testcase.filename_mut() = Some(name);
        let id = self.entries.add(testcase)?;
        self.used(id);
        Ok(id)
    }

    /// How many trees are in memory.
    #[must_use]
    pub fn in_memory(&self) -> usize {
        self.recent.borrow().len()
    }

    /// Notes that the entry's tree is in memory and was just used. The least recently used trees
    /// are dropped, except those that are borrowed at the moment.
    fn used(&self, id: CorpusId) {
        let mut recent = self.recent.borrow_mut();
        if let Some(at) = recent.iter().rposition(|e| *e == id) {
            recent.remove(at);
        }
        recent.push_back(id);
        let mut spare = recent.len().saturating_sub(self.keep);
        recent.retain(|&old| {
            let out = spare > 0
                && self.entries.get_from_all(old).is_ok_and(|entry| {
                    entry.try_borrow_mut().map(|mut e| *e.input_mut() = None).is_ok()
                });
            spare -= usize::from(out);
            !out
        });
    }

    /// Writes a new entry. If it cannot be written, it stays in memory: see `corpus_file`.
    fn write(
        &self,
        mut testcase: RefMut<'_, Testcase<TestCase>>,
        id: CorpusId,
    ) -> Result<(), Error> {
        let Some(input) = testcase.input() else {
            return Err(Error::illegal_argument("a new entry without an input"));
        };
        let name = input.generate_name(Some(id));
        let path = self.folder.join(&name);
        input.to_file(&path)?;
        *testcase.filename_mut() = Some(name);
        *testcase.file_path_mut() = Some(path);
        Ok(())
    }

    fn added(&mut self, id: CorpusId) -> Result<CorpusId, Error> {
        self.write(self.entries.get_from_all(id)?.borrow_mut(), id)?;
        self.used(id);
        Ok(id)
    }

    /// Removes the file of a removed entry, unless another entry has the same content.
    fn remove_file(&self, entry: &Testcase<TestCase>) -> Result<(), Error> {
        let Some(path) = entry.file_path() else { return Ok(()) };
        let is_same =
            |id| self.entries.get(id).is_ok_and(|e| e.borrow().filename() == entry.filename());
        if !self.entries.ids().any(is_same) {
            corpus_file::remove(path)?;
        }
        Ok(())
    }
}

impl Corpus<TestCase> for EntryCorpus {
    fn count(&self) -> usize {
        self.entries.count()
    }

    fn count_disabled(&self) -> usize {
        self.entries.count_disabled()
    }

    fn count_all(&self) -> usize {
        self.entries.count_all()
    }

    fn add(&mut self, testcase: Testcase<TestCase>) -> Result<CorpusId, Error> {
        let id = self.entries.add(testcase)?;
        self.added(id)
    }

    fn add_disabled(&mut self, testcase: Testcase<TestCase>) -> Result<CorpusId, Error> {
        let id = self.entries.add_disabled(testcase)?;
        self.added(id)
    }

    fn replace(
        &mut self,
        id: CorpusId,
        testcase: Testcase<TestCase>,
    ) -> Result<Testcase<TestCase>, Error> {
        let before = self.entries.replace(id, testcase)?;
        self.added(id)?;
        self.remove_file(&before)?;
        Ok(before)
    }

    fn remove(&mut self, id: CorpusId) -> Result<Testcase<TestCase>, Error> {
        let entry = self.entries.remove(id)?;
        self.recent.get_mut().retain(|e| *e != id);
        self.remove_file(&entry)?;
        Ok(entry)
    }

    fn get(&self, id: CorpusId) -> Result<&RefCell<Testcase<TestCase>>, Error> {
        self.entries.get(id)
    }

    fn get_from_all(&self, id: CorpusId) -> Result<&RefCell<Testcase<TestCase>>, Error> {
        self.entries.get_from_all(id)
    }

    fn current(&self) -> &Option<CorpusId> {
        self.entries.current()
    }

    fn current_mut(&mut self) -> &mut Option<CorpusId> {
        self.entries.current_mut()
    }

    fn next(&self, id: CorpusId) -> Option<CorpusId> {
        self.entries.next(id)
    }

    fn peek_free_id(&self) -> CorpusId {
        self.entries.peek_free_id()
    }

    fn prev(&self, id: CorpusId) -> Option<CorpusId> {
        self.entries.prev(id)
    }

    fn first(&self) -> Option<CorpusId> {
        self.entries.first()
    }

    fn last(&self) -> Option<CorpusId> {
        self.entries.last()
    }

    fn nth(&self, nth: usize) -> CorpusId {
        self.entries.nth(nth)
    }

    fn nth_from_all(&self, nth: usize) -> CorpusId {
        self.entries.nth_from_all(nth)
    }

    fn load_input_into(&self, testcase: &mut Testcase<TestCase>) -> Result<(), Error> {
        if testcase.input().is_none() {
            let Some(path) = testcase.file_path() else {
                return Err(Error::illegal_argument("an entry without a file"));
            };
            let input = TestCase::from_file(path)?;
            testcase.set_input(input);
        }
        if let Some(id) = testcase.corpus_id() {
            self.used(id);
        }
        Ok(())
    }

    fn store_input_from(&self, testcase: &Testcase<TestCase>) -> Result<(), Error> {
        match (testcase.input(), testcase.file_path()) {
            (Some(input), Some(path)) => input.to_file(path),
            _ => Err(Error::illegal_argument("an entry without an input or a file")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::rng::Rng;
    use crate::scenario::Profile;

    fn case(seed: u64) -> TestCase {
        crate::generate::test_case(&mut Rng::new(seed), &Default::default(), Profile::Safe)
    }

    fn files(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn few_trees_are_in_memory_and_all_can_be_had() {
        let tmp = tempfile::tempdir().unwrap();
        let mut corpus = EntryCorpus::new(tmp.path().to_owned(), 3);
        let ids: Vec<_> = (0..9).map(|i| corpus.add(Testcase::new(case(i))).unwrap()).collect();
        assert_eq!((corpus.count(), corpus.in_memory(), files(tmp.path())), (9, 3, 9));
        let loaded = |corpus: &EntryCorpus| {
            let is_loaded = |id: &CorpusId| corpus.get(*id).unwrap().borrow().input().is_some();
            ids.iter().copied().filter(is_loaded).collect::<Vec<_>>()
        };
        assert_eq!(loaded(&corpus), ids[6..]);
        for (i, id) in ids.iter().enumerate() {
            assert_eq!(corpus.cloned_input_for_id(*id).unwrap(), case(i as u64));
            assert_eq!(corpus.in_memory(), 3);
        }
        // The most recently used one stays, whenever it was read.
        corpus.cloned_input_for_id(ids[6]).unwrap();
        corpus.cloned_input_for_id(ids[0]).unwrap();
        assert_eq!(loaded(&corpus), [ids[0], ids[6], ids[8]]);
    }

    #[test]
    fn a_borrowed_entry_stays() {
        let tmp = tempfile::tempdir().unwrap();
        let mut corpus = EntryCorpus::new(tmp.path().to_owned(), 1);
        let ids: Vec<_> = (0..3).map(|i| corpus.add(Testcase::new(case(i))).unwrap()).collect();
        let mut first = corpus.get(ids[0]).unwrap().borrow_mut();
        assert_eq!(*first.load_input(&corpus).unwrap(), case(0));
        let mut second = corpus.get(ids[1]).unwrap().borrow_mut();
        assert_eq!(*second.load_input(&corpus).unwrap(), case(1));
        assert!(first.input().is_some() && second.input().is_some());
        drop((first, second));
        corpus.cloned_input_for_id(ids[2]).unwrap();
        assert_eq!(corpus.in_memory(), 1);
    }

    #[test]
    fn a_removed_entry_loses_its_file_unless_a_twin_has_it() {
        let tmp = tempfile::tempdir().unwrap();
        let mut corpus = EntryCorpus::new(tmp.path().to_owned(), 1);
        let ids: Vec<_> =
            [1, 1, 2].map(|i| corpus.add(Testcase::new(case(i))).unwrap()).into_iter().collect();
        corpus.remove(ids[1]).unwrap();
        assert_eq!((corpus.count(), files(tmp.path())), (2, 2));
        assert_eq!(corpus.cloned_input_for_id(ids[0]).unwrap(), case(1));
        corpus.replace(ids[2], Testcase::new(case(3))).unwrap();
        assert_eq!(corpus.cloned_input_for_id(ids[2]).unwrap(), case(3));
        assert_eq!(files(tmp.path()), 2);
        corpus.remove(ids[0]).unwrap();
        corpus.remove(ids[2]).unwrap();
        assert_eq!((corpus.in_memory(), files(tmp.path())), (0, 0));
    }

    #[test]
    fn on_a_full_disk_entries_are_read_from_memory_and_can_be_removed() {
        let tmp = tempfile::tempdir().unwrap();
        let folder = tmp.path().join("not there");
        let mut corpus = EntryCorpus::new(folder.clone(), 1);
        let ids: Vec<_> = (0..3).map(|i| corpus.add(Testcase::new(case(i))).unwrap()).collect();
        assert_eq!(corpus.cloned_input_for_id(ids[0]).unwrap(), case(0));
        corpus.remove(ids[0]).unwrap();
        assert_eq!(corpus.cloned_input_for_id(ids[1]).unwrap(), case(1));
        assert_eq!(corpus.cloned_input_for_id(ids[2]).unwrap(), case(2));
        // A removed entry is not written when there is space again.
        fs::create_dir(&folder).unwrap();
        corpus_file::retry();
        assert_eq!(files(&folder), 2);
    }

    #[test]
    fn a_stored_entry_is_not_written_again() {
        let tmp = tempfile::tempdir().unwrap();
        let mut corpus = EntryCorpus::new(tmp.path().to_owned(), 0);
        let id = corpus.add_stored("name".to_owned(), case(1)).unwrap();
        assert_eq!((corpus.in_memory(), files(tmp.path())), (0, 0));
        case(1).to_file(tmp.path().join("name")).unwrap();
        assert_eq!(corpus.cloned_input_for_id(id).unwrap(), case(1));
    }
}
