//! What the other workers of a campaign kept.
//!
//! Each worker appends what it keeps to the journal in its folder, and follows the journals of the
//! others. Nothing else connects workers: no process between them, no port, no shared memory. A
//! worker that dies leaves a journal that the others have read up to its last complete line.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::campaign::corpus::journal_tail::{self, Noted, Tail};
use crate::campaign::corpus::work_dir::{self, CORPUS};
use crate::campaign::corpus::worker_folders;
use crate::feedback::Covers;
use crate::testcase::TestCase;

/// The interval at which new folders of workers are looked for.
const EVERY: Duration = Duration::from_secs(1);
/// One of this number of entries is run here before its coverage counts. The others are taken over
/// with the counters in the journal, unless an entry of the same worker failed.
const SAMPLE: u64 = 32;

/// A worker's place in its campaign.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its folder, inside the campaign's.
    pub work: PathBuf,
    /// Its number.
    pub index: u32,
    /// The number of workers.
    pub workers: u32,
}

/// An entry of another worker that is worth having.
#[derive(Debug)]
pub struct Shared {
    /// The entry's name.
    pub name: String,
    /// The test case.
    pub case: TestCase,
    /// The counters that it hits, according to the other worker.
    pub covers: Covers,
    /// Whether it must run here.
    pub must_run: bool,
    /// The folder that it comes from.
    pub from: PathBuf,
}

/// Follows the journals of the other workers; none if this one is alone.
pub struct Siblings {
    place: Option<Place>,
    build: String,
    tails: BTreeMap<PathBuf, Tail>,
    /// Entries that were looked at, and seeds that ran, by the number in their name.
    seen: BTreeSet<u64>,
    waiting: VecDeque<(PathBuf, Noted)>,
    /// Folders with an entry whose counters did not show here.
    doubtful: BTreeSet<PathBuf>,
    next_look: Instant,
    looked_at: u64,
}

impl Siblings {
    /// A worker at this place, with a harness of this build.
    #[must_use]
    pub fn new(place: Option<Place>, build: &str) -> Self {
        Self {
            place,
            build: build.to_owned(),
            tails: BTreeMap::new(),
            seen: BTreeSet::new(),
            waiting: VecDeque::new(),
            doubtful: BTreeSet::new(),
            next_look: Instant::now(),
            looked_at: 0,
        }
    }

    /// This worker's place, if it is not alone.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// The number of entries that were looked at.
    #[must_use]
    pub fn looked_at(&self) -> u64 {
        self.looked_at
    }

    /// Keys of entries that need not be looked at again.
    #[must_use]
    pub fn seen(&self) -> &BTreeSet<u64> {
        &self.seen
    }

    /// The same, without those that wait to be looked at.
    pub fn examined(&self) -> BTreeSet<u64> {
        let waiting = self.waiting.iter().filter_map(|(_, noted)| key(&noted.entry));
        let waiting: BTreeSet<u64> = waiting.collect();
        self.seen.difference(&waiting).copied().collect()
    }

    /// Adds keys of entries that an earlier process looked at.
    pub fn knows(&mut self, keys: impl IntoIterator<Item = u64>) {
        self.seen.extend(keys);
    }

    /// Notes that an entry from this folder did not hit the counters that its journal lists: from
    /// now on, all of that folder's entries run here. Returns whether that is news.
    pub fn doubt(&mut self, folder: &Path) -> bool {
        self.doubtful.insert(folder.to_owned())
    }

    /// The next entry of another worker that hits counters that are `wanted`.
    pub fn next(&mut self, wanted: impl Fn(&Covers) -> bool) -> Option<Shared> {
        loop {
            if self.waiting.is_empty() {
                self.look();
            }
            let (folder, noted) = self.waiting.pop_front()?;
            self.looked_at += 1;
            if !wanted(&noted.covers) {
                continue;
            }
            // A missing or broken entry is up to its own worker.
            let Ok(case) = work_dir::read(&folder.join(CORPUS).join(&noted.entry)) else {
                continue;
            };
            let sampled = key(&noted.entry).is_none_or(|key| key.is_multiple_of(SAMPLE));
            return Some(Shared {
                name: noted.entry,
                case,
                covers: noted.covers,
                must_run: sampled || self.doubtful.contains(&folder),
                from: folder,
            });
        }
    }

    /// Reads on in every journal.
    fn look(&mut self) {
        let Some(place) = &self.place else { return };
        if Instant::now() >= self.next_look {
            self.next_look = Instant::now() + EVERY;
            for folder in worker_folders::folders(&worker_folders::campaign(&place.work)) {
                if folder != place.work && !self.tails.contains_key(&folder) {
                    let tail = Tail::new(&folder);
                    self.tails.insert(folder, tail);
                }
            }
        }
        for (folder, tail) in &mut self.tails {
            // A journal that cannot be read now can be read later.
            let mut new = tail.read().unwrap_or_default();
            // If it is of another build, its worker will replace it.
            new.retain(|noted| {
                tail.build() == Some(&self.build)
                    && key(&noted.entry).is_some_and(|key| self.seen.insert(key))
            });
            self.waiting.extend(new.into_iter().map(|noted| (folder.clone(), noted)));
        }
    }

    /// Entries in the folders of workers that do not exist any more, of which nothing is known with
    /// this build. Each of them must run in one of the workers; these are this worker's.
    #[must_use]
    pub fn left_over(&self) -> Vec<PathBuf> {
        let Some(place) = &self.place else { return Vec::new() };
        let is_mine = |name: &str| {
            key(name).is_some_and(|key| {
                key % u64::from(place.workers) == u64::from(place.index)
                    && !self.seen.contains(&key)
            })
        };
        let mut left = BTreeMap::new();
        for folder in worker_folders::folders(&worker_folders::campaign(&place.work)) {
            if worker_folders::number(&folder).is_some_and(|n| n < place.workers) {
                continue;
            }
            let known = journal_tail::names(&folder, &self.build);
            for (name, path) in worker_folders::entries(&folder) {
                if is_mine(&name) && !known.contains(&name) {
                    left.entry(name).or_insert(path);
                }
            }
        }
        left.into_values().collect()
    }
}

/// An entry's name as a number, which it is.
#[must_use]
pub fn key(name: &str) -> Option<u64> {
    u64::from_str_radix(name, 16).ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use libafl::inputs::Input as _;

    use super::*;
    use crate::rng::Rng;
    use crate::scenario::Profile;

    /// Writes a journal with one entry for each seed.
    fn journal(work: &Path, build: &str, seeds: &[u64]) -> Vec<String> {
        fs::create_dir_all(work.join(CORPUS)).unwrap();
        let mut text =
            format!("{{\"format\":\"typerace-covers\",\"version\":1,\"build\":\"{build}\"}}\n");
        let mut names = Vec::new();
        for seed in seeds {
            let mut rng = Rng::new(*seed);
            let case = crate::generate::test_case(&mut rng, &Default::default(), Profile::Safe);
            let name = case.generate_name(None);
            fs::write(work.join(CORPUS).join(&name), case.to_json().unwrap()).unwrap();
            let covers: Covers = [usize::try_from(*seed).unwrap()].into_iter().collect();
            text += &format!("{{\"entry\":\"{name}\",\"covers\":\"{}\"}}\n", covers.to_hex());
            names.push(name);
        }
        fs::write(work.join("covers.jsonl"), text).unwrap();
        names
    }

    fn worker(root: &Path, index: u32, workers: u32) -> Siblings {
        let work = root.join(format!("worker-{index}"));
        fs::create_dir_all(&work).unwrap();
        Siblings::new(Some(Place { work, index, workers }), "b")
    }

    fn all(siblings: &mut Siblings, wanted: impl Fn(&Covers) -> bool + Copy) -> Vec<Shared> {
        std::iter::from_fn(|| siblings.next(wanted)).collect()
    }

    #[test]
    fn what_others_keep_comes_once_and_only_if_it_is_wanted() {
        let tmp = tempfile::tempdir().unwrap();
        let names = journal(&tmp.path().join("worker-1"), "b", &[1, 2, 3]);
        // The campaign had one worker before.
        let old = journal(tmp.path(), "b", &[3, 4]);
        let mut one = worker(tmp.path(), 0, 2);
        let got = all(&mut one, |covers| covers.iter().all(|i| i != 2));
        let mut got_names: Vec<_> = got.iter().map(|s| s.name.clone()).collect();
        let mut want = vec![names[0].clone(), names[2].clone(), old[1].clone()];
        got_names.sort();
        want.sort();
        assert_eq!((got_names, one.looked_at()), (want, 4));
        assert!(all(&mut one, |_| true).is_empty(), "each is looked at once");
        // Its own journal is not read.
        let mut other = worker(tmp.path(), 1, 2);
        assert_eq!(all(&mut other, |_| true).len(), 2);
        assert!(all(&mut Siblings::new(None, "b"), |_| true).is_empty());
    }

    #[test]
    fn a_worker_in_doubt_is_run_and_so_is_a_sample_of_the_others() {
        let tmp = tempfile::tempdir().unwrap();
        let seeds: Vec<u64> = (0..200).collect();
        let folder = tmp.path().join("worker-1");
        journal(&folder, "b", &seeds);
        let mut one = worker(tmp.path(), 0, 2);
        let run = all(&mut one, |_| true).iter().filter(|s| s.must_run).count();
        assert!((1..30).contains(&run), "{run} of 200");
        let mut two = worker(tmp.path(), 2, 3);
        assert!(two.doubt(&folder) && !two.doubt(&folder));
        assert!(all(&mut two, |_| true).iter().all(|s| s.must_run));
    }

    #[test]
    fn what_nobody_else_runs_is_dealt_out() {
        let tmp = tempfile::tempdir().unwrap();
        let seeds: Vec<u64> = (0..40).collect();
        // Worker 0 lives, and replaces its journal. Worker 5 is gone.
        journal(&tmp.path().join("worker-0"), "another", &seeds);
        let gone = journal(&tmp.path().join("worker-5"), "another", &seeds[..20]);
        let mut dealt = Vec::new();
        for i in 0..3 {
            let mut one = worker(tmp.path(), i, 3);
            assert!(all(&mut one, |_| true).is_empty());
            dealt.extend(one.left_over());
        }
        dealt.sort();
        let mut want: Vec<_> =
            gone.iter().map(|n| tmp.path().join("worker-5/corpus").join(n)).collect();
        want.sort();
        assert_eq!(dealt, want);
        // With the same build, the journal says all that is to be known.
        journal(&tmp.path().join("worker-5"), "b", &seeds[..20]);
        let mut one = worker(tmp.path(), 1, 3);
        assert!(one.left_over().is_empty());
        assert_eq!(all(&mut one, |_| true).len(), 20);
    }
}
