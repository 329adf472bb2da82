//! Small test cases, and the difference between two test cases as a diff
//! of their text.
//!
//! The trees are those that `harness_go/internal/tree/cmd/treedump` writes
//! for the Go files in `fixtures/*.txtar`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::goast::File;
use crate::testcase::{Package, PackageFile, SourceCase, TestCase};

const SAMPLE: (&str, &str) =
    (include_str!("fixtures/sample.txtar"), include_str!("fixtures/sample.json"));
const DONOR: (&str, &str) =
    (include_str!("fixtures/donor.txtar"), include_str!("fixtures/donor.json"));
const UNRESOLVED: (&str, &str) =
    (include_str!("fixtures/unresolved.txtar"), include_str!("fixtures/unresolved.json"));

fn load((txtar, json): (&str, &str)) -> TestCase {
    let source = SourceCase::from_txtar(txtar).unwrap();
    let mut trees: BTreeMap<String, File> = serde_json::from_str(json).unwrap();
    let packages = source
        .packages
        .into_iter()
        .map(|p| Package {
            files: p
                .files
                .iter()
                .map(|(name, _)| PackageFile {
                    name: name.clone(),
                    tree: trees.remove(&format!("{}/{name}", p.path)).unwrap(),
                })
                .collect(),
            path: p.path,
        })
        .collect();
    TestCase { scenario: source.scenario.unwrap(), packages }
}

/// Generics, aliases, interfaces, methods and code, in three packages.
pub(crate) fn sample() -> TestCase {
    load(SAMPLE)
}

/// Another test case.
pub(crate) fn donor() -> TestCase {
    load(DONOR)
}

/// A generic type whose constraint has two names that do not resolve, and another such name.
pub(crate) fn unresolved() -> TestCase {
    load(UNRESOLVED)
}

/// A test case's txtar.
pub(crate) fn text(case: &TestCase) -> String {
    let mut out = case.scenario.to_string();
    for p in &case.packages {
        for f in &p.files {
            write!(out, "-- {}/{} --\n{}", p.path, f.name, f.tree.print()).unwrap();
        }
    }
    out
}

/// Lists the lines that differ: `-` and `+` before every line outside a longest common subsequence.
pub(crate) fn diff(old: &str, new: &str) -> String {
    let (a, b): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let mut common = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i][j] = if a[i] == b[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j, mut out) = (0, 0, String::new());
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || (i < a.len() && common[i + 1][j] >= common[i][j + 1]) {
            writeln!(out, "-{}", a[i]).unwrap();
            i += 1;
        } else {
            writeln!(out, "+{}", b[j]).unwrap();
            j += 1;
        }
    }
    out
}

#[test]
fn trees_are_those_of_the_text() {
    assert_eq!(text(&sample()), SAMPLE.0);
    assert_eq!(text(&donor()), DONOR.0);
}
