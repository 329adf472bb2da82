//! Tests whether a candidate shows a finding often enough: Wald's sequential probability ratio
//! test, which stops as soon as the result is clear.

/// The maximum rate that is required: a single miss is not evidence.
const HIGHEST: f64 = 0.9;
/// A candidate whose rate is this share of the required rate should be refused: for cheap and for
/// expensive runs. If every accepted candidate lowers the rate a little, it is gone after ten of
/// them.
const WORSE: [f64; 2] = [0.75, 0.5];
/// The probability of accepting a candidate that is that much worse, for cheap and for expensive
/// runs.
const FALSE_ACCEPT: [f64; 2] = [0.05, 0.2];
/// The probability of refusing a candidate that is as good.
const FALSE_REJECT: f64 = 0.1;

/// A test of one candidate.
#[derive(Clone, Copy, Debug)]
pub struct SequentialTest {
    ratio: f64,
    hit: f64,
    miss: f64,
    accept: f64,
    left: u32,
}

impl SequentialTest {
    /// A test against the rate to preserve, 0 to 1, with fewer runs if they are expensive.
    #[must_use]
    pub fn new(rate: f64, dear: bool) -> Self {
        let good = rate.clamp(0.02, HIGHEST);
        let bad = good * WORSE[usize::from(dear)];
        Self {
            ratio: 0.0,
            hit: (good / bad).ln(),
            miss: ((1.0 - good) / (1.0 - bad)).ln(),
            accept: ((1.0 - FALSE_REJECT) / FALSE_ACCEPT[usize::from(dear)]).ln(),
            // The hypotheses are far apart: this limit is for the rare sequence that stays between
            // them.
            left: (60.0 / good) as u32,
        }
    }

    /// Records a run. Returns whether the rate is preserved, once that is clear.
    pub fn record(&mut self, shown: bool) -> Option<bool> {
        self.ratio += if shown { self.hit } else { self.miss };
        self.left = self.left.saturating_sub(1);
        if self.ratio >= self.accept {
            Some(true)
        } else if self.ratio <= (FALSE_REJECT / (1.0 - FALSE_ACCEPT[0])).ln() {
            Some(false)
        } else if self.left == 0 {
            Some(self.ratio > 0.0)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(rate: f64, shown: impl Fn(u32) -> bool) -> (u32, bool) {
        let mut test = SequentialTest::new(rate, false);
        (1..)
            .find_map(|n| test.record(shown(n)).map(|verdict| (n, verdict)))
            .expect("every test ends")
    }

    #[test]
    fn few_runs_where_it_is_clear() {
        assert_eq!(runs(1.0, |_| true), (11, true));
        assert_eq!(runs(1.0, |_| false), (2, false));
        let mut dear = SequentialTest::new(1.0, true);
        assert_eq!([dear.record(true), dear.record(true)], [None; 2]);
        assert_eq!(dear.record(true), Some(true));
        // One miss among hits is forgiven.
        assert!(runs(1.0, |n| n != 3).1);
        let (n, refused) = runs(0.3, |_| false);
        assert!(!refused && (15..40).contains(&n), "{n}");
        assert!(runs(0.3, |n| n % 3 == 0).1);
        assert!(!runs(0.9, |n| n % 3 == 0).1);
        assert!(!runs(0.0, |_| false).1);
    }
}
