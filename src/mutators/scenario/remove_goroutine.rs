//! Remove a goroutine.

use super::super::{Context, Operator};
use crate::testcase::TestCase;

/// Two goroutines stay: one alone races with no one.
#[derive(Clone, Copy, Debug)]
pub struct RemoveGoroutine;

impl Operator for RemoveGoroutine {
    fn name(&self) -> &'static str {
        "remove goroutine"
    }

    fn weight(&self) -> u32 {
        2
    }

    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let go = &mut case.scenario.go;
        if go.len() < 3 {
            return false;
        }
        go.remove(cx.rng.below(go.len()));
        true
    }
}
