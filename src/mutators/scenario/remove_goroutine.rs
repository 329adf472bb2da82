//! Remove a goroutine.

use super::super::{Context, Operator};
use crate::testcase::TestCase;

/// Two goroutines stay, because one alone has nothing to race with.
#[derive(Clone, Copy, Debug)]
pub struct RemoveGoroutine;

impl Operator for RemoveGoroutine {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let go = &mut case.scenario.go;
        if go.len() < 3 {
            return false;
        }
        go.remove(cx.rng.below(go.len()));
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
"#;
        example(&RemoveGoroutine, 1, want);
    }
}
