//! Change how dependencies reach their importers.

use super::super::{Context, Operator};
use crate::scenario::Import;
use crate::testcase::TestCase;

/// It goes back to source more often than away from it, as source costs least.
#[derive(Clone, Copy, Debug)]
pub struct ChangeImport;

impl Operator for ChangeImport {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let old = case.scenario.import;
        let new = match cx.rng.below(4) {
            0 => Import::Export,
            1 => Import::Synthetic,
            _ => Import::Source,
        };
        case.scenario.import = new;
        new != old
    }
}
