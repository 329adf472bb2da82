//! How much of a campaign goes into breaches of contract.

use std::cell::Cell;

use crate::scenario::{Class, Profile};

/// Of 100 units of cost, how many contract scenarios may take.
const PERCENT: u64 = 20;

/// What they may take before the share counts: the first findings come early.
const FREE: u64 = 2_000;

/// Bounds the cost of scenarios that break a documented rule. Such a run races in
/// many places and often ends its process, so it costs as much as a hundred others
/// and teaches less: without a bound it takes nearly all of a campaign. Costs are
/// counted in what happened and not in time, which no seed repeats.
#[derive(Debug)]
pub struct Budget {
    profile: Profile,
    all: Cell<u64>,
    contract: Cell<u64>,
}

impl Budget {
    /// Nothing spent yet. Only [`Profile::All`] has a bound: the others have
    /// one class.
    #[must_use]
    pub fn new(profile: Profile) -> Self {
        Self { profile, all: Cell::default(), contract: Cell::default() }
    }

    /// Whether another scenario of this class may run.
    #[must_use]
    pub fn allows(&self, class: Class) -> bool {
        self.profile != Profile::All
            || class != Class::Contract
            || self.contract.get() <= FREE + self.all.get() / 100 * PERCENT
    }

    /// Counts what an execution cost.
    pub fn charge(&self, class: Class, cost: u64) {
        self.all.set(self.all.get() + cost);
        if class == Class::Contract {
            self.contract.set(self.contract.get() + cost);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contract_gets_its_share_and_the_rest_is_free() {
        let budget = Budget::new(Profile::All);
        let mut ran = [0u64; 2];
        for i in 0..100_000 {
            let class = if i % 2 == 0 { Class::Contract } else { Class::Bug };
            if budget.allows(class) {
                let contract = class == Class::Contract;
                budget.charge(class, if contract { 50 } else { 1 });
                ran[usize::from(contract)] += if contract { 50 } else { 1 };
            }
        }
        assert_eq!(ran[0], 50_000);
        // 20 % of all, and what is free.
        assert!((12_000..16_000).contains(&ran[1]), "{ran:?}");
        let budget = Budget::new(Profile::Contract);
        budget.charge(Class::Contract, 1 << 40);
        assert!(budget.allows(Class::Contract));
    }
}
