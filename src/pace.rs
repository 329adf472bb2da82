//! Time limits from what the corpus takes.
//!
//! Most test cases end after milliseconds, and the limits of a test case are seconds: a
//! campaign that meets one hang again and again spends its time waiting. So a run gets a
//! limit derived from the corpus' own run times. What exceeds it is no finding yet: unless
//! it is a known one it is run again under the full limits, and only what that shows
//! counts.

use std::time::Duration;

use crate::harness::Limits;

/// Entries that must have been measured before there is a limit.
const ENOUGH: usize = 32;
/// The limit is this many times what almost all entries take.
const TIMES: u32 = 25;
/// The least limit: on a loaded machine, a process may get no time for long.
const LEAST: Duration = Duration::from_millis(1_500);
/// Entries that are remembered at most.
const MOST: usize = 2_048;

/// Learns what runs take.
#[derive(Debug, Default)]
pub struct Pace {
    /// Sorted.
    took: Vec<Duration>,
    measured: usize,
    limit: Option<Duration>,
}

impl Pace {
    /// Takes in what a run of a new corpus entry took.
    pub fn learn(&mut self, took: Duration) {
        self.measured += 1;
        if self.took.len() < MOST {
            let at = self.took.partition_point(|t| *t < took);
            self.took.insert(at, took);
        }
        if self.measured.is_multiple_of(ENOUGH) && self.took.len() >= ENOUGH {
            // 29 of 30 take no longer.
            let most = self.took[(self.took.len() - 1) * 29 / 30];
            self.limit = Some((most * TIMES).max(LEAST));
        }
    }

    /// The limits of the next run; never above the full ones.
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
