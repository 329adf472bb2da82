//! How far a campaign is, in figures.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Counters of go/types.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Counters that were not zero at least once.
    pub hit: usize,
    /// Counters there are.
    pub total: usize,
}

/// Progress in figures. Those of several workers are added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Figures {
    /// Executions.
    pub execs: u64,
    /// Corpus entries.
    pub corpus: usize,
    /// Counters.
    pub coverage: Coverage,
    /// Executions that `valid` is counted of.
    pub counted: u64,
    /// Executions whose packages all type-check.
    pub valid: u64,
    /// Findings.
    pub findings: usize,
    /// Harness processes that took the place of another.
    pub restarts: u64,
    /// When a new counter was hit last, in seconds from the start.
    pub last_coverage: Option<f64>,
    /// The same of findings.
    pub last_finding: Option<f64>,
}

impl Figures {
    /// The progress line.
    #[must_use]
    pub fn line(&self, now: Duration) -> String {
        let Coverage { hit, total } = self.coverage;
        format!(
            "{:>3}:{:02}  {} execs ({:.0}/s)  corpus {}  coverage {hit}/{total} ({:.1} %)  \
             valid {:.0} %  findings {}",
            now.as_secs() / 60,
            now.as_secs() % 60,
            self.execs,
            self.rate(now),
            self.corpus,
            percent(hit as u64, total as u64),
            self.valid_percent(),
            self.findings,
        )
    }

    /// Executions a second since the start.
    #[must_use]
    pub fn rate(&self, now: Duration) -> f64 {
        self.execs as f64 / now.as_secs_f64().max(0.001)
    }

    /// Share of executions whose packages all type-check, percent.
    #[must_use]
    pub fn valid_percent(&self) -> f64 {
        percent(self.valid, self.counted)
    }

    /// The same, by the clock of a campaign that began earlier `by` this time.
    #[must_use]
    pub fn later_by(mut self, by: Duration) -> Self {
        for at in [&mut self.last_coverage, &mut self.last_finding].into_iter().flatten() {
            *at += by.as_secs_f64();
        }
        self
    }

    /// Adds another worker's figures: counts are added; of coverage and corpus, which workers
    /// share, the greatest is taken. Findings are not added: two workers may have the same.
    pub fn add(&mut self, other: &Self) {
        self.execs += other.execs;
        self.counted += other.counted;
        self.valid += other.valid;
        self.restarts += other.restarts;
        self.corpus = self.corpus.max(other.corpus);
        if other.coverage.hit >= self.coverage.hit {
            self.coverage = other.coverage;
        }
        self.last_coverage = later(self.last_coverage, other.last_coverage);
        self.last_finding = later(self.last_finding, other.last_finding);
    }
}

fn later(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    a.into_iter().chain(b).reduce(f64::max)
}

/// `part` of `whole` in percent; 0 of nothing.
#[must_use]
pub fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { 100.0 * part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_add_up() {
        let a = Figures {
            execs: 10,
            counted: 10,
            valid: 5,
            restarts: 1,
            corpus: 3,
            coverage: Coverage { hit: 7, total: 9 },
            last_coverage: Some(4.0),
            ..Figures::default()
        };
        let b = Figures { corpus: 2, coverage: Coverage { hit: 6, total: 9 }, ..a };
        let mut sum = Figures::default();
        sum.add(&a);
        sum.add(&b.later_by(Duration::from_secs(2)));
        assert_eq!((sum.execs, sum.corpus, sum.coverage.hit, sum.restarts), (20, 3, 7, 2));
        assert_eq!((sum.last_coverage, sum.last_finding), (Some(6.0), None));
        assert_eq!(sum.valid_percent(), 50.0);
        assert_eq!(Figures::default().valid_percent(), 0.0);
    }
}
