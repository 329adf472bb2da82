//! Whether a candidate shows a finding as often as it should: Wald's sequential
//! probability ratio test, which stops as soon as the runs are clear.

/// The rate that is never asked for more than: one miss is no evidence.
const HIGHEST: f64 = 0.9;
/// A candidate with this share of the rate is to be refused: where runs are
/// cheap and where they are dear. A rate that every accepted candidate lowers a
/// little is gone after ten of them.
const WORSE: [f64; 2] = [0.75, 0.5];
/// Probability of taking a candidate that is that much worse, where runs are
/// cheap and where they are dear.
const FALSE_ACCEPT: [f64; 2] = [0.05, 0.2];
/// Probability of refusing one that is as good.
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
    /// A test against the rate, 0 to 1, that is to be kept; with fewer runs if
    /// they are dear.
    #[must_use]
    pub fn new(rate: f64, dear: bool) -> Self {
        let good = rate.clamp(0.02, HIGHEST);
        let bad = good * WORSE[usize::from(dear)];
        Self {
            ratio: 0.0,
            hit: (good / bad).ln(),
            miss: ((1.0 - good) / (1.0 - bad)).ln(),
            accept: ((1.0 - FALSE_REJECT) / FALSE_ACCEPT[usize::from(dear)]).ln(),
            // Both hypotheses are far apart: this is for the rare walk between.
            left: (60.0 / good) as u32,
        }
    }

    /// Takes a run into account; says whether the rate is kept once that is
    /// clear.
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
