//! Change GOMAXPROCS.

use super::super::{Context, Operator};
use crate::testcase::TestCase;

/// One to four, or the harness's own.
#[derive(Clone, Copy, Debug)]
pub struct ChangeProcs;

impl Operator for ChangeProcs {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let procs = match cx.rng.below(5) {
            0 => None,
            n => Some(n as u32),
        };
        std::mem::replace(&mut case.scenario.procs, procs) != procs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
+procs 4
"#;
        example(&ChangeProcs, 1, want);
    }
}
