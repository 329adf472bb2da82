//! A walk over a test case that knows at every place what role the node
//! plays and which names are in scope.
//!
//! The tree alone does not tell a type from a value, nor an embedded field
//! from a parameter; operators need both to change a program and keep it
//! Go.

use std::ops::ControlFlow;

use super::env::{Env, Local};
use super::symbols::Symbols;
use crate::goast::scope::{ObjectKind, flatten, receiver_type_params};
use crate::goast::{
    BlockStmt, CaseClause, Decl, DeclTok, Expr, Field, FuncDecl, FuncType, GenDecl, Spec, Stmt,
    Token,
};
use crate::rng::Rng;
use crate::testcase::TestCase;

/// What an expression is at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The right-hand side of a type declaration; true for an alias.
    Rhs(bool),
    /// A type.
    Type,
    /// A type argument.
    TypeArg,
    /// The generic type or function of an instance.
    Generic,
    /// The key of a map type.
    Key,
    /// The type of an embedded field.
    Embedded,
    /// An embedded element of an interface.
    Element,
    /// A type parameter's constraint.
    Constraint,
    /// The type of a receiver.
    Receiver,
    /// The type of a composite literal.
    Literal,
    /// A type whose values code makes or tests: `make(T)`, `x.(T)`, `T(x)`.
    Used,
    /// The length of an array.
    Len,
    /// A value.
    Value,
    /// The called function.
    Callee,
    /// The left-hand side of an assignment.
    Target,
}

impl Role {
    /// Whether any type may stand there, as far as syntax says.
    pub fn is_type(self) -> bool {
        matches!(self, Role::Rhs(_) | Role::Type | Role::TypeArg | Role::Key | Role::Used)
    }
}

/// What a field list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
    TypeParams,
    Params,
    Results,
    Struct,
    Interface,
}

/// Whose signature it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signature {
    Func,
    Method,
    InterfaceMethod,
    FuncLit,
    FuncType,
}

/// A place in a test case.
#[derive(Debug)]
pub(crate) enum Site<'a> {
    Expr(&'a mut Expr, Role),
    Fields(&'a mut Vec<Field>, List),
    Signature(&'a mut FuncType, Signature),
    /// A statement list.
    Stmts(&'a mut Vec<Stmt>),
    /// A function or method with its body.
    Func(&'a mut FuncDecl),
}

/// What a walk does after a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Go {
    /// On into the node.
    In,
    /// Past the node.
    Past,
    /// No further.
    Stop,
}

type Flow = ControlFlow<()>;

/// Visits every place of the test case, outer ones first.
pub(crate) fn walk<F>(case: &mut TestCase, symbols: &Symbols, visit: F)
where
    F: FnMut(Site<'_>, &Env<'_>) -> Go,
{
    let env = Env::new(symbols, 0, 0);
    let mut w = Walker { env, visit };
    for (p, package) in case.packages.iter_mut().enumerate() {
        for (f, file) in package.files.iter_mut().enumerate() {
            (w.env.package, w.env.file) = (p, f);
            for (d, decl) in file.tree.decls.iter_mut().enumerate() {
                w.env.decl = d;
                w.env.locals.clear();
                w.env.owner = None;
                if w.decl(decl).is_break() {
                    return;
                }
            }
        }
    }
}

/// Visits every place of one declaration.
pub(crate) fn walk_decl<F>(decl: &mut Decl, symbols: &Symbols, at: (usize, usize), visit: F)
where
    F: FnMut(Site<'_>, &Env<'_>) -> Go,
{
    let env = Env::new(symbols, at.0, at.1);
    // Where the walk stopped says nothing to the caller.
    let _ = Walker { env, visit }.decl(decl);
}

/// Visits every place of one statement. What it declares for the statements
/// after it is declared in `env` then.
pub(crate) fn walk_stmt<F>(stmt: &mut Stmt, env: &mut Env<'_>, visit: F)
where
    F: FnMut(Site<'_>, &Env<'_>) -> Go,
{
    let mut w = Walker { env: env.clone(), visit };
    // Where the walk stopped says nothing to the caller.
    let _ = w.stmt(stmt);
    env.locals = w.env.locals;
}

/// Changes one place, chosen by the weights that `want` gives. False if no
/// place is wanted or `act` declines.
pub(crate) fn at_random(
    case: &mut TestCase,
    symbols: &Symbols,
    rng: &mut Rng,
    mut want: impl FnMut(&Site<'_>, &Env<'_>) -> u32,
    act: impl FnOnce(Site<'_>, &Env<'_>, &mut Rng) -> bool,
) -> bool {
    let mut weights = Vec::new();
    walk(case, symbols, |site, env| {
        weights.push(want(&site, env));
        Go::In
    });
    let Some(chosen) = rng.weighted(&weights) else { return false };
    let (mut n, mut act, mut changed) = (0, Some(act), false);
    walk(case, symbols, |site, env| {
        n += 1;
        if n <= chosen {
            return Go::In;
        }
        if let Some(act) = act.take() {
            changed = act(site, env, rng);
        }
        Go::Stop
    });
    changed
}

struct Walker<'s, F> {
    env: Env<'s>,
    visit: F,
}

impl<F: FnMut(Site<'_>, &Env<'_>) -> Go> Walker<'_, F> {
    /// Whether to go into the node.
    fn site(&mut self, site: Site<'_>) -> ControlFlow<(), bool> {
        match (self.visit)(site, &self.env) {
            Go::In => ControlFlow::Continue(true),
            Go::Past => ControlFlow::Continue(false),
            Go::Stop => ControlFlow::Break(()),
        }
    }

    fn declare(&mut self, name: &str, kind: ObjectKind, typ: Option<Expr>, arity: usize) {
        self.env.locals.push(Local { name: name.to_owned(), kind, typ, arity });
    }

    fn declare_fields(&mut self, fields: &[Field], kind: ObjectKind) {
        for (name, typ) in flatten(fields) {
            self.declare(&name, kind, Some(typ), 0);
        }
    }

    fn decl(&mut self, decl: &mut Decl) -> Flow {
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

    fn gen_decl(&mut self, g: &mut GenDecl, package_level: bool) -> Flow {
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

    fn type_params(&mut self, fields: &mut Vec<Field>) -> Flow {
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
    fn signature(&mut self, typ: &mut FuncType, whose: Signature) -> Flow {
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

    fn body(&mut self, typ: &FuncType, body: &mut BlockStmt) -> Flow {
        self.declare_fields(&typ.params, ObjectKind::Var);
        self.declare_fields(&typ.results, ObjectKind::Var);
        let outer = std::mem::replace(&mut self.env.in_body, true);
        let flow = self.block(&mut body.list);
        self.env.in_body = outer;
        flow
    }

    fn opt(&mut self, e: &mut Option<Box<Expr>>, role: Role) -> Flow {
        match e {
            Some(e) => self.expr(e, role),
            None => Flow::Continue(()),
        }
    }

    fn expr(&mut self, e: &mut Expr, role: Role) -> Flow {
        // An operator that puts in what it looks for would go on for ever.
        if self.env.depth > 2 * super::MAX_DEPTH {
            return Flow::Continue(());
        }
        self.env.depth += 1;
        let flow = self.expr_inside(e, role);
        self.env.depth -= 1;
        flow
    }

    fn expr_inside(&mut self, e: &mut Expr, role: Role) -> Flow {
        if !self.site(Site::Expr(e, role))? {
            return Flow::Continue(());
        }
        let value = matches!(role, Role::Value | Role::Callee | Role::Target | Role::Len);
        match e {
            Expr::Ident(_) | Expr::BasicLit(_) => {}
            Expr::Ellipsis(x) => self.opt(&mut x.elt, Role::Type)?,
            Expr::FuncLit(f) => {
                let mark = self.env.locals.len();
                self.signature(&mut f.typ, Signature::FuncLit)?;
                self.body(&f.typ, &mut f.body)?;
                self.env.locals.truncate(mark);
            }
            Expr::CompositeLit(c) => {
                self.opt(&mut c.typ, Role::Literal)?;
                for x in &mut c.elts {
                    self.expr(x, Role::Value)?;
                }
            }
            Expr::ParenExpr(p) => self.expr(&mut p.x, role)?,
            Expr::SelectorExpr(s) => {
                let package = matches!(&*s.x, Expr::Ident(id) if self.env.lookup(&id.0)
                    .is_some_and(|f| matches!(f.kind(), None | Some(ObjectKind::PkgName))));
                if value && !package {
                    let role = if self.env.is_type(&s.x) { Role::Used } else { Role::Value };
                    self.expr(&mut s.x, role)?;
                }
            }
            Expr::IndexExpr(i) => {
                let args = !value || self.is_generic(&i.x) || self.env.is_type(&i.index);
                self.expr(&mut i.x, if args { Role::Generic } else { Role::Value })?;
                self.expr(&mut i.index, if args { Role::TypeArg } else { Role::Value })?;
            }
            Expr::IndexListExpr(i) => {
                self.expr(&mut i.x, Role::Generic)?;
                for x in &mut i.indices {
                    self.expr(x, Role::TypeArg)?;
                }
            }
            Expr::SliceExpr(s) => {
                self.expr(&mut s.x, Role::Value)?;
                for x in [&mut s.low, &mut s.high, &mut s.max] {
                    self.opt(x, Role::Value)?;
                }
            }
            Expr::TypeAssertExpr(t) => {
                self.expr(&mut t.x, Role::Value)?;
                self.opt(&mut t.typ, Role::Used)?;
            }
            Expr::CallExpr(c) => {
                let conversion = self.env.is_type(&c.fun);
                self.expr(&mut c.fun, if conversion { Role::Used } else { Role::Callee })?;
                for x in &mut c.args {
                    let role = if self.env.is_type(x) { Role::Used } else { Role::Value };
                    self.expr(x, role)?;
                }
            }
            Expr::StarExpr(s) => {
                let inner = match role {
                    Role::Callee | Role::Target => Role::Value,
                    Role::Rhs(_) | Role::TypeArg | Role::Key | Role::Used | Role::Literal => {
                        Role::Type
                    }
                    _ => role,
                };
                self.expr(&mut s.x, inner)?;
            }
            Expr::UnaryExpr(u) => {
                let role = if u.op == Token::Tilde { Role::Type } else { Role::Value };
                self.expr(&mut u.x, role)?;
            }
            Expr::BinaryExpr(b) => {
                let inner = if value { Role::Value } else { role };
                self.expr(&mut b.x, inner)?;
                self.expr(&mut b.y, inner)?;
            }
            Expr::KeyValueExpr(kv) => {
                // A name may be a field's, unless it is a constant's.
                let constant = match &*kv.key {
                    Expr::Ident(id) => {
                        self.env.lookup(&id.0).and_then(|f| f.kind()) == Some(ObjectKind::Const)
                    }
                    _ => true,
                };
                if constant {
                    self.expr(&mut kv.key, Role::Value)?;
                }
                self.expr(&mut kv.value, Role::Value)?;
            }
            Expr::ArrayType(a) => {
                self.opt(&mut a.len, Role::Len)?;
                self.expr(&mut a.elt, Role::Type)?;
            }
            Expr::StructType(s) => {
                if self.site(Site::Fields(&mut s.fields, List::Struct))? {
                    for f in &mut s.fields {
                        let role = if f.names.is_empty() { Role::Embedded } else { Role::Type };
                        self.expr(&mut f.typ, role)?;
                    }
                }
            }
            Expr::FuncType(f) => self.signature(f, Signature::FuncType)?,
            Expr::InterfaceType(i) => {
                if self.site(Site::Fields(&mut i.methods, List::Interface))? {
                    for m in &mut i.methods {
                        match &mut m.typ {
                            Expr::FuncType(f) if !m.names.is_empty() => {
                                let name = m.names.first().map(|n| n.0.clone());
                                let outer = std::mem::replace(&mut self.env.owner, name);
                                self.signature(f, Signature::InterfaceMethod)?;
                                self.env.owner = outer;
                            }
                            typ => self.expr(typ, Role::Element)?,
                        }
                    }
                }
            }
            Expr::MapType(m) => {
                self.expr(&mut m.key, Role::Key)?;
                self.expr(&mut m.value, Role::Type)?;
            }
            Expr::ChanType(c) => self.expr(&mut c.value, Role::Type)?,
        }
        Flow::Continue(())
    }

    fn is_generic(&self, e: &Expr) -> bool {
        self.env.resolve(e).is_some_and(|f| f.arity() > 0)
    }

    fn block(&mut self, list: &mut Vec<Stmt>) -> Flow {
        let mark = self.env.locals.len();
        self.env.depth += 1;
        if self.site(Site::Stmts(list))? {
            for s in list {
                self.stmt(s)?;
            }
        }
        self.env.depth -= 1;
        self.env.locals.truncate(mark);
        Flow::Continue(())
    }

    fn exprs(&mut self, list: &mut [Expr], role: Role) -> Flow {
        list.iter_mut().try_for_each(|e| self.expr(e, role))
    }

    fn init(&mut self, s: &mut Option<Box<Stmt>>) -> Flow {
        match s {
            Some(s) => self.stmt(s),
            None => Flow::Continue(()),
        }
    }

    fn define(&mut self, lhs: &[Expr]) {
        for e in lhs {
            if let Expr::Ident(id) = e {
                self.declare(&id.0, ObjectKind::Var, None, 0);
            }
        }
    }

    fn clauses(&mut self, body: &mut [CaseClause], types: bool) -> Flow {
        for c in body {
            for e in &mut c.list {
                let role = if types && self.env.is_type(e) { Role::Used } else { Role::Value };
                self.expr(e, role)?;
            }
            self.block(&mut c.body)?;
        }
        Flow::Continue(())
    }

    fn stmt(&mut self, s: &mut Stmt) -> Flow {
        let mark = self.env.locals.len();
        match s {
            // What these two declare stays in scope until the block ends.
            Stmt::DeclStmt(g) => return self.gen_decl(g, false),
            Stmt::AssignStmt(a) => {
                self.exprs(&mut a.rhs, Role::Value)?;
                if a.tok == Token::Define {
                    self.define(&a.lhs);
                } else {
                    self.exprs(&mut a.lhs, Role::Target)?;
                }
                return Flow::Continue(());
            }
            Stmt::LabeledStmt(l) => return self.stmt(&mut l.stmt),
            Stmt::EmptyStmt | Stmt::BranchStmt(_) => {}
            Stmt::ExprStmt(e) | Stmt::GoStmt(e) | Stmt::DeferStmt(e) => {
                self.expr(e, Role::Value)?;
            }
            Stmt::SendStmt(x) => {
                self.expr(&mut x.chan, Role::Value)?;
                self.expr(&mut x.value, Role::Value)?;
            }
            Stmt::IncDecStmt(x) => self.expr(&mut x.x, Role::Target)?,
            Stmt::ReturnStmt(list) => self.exprs(list, Role::Value)?,
            Stmt::BlockStmt(b) => self.block(&mut b.list)?,
            Stmt::IfStmt(x) => {
                self.init(&mut x.init)?;
                self.expr(&mut x.cond, Role::Value)?;
                self.block(&mut x.body.list)?;
                self.init(&mut x.els)?;
            }
            Stmt::SwitchStmt(x) => {
                self.init(&mut x.init)?;
                if let Some(tag) = &mut x.tag {
                    self.expr(tag, Role::Value)?;
                }
                self.clauses(&mut x.body, false)?;
            }
            Stmt::TypeSwitchStmt(x) => {
                self.init(&mut x.init)?;
                self.stmt(&mut x.assign)?;
                self.clauses(&mut x.body, true)?;
            }
            Stmt::SelectStmt(x) => {
                for c in &mut x.body {
                    let mark = self.env.locals.len();
                    self.init(&mut c.comm)?;
                    self.block(&mut c.body)?;
                    self.env.locals.truncate(mark);
                }
            }
            Stmt::ForStmt(x) => {
                self.init(&mut x.init)?;
                if let Some(cond) = &mut x.cond {
                    self.expr(cond, Role::Value)?;
                }
                self.init(&mut x.post)?;
                self.block(&mut x.body.list)?;
            }
            Stmt::RangeStmt(x) => {
                self.expr(&mut x.x, Role::Value)?;
                for e in [&mut x.key, &mut x.value].into_iter().flatten() {
                    if x.define {
                        self.define(std::slice::from_ref(e));
                    } else {
                        self.expr(e, Role::Target)?;
                    }
                }
                self.block(&mut x.body.list)?;
            }
        }
        self.env.locals.truncate(mark);
        Flow::Continue(())
    }
}
