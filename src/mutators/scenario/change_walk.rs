//! Change a walk: its query, its order or its package.

use super::super::{Context, Operator};
use super::pick;
use crate::scenario::Operation;
use crate::testcase::TestCase;

/// Makes a walk of a query on an object if there is no walk.
#[derive(Clone, Copy, Debug)]
pub struct ChangeWalk;

impl Operator for ChangeWalk {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let elsewhere = pick::walked(case, cx.rng);
        let lists = case.scenario.go.iter_mut().chain([&mut case.scenario.before]);
        let mut walks: Vec<&mut Operation> = lists
            .flatten()
            .filter(|o| matches!(o, Operation::Walk { .. } | Operation::Query { .. }))
            .collect();
        if walks.is_empty() {
            return false;
        }
        let n = cx.rng.below(walks.len());
        match &mut *walks[n] {
            Operation::Walk { query, package, order } => match cx.rng.below(5) {
                0 | 1 => *query = pick::query(cx.rng),
                2 | 3 => *order = pick::order(cx.rng),
                _ => {
                    let Some(elsewhere) = elsewhere else { return false };
                    *package = elsewhere;
                }
            },
            op => {
                let Operation::Query { query, target, .. } = op else { return false };
                let (query, package) = (*query, target.package.clone());
                *op = Operation::Walk { query, package, order: pick::order(cx.rng) };
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
-go     walk methodset lib shuffled 3 ; identical lib.Ints lib.List
+go     walk implements lib shuffled 3 ; identical lib.Ints lib.List
"#;
        example(&ChangeWalk, 2, want);
    }
}
