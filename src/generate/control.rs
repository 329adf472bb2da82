//! Statements that choose and repeat.

use super::Gen;
use super::exprs::Scope;
use super::model::{Basic, Type, TypeId};
use super::names;
use super::types::Want;
use crate::go_release;
use crate::goast::Ident;
use crate::goast::build::{
    block, call, convert, define, discard, field, func_type, ident, int, paren, unary, unnamed,
};
use crate::goast::{
    BranchStmt, BranchTok, CaseClause, ChanDir, CommClause, Expr, ForStmt, FuncLit, IfStmt,
    LabeledStmt, RangeStmt, SelectStmt, SendStmt, Stmt, SwitchStmt, Token, TypeAssertExpr,
    TypeSwitchStmt,
};

impl Gen<'_> {
    /// `switch x := any(y).(type) { … }`
    pub fn type_switch(&mut self, scope: &mut Scope) -> Option<Stmt> {
        let mut inner = scope.clone();
        let name = inner.fresh()?;
        let at = self.start(scope)?;
        let mut body = Vec::new();
        let mut seen: Vec<TypeId> = Vec::new();
        for i in 0..self.rng.between(1, 3) {
            let site = scope.site.clone();
            let t = self.random_named(&site, Want::ANY).unwrap_or_else(|| {
                let t = self.w.basic(Basic::Int);
                self.w.slice(t)
            });
            let t = if self.rng.chance(40) { self.w.pointer(t) } else { t };
            let c = self.w.canonical(t);
            if seen.contains(&c) || matches!(self.w.get(c), Type::Interface(_) | Type::Basic(_)) {
                continue;
            }
            seen.push(c);
            let list = vec![self.type_expr(t)];
            let mut clause = inner.clone();
            clause.locals.push((name, t));
            let mut stmts = vec![self.use_of(&clause, name, t)];
            if i > 0 {
                self.statement(&mut clause, 0, &mut stmts);
            }
            body.push(CaseClause { list, body: stmts });
        }
        if self.rng.chance(50) || body.is_empty() {
            body.push(CaseClause { list: vec![], body: vec![discard(ident(name))] });
        }
        let x = Box::new(convert(ident("any"), at.x));
        let x = Expr::TypeAssertExpr(TypeAssertExpr { x, typ: None });
        let assign = Box::new(define(name, x));
        Some(Stmt::TypeSwitchStmt(TypeSwitchStmt { init: None, assign, body }))
    }

    /// A range over a value, an integer or a function.
    pub fn range(&mut self, scope: &mut Scope) -> Option<Stmt> {
        let minor = self.options.go_minor;
        let form = self.rng.below(6);
        if form == 0 && go_release::has_range_over_int(minor) {
            let mut inner = scope.clone();
            let name = inner.fresh()?;
            let typ = self.w.basic(Basic::Int);
            inner.locals.push((name, typ));
            let list = vec![discard(ident(name))];
            return Some(range_stmt(&[name], int(10), list));
        }
        if form == 1 && go_release::has_range_over_func(minor) {
            let mut inner = scope.clone();
            let name = inner.fresh()?;
            let typ = self.rewarding_type(&scope.site.clone());
            let bool = ident("bool");
            let yield_type = func_type(vec![unnamed(self.type_expr(typ))], vec![unnamed(bool)]);
            let param = field("yield", Expr::FuncType(yield_type));
            let value = self.value(scope, typ, false)?;
            let body = block(vec![Stmt::ExprStmt(call(ident("yield"), vec![value]))]);
            let f = Expr::FuncLit(FuncLit { typ: func_type(vec![param], vec![]), body });
            inner.locals.push((name, typ));
            let list = vec![self.use_of(&inner, name, typ)];
            return Some(range_stmt(&[name], paren(f), list));
        }
        let at = self.start(scope)?;
        let steps = self.rng.below(self.policy.steps + 1);
        let at = self.chain(scope, at, steps);
        let u = self.w.underlying(at.typ)?;
        let int = self.w.basic(Basic::Int);
        let vars = match self.w.get(u).clone() {
            Type::Slice(e) | Type::Array(_, e) => vec![int, e],
            Type::Map(k, v) => vec![k, v],
            Type::Chan(dir, e) if dir != ChanDir::Send => vec![e],
            _ => return None,
        };
        let mut inner = scope.clone();
        let mut names = Vec::new();
        for &t in &vars {
            let name = inner.fresh()?;
            inner.locals.push((name, t));
            names.push(name);
        }
        let list = names.iter().zip(&vars).map(|(n, &t)| self.use_of(&inner, n, t)).collect();
        Some(range_stmt(&names, at.x, list))
    }

    /// `if … { … }`, sometimes with `else`.
    pub fn if_else(&mut self, scope: &Scope, depth: u8) -> Option<Stmt> {
        let cond = self.condition(scope)?;
        let body = self.inner(scope, depth);
        let els = match self.rng.chance(30) {
            true => Some(Box::new(Stmt::BlockStmt(self.inner(scope, depth)))),
            false => None,
        };
        Some(Stmt::IfStmt(IfStmt { init: None, cond, body, els }))
    }

    /// `switch { case …: default: }`
    pub fn switch(&mut self, scope: &Scope, depth: u8) -> Option<Stmt> {
        let cond = self.condition(scope)?;
        let body = vec![
            CaseClause { list: vec![cond], body: self.inner(scope, depth).list },
            CaseClause { list: vec![], body: self.inner(scope, depth).list },
        ];
        Some(Stmt::SwitchStmt(SwitchStmt { init: None, tag: None, body }))
    }

    /// `go func() { … }()`, or the same with `defer`.
    pub fn go_or_defer(&mut self, scope: &Scope, depth: u8) -> Stmt {
        let body = self.inner(scope, depth);
        let typ = func_type(vec![], vec![]);
        let x = call(Expr::FuncLit(FuncLit { typ, body }), vec![]);
        if self.rng.chance(50) { Stmt::GoStmt(x) } else { Stmt::DeferStmt(x) }
    }

    /// A loop with a label that something jumps to.
    pub fn labelled_loop(&mut self, scope: &mut Scope, depth: u8) -> Option<Stmt> {
        let label = Ident::from(*names::LABELS.get(self.labels)?);
        self.labels += 1;
        let tok = [BranchTok::Break, BranchTok::Continue, BranchTok::Goto][self.rng.below(3)];
        let branch = Stmt::BranchStmt(BranchStmt { tok, label: Some(label.clone()) });
        let cond = self.condition(scope)?;
        let leave = Stmt::IfStmt(IfStmt { init: None, cond, body: block(vec![branch]), els: None });
        let mut body = self.inner(scope, depth);
        body.list.push(leave);
        let cond = Some(self.condition(scope)?);
        let stmt = Stmt::ForStmt(ForStmt { init: None, cond, post: None, body });
        Some(Stmt::LabeledStmt(LabeledStmt { label, stmt: Box::new(stmt) }))
    }

    /// A select with a receive or a send.
    pub fn select(&mut self, scope: &mut Scope, depth: u8) -> Option<Stmt> {
        let typ = self.rewarding_type(&scope.site.clone());
        let ch = self.w.intern(Type::Chan(ChanDir::Both, typ));
        let x = self.value(scope, ch, true)?;
        let mut inner = scope.clone();
        let name = inner.fresh()?;
        let comm = if self.rng.chance(60) {
            inner.locals.push((name, typ));
            define(name, unary(Token::Arrow, x))
        } else {
            let value = self.value(scope, typ, false)?;
            Stmt::SendStmt(SendStmt { chan: x, value })
        };
        let received = matches!(comm, Stmt::AssignStmt(_));
        let mut body = self.inner(&inner, depth).list;
        if received {
            body.insert(0, self.use_of(&inner, name, typ));
        }
        let mut clauses = vec![CommClause { comm: Some(Box::new(comm)), body }];
        if self.rng.chance(50) {
            clauses.push(CommClause { comm: None, body: vec![] });
        }
        Some(Stmt::SelectStmt(SelectStmt { body: clauses }))
    }
}

fn range_stmt(names: &[&str], x: Expr, list: Vec<Stmt>) -> Stmt {
    Stmt::RangeStmt(RangeStmt {
        key: names.first().map(|n| ident(*n)),
        value: names.get(1).map(|n| ident(*n)),
        define: true,
        x,
        body: block(list),
    })
}
