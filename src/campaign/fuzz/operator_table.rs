//! The operators' weights and figures, of one campaign and from one to the next.

use libafl::corpus::CorpusId;
use serde::{Deserialize, Serialize};

use crate::campaign::results::operators::Row;
use crate::mutators::{Mutated, OperatorStats, Outcome, Parents, Weights};

/// What the generator is called among operators.
pub const GENERATE: &str = "generate";

/// The operators' weights and figures, and those of the generator.
#[derive(Debug, Default)]
pub struct OperatorTable {
    weights: Weights,
    generated: OperatorStats,
    parents: Parents<CorpusId>,
}

/// What is kept of a [`OperatorTable`] from one campaign to the next.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Saved {
    weights: Weights,
    generated: OperatorStats,
}

impl OperatorTable {
    /// No figures yet.
    #[must_use]
    pub fn new(weights: Weights) -> Self {
        Self { weights, ..Self::default() }
    }

    /// Takes in a new corpus entry, with whether it type-checks.
    pub fn entry(&mut self, id: Option<CorpusId>, checked: bool) {
        if let Some(id) = id {
            self.parents.record(id, checked);
        }
    }

    /// The entry is in the corpus no more.
    pub fn forget(&mut self, id: CorpusId) {
        self.parents.forget(&id);
    }

    /// Whether an entry type-checks.
    #[must_use]
    pub fn type_checks(&self, id: CorpusId) -> bool {
        self.parents.type_checks(id)
    }

    /// What operators are chosen by.
    #[must_use]
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Which entries type-check.
    #[must_use]
    pub fn parents(&self) -> &Parents<CorpusId> {
        &self.parents
    }

    /// Counts what came of a mutant.
    pub fn record(&mut self, mutated: &Mutated, outcome: Outcome) {
        self.weights.record(mutated, outcome);
    }

    /// Counts what came of a generated test case.
    pub fn record_generated(&mut self, outcome: Outcome) {
        self.generated.record(outcome);
    }

    /// Weights and figures, for the next campaign.
    #[must_use]
    pub fn saved(&self) -> Saved {
        Saved { weights: self.weights.clone(), generated: self.generated }
    }

    /// Takes over an earlier campaign's figures, and its weights if they learn.
    pub fn restore(&mut self, saved: Saved) {
        self.weights.resume(saved.weights);
        self.generated = saved.generated;
    }

    /// Every operator with its figures, the generator last.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        let row = |(name, stats): (&str, &OperatorStats)| Row {
            name: name.to_owned(),
            stats: *stats,
            parsed_percent: stats.percent(stats.parsed),
            checked_percent: stats.percent(stats.checked),
        };
        self.weights.stats().chain([(GENERATE, &self.generated)]).map(row).collect()
    }
}
