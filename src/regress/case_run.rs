//! What the runs of one case showed.

use serde::Serialize;

use super::{Case, CaseKind};
use crate::finding::{Finding, Kind};
use crate::scenario::Class;
use crate::triage::Tally;

/// The result of all runs of a case.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CaseRun {
    /// [`Case::name`].
    pub case: String,
    /// Whether it is the test case of a root: see [`CaseKind::Root`].
    #[serde(skip)]
    pub is_root: bool,
    /// All runs.
    pub runs: u32,
    /// The findings, most frequent first.
    pub seen: Vec<Seen>,
    /// The parts of the case that this Go cannot run, and why.
    pub notes: Vec<String>,
    /// Seconds of one harness.
    pub seconds: f64,
    /// The signatures that showed again in a new process; `None` if the case was not looked at
    /// again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub again: Option<Vec<String>>,
    /// The coverage counters that its runs reached.
    #[serde(skip)]
    pub covered: Covered,
    /// Whether a run took longer than the limits' patience.
    #[serde(skip)]
    pub late: bool,
}

/// A set of coverage counters.
#[derive(Clone, Debug, Default)]
pub struct Covered(Vec<u64>);

impl Covered {
    /// Adds the counters that are not zero.
    pub(super) fn add(&mut self, counters: &[u8]) {
        self.0.resize(self.0.len().max(counters.len().div_ceil(64)), 0);
        for (word, counters) in self.0.iter_mut().zip(counters.chunks(64)) {
            for (bit, _) in counters.iter().enumerate().filter(|(_, c)| **c != 0) {
                *word |= 1 << bit;
            }
        }
    }

    /// Whether a counter is in the set.
    #[must_use]
    pub fn has(&self, counter: usize) -> bool {
        self.0.get(counter / 64).is_some_and(|word| word >> (counter % 64) & 1 == 1)
    }
}

/// A finding that a case showed.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    /// Runs that showed it.
    pub hits: u32,
    /// The finding as the first of these runs showed it.
    pub finding: Finding,
    /// The raw output of that run.
    #[serde(skip)]
    pub report: String,
}

impl CaseRun {
    /// A case that did not run yet.
    #[must_use]
    pub fn of(case: &Case) -> Self {
        let is_root = case.kind == CaseKind::Root;
        Self { case: case.name.clone(), is_root, ..Self::default() }
    }

    /// Adds other runs of the same case.
    pub(super) fn add(&mut self, more: CaseRun) {
        self.runs += more.runs;
        self.seconds += more.seconds;
        for seen in more.seen {
            match self.seen.iter_mut().find(|s| s.finding.id == seen.finding.id) {
                Some(s) => s.hits += seen.hits,
                None => self.seen.push(seen),
            }
        }
        self.sort();
    }

    /// Puts what showed most often first.
    pub(super) fn sort(&mut self) {
        self.seen
            .sort_by(|a, b| (b.hits, &a.finding.signature).cmp(&(a.hits, &b.finding.signature)));
    }

    /// Whether it is the test case of a root that shows at least as grave a bug. Such a case races at
    /// many places, at some of them rarely, and in the runs of one process often or never.
    #[must_use]
    pub fn shows_its_root(&self, kind: Kind) -> bool {
        let bugs = self.seen.iter().filter(|s| s.finding.class != Class::Breach);
        let mut kinds = bugs.map(|s| s.finding.kind);
        self.is_root && kinds.any(|k| k.row().severity >= kind.row().severity)
    }

    /// The number of runs that showed a signature, out of all runs.
    #[must_use]
    pub fn tally(&self, signature: &str) -> Tally {
        let seen = self.seen.iter().find(|s| s.finding.signature == signature);
        Tally { hits: seen.map_or(0, |s| s.hits), runs: self.runs }
    }
}
