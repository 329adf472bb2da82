//! How often each element of the vocabulary was executed.

use std::collections::BTreeMap;

use super::{ELEMENTS, ElementKind, Pattern, Scenario, targets};

/// Counts by kind and name, `share fset`; those never executed are there with 0.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Tally(BTreeMap<String, u64>);

impl Default for Tally {
    fn default() -> Self {
        let all = ELEMENTS.iter().chain(targets());
        Self(all.map(|e| (key(e.kind, e.name), 0)).collect())
    }
}

impl Tally {
    /// Adds what the harness counted under a name: an operation's, `walk` and
    /// `query` with the query's, `set` with the setter's, or a share's, an
    /// import mode's or a meeting's, with the directive. What the vocabulary
    /// does not have is left out.
    pub fn add(&mut self, name: &str, n: u32) {
        let mut count = |kind, name: &str| {
            if let Some(sum) = self.0.get_mut(&key(kind, name)) {
                *sum += u64::from(n);
            }
        };
        match name.split_once(' ') {
            None => count(ElementKind::Operation, name),
            Some(("share", rest)) => count(ElementKind::Share, rest),
            Some(("import", rest)) => count(ElementKind::Import, rest),
            Some(("meet", rest)) => count(ElementKind::Meet, rest),
            Some(("target", rest)) => count(ElementKind::Target, rest),
            Some(("set", rest)) => {
                count(ElementKind::Operation, "set");
                count(ElementKind::Setter, rest);
            }
            Some((operation, rest)) => {
                count(ElementKind::Operation, operation);
                count(ElementKind::Query, rest);
            }
        }
    }

    /// Adds what a scenario that was run says beside its words; `faulty` if a
    /// package that it checks before has type errors.
    pub fn add_scenario(&mut self, scenario: &Scenario, faulty: bool) {
        let mut count = |kind, name: &str| {
            if let Some(sum) = self.0.get_mut(&key(kind, name)) {
                *sum += 1;
            }
        };
        scenario.orders().into_iter().for_each(|o| count(ElementKind::Order, o.name()));
        scenario.settings().into_iter().for_each(|s| count(ElementKind::Setting, s.name()));
        scenario.patterns().into_iter().for_each(|p| count(ElementKind::Pattern, p.name()));
        if faulty {
            count(ElementKind::Pattern, Pattern::Faulty.name());
        }
    }

    /// How often an element was executed.
    #[must_use]
    pub fn of(&self, kind: ElementKind, name: &str) -> u64 {
        self.0.get(&key(kind, name)).copied().unwrap_or(0)
    }
}

fn key(kind: ElementKind, name: &str) -> String {
    format!("{} {name}", kind.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_harness_are_elements() {
        let mut tally = Tally::default();
        for name in
            ["check", "walk methods", "query methods", "set insert", "share importer unlocked"]
        {
            tally.add(name, 2);
        }
        tally.add("import export", 1);
        tally.add("meet start", 1);
        tally.add("no such thing", 1);
        for (kind, name, n) in [
            (ElementKind::Operation, "check", 2),
            (ElementKind::Operation, "walk", 2),
            (ElementKind::Query, "methods", 4),
            (ElementKind::Setter, "insert", 2),
            (ElementKind::Operation, "set", 2),
            (ElementKind::Share, "importer unlocked", 2),
            (ElementKind::Import, "export", 1),
            (ElementKind::Meet, "start", 1),
            (ElementKind::Share, "fset", 0),
        ] {
            assert_eq!(tally.of(kind, name), n, "{name}");
        }
        assert_eq!(tally.0.len(), ELEMENTS.len());
    }
}
