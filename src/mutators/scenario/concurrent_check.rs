//! Force concurrent checks of the same package.

use super::super::{Context, Operator};
use super::pick;
use crate::edit::MAX_OPERATIONS;
use crate::edit::symbols::Symbols;
use crate::scenario::{Meet, Operation};
use crate::testcase::TestCase;

/// Every goroutine checks it, with a checker of its own, after what it imports.
#[derive(Clone, Copy, Debug)]
pub struct ConcurrentCheck;

impl Operator for ConcurrentCheck {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let symbols = Symbols::new(case);
        let n = cx.rng.below(symbols.packages.len());
        let check = |p: usize| Operation::Check { package: symbols.packages[p].path.clone() };
        let s = &mut case.scenario;
        while s.go.len() < 2 {
            s.go.push(Vec::new());
        }
        s.before.retain(|o| *o != check(n));
        for d in symbols.imported(n) {
            if !s.before.contains(&check(d)) && s.before.len() < MAX_OPERATIONS {
                s.before.push(check(d));
            }
        }
        for ops in &mut s.go {
            pick::put_first(ops, check(n));
        }
        s.meet.insert(if cx.rng.chance(50) { Meet::Start } else { Meet::Import });
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
-go     check b ; walk underlying lib reversed ; lookup lib.List
-go     walk methodset lib shuffled 3 ; identical lib.Ints lib.List
+go     check a ; check b ; walk underlying lib reversed ; lookup lib.List
+go     check a ; walk methodset lib shuffled 3 ; identical lib.Ints lib.List
"#;
        example(&ConcurrentCheck, 8, want);
    }
}
