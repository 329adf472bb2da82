//! Ask for a process that has run nothing before, or stop asking.

use super::super::{Context, Operator};
use crate::testcase::TestCase;

/// It is rarely on, as starting a process costs as much as many executions.
#[derive(Clone, Copy, Debug)]
pub struct ToggleFresh;

impl Operator for ToggleFresh {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        if !case.scenario.fresh && cx.rng.chance(70) {
            return false;
        }
        case.scenario.fresh = !case.scenario.fresh;
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
+fresh
"#;
        example(&ToggleFresh, 1, want);
    }
}
