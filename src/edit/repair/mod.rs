//! Mends what a mutation broke, as far as a look at the declarations can
//! tell: most mutants then type-check.
//!
//! Each pass is for one sort of error; the order matters, since a pass relies
//! on what those before it have mended.

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

/// Mends a mutant of the test case `before`.
pub fn repair(case: &mut TestCase, before: &TestCase, rng: &mut Rng) {
    // Repair knows less than the checker: what was not touched stays.
    if case.packages == before.packages {
        return;
    }
    imports::mend(case, before);
    duplicates::rename(case);
    bodies::drop_broken(case, before);
    bind_names(case, rng);
    receivers::mend(case);
    instances::mend(case, rng);
    placement::mend(case);
    cycles::open(case);
    cycles::level(case);
    bodies::drop_unknown(case);
    unused::mend(case);
    imports::drop_unused(case);
}
