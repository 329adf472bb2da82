//! How often each element of the vocabulary was executed.

use std::collections::BTreeMap;

use super::{ELEMENTS, ElementKind, OperandKind, Pattern, Row, Scenario, targets};

/// Counts by kind and name, `share fset`. Elements that never ran have 0.
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
    /// Adds what the harness counted under a name. The name is that of an operation, with
    /// its query, setter or registered name if it has one, or that of a share, an import
    /// mode or a meeting, after the directive. Names outside the vocabulary do not count.
    pub fn add(&mut self, name: &str, n: u32) {
        let mut count = |kind, name: &str| {
            if let Some(sum) = self.0.get_mut(&key(kind, name)) {
                *sum += u64::from(n);
            }
        };
        let (word, rest) = name.split_once(' ').unwrap_or((name, ""));
        match word {
            "share" => return count(ElementKind::Share, rest),
            "meet" => return count(ElementKind::Meet, rest),
            "import" if !rest.is_empty() => return count(ElementKind::Import, rest),
            _ => {}
        }
        count(ElementKind::Operation, word);
        let Some(row) = Row::of(word) else { return };
        for kind in row.operands.iter().filter(|_| !rest.is_empty()) {
            match kind {
                OperandKind::Query => count(ElementKind::Query, rest),
                OperandKind::Setter => count(ElementKind::Setter, rest),
                OperandKind::Reading => count(ElementKind::Reading, rest),
                OperandKind::Name => count(ElementKind::Target, rest),
                OperandKind::Config => count(ElementKind::Config, rest),
                _ => {}
            }
        }
    }

    /// Adds the orders, settings and patterns of a scenario that ran; `faulty` if a
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

    /// The operations of targets, each with how often it was executed.
    pub fn of_targets(&self) -> impl Iterator<Item = (&str, u64)> {
        let word = ElementKind::Target.as_str();
        self.0.iter().filter_map(move |(key, n)| Some((key.strip_prefix(word)?.trim_start(), *n)))
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
