//! Removes packages.

use super::super::reducer::{Edit, Reducer, chunks};
use crate::testcase::TestCase;

/// Deletes packages, with the operations that name them.
#[derive(Clone, Copy, Debug)]
pub struct Packages;

impl Reducer for Packages {
    fn name(&self) -> &'static str {
        "delete packages"
    }

    fn edits(&self, case: &TestCase) -> Vec<Edit> {
        let n = case.packages.len();
        let some = chunks(n).into_iter().filter(|r| r.len() < n);
        some.map(|range| -> Edit {
            Box::new(move |case| {
                case.packages.drain(range.clone());
                true
            })
        })
        .collect()
    }
}
