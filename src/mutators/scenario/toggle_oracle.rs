//! Compare the answers with those of a sequential run, or stop comparing.

use super::super::{Context, Operator};
use crate::testcase::TestCase;

/// When it is on, every execution costs a second run.
#[derive(Clone, Copy, Debug)]
pub struct ToggleOracle;

impl Operator for ToggleOracle {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        if !case.scenario.oracle && cx.rng.chance(50) {
            return false;
        }
        case.scenario.oracle = !case.scenario.oracle;
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
+oracle sequential
"#;
        example(&ToggleOracle, 1, want);
    }
}
