//! Force concurrent checks of the same package.

use super::super::{Context, Operator};
use super::pick;
use crate::edit::symbols::Symbols;
use crate::scenario::{Meet, Operation};
use crate::testcase::TestCase;

/// Every goroutine checks the package with a checker of its own, after the packages that it
/// imports.
#[derive(Clone, Copy, Debug)]
pub struct ConcurrentCheck;

impl Operator for ConcurrentCheck {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let symbols = Symbols::new(case);
        let n = cx.rng.below(symbols.packages.len());
        let check = Operation::Check { package: symbols.packages[n].path.clone() };
        let s = &mut case.scenario;
        s.go.resize(s.go.len().max(2), Vec::new());
        s.before.retain(|o| *o != check);
        for d in symbols.imported(n) {
            pick::complete(s, &symbols.packages[d].path);
        }
        for ops in &mut s.go {
            pick::put_first(ops, check.clone());
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
