//! Removes operations.

use super::super::reducer::{Edit, Reducer, chunks};
use crate::scenario::Operation;
use crate::testcase::TestCase;

/// Deletes operations of goroutines and of `before`.
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
        out
    }
}
