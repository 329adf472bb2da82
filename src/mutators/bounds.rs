//! How large a test case may grow.

use crate::goast::walk::{self, FieldRole, Role, Visitor};
use crate::goast::{Decl, Expr, Field, Stmt};
use crate::testcase::TestCase;

/// The most packages of a mutant.
pub const MAX_PACKAGES: usize = 6;
/// The most goroutines of a mutant.
pub const MAX_GOROUTINES: usize = 6;
/// The most operations of one goroutine of a mutant.
pub const MAX_OPERATIONS: usize = 12;
/// The deepest nesting of nodes.
pub const MAX_DEPTH: usize = 60;

/// Counts nodes, and how deep they are nested.
#[derive(Default)]
struct Measure {
    nodes: usize,
    depth: usize,
    deepest: usize,
}

impl Measure {
    fn node(&mut self, parts: impl FnOnce(&mut Self)) {
        self.nodes += 1;
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
        parts(self);
        self.depth -= 1;
    }
}

impl Visitor for Measure {
    fn decl(&mut self, d: &Decl) {
        self.node(|m| walk::walk_decl(m, d));
    }
    fn field(&mut self, f: &Field, role: FieldRole) {
        self.node(|m| walk::walk_field(m, f, role));
    }
    fn stmt(&mut self, s: &Stmt) {
        self.node(|m| walk::walk_stmt(m, s));
    }
    fn expr(&mut self, e: &Expr, role: Role) {
        self.node(|m| walk::walk_expr(m, e, role));
    }
}

fn measure(case: &TestCase) -> Measure {
    let mut m = Measure::default();
    for file in case.packages.iter().flat_map(|p| &p.files) {
        walk::walk_file(&mut m, &file.tree);
    }
    m
}

/// How many declarations, fields, statements and expressions the trees have.
#[must_use]
pub fn node_count(case: &TestCase) -> usize {
    measure(case).nodes
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
    let m = measure(case);
    m.nodes <= max_nodes && m.deepest <= MAX_DEPTH
}
