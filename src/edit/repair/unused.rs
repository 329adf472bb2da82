//! Variables and labels that nothing uses.

use std::collections::BTreeSet;

use crate::edit::symbols::Symbols;
use crate::edit::walk::{Next, Site, walk};
use crate::goast::build::{discard, ident};
use crate::goast::walk::{self, Visitor, VisitorMut};
use crate::goast::{self, DeclTok, Expr, Ident, Spec, Stmt, Token};
use crate::testcase::TestCase;

/// Writes `_ = x` after a statement that declares a variable, if the rest of
/// its list does not use it. Removes unused variables of loops and type
/// switches, and unused labels.
pub(super) fn fix(case: &mut TestCase) {
    let symbols = Symbols::new(case);
    walk(case, &symbols, |site, _| {
        match site {
            Site::Stmts(list) => {
                list.iter_mut().for_each(header);
                discard_unused(list);
            }
            Site::Func(f) => {
                let mut named = BTreeSet::new();
                if let Some(body) = &f.body {
                    body.list.iter().for_each(|s| labels(s, &mut named));
                }
                // Labels inside function literals count as well.
                f.body.iter_mut().flat_map(|b| &mut b.list).for_each(|s| unlabel(s, &named));
            }
            _ => {}
        }
        Next::In
    });
}

fn discard_unused(list: &mut Vec<Stmt>) {
    let mut i = 0;
    while i < list.len() {
        let declared = declared(&list[i]);
        if !declared.is_empty() {
            let mut used = Names::default();
            list[i + 1..].iter().for_each(|s| used.stmt(s));
            for name in declared.into_iter().filter(|n| n != "_" && !used.0.contains(n)) {
                i += 1;
                list.insert(i, discard(ident(&name)));
            }
        }
        i += 1;
    }
}

/// Names that are read; an assignment alone is not a use.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl Visitor for Names {
    fn expr(&mut self, e: &Expr, role: goast::Role) {
        if let Expr::Ident(id) = e
            && !matches!(role, goast::Role::Lhs | goast::Role::Def)
        {
            self.0.insert(id.0.clone());
        }
        walk::walk_expr(self, e, role);
    }
}

/// Variables of a loop's or type switch's header that its body does not use.
fn header(s: &mut Stmt) {
    match s {
        Stmt::LabeledStmt(l) => header(&mut l.stmt),
        Stmt::RangeStmt(r) if r.define => {
            let mut used = Names::default();
            used.block(&r.body);
            for e in [&mut r.key, &mut r.value].into_iter().flatten() {
                if matches!(e, Expr::Ident(id) if !used.0.contains(&id.0)) {
                    *e = ident("_");
                }
            }
            let blank = |e: &Option<Expr>| {
                e.as_ref().is_none_or(|e| matches!(e, Expr::Ident(id) if id.0 == "_"))
            };
            if blank(&r.key) && blank(&r.value) {
                (r.key, r.value, r.define) = (None, None, false);
            }
        }
        Stmt::TypeSwitchStmt(t) => {
            let mut used = Names::default();
            t.body.iter().flat_map(|c| &c.body).for_each(|s| used.stmt(s));
            if let Stmt::AssignStmt(a) = &*t.assign
                && let ([Expr::Ident(x)], [value]) = (&a.lhs[..], &a.rhs[..])
                && !used.0.contains(&x.0)
            {
                *t.assign = Stmt::ExprStmt(value.clone());
            }
        }
        _ => {}
    }
}

/// Labels that branches name.
fn labels(s: &Stmt, out: &mut BTreeSet<String>) {
    struct Labels<'a>(&'a mut BTreeSet<String>);
    impl Visitor for Labels<'_> {
        fn name(&mut self, name: &Ident, role: goast::NameRole) {
            if role == goast::NameRole::LabelUse {
                self.0.insert(name.0.clone());
            }
        }
    }
    Labels(out).stmt(s);
}

/// Removes labels that are not in `named`.
fn unlabel(s: &mut Stmt, named: &BTreeSet<String>) {
    struct Unlabel<'a>(&'a BTreeSet<String>);
    impl VisitorMut for Unlabel<'_> {
        fn stmt(&mut self, s: &mut Stmt) {
            while let Stmt::LabeledStmt(l) = s
                && !self.0.contains(&l.label.0)
            {
                let inner = std::mem::replace(&mut *l.stmt, Stmt::EmptyStmt);
                *s = inner;
            }
            walk::walk_stmt_mut(self, s);
        }
    }
    Unlabel(named).stmt(s);
}

/// The variables that a statement declares for the rest of its list.
fn declared(s: &Stmt) -> Vec<String> {
    match s {
        Stmt::AssignStmt(a) if a.tok == Token::Define => a
            .lhs
            .iter()
            .filter_map(|e| if let Expr::Ident(id) = e { Some(id.0.clone()) } else { None })
            .collect(),
        Stmt::DeclStmt(g) if g.tok == DeclTok::Var => g
            .specs
            .iter()
            .filter_map(|s| if let Spec::ValueSpec(v) = s { Some(v) } else { None })
            .flat_map(|v| v.names.iter().map(|n| n.0.clone()))
            .collect(),
        Stmt::LabeledStmt(l) => declared(&l.stmt),
        _ => Vec::new(),
    }
}
