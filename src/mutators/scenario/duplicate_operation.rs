//! Duplicate an operation.

use super::super::{Context, Operator};
use super::pick;
use crate::testcase::TestCase;

/// The copy goes to its own list or to another goroutine.
#[derive(Clone, Copy, Debug)]
pub struct DuplicateOperation;

impl Operator for DuplicateOperation {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let Some(list) = pick::list(&mut case.scenario, cx.rng) else { return false };
        let Some(op) = cx.rng.choose(list).cloned() else { return false };
        let Some(to) = pick::list(&mut case.scenario, cx.rng) else { return false };
        pick::insert(to, op, cx.rng)
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
+go     check a ; walk methodset lib shuffled 3 ; walk methods lib
"#;
        example(&DuplicateOperation, 1, want);
    }
}
