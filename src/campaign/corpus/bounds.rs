//! A corpus of bounded size: entries are removed that cover nothing unique. Crash directories
//! are never removed.

use std::fs;

use libafl::HasMetadata;
use libafl::corpus::{Corpus, CorpusId};
use libafl::state::{HasCorpus, HasSolutions};

use crate::campaign::corpus::work_dir::WorkDir;
use crate::executor::State;
use crate::feedback::Covers;

/// What a work directory may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// Corpus entries.
    pub entries: usize,
    /// Bytes of the corpus on disk.
    pub bytes: u64,
}

impl Default for Caps {
    fn default() -> Self {
        Self { entries: 10_000, bytes: 1 << 30 }
    }
}

/// Inputs that made findings and reached nothing new are kept beside the corpus, the
/// newest ones: the findings themselves are in crash directories.
const SOLUTIONS: usize = 256;
/// The size on disk is looked at after this number of new entries.
const LOOK_EVERY: usize = 64;

/// Looks after the size of a corpus.
#[derive(Debug)]
pub struct Bounds {
    caps: Caps,
    /// Entries when it was looked at last.
    looked: usize,
}

/// A corpus entry, as far as it matters here.
#[derive(Debug, PartialEq, Eq)]
struct Candidate<I> {
    id: I,
    bytes: u64,
    /// The counters that it hits; `None` if they are not known. Then it stays.
    covers: Option<Covers>,
}

impl Bounds {
    /// Keeps to the caps.
    #[must_use]
    pub fn new(caps: Caps) -> Self {
        Self { caps, looked: 0 }
    }

    /// Removes the entries that there is no room for, and returns them: the caller must
    /// forget them too.
    ///
    /// # Errors
    /// LibAFL's: an entry's file cannot be removed.
    pub fn tidy(
        &mut self,
        state: &mut State,
        work: &WorkDir,
    ) -> Result<Vec<CorpusId>, libafl::Error> {
        while state.solutions().count() > SOLUTIONS {
            let Some(oldest) = state.solutions().first() else { break };
            state.solutions_mut().remove(oldest)?;
        }
        let count = state.corpus().count();
        if count < self.looked + LOOK_EVERY.min(self.caps.entries / 8).max(1) {
            return Ok(Vec::new());
        }
        let folder = work.corpus();
        let mut all = Vec::with_capacity(count);
        for id in state.corpus().ids() {
            let entry = state.corpus().get(id)?.borrow();
            let file = entry.filename().as_ref().map(|n| folder.join(n));
            all.push(Candidate {
                id,
                bytes: file.and_then(|f| fs::metadata(f).ok()).map_or(0, |m| m.len()),
                covers: entry.metadata_map().get::<Covers>().cloned(),
            });
        }
        let current = *state.corpus().current();
        let out = evict(all, self.caps, current);
        for &id in &out {
            // The entry goes even if its file cannot.
            if let Err(e) = state.corpus_mut().remove(id)
                && state.corpus().get(id).is_ok()
            {
                return Err(e);
            }
        }
        self.looked = state.corpus().count();
        Ok(out)
    }
}

/// What has to go: nothing while the caps hold; beyond them, what covers nothing unique,
/// the largest first and of equals the oldest, until there is an eighth of room.
fn evict<I: Copy + Ord>(mut all: Vec<Candidate<I>>, caps: Caps, spare: Option<I>) -> Vec<I> {
    let (mut count, mut bytes) = (all.len(), all.iter().map(|c| c.bytes).sum::<u64>());
    if count <= caps.entries && bytes <= caps.bytes {
        return Vec::new();
    }
    let room = Caps { entries: caps.entries - caps.entries / 8, bytes: caps.bytes / 8 * 7 };
    let mut covered: Vec<u32> = Vec::new();
    for at in all.iter().filter_map(|c| c.covers.as_ref()).flat_map(Covers::iter) {
        if covered.len() <= at {
            covered.resize(at + 1, 0);
        }
        covered[at] += 1;
    }
    all.sort_by(|a, b| b.bytes.cmp(&a.bytes).then(a.id.cmp(&b.id)));
    let mut out = Vec::new();
    for candidate in &all {
        if count <= room.entries && bytes <= room.bytes {
            break;
        }
        let Some(covers) = &candidate.covers else { continue };
        let unique = covers.iter().any(|at| covered[at] < 2);
        if unique || spare == Some(candidate.id) {
            continue;
        }
        covers.iter().for_each(|at| covered[at] -= 1);
        count -= 1;
        bytes -= candidate.bytes;
        out.push(candidate.id);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(id: u32, bytes: u64, covers: &[usize]) -> Candidate<u32> {
        Candidate { id, bytes, covers: Some(covers.iter().copied().collect()) }
    }

    fn all() -> Vec<Candidate<u32>> {
        vec![
            candidate(1, 50, &[1, 2]),
            candidate(2, 90, &[2, 3]),
            candidate(3, 90, &[1, 3]),
            candidate(4, 10, &[]),
            candidate(5, 200, &[9]),
        ]
    }

    #[test]
    fn nothing_goes_while_there_is_room() {
        assert!(evict(all(), Caps { entries: 5, bytes: 440 }, None).is_empty());
    }

    #[test]
    fn what_alone_covers_something_stays() {
        // 2 goes, then 3 and 1 are alone with 3 and 2; 5 was from the start.
        assert_eq!(evict(all(), Caps { entries: 1, bytes: 1 << 20 }, None), [2, 4]);
        assert_eq!(evict(all(), Caps { entries: 100, bytes: 400 }, None), [2]);
        assert_eq!(evict(all(), Caps { entries: 100, bytes: 400 }, Some(2)), [3]);
        let mut unknown = all();
        unknown[1].covers = None;
        assert_eq!(evict(unknown, Caps { entries: 100, bytes: 400 }, None), [4]);
    }

    #[test]
    fn the_coverage_stays_whatever_goes() {
        let mut rng = crate::rng::Rng::new(5);
        let all: Vec<_> = (0..300)
            .map(|id| {
                let covers: Vec<_> = (0..rng.below(12)).map(|_| rng.below(60)).collect();
                let mut covers = covers;
                covers.sort_unstable();
                covers.dedup();
                candidate(id, rng.below(1_000) as u64, &covers)
            })
            .collect();
        let union = |gone: &[u32]| {
            let left = all.iter().filter(|c| !gone.contains(&c.id));
            left.flat_map(|c| c.covers.iter().flat_map(Covers::iter))
                .collect::<std::collections::BTreeSet<_>>()
        };
        let before = union(&[]);
        let copy = |c: &Candidate<u32>| Candidate { covers: c.covers.clone(), ..*c };
        let copy = all.iter().map(copy).collect();
        let gone = evict(copy, Caps { entries: 40, bytes: u64::MAX }, None);
        assert!(gone.len() > 200, "{}", gone.len());
        assert_eq!(union(&gone), before);
    }
}
