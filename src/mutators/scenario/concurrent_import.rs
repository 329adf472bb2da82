//! Force concurrent checks of packages that import the same one.

use super::super::{Context, Operator};
use super::pick;
use crate::edit::symbols::Symbols;
use crate::edit::{MAX_GOROUTINES, MAX_OPERATIONS};
use crate::scenario::{Meet, Operation};
use crate::testcase::TestCase;

/// The dependency is completed in `before`. Its importers meet inside Importer.Import and are
/// checked at the same time.
#[derive(Clone, Copy, Debug)]
pub struct ConcurrentImport;

impl Operator for ConcurrentImport {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let symbols = Symbols::new(case);
        let n = symbols.packages.len();
        let users = |d: usize| -> Vec<usize> {
            (0..n).filter(|&p| symbols.imported(p).contains(&d)).collect()
        };
        let imported: Vec<usize> = (0..n).filter(|&d| !users(d).is_empty()).collect();
        let Some(&dep) = cx.rng.choose(&imported) else { return false };
        let (users, check) =
            (users(dep), |p: usize| Operation::Check { package: symbols.packages[p].path.clone() });
        let s = &mut case.scenario;
        if !s.before.contains(&check(dep)) {
            if s.before.len() >= MAX_OPERATIONS {
                return false;
            }
            s.before.push(check(dep));
        }
        s.before.retain(|o| users.iter().all(|u| *o != check(*u)));
        // There are at least two goroutines and, if possible, one for each importer.
        let wanted = users.len().clamp(2, MAX_GOROUTINES);
        s.go.resize(s.go.len().max(wanted), Vec::new());
        for (i, ops) in s.go.iter_mut().enumerate() {
            pick::put_first(ops, check(users[i % users.len()]));
        }
        s.meet.insert(Meet::Import);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
+meet import
-go     walk methodset lib shuffled 3 ; identical lib.Ints lib.List
+go     check a ; walk methodset lib shuffled 3 ; identical lib.Ints lib.List
"#;
        example(&ConcurrentImport, 1, want);
    }
}
