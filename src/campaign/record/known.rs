//! What a campaign has found so far, and how many breaches of contract it stores.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::campaign::results::found::Found;
use crate::finding::{Finding, Kind};
use crate::scenario::Class;

/// How many findings of one kind are stored for one set of contract breaches.
/// Two checkers on one `Checker` race in a hundred places, and every one of them
/// says the same. A race that shows without the breach is stored whatever the count.
const STORED_PER_BREACH: usize = 4;

/// The findings of a campaign.
#[derive(Debug, Default)]
pub(super) struct Known {
    found: Vec<Found>,
    /// Contract findings that were not stored: signatures by id, with counts.
    passed_over: BTreeMap<String, u64>,
    /// Findings stored for each set of breaches and kind.
    breaches: BTreeMap<(String, Kind), usize>,
    /// Sets of breaches that were tried for a fatal error; the empty set is none.
    pressed: BTreeSet<String>,
}

/// What a later campaign need not find out again.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Memory {
    passed_over: BTreeMap<String, u64>,
    breaches: Vec<(String, Kind, usize)>,
    pressed: BTreeSet<String>,
}

impl Known {
    /// Everything that was found, in its order.
    pub(super) fn found(&self) -> &[Found] {
        &self.found
    }

    /// Contract findings that were not stored because the same breach has
    /// [`STORED_PER_BREACH`] already.
    pub(super) fn passed_over(&self) -> usize {
        self.passed_over.len()
    }

    /// What a later campaign need not find out again.
    pub(super) fn memory(&self) -> Memory {
        let breaches = self.breaches.iter().map(|((b, k), n)| (b.clone(), *k, *n));
        Memory {
            passed_over: self.passed_over.clone(),
            breaches: breaches.collect(),
            pressed: self.pressed.clone(),
        }
    }

    /// Takes over what an earlier campaign knew.
    pub(super) fn remember(&mut self, memory: Memory) {
        self.passed_over = memory.passed_over;
        self.breaches = memory.breaches.into_iter().map(|(b, k, n)| ((b, k), n)).collect();
        self.pressed = memory.pressed;
    }

    /// Counts a finding. Says whether the campaign has not met it, or only in a scenario of
    /// a lesser class.
    pub(super) fn is_news(&mut self, finding: &Finding) -> bool {
        if let Some(seen) = self.found.iter_mut().find(|f| f.id == finding.id) {
            seen.times += 1;
            return finding.class < seen.class;
        }
        match self.passed_over.get_mut(&finding.id) {
            Some(times) if finding.class == Class::Breach => {
                *times += 1;
                false
            }
            _ => true,
        }
    }

    /// Whether [`Known::is_news`] would say so, without counting it.
    pub(super) fn would_be_news(&self, finding: &Finding) -> bool {
        let known = |f: &Found| f.id == finding.id && f.class <= finding.class;
        let passed = finding.class == Class::Breach && self.passed_over.contains_key(&finding.id);
        !passed && !self.found.iter().any(known)
    }

    /// Whether there is room for another finding of these breaches. If not, it is only
    /// counted.
    pub(super) fn has_room(&mut self, breaches: &str, finding: &Finding) -> bool {
        let stored = self.breaches.entry((breaches.to_owned(), finding.kind)).or_default();
        if finding.class == Class::Breach && *stored >= STORED_PER_BREACH {
            self.passed_over.insert(finding.id.clone(), 1);
            return false;
        }
        *stored += 1;
        true
    }

    /// Whether these breaches are tried for a fatal error for the first time.
    pub(super) fn press(&mut self, breaches: &str) -> bool {
        self.pressed.insert(breaches.to_owned())
    }

    /// Adds a finding, or puts it in the place of one of a lesser class.
    pub(super) fn add(&mut self, entry: Found) {
        match self.found.iter_mut().find(|f| f.id == entry.id) {
            Some(seen) => *seen = Found { times: seen.times, ..entry },
            None => self.found.push(entry),
        }
    }

    /// Notes how often a finding showed when it was run again.
    pub(super) fn reproduced(&mut self, id: &str, reproduced: [u32; 2]) {
        if let Some(found) = self.found.iter_mut().find(|f| f.id == id) {
            found.reproduced = reproduced;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::test_support::fatal;

    #[test]
    fn breaches_are_rationed_and_bugs_are_not() {
        let mut known = Known::default();
        let of = |n: usize, class| Finding { id: format!("{n}"), class, ..fatal("x") };
        let room = |known: &mut Known, n, class| {
            let finding = of(n, class);
            known.is_news(&finding) && known.has_room("share info", &finding)
        };
        let stored = (0..9).filter(|n| room(&mut known, *n, Class::Breach)).count();
        assert_eq!((stored, known.passed_over()), (STORED_PER_BREACH, 9 - STORED_PER_BREACH));
        assert!(!known.would_be_news(&of(8, Class::Breach)), "it was passed over");
        assert!(known.would_be_news(&of(8, Class::Bug)) && room(&mut known, 8, Class::Bug));
        let mut later = Known::default();
        later.remember(known.memory());
        assert!(!room(&mut later, 8, Class::Breach) && !room(&mut later, 20, Class::Breach));
        assert!(known.press("") && !known.press(""));
    }
}
