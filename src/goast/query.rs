//! Questions about trees: imports, expressions, sizes.

use super::walk::{FieldRole, NameRole, Role, Visitor, VisitorMut, walk_file, walk_file_mut};
use super::walk::{
    walk_block, walk_decl, walk_expr, walk_expr_mut, walk_field, walk_spec, walk_stmt,
};
use super::{BlockStmt, Decl, Expr, Field, File, Ident, ImportSpec, Spec, Stmt};

/// The import refuses trees deeper than this, and mutators do not make them:
/// every visit of a tree uses the stack.
pub const MAX_DEPTH: usize = 500;

impl From<&str> for Ident {
    fn from(name: &str) -> Self {
        Self(name.to_owned())
    }
}

impl Expr {
    /// A name, if the expression is one.
    #[must_use]
    pub fn as_ident(&self) -> Option<&str> {
        if let Expr::Ident(x) = self { Some(&x.0) } else { None }
    }
}

impl File {
    /// Every import, in source order.
    pub fn imports(&self) -> impl Iterator<Item = &ImportSpec> {
        let specs = self.decls.iter().flat_map(|d| match d {
            Decl::GenDecl(g) => g.specs.as_slice(),
            Decl::FuncDecl(_) => &[],
        });
        specs.filter_map(|s| if let Spec::ImportSpec(x) = s { Some(x) } else { None })
    }

    /// Calls `f` on every expression, in source order. Inner expressions come
    /// before outer ones, so `f` may replace its argument.
    pub fn for_each_expr_mut(&mut self, f: impl FnMut(&mut Expr, Role)) {
        struct Each<F>(F);
        impl<F: FnMut(&mut Expr, Role)> VisitorMut for Each<F> {
            fn expr(&mut self, e: &mut Expr, role: Role) {
                walk_expr_mut(self, e, role);
                (self.0)(e, role);
            }
        }
        walk_file_mut(&mut Each(f), self);
    }

    /// Calls `f` on every expression, in source order, outer ones first.
    pub fn for_each_expr(&self, f: impl FnMut(&Expr, Role)) {
        struct Each<F>(F);
        impl<F: FnMut(&Expr, Role)> Visitor for Each<F> {
            fn expr(&mut self, e: &Expr, role: Role) {
                (self.0)(e, role);
                walk_expr(self, e, role);
            }
        }
        walk_file(&mut Each(f), self);
    }

    /// How many nodes the tree has: declarations, specs, fields, statements,
    /// expressions and names.
    #[must_use]
    pub fn count_nodes(&self) -> usize {
        self.size().nodes
    }

    /// The deepest nesting of nodes.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.size().depth
    }

    /// Both, in one walk.
    #[must_use]
    pub fn size(&self) -> Size {
        let mut m = Measure::default();
        walk_file(&mut m, self);
        m.size
    }
}

/// How large a tree is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// See [`File::count_nodes`].
    pub nodes: usize,
    /// See [`File::depth`].
    pub depth: usize,
}

#[derive(Default)]
struct Measure {
    size: Size,
    /// Of the node at hand.
    depth: usize,
}

impl Measure {
    fn node(&mut self, f: impl FnOnce(&mut Self)) {
        self.size.nodes += 1;
        self.depth += 1;
        self.size.depth = self.size.depth.max(self.depth);
        f(self);
        self.depth -= 1;
    }
}

impl Visitor for Measure {
    fn decl(&mut self, d: &Decl) {
        self.node(|m| walk_decl(m, d));
    }
    fn spec(&mut self, s: &Spec) {
        self.node(|m| walk_spec(m, s));
    }
    fn field(&mut self, f: &Field, role: FieldRole) {
        self.node(|m| walk_field(m, f, role));
    }
    fn block(&mut self, b: &BlockStmt) {
        self.node(|m| walk_block(m, b));
    }
    fn stmt(&mut self, s: &Stmt) {
        self.node(|m| walk_stmt(m, s));
    }
    fn expr(&mut self, e: &Expr, role: Role) {
        self.node(|m| walk_expr(m, e, role));
    }
    fn name(&mut self, _: &Ident, _: NameRole) {
        self.node(|_| ());
    }
}
