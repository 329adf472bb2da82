//! Change the Config of a goroutine's checks.

use super::super::{Context, Operator};
use super::pick;
use crate::edit::MAX_OPERATIONS;
use crate::scenario::{Configured, Family, Operation};
use crate::testcase::TestCase;

/// Puts a setting before the checks of a goroutine or of `before`, or changes or removes one. The
/// other goroutines keep theirs, so two checkers of a package differ.
#[derive(Clone, Copy, Debug)]
pub struct ChangeConfig;

impl Operator for ChangeConfig {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let Some(new) = Configured::draw(cx.rng) else { return false };
        let Some(ops) = pick::list(&mut case.scenario, cx.rng) else { return false };
        let set = ops.iter().position(|op| op.configured().is_some());
        if let Some(at) = set.filter(|_| cx.rng.chance(60)) {
            if cx.rng.chance(40) {
                ops.remove(at);
                return !ops.is_empty();
            }
            let new = Operation::Configure { setting: new };
            return std::mem::replace(&mut ops[at], new.clone()) != new;
        }
        let check = ops.iter().position(|op| op.row().family == Family::Check);
        let Some(at) = check.filter(|_| ops.len() < MAX_OPERATIONS) else { return false };
        ops.insert(at, Operation::Configure { setting: new });
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
+go     configure fakeimportc ; check a ; walk methods lib
"#;
        example(&ChangeConfig, 1, want);
    }
}
