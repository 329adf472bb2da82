//! Let goroutines that do the same share one more thing.

use super::super::{Context, Operator};
use super::pick;
use crate::scenario::{Operation, Profile};
use crate::testcase::TestCase;

/// They share a context, a file set or a configuration and, only where the profile
/// allows breaking a rule, an Info, a checker or a package.
#[derive(Clone, Copy, Debug)]
pub struct AliasShared;

impl Operator for AliasShared {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let breach = match cx.profile {
            Profile::Safe => false,
            Profile::Contract => true,
            Profile::All => cx.rng.chance(8),
        };
        let s = &mut case.scenario;
        let Some(new) = pick::absent_share(&s.share, breach, cx.rng) else { return false };
        s.share.insert(new);
        // Sharing shows where two goroutines check the same package.
        if let [first, rest @ ..] = s.go.as_mut_slice()
            && let Some(check) =
                first.iter().find(|o| matches!(o, Operation::Check { .. })).cloned()
        {
            for ops in rest {
                if !ops.contains(&check) {
                    pick::put_first(ops, check.clone());
                }
            }
        }
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
+share importer
-go     check b ; walk underlying lib reversed ; lookup lib.List
-go     walk methodset lib shuffled 3 ; identical lib.Ints lib.List
+go     check a ; check b ; walk underlying lib reversed ; lookup lib.List
+go     check a ; walk methodset lib shuffled 3 ; identical lib.Ints lib.List
"#;
        example(&AliasShared, 1, want);
    }
}
