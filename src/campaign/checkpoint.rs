//! A campaign's state on disk, except the corpus itself.
//!
//! It is written every few seconds and read by the next campaign on the same folder. Coverage
//! belongs to one build of go/types: under another build, the corpus is run again and the rest is
//! kept.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use libafl::corpus::{Corpus as _, CorpusId};
use libafl::feedbacks::map::MapFeedbackMetadata;
use libafl::schedulers::Scheduler as _;
use libafl::state::{HasCorpus as _, HasRand as _};
use libafl::{HasMetadata as _, HasNamedMetadata as _};
use libafl_bolts::rands::StdRand;
use serde::{Deserialize, Serialize};

use crate::campaign::corpus::covers_journal::Journal;
use crate::campaign::corpus::seen_filter::SeenFilter;
use crate::campaign::corpus::stored;
use crate::campaign::corpus::work_dir::{CORPUS, WorkDir};
use crate::campaign::fuzz::operator_table::{OperatorTable, Saved};
use crate::campaign::fuzz::scheduler::FreshFirstScheduler;
use crate::campaign::monitor::progress::Progress;
use crate::campaign::record::Memory;
use crate::corpus_file;
use crate::executor::{COVERAGE, State};
use crate::feedback::Covers;
use crate::files;

/// How often it is written.
pub const EVERY: Duration = Duration::from_secs(5);
/// When it is written for the first time: a campaign may be killed early.
const FIRST: Duration = Duration::from_secs(2);
/// Its name in the work directory.
pub const FILE: &str = "checkpoint.json";
const FORMAT: &str = "typerace-checkpoint";
const VERSION: u32 = 1;

/// The saved state of a campaign, without its corpus.
#[derive(Debug, Serialize, Deserialize)]
pub struct Checkpoint {
    format: String,
    version: u32,
    /// The build that the counters in `coverage` belong to.
    build: String,
    /// The seed that initialized `rng`.
    seed: u64,
    rng: StdRand,
    counters: usize,
    /// Counters that have been hit.
    coverage: Vec<usize>,
    entries: Vec<EntryState>,
    /// The operators' weights and figures.
    operators: Saved,
    /// Findings that were met but not stored.
    memory: Memory,
    /// Entries of other workers that were already examined, and seeds that ran.
    seen: BTreeSet<u64>,
    /// Whether generated programs that a campaign starts with have not run.
    #[serde(default)]
    is_partial: bool,
}

/// What a campaign remembers beside its corpus and its operators.
pub struct Remembered {
    /// The seed.
    pub seed: u64,
    /// Findings that were met but not stored.
    pub memory: Memory,
    /// Entries of other workers that were already examined, and seeds that ran.
    pub seen: BTreeSet<u64>,
    /// Whether generated programs that a campaign starts with have not run.
    pub is_partial: bool,
}

/// What is known about a corpus entry.
#[derive(Debug, Serialize, Deserialize)]
struct EntryState {
    /// Its file.
    name: String,
    /// How often it was scheduled.
    chosen: u64,
    /// Whether it type-checks.
    checked: bool,
    /// The file of its parent entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
}

/// The parts of a campaign that a checkpoint saves and restores.
pub struct Parts<'a> {
    /// LibAFL's state.
    pub state: &'a mut State,
    /// The scheduler.
    pub scheduler: &'a mut FreshFirstScheduler,
    /// The operators.
    pub table: &'a mut OperatorTable,
}

impl Checkpoint {
    /// Takes a checkpoint of the campaign's current state.
    pub fn of(parts: &Parts<'_>, build: &str, remembered: Remembered) -> Self {
        let Remembered { seed, memory, seen, is_partial } = remembered;
        let state = &*parts.state;
        let map = state.named_metadata_map().get::<MapFeedbackMetadata<u8>>(COVERAGE);
        let history = map.map_or(&[][..], |m| &m.history_map);
        let hit = history.iter().enumerate().filter(|(_, n)| **n > 0);
        let name = |id: CorpusId| state.corpus().get(id).ok()?.borrow().filename().clone();
        let entries = state.corpus().ids().filter_map(|id| {
            let parent = state.corpus().get(id).ok()?.borrow().parent_id();
            Some(EntryState {
                name: name(id)?,
                chosen: parts.scheduler.chosen(id),
                checked: parts.table.type_checks(id),
                parent: parent.and_then(name),
            })
        });
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            build: build.to_owned(),
            seed,
            rng: *state.rand(),
            counters: history.len(),
            coverage: hit.map(|(i, _)| i).collect(),
            entries: entries.collect(),
            operators: parts.table.saved(),
            memory,
            seen,
            is_partial,
        }
    }

    /// Writes it over the previous one.
    ///
    /// # Errors
    /// It cannot be written; the previous one stays.
    pub fn write(&self, work: &Path) -> io::Result<()> {
        let text = serde_json::to_vec(self)?;
        files::replace(&work.join(FILE), &text)
    }

    /// The last checkpoint, if there is one.
    ///
    /// # Errors
    /// It cannot be read, is not a checkpoint, or has another version; as text.
    pub fn read(work: &Path) -> Result<Option<Self>, String> {
        let path = work.join(FILE);
        let wrong = |e: &dyn std::fmt::Display| format!("{} is left out: {e}", path.display());
        let text = match files::read(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(wrong(&e)),
        };
        // The version first: the fields of another version would only confuse.
        let value: serde_json::Value = serde_json::from_slice(&text).map_err(|e| wrong(&e))?;
        if value["format"] != FORMAT || value["version"] != VERSION {
            let (f, v) = (&value["format"], &value["version"]);
            return Err(wrong(&format!("{f} version {v} is not {FORMAT} version {VERSION}")));
        }
        serde_json::from_value(value).map(Some).map_err(|e| wrong(&e))
    }

    /// Whether its coverage belongs to this build and its entries all exist. If so, they need not
    /// run again.
    #[must_use]
    pub fn fits(&self, build: &str, counters: usize, work: &Path) -> bool {
        let there = |e: &EntryState| {
            let path = work.join(CORPUS).join(&e.name);
            fs::metadata(path).is_ok_and(|m| m.len() > 0)
        };
        self.build == build && self.counters <= counters && self.entries.iter().all(there)
    }

    /// Restores everything that does not depend on the build. `seed` is the one that the user asked
    /// for: if it differs from the previous one, the random numbers start from it.
    pub fn restore(&mut self, parts: &mut Parts<'_>, seed: Option<u64>) -> (Memory, BTreeSet<u64>) {
        if seed.is_none_or(|seed| seed == self.seed) {
            *parts.state.rand_mut() = self.rng;
        }
        parts.table.restore(std::mem::take(&mut self.operators));
        (std::mem::take(&mut self.memory), std::mem::take(&mut self.seen))
    }

    /// Whether it was written before everything that a campaign starts with had run.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.is_partial
    }

    /// The seed to continue with.
    #[must_use]
    pub fn seed(&self, asked: Option<u64>) -> u64 {
        asked.unwrap_or(self.seed)
    }

    /// Restores coverage and corpus without running anything. Returns the names of the entries that
    /// it restored. `covers` holds the counters of each entry, and `seen` records the entries.
    ///
    /// # Errors
    /// LibAFL's. An entry that cannot be read is left out, and run with the rest.
    pub fn restore_corpus(
        &self,
        parts: &mut Parts<'_>,
        work: &WorkDir,
        mut covers: BTreeMap<String, Covers>,
        seen: &SeenFilter,
    ) -> Result<BTreeSet<String>, libafl::Error> {
        let mut taken = BTreeSet::new();
        let mut ids: BTreeMap<&str, CorpusId> = BTreeMap::new();
        for entry in &self.entries {
            // One at a time: all trees at once would take a gigabyte.
            let Some(case) = work.entry(&entry.name) else { continue };
            // Otherwise an identical mutant, or an entry of the campaign before that one, would
            // enter the corpus a second time.
            seen.insert(&case);
            *parts.state.corpus_mut().current_mut() =
                entry.parent.as_ref().and_then(|p| ids.get(p.as_str()).copied());
            let id = parts.state.corpus_mut().add_stored(entry.name.clone(), case)?;
            if let Some(covers) = covers.remove(&entry.name) {
                parts.state.corpus().get(id)?.borrow_mut().add_metadata(covers);
            }
            parts.scheduler.on_add(parts.state, id)?;
            parts.scheduler.set_chosen(id, entry.chosen);
            parts.table.entry(Some(id), entry.checked);
            ids.insert(&entry.name, id);
            taken.insert(entry.name.clone());
        }
        *parts.state.corpus_mut().current_mut() = None;
        // If an entry is missing, its counters must be hit again.
        if taken.len() == self.entries.len()
            && let Some(map) =
                parts.state.named_metadata_map_mut().get_mut::<MapFeedbackMetadata<u8>>(COVERAGE)
        {
            map.history_map.resize(map.history_map.len().max(self.counters), 0);
            for &i in &self.coverage {
                if let Some(n) = map.history_map.get_mut(i) {
                    map.num_covered_map_indexes += usize::from(*n == 0);
                    *n = 1;
                }
            }
        }
        Ok(taken)
    }
}

/// Writes checkpoints when they are due, and reports a failure once.
pub struct Saving {
    work: Option<(PathBuf, Journal)>,
    /// The build that the counters belong to.
    pub build: String,
    next: Instant,
    failing: bool,
    /// Whether the journal waits for the next checkpoint, because it could not be written.
    is_stuck: bool,
}

impl Saving {
    /// Saves into a campaign's own folder, if it has one.
    #[must_use]
    pub fn new(work: Option<PathBuf>, build: String) -> Self {
        let work = work.map(|w| (w.clone(), Journal::new(&w, &build)));
        Self { work, build, next: Instant::now() + FIRST, failing: false, is_stuck: false }
    }

    /// The checkpoint of the previous campaign.
    pub fn last(&self, progress: &Progress) -> Option<Checkpoint> {
        let work = &self.work.as_ref()?.0;
        match Checkpoint::read(work) {
            Ok(last) => last,
            Err(e) => {
                let entries = stored::names(work).len();
                progress.say(&format!(
                    "warning: {e}; instead, the campaign reads the {entries} corpus entries in {} and runs them again \
                     before the first mutant; operator weights and random numbers start over",
                    work.join(CORPUS).display()
                ));
                None
            }
        }
    }

    /// The counters that the entries of the last checkpoint hit, by entry name.
    #[must_use]
    pub fn covers(&self) -> BTreeMap<String, Covers> {
        self.work.as_ref().map(|(_, journal)| journal.read()).unwrap_or_default()
    }

    /// Notes new entries in the journal, which the other workers follow. A failure is reported with
    /// the next checkpoint; entries that cannot be written themselves are reported at once.
    pub fn note(&mut self, state: &State, progress: &Progress) {
        if self.not_stored() > 0
            && !self.failing
            && let Some(waiting) = corpus_file::retry()
        {
            warn(progress, &in_memory(&waiting));
            (self.failing, self.is_stuck) = (true, true);
        }
        if let Some((_, journal)) = &mut self.work
            && !self.is_stuck
        {
            // After a failure, all of it is written again, which takes long.
            self.is_stuck = journal.save(state).is_err();
        }
    }

    /// Notes that entries were removed from the corpus.
    pub fn lost(&mut self) {
        if let Some((_, journal)) = &mut self.work {
            journal.lost();
        }
    }

    /// Whether a checkpoint is due.
    #[must_use]
    pub fn is_due(&self) -> bool {
        self.work.is_some() && Instant::now() >= self.next
    }

    /// Entries that the next campaign will not find. A temporary folder keeps none for it.
    #[must_use]
    pub fn not_stored(&self) -> usize {
        if self.work.is_some() { corpus_file::waiting() } else { 0 }
    }

    /// Says at the end of a campaign if there is no checkpoint of it.
    pub fn end(&self, progress: &Progress) {
        if self.failing {
            progress.say(
                "warning: the last checkpoint could not be written: a campaign that resumes starts \
                 from the one before",
            );
        }
    }

    /// Writes a checkpoint, and corpus entries that could not be written earlier.
    pub fn save(&mut self, parts: &Parts<'_>, remembered: Remembered, progress: &Progress) {
        self.next = Instant::now() + EVERY;
        let Some((work, journal)) = &mut self.work else { return };
        // Somebody may have removed the folder. If it cannot be made, that is reported below.
        let _ = fs::create_dir_all(work.join(CORPUS));
        let waiting = corpus_file::retry();
        // A checkpoint that names entries missing on disk would be useless.
        let failed = match &waiting {
            Some(waiting) => Some(in_memory(waiting)),
            None => {
                let checkpoint = Checkpoint::of(parts, &self.build, remembered);
                let written = journal.save(parts.state).and_then(|()| checkpoint.write(work));
                written.err().map(|e| format!("the work directory cannot be written: {e}"))
            }
        };
        match &failed {
            Some(why) if !self.failing => warn(progress, why),
            None if self.failing => progress.say("the work directory can be written again"),
            _ => {}
        }
        self.failing = failed.is_some();
        self.is_stuck = self.failing;
    }
}

fn in_memory((n, why): &(usize, io::Error)) -> String {
    match n {
        1 => format!("a corpus entry is in memory alone: {why}"),
        n => format!("{n} corpus entries are in memory alone: {why}"),
    }
}

fn warn(progress: &Progress, why: &str) {
    progress.say(&format!(
        "warning: {why}; the campaign goes on without a new checkpoint and tries again"
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkpoint() -> Checkpoint {
        Checkpoint {
            format: FORMAT.to_owned(),
            version: VERSION,
            build: "b".to_owned(),
            seed: u64::MAX,
            rng: StdRand::with_seed(3),
            counters: 9,
            coverage: vec![1, 8],
            entries: vec![EntryState {
                name: "e".to_owned(),
                chosen: 2,
                checked: true,
                parent: None,
            }],
            operators: OperatorTable::default().saved(),
            memory: Memory::default(),
            seen: BTreeSet::from([u64::MAX, 1]),
            is_partial: false,
        }
    }

    #[test]
    fn it_is_read_back_and_others_are_left_out() {
        let tmp = tempfile::tempdir().unwrap();
        assert!(Checkpoint::read(tmp.path()).unwrap().is_none());
        checkpoint().write(tmp.path()).unwrap();
        let back = Checkpoint::read(tmp.path()).unwrap().unwrap();
        assert_eq!((back.seed, &back.coverage[..], back.seen.len()), (u64::MAX, &[1, 8][..], 2));
        let mut other = checkpoint();
        other.version = 2;
        other.write(tmp.path()).unwrap();
        assert!(Checkpoint::read(tmp.path()).unwrap_err().contains("version 2 is not"));
        fs::write(tmp.path().join(FILE), "{\"format\":").unwrap();
        assert!(Checkpoint::read(tmp.path()).is_err());
    }

    #[test]
    fn it_fits_its_build_and_its_corpus() {
        let tmp = tempfile::tempdir().unwrap();
        let c = checkpoint();
        assert!(!c.fits("b", 9, tmp.path()), "an entry is gone");
        fs::create_dir(tmp.path().join("corpus")).unwrap();
        fs::write(tmp.path().join("corpus/e"), "x").unwrap();
        assert!(c.fits("b", 9, tmp.path()) && !c.fits("c", 9, tmp.path()));
    }
}
