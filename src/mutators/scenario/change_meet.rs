//! Add or remove a point where goroutines wait for one another.

use super::super::{Context, Operator};
use crate::scenario::Meet;
use crate::testcase::TestCase;

/// Points are added more often than removed, as overlap must be forced.
#[derive(Clone, Copy, Debug)]
pub struct ChangeMeet;

impl Operator for ChangeMeet {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let Some(&meet) = cx.rng.choose(Meet::ALL) else { return false };
        let meets = &mut case.scenario.meet;
        if meets.contains(&meet) {
            return cx.rng.chance(40) && meets.remove(&meet);
        }
        meets.insert(meet)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
+meet operation
"#;
        example(&ChangeMeet, 1, want);
    }
}
