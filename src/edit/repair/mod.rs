//! Repairs what a mutation broke, as far as the declarations show it. Most
//! mutants type-check after it.
//!
//! Each pass fixes one kind of error. The order matters, because a pass relies
//! on the fixes of the passes before it.

mod bodies;
mod cycles;
mod duplicates;
mod imports;
mod instances;
mod names;
mod placement;
mod receivers;
mod unused;

use crate::rng::Rng;
use crate::testcase::TestCase;

pub(crate) use imports::drop_unused as drop_unused_imports;
pub(crate) use imports::sort_packages;
pub(crate) use names::bind_names;

/// How many places of a test case one pass repairs at most. What it puts in may need repair as well: an
/// instance whose arguments do not resolve, with two such arguments each, and so on.
const MOST: usize = 200;

/// Repairs a mutant of the test case `before`.
pub fn repair(case: &mut TestCase, before: &TestCase, rng: &mut Rng) {
    // Repair knows less than the type checker, so it leaves untouched programs alone.
    if case.packages == before.packages {
        return;
    }
    imports::fix(case, before);
    duplicates::rename(case);
    bodies::drop_broken(case, before);
    bind_names(case, rng);
    receivers::fix(case);
    instances::fix(case, rng);
    placement::fix(case);
    cycles::open(case);
    cycles::level(case);
    bodies::drop_unknown(case);
    unused::fix(case);
    imports::drop_unused(case);
}
