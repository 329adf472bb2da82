//! Change how importers get their dependencies.

use super::super::{Context, Operator};
use crate::scenario::Import;
use crate::testcase::TestCase;

/// The change to source is more frequent than the change away from it, because source costs least.
/// What the compiler writes is rare, because it costs as much as fifty executions.
#[derive(Clone, Copy, Debug)]
pub struct ChangeImport;

impl Operator for ChangeImport {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let old = case.scenario.import;
        let new = match cx.rng.below(4) {
            0 if cx.rng.chance(20) => [Import::Unified, Import::Mixed][cx.rng.below(2)],
            0 => Import::Export,
            1 => Import::Synthetic,
            _ => Import::Source,
        };
        case.scenario.import = new;
        new != old
    }
}
