//! How large a test case may grow.

use crate::testcase::{PackageFile, TestCase};

/// The most packages of a mutant.
pub const MAX_PACKAGES: usize = 6;
/// The most goroutines of a mutant.
pub const MAX_GOROUTINES: usize = 6;
/// The most operations of one goroutine of a mutant.
pub const MAX_OPERATIONS: usize = 12;
/// The deepest nesting of nodes.
pub const MAX_DEPTH: usize = 80;

/// How many nodes the trees have: declarations, specs, fields, blocks,
/// statements, expressions and names.
#[must_use]
pub fn node_count(case: &TestCase) -> usize {
    files(case).map(|f| f.tree.size().nodes).sum()
}

fn files(case: &TestCase) -> impl Iterator<Item = &PackageFile> {
    case.packages.iter().flat_map(|p| &p.files)
}

/// Whether the test case is small enough to be run.
#[must_use]
pub fn within(case: &TestCase, max_nodes: usize) -> bool {
    let s = &case.scenario;
    if case.packages.len() > MAX_PACKAGES
        || s.go.len() > MAX_GOROUTINES
        || s.go.iter().chain([&s.before]).any(|ops| ops.len() > MAX_OPERATIONS)
    {
        return false;
    }
    let mut nodes = 0;
    files(case).all(|f| {
        let size = f.tree.size();
        nodes += size.nodes;
        nodes <= max_nodes && size.depth <= MAX_DEPTH
    })
}
