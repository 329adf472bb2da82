//! Counts the results of each operator's mutants.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

/// The result of running one mutant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Every file parses.
    pub parsed: bool,
    /// Every package type-checks.
    pub checked: bool,
    /// It reached new coverage.
    pub new_coverage: bool,
    /// It made a new finding that is not a breach of contract.
    pub finding: bool,
}

/// The figures of one operator. A mutant counts for each operator that helped to make it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorStats {
    /// Mutants made.
    pub made: u64,
    /// Mutants whose files all parse.
    pub parsed: u64,
    /// Mutants that type-check.
    pub checked: u64,
    /// Mutants that reached new coverage.
    pub new_coverage: u64,
    /// Mutants that made a new finding that is not a breach of contract.
    pub findings: u64,
}

impl OperatorStats {
    /// Counts one mutant.
    pub fn record(&mut self, outcome: Outcome) {
        self.made += 1;
        self.parsed += u64::from(outcome.parsed);
        self.checked += u64::from(outcome.checked);
        self.new_coverage += u64::from(outcome.new_coverage);
        self.findings += u64::from(outcome.finding);
    }

    /// A count as a share of the mutants made, in percent; 0 if there are none.
    #[must_use]
    pub fn percent(&self, of: u64) -> f64 {
        if self.made == 0 { 0.0 } else { 100.0 * of as f64 / self.made as f64 }
    }
}

impl AddAssign for OperatorStats {
    fn add_assign(&mut self, other: Self) {
        self.made += other.made;
        self.parsed += other.parsed;
        self.checked += other.checked;
        self.new_coverage += other.new_coverage;
        self.findings += other.findings;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_add_up() {
        let mut a = OperatorStats::default();
        assert_eq!(a.percent(a.parsed), 0.0);
        a.record(Outcome { parsed: true, checked: true, ..Outcome::default() });
        a.record(Outcome { parsed: true, finding: true, ..Outcome::default() });
        let mut b = a;
        b += a;
        let want = OperatorStats { made: 4, parsed: 4, checked: 2, new_coverage: 0, findings: 2 };
        assert_eq!(b, want);
        assert_eq!(b.percent(b.checked), 50.0);
    }
}
