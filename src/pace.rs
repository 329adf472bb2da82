//! Time limits derived from the run times of the corpus.
//!
//! Most test cases take milliseconds, but the limits of a test case are seconds, so a
//! campaign that keeps hitting one hang would spend its time waiting. A run therefore gets a
//! limit derived from the run times of the corpus. Exceeding it is not a finding yet. Unless
//! the campaign already knows the finding, it runs the test case again under the full
//! limits, and only the result of that run counts.

use std::time::Duration;

use crate::harness::Limits;

/// The minimum number of measured entries.
const ENOUGH: usize = 32;
/// The limit is this many times what almost all entries take.
const TIMES: u32 = 25;
/// The lowest limit: on a loaded machine, a process may not run for a while.
const LEAST: Duration = Duration::from_millis(1_500);
/// The maximum number of run times to remember.
const MOST: usize = 2_048;

/// Learns how long runs take.
#[derive(Debug, Default)]
pub struct Pace {
    /// Sorted.
    took: Vec<Duration>,
    measured: usize,
    limit: Option<Duration>,
}

impl Pace {
    /// Records the run time of a new corpus entry.
    pub fn learn(&mut self, took: Duration) {
        self.measured += 1;
        if self.took.len() < MOST {
            let at = self.took.partition_point(|t| *t < took);
            self.took.insert(at, took);
        }
        if self.measured.is_multiple_of(ENOUGH) && self.took.len() >= ENOUGH {
            // 29 of 30 entries take no longer.
            let most = self.took[(self.took.len() - 1) * 29 / 30];
            self.limit = Some((most * TIMES).max(LEAST));
        }
    }

    /// The limits for the next run, never above the full ones.
    #[must_use]
    pub fn limits(&self, full: Limits) -> Limits {
        let Some(limit) = self.limit else { return full };
        Limits {
            setup: full.setup.min(limit),
            concurrent: full.concurrent.min(limit),
            total: full.total.min(limit * 2),
            ..full
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_follow_the_corpus_and_stay_below_the_full_ones() {
        let full = Limits::default();
        let mut pace = Pace::default();
        for i in 0..ENOUGH as u64 - 1 {
            pace.learn(Duration::from_millis(1 + i));
        }
        assert_eq!(pace.limits(full), full, "not measured enough");
        pace.learn(Duration::from_secs(60));
        let limits = pace.limits(full);
        assert_eq!((limits.concurrent, limits.total), (LEAST, LEAST * 2));
        assert_eq!(limits.memory, full.memory);
        // A slow machine.
        for _ in 0..10 * ENOUGH {
            pace.learn(Duration::from_millis(120));
        }
        assert_eq!(pace.limits(full).concurrent, Duration::from_secs(3));
        for _ in 0..10 * ENOUGH {
            pace.learn(Duration::from_secs(5));
        }
        assert_eq!(pace.limits(full), full);
        // Limits that the user set lower stay.
        let short = Limits { concurrent: Duration::from_millis(50), ..full };
        assert_eq!(pace.limits(short).concurrent, short.concurrent);
    }
}
