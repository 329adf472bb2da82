//! The corpus of the gate, made from what campaigns found: `corpus/gate`.
//!
//! It is the smallest set of test cases that reaches what all candidates reach ([`gauge`]) and shows
//! nothing on unchanged releases. Candidates are the entries of work folders, seeds, and each of these
//! with its operations run against themselves and their readers ([`mirror`]). The order is the one in
//! which a short run learns most: most that is new for its time first.

mod gauge;
mod mirror;
mod write;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use gauge::Release;

use crate::campaign::corpus::distill::Amount;
use crate::campaign::corpus::seeds;
use crate::campaign::corpus::set_cover::{Set, cover_by_rate};
use crate::campaign::corpus::stored::{
    CorpusError, Problem, empty_folder, failed, write as write_file,
};
use crate::scenario::Class;
use crate::testcase::SourceCase;
use gauge::{Gauge, Reached};

/// Runs that a candidate must be silent in, before it is measured.
const FIRST_RUNS: u32 = 1;
/// Runs of what is chosen. A finding that shows in 3 % of the runs gets through once in a hundred times.
const RUNS: u32 = 150;
/// How many entries reach what can be reached so often: another program, or other operations, show
/// what the first one does not.
const LAYERS: usize = 2;
/// All entries together, in bytes.
const SIZE: u64 = 2 << 20;

/// The name of the file beside the entries that says how they were made.
pub const MADE: &str = "made.json";

/// What `made.json` beside the entries says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// The releases on which no entry shows anything.
    pub go: Vec<String>,
    /// The oldest minor release among them: older ones have faults that are fixed since.
    pub since: u32,
    /// The entries.
    pub entries: Amount,
    /// The names of those that add a shared write. Only an interleaving that is rare may show what is
    /// wrong with it, so they run more often.
    pub shared: Vec<String>,
    /// How long one run of each takes, one after another.
    pub milliseconds: u64,
    /// What they reach on all releases together, by kind.
    pub reached: Reached,
    /// The same for all silent candidates.
    pub reached_before: Reached,
}

/// The result of making the corpus.
#[derive(Debug, Serialize)]
pub struct Making {
    /// What was made.
    #[serde(flatten)]
    pub made: Made,
    /// Test cases read.
    pub read: usize,
    /// Candidates measured: those that were read, and mirrored ones.
    pub measured: usize,
    /// Candidates that showed something on a release.
    pub loud: usize,
    /// Files that could not be used.
    pub left_out: Vec<Problem>,
}

/// A test case that may become an entry.
struct Candidate {
    case: SourceCase,
    set: Set,
    /// Runs on each release in which it was silent.
    silent: u32,
}

/// The candidates so far.
#[derive(Default)]
struct Candidates {
    all: Vec<Candidate>,
    /// What was seen, by content.
    seen: BTreeSet<String>,
    loud: usize,
}

/// Makes the corpus in a folder that does not exist yet or is empty.
///
/// # Errors
/// Unusable folders, a harness that does not work, a signal. Nothing is written then.
pub fn make(
    releases: Vec<Release>,
    sources: &[PathBuf],
    out: &Path,
    progress: &mut dyn FnMut(&str),
) -> Result<Making, CorpusError> {
    empty_folder(out)?;
    let mut gauge = Gauge::new(releases);
    let mut left_out = Vec::new();
    let cases = read(&mut gauge, sources, &mut left_out)?;
    let n = cases.len();
    let mut candidates = Candidates::default();
    for (i, case) in cases.into_iter().enumerate() {
        progress(&format!("{i} of {n} test cases measured"));
        candidates.try_one(&mut gauge, case)?;
    }
    let chosen = candidates.chosen();
    for (i, &at) in chosen.iter().enumerate() {
        progress(&format!("{i} of {} chosen ones mirrored", chosen.len()));
        for case in mirror::of(&mut gauge, &candidates.all[at].case)? {
            candidates.try_one(&mut gauge, case)?;
        }
    }
    let reached_before = gauge.reached(candidates.all.iter().map(|c| &c.set.covers[..]));
    let chosen = candidates.silent(&mut gauge, progress)?;
    let chosen: Vec<&Candidate> = chosen.into_iter().map(|i| &candidates.all[i]).collect();
    let made = Made { reached_before, ..write::write(&gauge, &chosen, out, SIZE)? };
    let path = out.join(MADE);
    let text = serde_json::to_string_pretty(&made).map_err(|e| failed(&path)(e.into()))?;
    write_file(&path, &(text + "\n"))?;
    Ok(Making { made, read: n, measured: candidates.all.len(), loud: candidates.loud, left_out })
}

/// The test cases of all folders that break no rule, each content once.
fn read(
    gauge: &mut Gauge,
    sources: &[PathBuf],
    left_out: &mut Vec<Problem>,
) -> Result<Vec<SourceCase>, CorpusError> {
    let mut cases = Vec::new();
    for dir in sources {
        for seed in seeds::from_directory(dir, true)? {
            match gauge.import(&seed)? {
                Ok(case) => cases.push(case),
                Err(why) => left_out.push(Problem { path: seed.path, why }),
            }
        }
    }
    Ok(cases)
}

impl Candidates {
    /// Measures a test case, unless it was seen, breaks a rule or shows something.
    fn try_one(&mut self, gauge: &mut Gauge, mut case: SourceCase) -> Result<(), CorpusError> {
        let Some(scenario) = &mut case.scenario else { return Ok(()) };
        scenario.comment.clear();
        if scenario.class() == Class::Breach || !self.seen.insert(case.to_txtar()) {
            return Ok(());
        }
        let Some(cost) = gauge.silent(&case, 0..FIRST_RUNS)? else {
            self.loud += 1;
            return Ok(());
        };
        if let Some(covers) = gauge.measure(&case)? {
            self.all.push(Candidate { case, set: Set { covers, cost }, silent: FIRST_RUNS });
        }
        Ok(())
    }

    /// What reaches everything, and then what reaches it once more.
    fn chosen(&self) -> Vec<usize> {
        let mut sets: Vec<Set> = self.all.iter().map(|c| c.set.clone()).collect();
        let mut chosen = Vec::new();
        for _ in 0..LAYERS {
            let layer = cover_by_rate(&sets);
            layer.iter().for_each(|&i| sets[i].covers.clear());
            chosen.extend(layer);
        }
        chosen
    }

    /// Chooses candidates in the order of the corpus. Those that turn out to show something are
    /// replaced until none is left.
    fn silent(
        &mut self,
        gauge: &mut Gauge,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Vec<usize>, CorpusError> {
        for runs in [8, RUNS] {
            loop {
                let chosen = self.chosen();
                let mut any = false;
                for (i, &at) in chosen.iter().enumerate() {
                    progress(&format!("{i} of {} entries, {runs} runs each", chosen.len()));
                    let c = &mut self.all[at];
                    if c.silent >= runs {
                        continue;
                    }
                    match gauge.silent(&c.case, c.silent..runs)? {
                        Some(cost) => c.set.cost = cost,
                        None => {
                            c.set.covers.clear();
                            self.loud += 1;
                            any = true;
                        }
                    }
                    c.silent = runs;
                }
                if !any {
                    break;
                }
            }
        }
        Ok(self.chosen())
    }
}
