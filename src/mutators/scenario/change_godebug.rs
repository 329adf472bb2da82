//! Change GODEBUG.

use super::super::{Context, Operator};
use crate::testcase::TestCase;

/// `gotypesalias` becomes unset, on or off.
#[derive(Clone, Copy, Debug)]
pub struct ChangeGodebug;

impl Operator for ChangeGodebug {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let godebug = match cx.rng.below(3) {
            0 => Vec::new(),
            1 => vec!["gotypesalias=1".to_owned()],
            _ => vec!["gotypesalias=0".to_owned()],
        };
        let old = std::mem::replace(&mut case.scenario.godebug, godebug);
        old != case.scenario.godebug
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
+godebug gotypesalias=0
"#;
        example(&ChangeGodebug, 1, want);
    }
}
