//! Add an operation.

use super::super::{Context, Operator};
use super::pick;
use crate::testcase::TestCase;

/// The operation goes to any place in a goroutine or in `before`.
#[derive(Clone, Copy, Debug)]
pub struct AddOperation;

impl Operator for AddOperation {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let Some(op) = pick::operation(case, cx.rng) else { return false };
        let Some(list) = pick::list(&mut case.scenario, cx.rng) else { return false };
        pick::insert(list, op, cx.rng)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
-go     check b ; walk underlying lib reversed ; lookup lib.List
+go     walk string lib reversed ; check b ; walk underlying lib reversed ; lookup lib.List
"#;
        example(&AddOperation, 1, want);
    }
}
