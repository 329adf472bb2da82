//! The gate: every seed, every case of `corpus/fixedbugs` and every crash
//! directory against one or several Go trees, compared with a baseline.

mod baseline;
mod behind;
mod by_root;
mod case_run;
mod cases;
mod changed;
mod closer;
mod compare;
mod effect;
pub mod github;
mod job;
pub mod junit;
pub mod known_table;
mod overview;
mod root_effect;
mod rooting;
mod run;
mod sample;
pub mod sarif;
mod search;
pub mod text;

use std::hash::Hasher as _;
use std::path::PathBuf;

use libafl_bolts::hasher_std;
use serde::Serialize;

pub use baseline::{Baseline, Expected, Sighting};
pub use by_root::{Group, by_root, graver, key};
pub use case_run::{CaseRun, Covered, Seen};
pub use cases::{Case, CaseKind, built_in, from_corpus, from_crashes};
pub use changed::{Changed, changed, changed_from_tree, reached, untouched};
pub use closer::{Sides, look, settle};
pub use compare::{Judged, Shown, Status, Verdict, compare};
pub use effect::{Change, Effect, effects};
pub use overview::overview;
pub use root_effect::{RootEffect, root_effects};
pub use rooting::roots;
pub use run::{Column, Limits, all_ran, deadline, run_again, run_columns};
pub use sample::{Making, Sample};
pub use search::search;

use crate::campaign::seeds::SeedError;
use crate::harness::{EnvError, HarnessError};
use crate::store::StoreError;
use crate::triage::{LoadError, runs_needed};

/// The rate of a race that the default number of runs must not miss.
pub const RATE: f64 = 0.2;
/// How often it may be missed.
pub const MISS: f64 = 0.01;

/// The default number of runs of a case. It misses a race of rate [`RATE`] less often than
/// [`MISS`].
#[must_use]
pub fn default_runs() -> u32 {
    runs_needed(RATE, MISS).expect("both are probabilities")
}

/// Why the gate could not run. Findings are not errors.
#[derive(Debug, thiserror::Error)]
pub enum RegressError {
    /// A seed is not a test case.
    #[error("{0}")]
    Seed(#[from] SeedError),
    /// A crash directory cannot be loaded.
    #[error("{0}")]
    Case(#[from] LoadError),
    /// The folder of crash directories cannot be read.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// There is no Go, or it cannot build the harness.
    #[error("{0}")]
    Env(#[from] EnvError),
    /// The harness does not work.
    #[error("{0}")]
    Harness(#[from] HarnessError),
    /// The baseline cannot be used.
    #[error("baseline {path}: {why}")]
    Baseline {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// What says how the gate's corpus was made cannot be used.
    #[error("{path}: {why}")]
    GateCorpus {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// A report cannot be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The campaign after the cases failed.
    #[error("the search failed: {0}")]
    Search(String),
    /// The options make no sense together.
    #[error("{0}")]
    Usage(String),
    /// Some cases never ran.
    #[error(
        "{missed} of {of} cases never ran on {go} because the time was up: use a longer --time \
         or fewer --runs"
    )]
    NoTime {
        /// Cases that did not run.
        missed: usize,
        /// All cases.
        of: usize,
        /// The column's label.
        go: String,
    },
}

/// One column of the gate's result: one Go tree.
#[derive(Clone, Debug, Serialize)]
pub struct ColumnReport {
    /// `go1.27.3`, `go1.27.3 + fix.json`.
    pub label: String,
    /// `go1.27.3`.
    pub go_version: String,
    /// GOROOT, for the locations in reports.
    pub goroot: PathBuf,
    /// Whether it was built with the overlay or with patches.
    pub patched: bool,
    /// Which patches.
    pub patches: Vec<String>,
    /// The results, in the order of the cases.
    pub cases: Vec<CaseRun>,
    /// The comparison with the baseline.
    pub verdict: Verdict,
    /// How long it took.
    pub seconds: f64,
}

/// The gate's complete result.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The requested number of runs of each case.
    pub runs: u32,
    /// Whether the gate passed.
    pub passed: bool,
    /// A digest of the decisions: equal for two runs that decide the same.
    pub result: String,
    /// One column for each Go tree.
    pub columns: Vec<ColumnReport>,
    /// What the overlay changes; empty without one.
    pub effects: Vec<Effect>,
    /// What it does to the roots that have a test case; empty without one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub root_effects: Vec<RootEffect>,
    /// Whether the second column was compared with the first instead of with a baseline.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub against: bool,
    /// The functions of go/types that differ from what they were compared with, or from the
    /// release's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<Changed>,
    /// The cases' names and programs.
    #[serde(skip)]
    pub sources: Vec<Case>,
}

impl Report {
    /// Combines the columns and decides. With an overlay, the column with it decides; the
    /// other one serves for comparison.
    #[must_use]
    pub fn new(runs: u32, sources: Vec<Case>, columns: Vec<ColumnReport>) -> Self {
        Self::compared(runs, sources, columns, false, Vec::new())
    }

    /// The same, with the second column compared with the first, and the functions that changed.
    #[must_use]
    pub fn compared(
        runs: u32,
        sources: Vec<Case>,
        columns: Vec<ColumnReport>,
        against: bool,
        changed: Vec<Changed>,
    ) -> Self {
        let (effects, root_effects) = match &columns[..] {
            [without, with] if against || !without.patched && with.patched => {
                (effects(without, with), root_effects(without, with))
            }
            _ => Default::default(),
        };
        let patched = columns.iter().any(|c| c.patched);
        let decides = |at: usize, c: &ColumnReport| match against {
            true => at == 1,
            false => c.patched == patched,
        };
        let mut deciding =
            columns.iter().enumerate().filter(|(i, c)| decides(*i, c)).map(|(_, c)| c);
        let passed = deciding.all(|c| c.verdict.passed());
        let result = digest(&columns, &effects);
        Self { runs, passed, result, columns, effects, root_effects, against, changed, sources }
    }
}

impl Report {
    /// Looks up a case by name.
    #[must_use]
    pub fn source(&self, name: &str) -> Option<&Case> {
        self.sources.iter().find(|c| c.name == name)
    }
}

/// Hashes statuses and signatures, but not counts, which depend on chance.
fn digest(columns: &[ColumnReport], effects: &[Effect]) -> String {
    let mut text = String::new();
    for column in columns {
        text.push_str(&format!("{}\n", column.label));
        let mut lines: Vec<String> = Vec::new();
        for j in &column.verdict.findings {
            if !matches!(j.status, Status::Contract | Status::Unconfirmed) {
                lines.push(format!("{:?} {}\n", j.status, j.signature));
            }
        }
        lines.sort();
        text.extend(lines);
    }
    for effect in effects.iter().filter(|e| e.change != Change::Unclear) {
        text.push_str(&format!("{:?} {}\n", effect.change, effect.signature));
    }
    let mut hasher = hasher_std();
    hasher.write(text.as_bytes());
    format!("{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_default_number_of_runs() {
        assert_eq!(super::default_runs(), 21);
    }
}
