//! Remove an operation.

use super::super::{Context, Operator};
use super::pick;
use crate::testcase::TestCase;

/// A goroutine keeps one.
#[derive(Clone, Copy, Debug)]
pub struct RemoveOperation;

impl Operator for RemoveOperation {
    fn name(&self) -> &'static str {
        "remove operation"
    }

    fn weight(&self) -> u32 {
        3
    }

    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let goroutine = !case.scenario.go.is_empty();
        let Some(list) = pick::list(&mut case.scenario, cx.rng) else { return false };
        if list.len() < if goroutine { 2 } else { 1 } {
            return false;
        }
        list.remove(cx.rng.below(list.len()));
        true
    }
}
