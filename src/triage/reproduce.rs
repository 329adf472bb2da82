//! Measures how often a test case shows its finding: the statistics of repeated runs.

use crate::finding::Rate;

/// The standard normal quantile of a two-sided interval of 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// When a result is clear enough.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clear {
    /// The interval is at most this wide, once the finding was seen.
    pub width: f64,
    /// The rate is below this, if the finding has never shown.
    pub never: f64,
}

impl Default for Clear {
    /// Stops after 9 runs that all show it, after at most 40 with any other rate, and after 73 that
    /// never show it.
    fn default() -> Self {
        Self { width: 0.3, never: 0.05 }
    }
}

/// The number of runs of a test case, and of those that showed the finding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Runs that showed it.
    pub hits: u32,
    /// All runs.
    pub runs: u32,
}

impl Tally {
    /// Counts one run.
    pub fn record(&mut self, hit: bool) {
        self.hits += u32::from(hit);
        self.runs += 1;
    }

    /// The share of runs that showed it; 0 without runs.
    #[must_use]
    pub fn rate(self) -> f64 {
        if self.runs == 0 { 0.0 } else { f64::from(self.hits) / f64::from(self.runs) }
    }

    /// The Wilson interval, which contains the true rate with 95 % confidence. It stays inside
    /// 0..=1 and is accurate for few runs and extreme rates, which are typical of races.
    #[must_use]
    pub fn interval(self) -> (f64, f64) {
        if self.runs == 0 {
            return (0.0, 1.0);
        }
        let (n, p, zz) = (f64::from(self.runs), self.rate(), Z * Z);
        let centre = (p + zz / (2.0 * n)) / (1.0 + zz / n);
        let half = Z / (1.0 + zz / n) * (p * (1.0 - p) / n + zz / (4.0 * n * n)).sqrt();
        // Exact at the ends, which rounding would miss slightly.
        let low = if self.hits == 0 { 0.0 } else { (centre - half).max(0.0) };
        let high = if self.hits == self.runs { 1.0 } else { (centre + half).min(1.0) };
        (low, high)
    }

    /// The stored form; `None` without runs.
    #[must_use]
    pub fn stored(self) -> Option<Rate> {
        let (low, high) = self.interval();
        (self.runs > 0).then_some(Rate { seen: self.hits, runs: self.runs, low, high })
    }

    /// Whether more runs would not change the conclusion.
    #[must_use]
    pub fn is_clear(self, clear: Clear) -> bool {
        let (low, high) = self.interval();
        if self.hits == 0 { high <= clear.never } else { high - low <= clear.width }
    }
}

impl std::fmt::Display for Tally {
    /// `7 of 10 (95 %: 40 to 89 %)`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (low, high) = self.interval();
        let Tally { hits, runs } = self;
        write!(f, "{hits} of {runs} (95 %: {:.0} to {:.0} %)", low * 100.0, high * 100.0)
    }
}

/// The number of runs needed so that a race with this rate is missed with at most the given
/// probability. `None` if no number is enough, or the arguments are not probabilities.
#[must_use]
pub fn runs_needed(rate: f64, miss: f64) -> Option<u32> {
    let probability = |p: f64| (0.0..=1.0).contains(&p);
    if !probability(rate)
        || !probability(miss)
        || rate == 0.0 && miss < 1.0
        || miss == 0.0 && rate < 1.0
    {
        return None;
    }
    if rate >= 1.0 || miss >= 1.0 {
        return Some(1);
    }
    // ln_1p keeps small rates exact; the small margin avoids one run too many for exact powers.
    let runs = (miss.ln() / (-rate).ln_1p() - 1e-9).ceil().max(1.0);
    (runs <= f64::from(u32::MAX)).then_some(runs as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(hits: u32, runs: u32) -> Tally {
        Tally { hits, runs }
    }

    #[test]
    fn intervals_known_from_tables() {
        // Wilson score, 95 %.
        for (hits, runs, low, high) in [
            (0, 10, 0.0, 0.2775),
            (1, 10, 0.0179, 0.4042),
            (5, 10, 0.2366, 0.7634),
            (10, 10, 0.7225, 1.0),
            (50, 100, 0.4038, 0.5962),
        ] {
            let (l, h) = tally(hits, runs).interval();
            assert!((l - low).abs() < 1e-4 && (h - high).abs() < 1e-4, "{hits}/{runs}: {l} {h}");
        }
        assert_eq!(tally(0, 0).interval(), (0.0, 1.0));
        assert_eq!(tally(7, 10).to_string(), "7 of 10 (95 %: 40 to 89 %)");
    }

    #[test]
    fn runs_stop_when_clear() {
        let stop = |hit: fn(u32) -> bool| {
            let mut t = Tally::default();
            (0..200).find(|&i| {
                t.record(hit(i));
                t.is_clear(Clear::default())
            })
        };
        assert_eq!(stop(|_| true).map(|i| i + 1), Some(9));
        assert_eq!(stop(|_| false).map(|i| i + 1), Some(73));
        let half = stop(|i| i % 2 == 0).unwrap() + 1;
        assert!((38..=40).contains(&half), "{half}");
    }

    #[test]
    fn enough_runs_and_not_one_more() {
        for (rate, miss) in [(0.5, 0.01), (0.1, 0.05), (0.01, 0.001), (0.9, 0.1), (1e-6, 0.5)] {
            let n = f64::from(runs_needed(rate, miss).unwrap());
            assert!((1.0 - rate).powf(n) <= miss * (1.0 + 1e-6), "{rate} {miss} {n}");
            assert!((1.0 - rate).powf(n - 1.0) > miss * (1.0 - 1e-9), "{rate} {miss} {n}");
        }
        assert_eq!(runs_needed(1.0, 0.001), Some(1));
        assert_eq!(runs_needed(0.5, 1.0), Some(1));
        for (rate, miss) in
            [(0.0, 0.1), (0.5, 0.0), (-0.1, 0.1), (0.1, 1.1), (f64::NAN, 0.1), (1e-12, 0.01)]
        {
            assert_eq!(runs_needed(rate, miss), None, "{rate} {miss}");
        }
    }
}
