//! Short ways to make and to ask about trees.

use super::walk::{FieldRole, NameRole, Role, Visitor, VisitorMut, walk_file, walk_file_mut};
use super::walk::{
    walk_block, walk_decl, walk_expr, walk_expr_mut, walk_field, walk_spec, walk_stmt,
};
use super::{
    BasicLit, BlockStmt, CallExpr, ChanDir, ChanType, Decl, Expr, Field, File, FuncType, Ident,
    ImportSpec, IndexExpr, IndexListExpr, LitKind, MapType, ParenExpr, SelectorExpr, Spec,
    StarExpr, Stmt, ValueSpec,
};

/// Trees deeper than this are not imported, and mutators do not make them:
/// every visit of a tree uses the stack.
pub const MAX_DEPTH: usize = 500;

impl From<&str> for Ident {
    fn from(name: &str) -> Self {
        Self(name.to_owned())
    }
}

impl Expr {
    /// `name`
    pub fn ident(name: impl Into<String>) -> Self {
        Expr::Ident(Ident(name.into()))
    }

    /// A decimal integer.
    #[must_use]
    pub fn int(n: u64) -> Self {
        Expr::BasicLit(BasicLit { kind: LitKind::Int, value: n.to_string() })
    }

    /// `x.sel`
    #[must_use]
    pub fn selector(x: Expr, sel: impl Into<String>) -> Self {
        Expr::SelectorExpr(SelectorExpr { x: Box::new(x), sel: Ident(sel.into()) })
    }

    /// `*x`
    #[must_use]
    pub fn star(x: Expr) -> Self {
        Expr::StarExpr(StarExpr { x: Box::new(x) })
    }

    /// `(x)`
    #[must_use]
    pub fn paren(x: Expr) -> Self {
        Expr::ParenExpr(ParenExpr { x: Box::new(x) })
    }

    /// `f(args…)`
    #[must_use]
    pub fn call(fun: Expr, args: Vec<Expr>) -> Self {
        Expr::CallExpr(CallExpr { fun: Box::new(fun), args, ellipsis: false })
    }

    /// `x[args…]`; `x` alone without arguments.
    #[must_use]
    pub fn instance(x: Expr, mut args: Vec<Expr>) -> Self {
        let x = Box::new(x);
        match args.len() {
            0 => *x,
            1 => Expr::IndexExpr(IndexExpr { x, index: Box::new(args.remove(0)) }),
            _ => Expr::IndexListExpr(IndexListExpr { x, indices: args }),
        }
    }

    /// `[]elt`
    #[must_use]
    pub fn slice_of(elt: Expr) -> Self {
        Expr::ArrayType(super::ArrayType { len: None, elt: Box::new(elt) })
    }

    /// `map[key]value`
    #[must_use]
    pub fn map_of(key: Expr, value: Expr) -> Self {
        Expr::MapType(MapType { key: Box::new(key), value: Box::new(value) })
    }

    /// `chan value`
    #[must_use]
    pub fn chan_of(value: Expr) -> Self {
        Expr::ChanType(ChanType { dir: ChanDir::Both, value: Box::new(value) })
    }

    /// A name, if the expression is one.
    #[must_use]
    pub fn as_ident(&self) -> Option<&str> {
        if let Expr::Ident(x) = self { Some(&x.0) } else { None }
    }
}

impl Field {
    /// `name T`
    pub fn named(name: impl Into<String>, typ: Expr) -> Self {
        Self { names: vec![Ident(name.into())], typ, tag: None }
    }

    /// A field, parameter or element without a name.
    #[must_use]
    pub fn unnamed(typ: Expr) -> Self {
        Self { names: Vec::new(), typ, tag: None }
    }
}

impl ValueSpec {
    /// `name T = value`
    pub fn new(name: impl Into<String>, typ: Option<Expr>, value: Option<Expr>) -> Self {
        Self { names: vec![Ident(name.into())], typ, values: value.into_iter().collect() }
    }
}

impl FuncType {
    /// `func(params…) results…`
    #[must_use]
    pub fn new(params: Vec<Field>, results: Vec<Field>) -> Self {
        Self { type_params: Vec::new(), params, results }
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

    /// Calls `f` on every expression, in source order, those inside before
    /// what contains them, so that `f` may replace what it is given.
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

    /// Calls `f` on every expression, in source order, what contains others
    /// first.
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

    /// How many nodes contain one another at most.
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
