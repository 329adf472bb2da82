//! Add a goroutine.

use super::super::{Context, Operator};
use super::pick;
use crate::edit::MAX_GOROUTINES;
use crate::testcase::TestCase;

/// It copies another goroutine's operations, sometimes in another order, or gets new
/// ones.
#[derive(Clone, Copy, Debug)]
pub struct AddGoroutine;

impl Operator for AddGoroutine {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        if case.scenario.go.len() >= MAX_GOROUTINES {
            return false;
        }
        let copied = cx.rng.choose(&case.scenario.go).cloned();
        let ops = match copied {
            Some(mut ops) if cx.rng.chance(60) => {
                if cx.rng.chance(50) {
                    cx.rng.shuffle(&mut ops);
                }
                ops
            }
            _ => (0..cx.rng.between(1, 3)).filter_map(|_| pick::operation(case, cx.rng)).collect(),
        };
        if ops.is_empty() {
            return false;
        }
        case.scenario.go.push(ops);
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
+go     walk lookup lib
"#;
        example(&AddGoroutine, 1, want);
    }
}
