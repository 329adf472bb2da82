//! A worker's journal: its corpus entries, and the counters that each of them hits.
//!
//! The other workers of the campaign follow it (see `journal_tail`), so an entry is noted as soon as
//! it is kept. After a resume, the bounds learn from it which entries are superfluous.
//!
//! Each entry has one line, appended once. When entries are removed, the file is replaced. Counters
//! belong to one build of go/types, which the first line names.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use libafl::HasMetadata as _;
use libafl::corpus::{Corpus as _, CorpusId};
use libafl::state::HasCorpus as _;
use serde::{Deserialize, Serialize};

use crate::executor::State;
use crate::feedback::Covers;
use crate::files;

/// Its name in a work directory.
pub const FILE: &str = "covers.jsonl";
const FORMAT: &str = "typerace-covers";
const VERSION: u32 = 1;

/// The first line.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    format: String,
    version: u32,
    /// The build that the counters belong to.
    build: String,
}

impl Header {
    /// The build that the counters belong to; `None` if the format is another one.
    pub(super) fn build(self) -> Option<String> {
        (self.format == FORMAT && self.version == VERSION).then_some(self.build)
    }
}

/// The line of an entry.
#[derive(Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) entry: String,
    pub(super) covers: String,
}

/// Appends the counters of new entries.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    build: String,
    /// The last entry written. `None` rewrites the file from the start, after a failure or when it
    /// has lines of removed entries.
    until: Option<CorpusId>,
}

impl Journal {
    /// The journal of a work directory and a build. The first save writes the whole file.
    #[must_use]
    pub fn new(work: &Path, build: &str) -> Self {
        Self { path: work.join(FILE), build: build.to_owned(), until: None }
    }

    fn header(&self) -> Header {
        Header { format: FORMAT.to_owned(), version: VERSION, build: self.build.clone() }
    }

    /// The counters in the file, by entry name; empty if it belongs to another build. Unreadable
    /// lines are left out: such an entry stays until it runs again.
    #[must_use]
    pub fn read(&self) -> BTreeMap<String, Covers> {
        let text = files::read(&self.path).unwrap_or_default();
        let mut lines = text.split(|b| *b == b'\n');
        let header = lines.next().and_then(|l| serde_json::from_slice::<Header>(l).ok());
        if header != Some(self.header()) {
            return BTreeMap::new();
        }
        let line = |l: &[u8]| {
            let line: Line = serde_json::from_slice(l).ok()?;
            Some((line.entry, Covers::from_hex(&line.covers)?))
        };
        lines.filter_map(line).collect()
    }

    /// Notes that entries were removed: the next save writes the whole file.
    pub fn lost(&mut self) {
        self.until = None;
    }

    /// Appends what is new in the corpus.
    ///
    /// # Errors
    /// It cannot be written; the next save then writes the whole file.
    pub fn save(&mut self, state: &State) -> io::Result<()> {
        let last = state.corpus().last();
        let until = self.until.take();
        if last.is_some() && last == until {
            self.until = last;
            return Ok(());
        }
        let mut text = Vec::new();
        if until.is_none() {
            add(&mut text, &self.header())?;
        }
        for id in state.corpus().ids().filter(|id| until.is_none_or(|u| *id > u)) {
            let Ok(entry) = state.corpus().get(id).map(|e| e.borrow()) else { continue };
            let covers = entry.metadata_map().get::<Covers>();
            if let (Some(entry), Some(covers)) = (entry.filename(), covers) {
                add(&mut text, &Line { entry: entry.clone(), covers: covers.to_hex() })?;
            }
        }
        match until {
            None => files::replace_unsynced(&self.path, &text)?,
            Some(_) => files::append(&self.path, false)?.write_all(&text)?,
        }
        self.until = last;
        Ok(())
    }
}

fn add(text: &mut Vec<u8>, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *text, line)?;
    text.push(b'\n');
    Ok(())
}

#[cfg(test)]
mod tests {
    use libafl::corpus::Testcase;
    use libafl::state::StdState;
    use libafl_bolts::rands::StdRand;

    use std::fs;

    use super::*;
    use crate::corpus::EntryCorpus;
    use crate::rng::Rng;
    use crate::scenario::Profile;

    fn state(folder: &Path) -> State {
        let corpus = || EntryCorpus::new(folder.to_owned(), 1);
        StdState::new(StdRand::with_seed(1), corpus(), corpus(), &mut (), &mut ()).unwrap()
    }

    fn enter(state: &mut State, seed: u64, covers: Option<&[usize]>) -> CorpusId {
        let case =
            crate::generate::test_case(&mut Rng::new(seed), &Default::default(), Profile::Safe);
        let mut testcase = Testcase::new(case);
        if let Some(covers) = covers {
            testcase.add_metadata(covers.iter().copied().collect::<Covers>());
        }
        state.corpus_mut().add(testcase).unwrap()
    }

    fn sets(journal: &Journal) -> Vec<Vec<usize>> {
        let mut all: Vec<_> = journal.read().values().map(|c| c.iter().collect()).collect();
        all.sort();
        all
    }

    #[test]
    fn lines_are_added_and_those_of_entries_that_are_gone_go() {
        let tmp = tempfile::tempdir().unwrap();
        let folder = tmp.path().join("corpus");
        fs::create_dir(&folder).unwrap();
        let mut state = state(&folder);
        let mut journal = Journal::new(tmp.path(), "build");
        assert!(journal.read().is_empty());
        let first = enter(&mut state, 1, Some(&[1, 2]));
        enter(&mut state, 2, None);
        journal.save(&state).unwrap();
        assert_eq!(sets(&journal), [[1, 2]]);
        enter(&mut state, 3, Some(&[]));
        journal.save(&state).unwrap();
        journal.save(&state).unwrap();
        let lines = || fs::read_to_string(tmp.path().join(FILE)).unwrap().lines().count();
        assert_eq!((sets(&journal), lines()), (vec![vec![], vec![1, 2]], 3));
        // Cut off by a kill: complete lines are read, and the next campaign rewrites the file.
        let text = fs::read_to_string(tmp.path().join(FILE)).unwrap();
        fs::write(tmp.path().join(FILE), text + "{\"entry\":\"x").unwrap();
        let mut next = Journal::new(tmp.path(), "build");
        assert_eq!(sets(&next).len(), 2);
        state.corpus_mut().remove(first).unwrap();
        next.save(&state).unwrap();
        assert_eq!((sets(&next), lines()), (vec![vec![]], 2));
        let gone = enter(&mut state, 4, Some(&[7]));
        next.save(&state).unwrap();
        state.corpus_mut().remove(gone).unwrap();
        next.lost();
        next.save(&state).unwrap();
        assert_eq!(lines(), 2);
        assert!(Journal::new(tmp.path(), "another").read().is_empty());
    }

    #[test]
    fn after_a_failure_all_of_it_is_written() {
        let tmp = tempfile::tempdir().unwrap();
        let work = tmp.path().join("work");
        let mut state = state(tmp.path());
        let mut journal = Journal::new(&work, "build");
        enter(&mut state, 1, Some(&[1]));
        journal.save(&state).unwrap_err();
        fs::create_dir(&work).unwrap();
        journal.save(&state).unwrap();
        fs::remove_dir_all(&work).unwrap();
        enter(&mut state, 2, Some(&[2]));
        journal.save(&state).unwrap_err();
        fs::create_dir(&work).unwrap();
        journal.save(&state).unwrap();
        assert_eq!(sets(&journal), [[1], [2]]);
    }
}
