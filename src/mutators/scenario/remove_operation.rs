//! Remove an operation.

use super::super::{Context, Operator};
use super::pick;
use crate::testcase::TestCase;

/// A goroutine keeps at least one.
#[derive(Clone, Copy, Debug)]
pub struct RemoveOperation;

impl Operator for RemoveOperation {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
-go     walk methodset lib shuffled 3 ; identical lib.Ints lib.List
+go     identical lib.Ints lib.List
"#;
        example(&RemoveOperation, 1, want);
    }
}
