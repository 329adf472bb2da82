//! Evaluate expressions in one package at the same time.

use super::super::{Context, Operator};
use super::pick;
use crate::edit::symbols::Symbols;
use crate::scenario::{Meet, Operation, Query};
use crate::testcase::TestCase;

/// Two goroutines evaluate in one completed package, or one evaluates while the other asks about
/// the package's scopes.
#[derive(Clone, Copy, Debug)]
pub struct ConcurrentEval;

impl Operator for ConcurrentEval {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let symbols = Symbols::new(case);
        let Some(package) = pick::dependency(case, &symbols, cx.rng) else { return false };
        let Some(first) = pick::evaluation(&package, &symbols, cx.rng) else { return false };
        let second = match cx.rng.below(10) {
            0..5 => pick::evaluation(&package, &symbols, cx.rng),
            5..7 => Some(first.clone()),
            _ => {
                let order = pick::order(cx.rng);
                Some(Operation::Walk { query: Query::Scope, package: package.clone(), order })
            }
        };
        let Some(second) = second else { return false };
        let s = &mut case.scenario;
        pick::complete(s, &package);
        s.go.resize(s.go.len().max(2), Vec::new());
        for (ops, op) in s.go.iter_mut().zip([first, second]) {
            pick::put_first(ops, op);
        }
        s.meet.insert(Meet::Start);
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
-go     check a ; walk methods lib
-go     check b ; walk underlying lib reversed ; lookup lib.List
+go     eval lib func(p1 interface { Ask(); Tell(Shape, Shape) float64 }) { _ = p1; switch x2 := any(*new(List[byte])).(type) { case List[byte]: _ = x2; default: _ = x2 } } ; check a ; walk methods lib
+go     eval lib func(p1 interface { Ask(); Tell(Shape, Shape) float64 }) { _ = p1; switch x2 := any(*new(List[byte])).(type) { case List[byte]: _ = x2; default: _ = x2 } } ; check b ; walk underlying lib reversed ; lookup lib.List
"#;
        example(&ConcurrentEval, 1, want);
    }
}
