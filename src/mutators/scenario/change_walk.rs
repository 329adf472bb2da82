//! Change a walk: its query, its order or its package. Of other operations that ask many
//! types, the query.

use super::super::{Context, Operator};
use super::pick;
use crate::scenario::{OperandKind, OperandMut, Operation};
use crate::testcase::TestCase;

/// Makes a walk of a query on an object if there is no walk.
#[derive(Clone, Copy, Debug)]
pub struct ChangeWalk;

impl Operator for ChangeWalk {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let elsewhere = pick::walked(case, cx.rng);
        let wanted = |op: &Operation| op.row().has(OperandKind::Query);
        let Some(op) = pick::operation_mut(&mut case.scenario, cx.rng, wanted) else {
            return false;
        };
        let mut operands = op.operands_mut();
        match &mut operands[..] {
            [OperandMut::Query(query), OperandMut::Walked(package), OperandMut::Order(order)] => {
                match cx.rng.below(5) {
                    0 | 1 => **query = pick::query(cx.rng),
                    2 | 3 => **order = pick::order(cx.rng),
                    _ => {
                        let Some(elsewhere) = elsewhere else { return false };
                        **package = elsewhere;
                    }
                }
            }
            [OperandMut::Query(query), OperandMut::Object(object), ..] => {
                let (query, package) = (**query, object.package.clone());
                drop(operands);
                *op = Operation::Walk { query, package, order: pick::order(cx.rng) };
            }
            [OperandMut::Query(query), ..] => **query = pick::query(cx.rng),
            _ => return false,
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
-go     walk methodset lib shuffled 3 ; identical lib.Ints lib.List
+go     walk implements lib shuffled 3 ; identical lib.Ints lib.List
"#;
        example(&ChangeWalk, 2, want);
    }
}
