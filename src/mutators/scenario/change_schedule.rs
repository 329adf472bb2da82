//! Give the scenario another seed of its interleaving, or remove it.

use super::super::{Context, Operator};
use crate::testcase::TestCase;

/// Seeds the schedule, changes its seed, or leaves it to the runtime.
#[derive(Clone, Copy, Debug)]
pub struct ChangeSchedule;

impl Operator for ChangeSchedule {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        // Seeds are short because people read them.
        let seed = cx.rng.below(1 << 16) as u64;
        let schedule = if cx.rng.chance(30) { None } else { Some(seed) };
        std::mem::replace(&mut case.scenario.schedule, schedule) != schedule
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
+schedule seed 53189
"#;
        example(&ChangeSchedule, 1, want);
    }
}
