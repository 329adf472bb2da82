//! Shows the effect of an operator on the sample, as a diff of its text.

use super::{Context, Operator};
use crate::edit::test_support::{diff, donor};
use crate::rng::Rng;
use crate::scenario::Profile;

pub(crate) use crate::edit::test_support::{sample, text};

/// The effect of `operator` on the sample with this seed: the lines that it removes and adds.
/// `None` if it does not apply.
pub(super) fn changes(operator: &dyn Operator, seed: u64) -> Option<String> {
    let (mut case, donor) = (sample(), donor());
    let before = text(&case);
    let mut cx = Context {
        rng: &mut Rng::new(seed),
        donor: Some(&donor),
        profile: Profile::All,
        go_minor: 27,
        checker: crate::checker::Checker::GoTypes,
    };
    operator.apply(&mut case, &mut cx).then(|| diff(&before, &text(&case)))
}

/// Checks the result of [`changes`].
pub(super) fn example(operator: &dyn Operator, seed: u64, want: &str) {
    let got = changes(operator, seed).expect("the operator does not apply");
    assert_eq!(got.trim(), want.trim(), "\n{got}");
}
