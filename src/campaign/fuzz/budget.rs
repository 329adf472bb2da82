//! Bounds on what a campaign spends on breaches of contract, rounds and new processes.

use std::cell::Cell;

use crate::scenario::{Class, Profile, Scenario};

/// Of 100 units of cost, how many contract scenarios may take.
const PERCENT: u64 = 10;

/// What they may take before the share counts, so that the first findings come early.
const FREE: u64 = 2_000;

/// One in this number of mutants with rounds keeps them. A tenth of the mutants had rounds,
/// and took a fifth of the time to run the same again.
const ROUNDS_EVERY: u64 = 8;

/// The same for mutants that ask for a new process, which costs as much as ten runs: one
/// mutant in sixteen did, and they took nearly a third of the time.
const FRESH_EVERY: u64 = 16;

/// Bounds the cost of scenarios that break a documented rule. Such a run races in
/// many places and often ends its process, so it costs as much as a hundred others
/// and teaches less: without a bound it takes nearly all of a campaign. Costs are
/// counted in what happened and not in time, which no seed repeats.
#[derive(Debug)]
pub struct Budget {
    profile: Profile,
    all: Cell<u64>,
    contract: Cell<u64>,
    /// Mutants with rounds so far.
    rounds: Cell<u64>,
    /// Mutants that asked for a new process so far.
    fresh: Cell<u64>,
}

impl Budget {
    /// Nothing spent yet. Only [`Profile::All`] has a bound: the others have
    /// one class.
    #[must_use]
    pub fn new(profile: Profile) -> Self {
        Self {
            profile,
            all: Cell::default(),
            contract: Cell::default(),
            rounds: Cell::default(),
            fresh: Cell::default(),
        }
    }

    /// Takes the breaches out of a scenario if there is no room for them. Says
    /// whether something is left that is worth running.
    pub fn admit(&self, scenario: &mut Scenario) -> bool {
        if !self.allows(scenario.class()) {
            scenario.keep_contract();
        }
        if scenario.rounds.is_some() && !one_in(ROUNDS_EVERY, &self.rounds) {
            scenario.rounds = None;
        }
        scenario.fresh = scenario.fresh && one_in(FRESH_EVERY, &self.fresh);
        scenario.go.len() >= 2 || scenario.class() == Class::Breach
    }

    /// Counts what the execution of an admitted scenario cost.
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

/// Counts one more, and says whether the count is a multiple of `every`.
fn one_in(every: u64, count: &Cell<u64>) -> bool {
    count.set(count.get() + 1);
    count.get().is_multiple_of(every)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contract_gets_its_share_and_the_rest_is_free() {
        let budget = Budget::new(Profile::All);
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
        // 10 % of all, and what is free.
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
        let budget = Budget::new(Profile::Contract);
        budget.add(Class::Breach, 1 << 40);
        assert!(budget.allows(Class::Breach));
    }
}
