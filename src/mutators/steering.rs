//! Controls how many mutants are ill-typed, through repair and the choice of
//! parents.

use std::collections::BTreeSet;

use super::Settings;
use crate::rng::Rng;

/// Moves the share of repaired mutants, and then the share of well-typed
/// parents, until as many mutants are ill-typed as were asked for.
///
/// The corpus collects ill-typed entries, because error paths are coverage too,
/// and repair fixes only what a mutation broke, not what was broken before. Left
/// alone, more and more mutants of a campaign would be ill-typed. This is an integral
/// controller in whole numbers: the same outcomes in the same order give the
/// same shares on every machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steering {
    /// Percent.
    ill_typed: u32,
    /// In 1/100 percent. Up to [`FULL`] it is the share of mutants to repair; the
    /// excess over [`FULL`] is the share of ill-typed parents to pass over.
    effort: i64,
    /// Mutants since the effort was last worked out.
    mutants: i64,
    /// Of them, those that type-check.
    checked: i64,
}

/// Mutants between two adjustments.
const PERIOD: i64 = 256;
/// Every case, in 1/100 percent.
const FULL: i64 = 10_000;

impl Steering {
    /// The share of ill-typed mutants unless asked for another, percent.
    pub const DEFAULT_PERCENT: u32 = 30;

    /// Aims at this percentage of ill-typed mutants; more than 100 counts as 100.
    #[must_use]
    pub fn new(ill_typed: u32) -> Self {
        let effort = i64::from(Settings::default().repair_percent) * 100;
        Self { ill_typed: ill_typed.min(100), effort, mutants: 0, checked: 0 }
    }

    /// The percentage of mutants to repair now.
    #[must_use]
    pub fn repair_percent(&self) -> u32 {
        u32::try_from(self.effort.min(FULL) / 100).unwrap_or_default()
    }

    /// How often a well-typed entry replaces an ill-typed one that was chosen,
    /// in percent.
    #[must_use]
    pub fn pass_over_percent(&self) -> u32 {
        u32::try_from((self.effort - FULL).max(0) / 100).unwrap_or_default()
    }

    /// The entry to mutate instead of the chosen one, if another is to be.
    pub fn instead<I: Copy + Ord>(
        &self,
        chosen: I,
        parents: &Parents<I>,
        rng: &mut Rng,
    ) -> Option<I> {
        let ill_typed = parents.ill_typed.contains(&chosen);
        (ill_typed && rng.chance(self.pass_over_percent()))
            .then(|| rng.choose(&parents.well_typed).copied())
            .flatten()
    }

    /// Records whether a mutant type-checks.
    pub fn record(&mut self, checked: bool) {
        self.mutants += 1;
        self.checked += i64::from(checked);
        if self.mutants < PERIOD {
            return;
        }
        let ill_typed = FULL - FULL * self.checked / self.mutants;
        let excess = ill_typed - i64::from(self.ill_typed) * 100;
        // A repair, or another parent, turns about half of the mutants from
        // ill-typed to well-typed: half of the excess settles without swinging.
        self.effort = (self.effort + excess / 2).clamp(0, 2 * FULL);
        (self.mutants, self.checked) = (0, 0);
    }
}

impl Default for Steering {
    fn default() -> Self {
        Self::new(Self::DEFAULT_PERCENT)
    }
}

/// Which entries of a corpus type-check.
#[derive(Clone, Debug)]
pub struct Parents<I> {
    well_typed: Vec<I>,
    ill_typed: BTreeSet<I>,
}

impl<I> Default for Parents<I> {
    fn default() -> Self {
        Self { well_typed: Vec::new(), ill_typed: BTreeSet::new() }
    }
}

impl<I: Copy + Ord> Parents<I> {
    /// Records a new entry.
    pub fn record(&mut self, entry: I, checked: bool) {
        if checked {
            self.well_typed.push(entry);
        } else {
            self.ill_typed.insert(entry);
        }
    }

    /// Forgets an entry that has left the corpus.
    pub fn forget(&mut self, entry: &I) {
        self.well_typed.retain(|e| e != entry);
        self.ill_typed.remove(entry);
    }

    /// Whether an entry type-checks; an unknown one counts as well-typed.
    #[must_use]
    pub fn type_checks(&self, entry: I) -> bool {
        !self.ill_typed.contains(&entry)
    }

    /// Entries that type-check, and those that do not.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        (self.well_typed.len(), self.ill_typed.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Percent of ill-typed mutants over the second half, when `plain` of 100
    /// type-check as they are and `repaired` of 100 after a repair, if the
    /// parent does; half of the corpus does not, nor do its mutants.
    fn settles_at(ill_typed: u32, plain: u32, repaired: u32) -> u32 {
        let (mut steering, mut rng) = (Steering::new(ill_typed), Rng::new(1));
        let mut parents = Parents::default();
        (0..10).for_each(|i| parents.record(i, i < 5));
        parents.record(10, true);
        parents.record(11, false);
        (10..12).for_each(|i| parents.forget(&i));
        assert_eq!(parents.counts(), (5, 5));
        let mut bad = 0;
        for i in 0..40_000 {
            let chosen = rng.below(10);
            let parent = steering.instead(chosen, &parents, &mut rng).unwrap_or(chosen);
            let repair = rng.chance(steering.repair_percent());
            let checked = parent < 5 && rng.chance(if repair { repaired } else { plain });
            steering.record(checked);
            bad += u32::from(i >= 20_000 && !checked);
        }
        bad / 200
    }

    #[test]
    fn it_reaches_what_repair_and_parents_can() {
        for aim in [20, 30, 50, 60, 80] {
            let got = settles_at(aim, 35, 85);
            assert!(got.abs_diff(aim) <= 2, "{got} for {aim}");
        }
        // Beyond it, both are always or never.
        assert!(settles_at(0, 35, 85).abs_diff(15) <= 2);
        assert!(settles_at(100, 35, 85).abs_diff(82) <= 2);
        assert_eq!(Steering::new(400), Steering::new(100));
    }

    #[test]
    fn only_ill_typed_entries_are_passed_over() {
        let (mut steering, mut rng) = (Steering::new(0), Rng::new(1));
        let mut parents = Parents::default();
        parents.record(1, false);
        (0..20_000).for_each(|_| steering.record(false));
        assert_eq!((steering.repair_percent(), steering.pass_over_percent()), (100, 100));
        // There is no other.
        assert_eq!(steering.instead(1, &parents, &mut rng), None);
        parents.record(2, true);
        assert_eq!(steering.instead(1, &parents, &mut rng), Some(2));
        assert_eq!(steering.instead(2, &parents, &mut rng), None);
        assert_eq!(steering.instead(3, &parents, &mut rng), None);
    }
}
