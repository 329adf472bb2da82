//! Share the type of an expression.

use super::super::{Context, Operator};
use super::pick;
use crate::edit::MAX_OPERATIONS;
use crate::edit::symbols::Symbols;
use crate::scenario::{INSTANCES, Operation, Order, Query};
use crate::testcase::TestCase;

/// The expression is evaluated before the goroutines start, and all of them walk its type, so that
/// they complete what the evaluation left open.
#[derive(Clone, Copy, Debug)]
pub struct SharedEvaluation;

impl Operator for SharedEvaluation {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let symbols = Symbols::new(case);
        let Some(package) = pick::dependency(case, &symbols, cx.rng) else { return false };
        let Some(op) = pick::evaluation(&package, &symbols, cx.rng) else { return false };
        let s = &mut case.scenario;
        if !pick::make_before(s, op) {
            return false;
        }
        let query = cx.rng.choose(Query::LAZY).copied().unwrap_or(Query::Underlying);
        for ops in s.go.iter_mut().filter(|ops| ops.len() < MAX_OPERATIONS) {
            // Most goroutines run the same query, some run another one.
            let query = if cx.rng.chance(70) { query } else { pick::query(cx.rng) };
            // There is one root, so a rotation of the roots would change nothing.
            let order = match cx.rng.below(3) {
                0 => Order::Declared,
                1 => Order::Reversed,
                _ => Order::Shuffled(cx.rng.below(1000) as u32),
            };
            let package = INSTANCES.to_owned();
            let at = if cx.rng.chance(60) { 0 } else { cx.rng.below(ops.len() + 1) };
            ops.insert(at, Operation::Walk { query, package, order });
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
+before check lib ; eval lib func(p1 interface { Ask(); Tell(Shape, Shape) float64 }) { _ = p1; switch x2 := any(*new(List[byte])).(type) { case List[byte]: _ = x2; default: _ = x2 } }
+go     walk typeset instances reversed ; check a ; walk methods lib
+go     check b ; walk typeset instances shuffled 902 ; walk underlying lib reversed ; lookup lib.List
+go     walk methodset lib shuffled 3 ; walk typeset instances reversed ; identical lib.Ints lib.List
"#;
        example(&SharedEvaluation, 1, want);
    }
}
