//! Completes packages before the goroutines start.

use super::super::reducer::{Edit, Reducer};
use crate::scenario::{Operation, Share};
use crate::testcase::TestCase;

/// Checks dependencies, and packages that goroutines ask about, in `before` instead of in an
/// importer that goroutines share: complete packages need no lock, neither in a scenario nor in a
/// program.
#[derive(Clone, Copy, Debug)]
pub struct Completed;

impl Reducer for Completed {
    fn name(&self) -> &'static str {
        "complete packages before"
    }

    fn edits(&self, case: &TestCase) -> Vec<Edit> {
        let imports = case.imports();
        let asked = |path: &str| {
            let mut ops = case.scenario.go.iter().flatten();
            ops.any(|op| !matches!(op, Operation::Check { .. }) && op.packages().contains(&path))
        };
        let imported: Vec<String> = case
            .packages
            .iter()
            .map(|p| p.path.clone())
            .filter(|path| asked(path) || imports.iter().any(|(_, deps)| deps.contains(path)))
            .collect();
        let mut sets: Vec<Vec<String>> = vec![imported.clone()];
        if imported.len() > 1 {
            sets.extend(imported.into_iter().map(|path| vec![path]));
        }
        let mut out: Vec<Edit> = Vec::new();
        for set in sets {
            // The goroutines shared packages that are complete now. Let each check the rest for
            // itself, or let all of them ask about packages that only one of them checked.
            for all_check in [false, true] {
                let set = set.clone();
                out.push(Box::new(move |case| {
                    let before = case.scenario.clone();
                    let s = &mut case.scenario;
                    for package in &set {
                        let check = Operation::Check { package: package.clone() };
                        if !s.before.contains(&check) {
                            s.before.push(check);
                        }
                    }
                    for share in
                        [Share::Importer, Share::ParallelImporter, Share::UnlockedImporter]
                    {
                        s.share.remove(&share);
                    }
                    if all_check {
                        let is = |op: &&Operation| matches!(op, Operation::Check { package } if !set.contains(package));
                        let Some(check) = s.go.iter().flatten().find(is).cloned() else {
                            return false;
                        };
                        s.go = vec![vec![check.clone()], vec![check]];
                    }
                    *s != before
                }));
            }
        }
        out
    }
}
