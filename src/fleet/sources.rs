//! Which sources are passed over: those whose objects fail.

use std::collections::BTreeMap;

/// So many objects of a source may fail.
const PATIENCE: u32 = 8;
/// Sources that are told apart. An attacker can invent any number of names; those beyond share one
/// account.
const MOST: usize = 10_000;

#[derive(Clone, Copy, Debug, Default)]
struct Account {
    good: u32,
    failed: u32,
}

impl Account {
    fn is_passed_over(self) -> bool {
        self.failed >= PATIENCE && self.failed > self.good
    }
}

/// What became of the objects of each source.
#[derive(Debug, Default)]
pub struct Sources {
    accounts: BTreeMap<String, Account>,
    others: Account,
}

impl Sources {
    fn account(&mut self, source: &str) -> &mut Account {
        if self.accounts.len() >= MOST && !self.accounts.contains_key(source) {
            return &mut self.others;
        }
        self.accounts.entry(source.to_owned()).or_default()
    }

    /// Notes that an object was what it said.
    pub fn good(&mut self, source: &str) {
        let account = self.account(source);
        account.good = account.good.saturating_add(1);
    }

    /// Notes that an object failed. True if the source is passed over from now on.
    pub fn failed(&mut self, source: &str) -> bool {
        let account = self.account(source);
        let before = account.is_passed_over();
        account.failed = account.failed.saturating_add(1);
        !before && account.is_passed_over()
    }

    /// Whether nothing more is taken from a source.
    #[must_use]
    pub fn is_passed_over(&self, source: &str) -> bool {
        match self.accounts.get(source) {
            Some(account) => account.is_passed_over(),
            None => self.accounts.len() >= MOST && self.others.is_passed_over(),
        }
    }

    /// The number of sources that are passed over.
    #[must_use]
    pub fn passed_over(&self) -> usize {
        self.accounts.values().filter(|a| a.is_passed_over()).count()
            + usize::from(self.others.is_passed_over())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_add_up_unless_most_is_good() {
        let mut sources = Sources::default();
        let news: Vec<bool> = (0..20).map(|_| sources.failed("bad")).collect();
        assert_eq!(news.iter().filter(|n| **n).count(), 1, "it is named once");
        assert!(sources.is_passed_over("bad") && !sources.is_passed_over("other"));
        for _ in 0..100 {
            sources.good("mixed");
        }
        assert!((0..50).all(|_| !sources.failed("mixed")));
        assert_eq!(sources.passed_over(), 1);
    }

    #[test]
    fn invented_names_do_not_help() {
        let mut sources = Sources::default();
        for i in 0..MOST + 100 {
            sources.failed(&format!("name-{i}"));
        }
        assert!(sources.accounts.len() <= MOST);
        assert!(sources.is_passed_over("another") && !sources.is_passed_over("name-1"));
    }
}
