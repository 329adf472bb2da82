//! How large a test case may grow.

use super::symbols::Symbols;
use super::walk::{Go, walk};
use crate::testcase::TestCase;

/// The most packages of a mutant.
pub const MAX_PACKAGES: usize = 6;
/// The most goroutines of a mutant.
pub const MAX_GOROUTINES: usize = 6;
/// The most operations of one goroutine of a mutant.
pub const MAX_OPERATIONS: usize = 12;
/// The deepest nesting of expressions and statement lists.
pub const MAX_DEPTH: usize = 60;

/// Nodes of the test case's trees and their greatest depth.
fn measure(case: &TestCase) -> (usize, usize) {
    let (mut nodes, mut deepest) = (0, 0);
    // The walk is one for reading and for changing.
    let mut copy = case.clone();
    walk(&mut copy, &Symbols::new(case), |_, env| {
        nodes += 1;
        deepest = deepest.max(env.depth);
        Go::In
    });
    (nodes, deepest)
}

/// How many expressions, field lists, signatures and statement lists the
/// trees have.
#[must_use]
pub fn node_count(case: &TestCase) -> usize {
    measure(case).0
}

/// Whether the test case is small enough to be run.
pub(super) fn within(case: &TestCase, max_nodes: usize) -> bool {
    let s = &case.scenario;
    if case.packages.len() > MAX_PACKAGES
        || s.go.len() > MAX_GOROUTINES
        || s.go.iter().chain([&s.before]).any(|ops| ops.len() > MAX_OPERATIONS)
    {
        return false;
    }
    let (nodes, depth) = measure(case);
    nodes <= max_nodes && depth <= MAX_DEPTH
}
