//! Splice a goroutine of the donor.

use super::super::{Context, Operator};
use super::limit::resolve;
use crate::edit::MAX_GOROUTINES;
use crate::testcase::TestCase;

/// Names that this test case lacks become names that it has.
#[derive(Clone, Copy, Debug)]
pub struct SpliceGoroutine;

impl Operator for SpliceGoroutine {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let Some(donor) = cx.donor.and_then(|d| d.test_case()) else { return false };
        let Some(ops) = cx.rng.choose(&donor.scenario.go).cloned() else { return false };
        let go = &mut case.scenario.go;
        if go.len() < MAX_GOROUTINES && cx.rng.chance(40) {
            go.push(ops);
        } else if go.is_empty() {
            return false;
        } else {
            let n = cx.rng.below(go.len());
            go[n] = ops;
        }
        resolve(case, cx.rng);
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
-go     check a ; walk methods lib
+go     check b
"#;
        example(&SpliceGoroutine, 1, want);
    }
}
