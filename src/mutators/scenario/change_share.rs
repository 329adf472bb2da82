//! Add or remove what goroutines share.

use super::super::{Context, Operator};
use super::pick;
use crate::scenario::{Profile, Share};
use crate::testcase::TestCase;

/// A share that breaks a rule is removed more often than added.
#[derive(Clone, Copy, Debug)]
pub struct ChangeShare;

impl Operator for ChangeShare {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let share = &mut case.scenario.share;
        let present: Vec<Share> = share.iter().copied().collect();
        if let Some(old) = cx.rng.choose(&present)
            && cx.rng.chance(45)
        {
            return share.remove(old);
        }
        let wide = match cx.profile {
            Profile::Safe => false,
            Profile::Contract => cx.rng.chance(50),
            Profile::All => cx.rng.chance(8),
        };
        let Some(new) = pick::absent_share(share, wide, cx.rng) else { return false };
        share.insert(new)
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
"#;
        example(&ChangeShare, 1, want);
    }
}
