//! Set something that other goroutines read.

use super::super::{Context, Operator};
use super::pick;
use crate::edit::symbols::Symbols;
use crate::scenario::{Operation, Profile, Setter};
use crate::testcase::TestCase;

/// It breaks a documented rule, so it is rare.
#[derive(Clone, Copy, Debug)]
pub struct AddSetter;

impl Operator for AddSetter {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        if cx.profile == Profile::Safe || case.scenario.go.is_empty() {
            return false;
        }
        let symbols = Symbols::new(case);
        let Some(target) = pick::type_name(&symbols, cx.rng) else { return false };
        let Some(&what) = cx.rng.choose(Setter::ALL) else { return false };
        let n = cx.rng.below(case.scenario.go.len());
        pick::insert(&mut case.scenario.go[n], Operation::Set { object: target, what }, cx.rng)
    }
}
