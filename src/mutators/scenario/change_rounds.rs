//! Change how often the goroutines run.

use super::super::{Context, Operator};
use crate::testcase::TestCase;

/// There are few rounds, as each costs as much as the first.
#[derive(Clone, Copy, Debug)]
pub struct ChangeRounds;

impl Operator for ChangeRounds {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let rounds = match cx.rng.below(4) {
            0 | 1 => None,
            n => Some(n as u32),
        };
        std::mem::replace(&mut case.scenario.rounds, rounds) != rounds
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
+rounds 3
"#;
        example(&ChangeRounds, 1, want);
    }
}
