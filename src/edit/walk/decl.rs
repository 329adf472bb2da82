//! Declarations, signatures and bodies.

use std::ops::ControlFlow;

use super::{Flow, Go, List, Role, Signature, Site};
use crate::edit::env::{Env, Local};
use crate::goast::scope::{ObjectKind, flatten, receiver_type_params};
use crate::goast::{BlockStmt, Decl, DeclTok, Expr, Field, FuncType, GenDecl, Spec};

/// Walks a test case.
pub(super) struct Walker<'s, F> {
    pub env: Env<'s>,
    pub visit: F,
}

impl<F: FnMut(Site<'_>, &Env<'_>) -> Go> Walker<'_, F> {
    /// Whether to go into the node.
    pub(super) fn site(&mut self, site: Site<'_>) -> ControlFlow<(), bool> {
        match (self.visit)(site, &self.env) {
            Go::In => ControlFlow::Continue(true),
            Go::Past => ControlFlow::Continue(false),
            Go::Stop => ControlFlow::Break(()),
        }
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

    pub(super) fn decl(&mut self, decl: &mut Decl) -> Flow {
        match decl {
            Decl::GenDecl(g) => self.gen_decl(g, true),
            Decl::FuncDecl(f) => {
                self.env.owner = Some(f.name.0.clone());
                if !self.site(Site::Func(f))? {
                    return Flow::Continue(());
                }
                if let Some(recv) = &mut f.recv {
                    for r in recv.iter_mut() {
                        self.site(Site::Expr(&mut r.typ, Role::Receiver))?;
                        for name in receiver_type_params(&r.typ) {
                            self.declare(&name, ObjectKind::TypeParam, None, 0);
                        }
                    }
                    self.declare_fields(recv, ObjectKind::Var);
                }
                let whose = if f.recv.is_some() { Signature::Method } else { Signature::Func };
                self.signature(&mut f.typ, whose)?;
                if let Some(body) = &mut f.body {
                    self.body(&f.typ, body)?;
                }
                self.env.locals.clear();
                Flow::Continue(())
            }
        }
    }

    pub(super) fn gen_decl(&mut self, g: &mut GenDecl, package_level: bool) -> Flow {
        let tok = g.tok;
        for spec in &mut g.specs {
            match spec {
                Spec::ImportSpec(_) => {}
                Spec::TypeSpec(t) => {
                    if package_level {
                        self.env.owner = Some(t.name.0.clone());
                    } else {
                        let arity = flatten(&t.type_params).len();
                        self.declare(&t.name.0, ObjectKind::TypeName, Some(t.typ.clone()), arity);
                    }
                    let mark = self.env.locals.len();
                    self.type_params(&mut t.type_params)?;
                    self.expr(&mut t.typ, Role::Rhs(t.assign))?;
                    self.env.locals.truncate(mark);
                }
                Spec::ValueSpec(v) => {
                    if let Some(t) = &mut v.typ {
                        self.expr(t, Role::Type)?;
                    }
                    for x in &mut v.values {
                        self.expr(x, Role::Value)?;
                    }
                    if !package_level {
                        let kind =
                            if tok == DeclTok::Const { ObjectKind::Const } else { ObjectKind::Var };
                        for n in &v.names {
                            self.declare(&n.0, kind, v.typ.clone(), 0);
                        }
                    }
                }
            }
        }
        Flow::Continue(())
    }

    pub(super) fn type_params(&mut self, fields: &mut Vec<Field>) -> Flow {
        // In scope of one another's constraints.
        self.declare_fields(fields, ObjectKind::TypeParam);
        if self.site(Site::Fields(fields, List::TypeParams))? {
            for f in fields {
                self.expr(&mut f.typ, Role::Constraint)?;
            }
        }
        Flow::Continue(())
    }

    /// Leaves the type parameters in scope.
    pub(super) fn signature(&mut self, typ: &mut FuncType, whose: Signature) -> Flow {
        if !self.site(Site::Signature(typ, whose))? {
            return Flow::Continue(());
        }
        if matches!(whose, Signature::Func | Signature::Method) {
            self.type_params(&mut typ.type_params)?;
        }
        for (fields, list) in [(&mut typ.params, List::Params), (&mut typ.results, List::Results)] {
            if self.site(Site::Fields(fields, list))? {
                for f in fields {
                    self.param(&mut f.typ)?;
                }
            }
        }
        Flow::Continue(())
    }

    fn param(&mut self, typ: &mut Expr) -> Flow {
        match typ {
            Expr::Ellipsis(e) => match &mut e.elt {
                Some(elt) => self.expr(elt, Role::Type),
                None => Flow::Continue(()),
            },
            _ => self.expr(typ, Role::Type),
        }
    }

    pub(super) fn body(&mut self, typ: &FuncType, body: &mut BlockStmt) -> Flow {
        self.declare_fields(&typ.params, ObjectKind::Var);
        self.declare_fields(&typ.results, ObjectKind::Var);
        let outer = std::mem::replace(&mut self.env.in_body, true);
        let flow = self.block(&mut body.list);
        self.env.in_body = outer;
        flow
    }
}
