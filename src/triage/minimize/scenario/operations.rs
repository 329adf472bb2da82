//! Removes operations.

use super::super::reducer::{Edit, Reducer, chunks};
use crate::scenario::Operation;
use crate::testcase::TestCase;

/// Deletes operations of goroutines and of `before`. Where one operation is left, the check of the
/// package that it asks about may be enough.
#[derive(Clone, Copy, Debug)]
pub struct Operations;

fn list(case: &mut TestCase, i: usize) -> &mut Vec<Operation> {
    match i.checked_sub(1) {
        None => &mut case.scenario.before,
        Some(g) => &mut case.scenario.go[g],
    }
}

impl Reducer for Operations {
    fn name(&self) -> &'static str {
        "delete operations"
    }

    fn edits(&self, case: &TestCase) -> Vec<Edit> {
        let lists = [&case.scenario.before].into_iter().chain(&case.scenario.go);
        let mut out: Vec<Edit> = Vec::new();
        for (i, operations) in lists.enumerate() {
            for range in chunks(operations.len()) {
                out.push(Box::new(move |case| {
                    list(case, i).drain(range.clone());
                    case.scenario.go.retain(|operations| !operations.is_empty());
                    true
                }));
            }
        }
        if let [only] = &case.scenario.go[..]
            && let [op] = &only[..]
            && !matches!(op, Operation::Check { .. })
            && let Some(package) = op.packages().first()
        {
            let check = Operation::Check { package: (*package).to_owned() };
            out.push(Box::new(move |case| {
                case.scenario.before.retain(|op| *op != check);
                case.scenario.go = vec![vec![check.clone()]];
                true
            }));
        }
        out
    }
}
