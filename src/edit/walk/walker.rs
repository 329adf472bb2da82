//! The visitor behind the walk: declarations, signatures and bodies.

use super::{Next, Site};
use crate::edit::MAX_DEPTH;
use crate::edit::env::{Env, Local};
use crate::goast::scope::{ObjectKind, flatten, receiver_type_params};
use crate::goast::walk::walk_spec_mut;
use crate::goast::{
    BlockStmt, Decl, DeclTok, Expr, Field, FieldRole, FuncDecl, FuncRole, FuncType, GenDecl, Role,
    Spec, Stmt, TypeSpec, ValueSpec, VisitorMut,
};

/// Hands every place to `visit`.
pub(super) struct Walker<'s, F> {
    pub env: Env<'s>,
    pub visit: F,
    /// After it, nothing is visited.
    pub stopped: bool,
}

impl<'s, F: FnMut(Site<'_>, &Env<'_>) -> Next> Walker<'s, F> {
    pub(super) fn new(env: Env<'s>, visit: F) -> Self {
        Self { env, visit, stopped: false }
    }

    /// Visits a place. Whether to go into the node.
    pub(super) fn site(&mut self, site: Site<'_>) -> bool {
        if self.stopped {
            return false;
        }
        let next = (self.visit)(site, &self.env);
        self.stopped = next == Next::Stop;
        next == Next::In
    }

    pub(super) fn declare(
        &mut self,
        name: &str,
        kind: ObjectKind,
        typ: Option<Expr>,
        arity: usize,
    ) {
        self.env.locals.push(Local { name: name.to_owned(), kind, typ, arity });
    }

    fn declare_fields(&mut self, fields: &[Field], kind: ObjectKind) {
        for (name, typ) in flatten(fields) {
            self.declare(&name, kind, Some(typ), 0);
        }
    }

    fn func_decl(&mut self, f: &mut FuncDecl) {
        self.env.owner = Some(f.name.0.clone());
        if !self.site(Site::Func(f)) {
            return;
        }
        if let Some(recv) = &mut f.recv {
            for r in recv.iter_mut() {
                self.site(Site::Expr(&mut r.typ, Role::Receiver));
                for name in receiver_type_params(&r.typ) {
                    self.declare(&name, ObjectKind::TypeParam, None, 0);
                }
            }
            self.declare_fields(recv, ObjectKind::Var);
        }
        let role = if f.recv.is_some() { FuncRole::Method } else { FuncRole::Func };
        self.func_type(&mut f.typ, role);
        if let Some(body) = &mut f.body {
            self.body(&f.typ, body);
        }
        self.env.locals.clear();
    }

    fn type_spec(&mut self, t: &mut TypeSpec) {
        if self.env.in_body {
            let arity = flatten(&t.type_params).len();
            self.declare(&t.name.0, ObjectKind::TypeName, Some(t.typ.clone()), arity);
        } else {
            self.env.owner = Some(t.name.0.clone());
        }
        let mark = self.env.locals.len();
        self.fields(&mut t.type_params, FieldRole::TypeParam);
        self.expr(&mut t.typ, Role::Rhs(t.assign));
        self.env.locals.truncate(mark);
    }

    fn declare_values(&mut self, v: &ValueSpec, tok: DeclTok) {
        if self.env.in_body {
            let kind = if tok == DeclTok::Const { ObjectKind::Const } else { ObjectKind::Var };
            for n in &v.names {
                self.declare(&n.0, kind, v.typ.clone(), 0);
            }
        }
    }

    /// A function's body, with its parameters and results in scope.
    pub(super) fn body(&mut self, typ: &FuncType, body: &mut BlockStmt) {
        self.declare_fields(&typ.params, ObjectKind::Var);
        self.declare_fields(&typ.results, ObjectKind::Var);
        let outer = std::mem::replace(&mut self.env.in_body, true);
        self.block(body);
        self.env.in_body = outer;
    }
}

impl<F: FnMut(Site<'_>, &Env<'_>) -> Next> VisitorMut for Walker<'_, F> {
    fn decl(&mut self, d: &mut Decl) {
        match d {
            Decl::GenDecl(g) => self.gen_decl(g),
            Decl::FuncDecl(f) => self.func_decl(f),
        }
    }

    fn gen_decl(&mut self, g: &mut GenDecl) {
        for spec in &mut g.specs {
            match spec {
                Spec::ImportSpec(_) => {}
                Spec::TypeSpec(t) => self.type_spec(t),
                Spec::ValueSpec(_) => {
                    walk_spec_mut(self, spec);
                    if let Spec::ValueSpec(v) = spec {
                        self.declare_values(v, g.tok);
                    }
                }
            }
        }
    }

    fn fields(&mut self, list: &mut Vec<Field>, role: FieldRole) {
        if role == FieldRole::TypeParam {
            // They are in scope of one another's constraints.
            self.declare_fields(list, ObjectKind::TypeParam);
        }
        if self.site(Site::Fields(list, role)) {
            for f in list {
                self.field(f, role);
            }
        }
    }

    fn field(&mut self, f: &mut Field, role: FieldRole) {
        let embedded = f.names.is_empty();
        match (&mut f.typ, role) {
            (Expr::Ellipsis(e), FieldRole::Param | FieldRole::Result) => {
                if let Some(elt) = &mut e.elt {
                    self.expr(elt, Role::Type);
                }
            }
            (Expr::FuncType(typ), FieldRole::Interface) if !embedded => {
                let name = f.names.first().map(|n| n.0.clone());
                let outer = std::mem::replace(&mut self.env.owner, name);
                self.func_type(typ, FuncRole::InterfaceMethod);
                self.env.owner = outer;
            }
            (typ, FieldRole::Interface) => self.expr(typ, Role::InterfaceElem),
            (typ, _) => self.expr(typ, role.type_role(embedded)),
        }
    }

    /// Leaves the type parameters in scope.
    fn func_type(&mut self, f: &mut FuncType, role: FuncRole) {
        if !self.site(Site::Signature(f, role)) {
            return;
        }
        if matches!(role, FuncRole::Func | FuncRole::Method) {
            self.fields(&mut f.type_params, FieldRole::TypeParam);
        }
        self.fields(&mut f.params, FieldRole::Param);
        self.fields(&mut f.results, FieldRole::Result);
    }

    fn stmts(&mut self, list: &mut Vec<Stmt>) {
        let mark = self.env.locals.len();
        self.env.depth += 1;
        if self.site(Site::Stmts(list)) {
            for s in list {
                self.stmt(s);
            }
        }
        self.env.depth -= 1;
        self.env.locals.truncate(mark);
    }

    fn stmt(&mut self, s: &mut Stmt) {
        if !self.stopped {
            self.stmt_parts(s);
        }
    }

    fn expr(&mut self, e: &mut Expr, role: Role) {
        // An operator that inserts what it looks for would go on forever.
        if self.env.depth > 2 * MAX_DEPTH {
            return;
        }
        self.env.depth += 1;
        if self.site(Site::Expr(e, role)) {
            self.expr_parts(e, role);
        }
        self.env.depth -= 1;
    }
}
