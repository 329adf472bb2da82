//! Reorder operations.

use super::super::{Context, Operator};
use super::pick;
use crate::testcase::TestCase;

/// Swaps two, reverses the list, rotates it or shuffles it.
#[derive(Clone, Copy, Debug)]
pub struct ReorderOperations;

impl Operator for ReorderOperations {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let Some(list) = pick::list(&mut case.scenario, cx.rng) else { return false };
        if list.len() < 2 {
            return false;
        }
        let old = list.clone();
        match cx.rng.below(4) {
            0 => {
                let n = cx.rng.below(list.len() - 1);
                list.swap(n, n + 1);
            }
            1 => list.reverse(),
            2 => {
                let n = cx.rng.between(1, list.len() - 1);
                list.rotate_left(n);
            }
            _ => cx.rng.shuffle(list),
        }
        *list != old
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
+go     identical lib.Ints lib.List ; walk methodset lib shuffled 3
"#;
        example(&ReorderOperations, 1, want);
    }
}
