//! Limits what a campaign spends on breaches of contract, rounds and new processes.

use std::cell::Cell;

use crate::checker::Checker;
use crate::scenario::{Class, Profile, Scenario};

/// The percentage of the total cost that contract scenarios may take.
const PERCENT: u64 = 10;

/// What they may spend before the percentage applies, so that the first findings come early.
const FREE: u64 = 2_000;

/// One in this number of mutants with rounds keeps them. A tenth of the mutants had rounds, and
/// spent a fifth of the time on running the same again.
const ROUNDS_EVERY: u64 = 8;

/// The same for mutants that ask for a new process, which costs as much as ten runs: one mutant in
/// sixteen did, and together they took nearly a third of the time.
const FRESH_EVERY: u64 = 16;

/// Bounds the cost of scenarios that break a documented rule. Such a run races in many places and
/// often ends its process, so it costs as much as a hundred others and teaches less; without a
/// bound, these runs take nearly all of a campaign. Costs are counted in events and not in time,
/// because time does not repeat with the seed.
#[derive(Debug)]
pub struct Budget {
    profile: Profile,
    checker: Checker,
    all: Cell<u64>,
    contract: Cell<u64>,
    /// Mutants with rounds so far.
    rounds: Cell<u64>,
    /// Mutants that asked for a new process so far.
    fresh: Cell<u64>,
}

impl Budget {
    /// A budget with nothing spent. Only [`Profile::All`] has a bound, because the other profiles
    /// have only one class.
    #[must_use]
    pub fn new(profile: Profile, checker: Checker) -> Self {
        Self {
            profile,
            checker,
            all: Cell::default(),
            contract: Cell::default(),
            rounds: Cell::default(),
            fresh: Cell::default(),
        }
    }

    /// Removes the breaches from a scenario if there is no budget for them. Returns whether the
    /// rest is worth running.
    pub fn admit(&self, scenario: &mut Scenario) -> bool {
        if !self.allows(scenario.class()) {
            scenario.keep_contract();
        }
        if scenario.rounds.is_some() && !one_in(ROUNDS_EVERY, &self.rounds) {
            scenario.rounds = None;
        }
        scenario.fresh = scenario.fresh && one_in(FRESH_EVERY, &self.fresh);
        scenario.go.len() >= self.checker.fewest_goroutines() || scenario.class() == Class::Breach
    }

    /// Adds the cost of executing an admitted scenario.
    pub fn charge(&self, scenario: &Scenario, cost: u64) {
        self.add(scenario.class(), cost);
    }

    /// Whether another scenario of this class may run.
    fn allows(&self, class: Class) -> bool {
        self.profile != Profile::All
            || class != Class::Breach
            || self.contract.get() <= FREE + self.all.get() / 100 * PERCENT
    }

    fn add(&self, class: Class, cost: u64) {
        self.all.set(self.all.get() + cost);
        if class == Class::Breach {
            self.contract.set(self.contract.get() + cost);
        }
    }
}

/// Increments the count, and returns whether it is a multiple of `every`.
fn one_in(every: u64, count: &Cell<u64>) -> bool {
    count.set(count.get() + 1);
    count.get().is_multiple_of(every)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contract_gets_its_share_and_the_rest_is_free() {
        let budget = Budget::new(Profile::All, Checker::GoTypes);
        let mut ran = [0u64; 2];
        for i in 0..100_000 {
            let class = if i % 2 == 0 { Class::Breach } else { Class::Bug };
            if budget.allows(class) {
                let contract = class == Class::Breach;
                budget.add(class, if contract { 50 } else { 1 });
                ran[usize::from(contract)] += if contract { 50 } else { 1 };
            }
        }
        assert_eq!(ran[0], 50_000);
        // 10 % of the total, plus the free part.
        assert!((7_000..9_000).contains(&ran[1]), "{ran:?}");
        let rounds = (0..ROUNDS_EVERY * 3).filter(|_| {
            let mut scenario = Scenario { rounds: Some(3), ..Scenario::default() };
            budget.admit(&mut scenario);
            scenario.rounds.is_some()
        });
        assert_eq!(rounds.count(), 3);
        let fresh = (0..FRESH_EVERY * 3).filter(|_| {
            let mut scenario = Scenario { fresh: true, ..Scenario::default() };
            budget.admit(&mut scenario);
            scenario.fresh
        });
        assert_eq!(fresh.count(), 3);
        let budget = Budget::new(Profile::Contract, Checker::GoTypes);
        budget.add(Class::Breach, 1 << 40);
        assert!(budget.allows(Class::Breach));
    }
}
