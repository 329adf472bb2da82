//! Which roots a change ends: each root has a test case of its own, and what counts is whether that
//! still shows anything. A signature does not tell: some roots share one, and a patch can turn the
//! panic of another root into a different one.

use std::path::Path;

use serde::Serialize;

use super::{CaseRun, Change, ColumnReport};
use crate::scenario::Class;
use crate::triage::Tally;

/// What a change does to a root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RootEffect {
    /// The root's id: `R4`.
    pub root: String,
    /// Whether its test case still shows something.
    pub change: Change,
    /// The test case.
    pub case: String,
    /// `[k, n]` without the change: runs that showed what the case shows most often, and all runs.
    pub without: [u32; 2],
    /// `[k, n]` with it.
    pub with: [u32; 2],
}

/// The roots whose test cases ran with and without the change, by name.
#[must_use]
pub fn root_effects(without: &ColumnReport, with: &ColumnReport) -> Vec<RootEffect> {
    let mut all: Vec<RootEffect> = without
        .cases
        .iter()
        .zip(&with.cases)
        .filter(|(case, _)| case.is_root)
        .filter_map(|(without, with)| root_effect(without, with))
        .collect();
    all.sort_by(|a, b| key(&a.root).cmp(&key(&b.root)));
    all
}

/// R10 comes after R9.
fn key(root: &str) -> (&str, u32) {
    let at = root.find(|c: char| c.is_ascii_digit()).unwrap_or(root.len());
    (&root[..at], root[at..].parse().unwrap_or(u32::MAX))
}

/// `None` if the case did not run on both sides, or shows nothing on either.
fn root_effect(without: &CaseRun, with: &CaseRun) -> Option<RootEffect> {
    let (a, b) = (most(without), most(with));
    if a.runs == 0 || b.runs == 0 || a.hits + b.hits == 0 {
        return None;
    }
    let root = Path::new(&without.case).file_stem()?.to_string_lossy().to_uppercase();
    Some(RootEffect {
        root,
        change: Change::of(a, b),
        case: without.case.clone(),
        without: [a.hits, a.runs],
        with: [b.hits, b.runs],
    })
}

/// How often a case showed what it shows most often, apart from breaches of contract.
fn most(case: &CaseRun) -> Tally {
    let seen = case.seen.iter().filter(|s| s.finding.class != Class::Breach);
    Tally { hits: seen.map(|s| s.hits).max().unwrap_or(0), runs: case.runs }
}

#[cfg(test)]
mod tests {
    use super::super::Seen;
    use super::*;
    use crate::finding::Finding;
    use crate::finding::test_support::fatal;

    fn run(runs: u32, seen: &[(u32, &str, Class)]) -> CaseRun {
        let seen = seen.iter().map(|(hits, signature, class)| Seen {
            hits: *hits,
            finding: Finding {
                signature: (*signature).to_owned(),
                class: *class,
                ..fatal(signature)
            },
            report: String::new(),
        });
        CaseRun {
            case: "corpus/roots/r4.txtar".to_owned(),
            is_root: true,
            runs,
            seen: seen.collect(),
            ..CaseRun::default()
        }
    }

    #[test]
    fn a_root_is_ended_if_its_case_shows_nothing_any_more() {
        let before = run(21, &[(21, "panic a", Class::Bug), (3, "panic b", Class::Bug)]);
        let change = |after: CaseRun| root_effect(&before, &after).map(|e| (e.root, e.change));
        let of = |change| Some(("R4".to_owned(), change));
        assert_eq!(change(run(21, &[])), of(Change::Fixed));
        assert_eq!(change(run(21, &[(21, "c", Class::Breach)])), of(Change::Fixed));
        assert_eq!(change(run(21, &[(21, "panic c", Class::Bug)])), of(Change::Same));
        assert_eq!(change(run(0, &[])), None, "it did not run");
        let seldom = run(21, &[(1, "panic a", Class::Bug)]);
        let effect = root_effect(&seldom, &run(21, &[])).unwrap();
        assert_eq!(
            (effect.change, effect.without, effect.with),
            (Change::Unclear, [1, 21], [0, 21])
        );
        // A deadlock takes so long that its case runs only twice.
        let hangs = run(2, &[(2, "deadlock", Class::Bug)]);
        assert_eq!(root_effect(&hangs, &run(21, &[])).unwrap().change, Change::Fixed);
        assert_eq!(root_effect(&run(21, &[]), &hangs).unwrap().change, Change::Broken);
        assert_eq!(root_effect(&run(21, &[]), &run(21, &[])), None);
    }

    #[test]
    fn roots_are_in_the_order_of_their_numbers() {
        let mut all = ["R10", "N2", "R9", "X", "R1"];
        all.sort_by(|a, b| key(a).cmp(&key(b)));
        assert_eq!(all, ["N2", "R1", "R9", "R10", "X"]);
    }
}
