//! Share an instance that is made after type checking.

use super::super::{Context, Operator};
use super::pick;
use crate::edit::MAX_OPERATIONS;
use crate::edit::symbols::Symbols;
use crate::scenario::{INSTANCES, Operation};
use crate::testcase::TestCase;

/// It is instantiated before the goroutines start, and all of them walk it, so that they expand it
/// at the same time.
#[derive(Clone, Copy, Debug)]
pub struct SharedInstance;

impl Operator for SharedInstance {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let symbols = Symbols::new(case);
        let Some(op) = pick::instantiate(&symbols, cx.rng) else { return false };
        let s = &mut case.scenario;
        if !pick::make_before(s, op) {
            return false;
        }
        let (query, order) = (pick::query(cx.rng), pick::order(cx.rng));
        for ops in &mut s.go {
            // Most goroutines run the same query, some run another one.
            let query = if cx.rng.chance(70) { query } else { pick::query(cx.rng) };
            let order = if cx.rng.chance(50) { order } else { pick::order(cx.rng) };
            let at = cx.rng.below(ops.len() + 1);
            if ops.len() < MAX_OPERATIONS {
                ops.insert(at, Operation::Walk { query, package: INSTANCES.to_owned(), order });
            }
        }
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
-before check lib
-go     check a ; walk methods lib
-go     check b ; walk underlying lib reversed ; lookup lib.List
-go     walk methodset lib shuffled 3 ; identical lib.Ints lib.List
+before check lib ; instantiate lib.Pair Square,Square
+go     walk assignable instances reversed ; check a ; walk methods lib
+go     walk assignable instances ; check b ; walk underlying lib reversed ; lookup lib.List
+go     walk methodset lib shuffled 3 ; identical lib.Ints lib.List ; walk assignable instances
"#;
        example(&SharedInstance, 1, want);
    }
}
