//! Statements with a header and a body, where braces are ambiguous.

use super::super::walk::{Role, Visitor, walk_expr};
use super::super::{CaseClause, Expr, ForStmt, IfStmt, RangeStmt, Stmt, Token, TypeSwitchStmt};
use super::Printer;
use super::stmt::is_simple;
use crate::goast::build::ident;

impl Printer {
    /// Runs `f` in a header: an unprotected `T{` would start the block.
    fn in_header(&mut self, f: impl FnOnce(&mut Self)) {
        let header = std::mem::replace(&mut self.header, true);
        f(self);
        self.header = header;
    }

    /// Writes the header of `if` and `switch`, blanks around it.
    pub(super) fn clause_header(&mut self, init: Option<&Stmt>, expr: Option<&Expr>) {
        self.put(" ");
        self.in_header(|p| {
            if let Some(init) = init.filter(|s| is_simple(s)) {
                p.simple(init);
                p.put("; ");
            }
            if let Some(e) = expr {
                p.first_expr(strip_parens(e), 1);
                p.put(" ");
            }
        });
    }

    pub(super) fn if_stmt(&mut self, x: &IfStmt) {
        self.put("if");
        self.clause_header(x.init.as_deref(), Some(&x.cond));
        self.block(&x.body);
        match x.els.as_deref() {
            None => {}
            Some(Stmt::IfStmt(els)) => {
                self.put(" else ");
                self.if_stmt(els);
            }
            Some(Stmt::BlockStmt(els)) => {
                self.put(" else ");
                self.block(els);
            }
            Some(other) => {
                self.put(" else {");
                self.indent += 1;
                self.stmts(std::slice::from_ref(other), true);
                self.indent -= 1;
                self.newline();
                self.put("}");
            }
        }
    }

    pub(super) fn type_switch(&mut self, x: &TypeSwitchStmt) {
        // `x := y.(type)` or `y.(type)`; from anything else, the nearest.
        let (name, guard) = match &*x.assign {
            Stmt::AssignStmt(a) => (a.lhs.first(), a.rhs.first()),
            Stmt::ExprStmt(e) => (None, Some(e)),
            _ => (None, None),
        };
        let subject = match guard {
            Some(Expr::TypeAssertExpr(t)) if t.typ.is_none() => Some(&*t.x),
            other => other,
        };
        self.put("switch ");
        self.in_header(|p| {
            if let Some(init) = x.init.as_deref().filter(|s| is_simple(s)) {
                p.simple(init);
                p.put("; ");
            }
            if let Some(name) = name {
                p.first_expr(name, 1);
                p.put(" := ");
            }
            let placeholder = ident("_");
            let subject = subject.unwrap_or(&placeholder);
            p.operand(subject, 1);
            p.dot(subject);
            p.put("(type) ");
        });
        self.cases(&x.body);
    }

    pub(super) fn cases(&mut self, clauses: &[CaseClause]) {
        self.clauses(clauses, |p, c| {
            if c.list.is_empty() {
                p.put("default");
            } else {
                p.put("case ");
                p.commas(&c.list, |p, e| p.expr(e, 0, 1));
            }
            &c.body
        });
    }

    /// Writes the clauses of a switch or select; `head` writes what stands
    /// before a clause's colon and returns what comes after it.
    pub(super) fn clauses<'a, C>(
        &mut self,
        list: &'a [C],
        head: impl Fn(&mut Self, &'a C) -> &'a Vec<Stmt>,
    ) {
        self.put("{");
        for (i, clause) in list.iter().enumerate() {
            if self.hopeless() {
                return;
            }
            self.newline();
            let body = self.nested(|p| head(p, clause));
            self.put(":");
            self.indent += 1;
            self.stmts(body, i + 1 == list.len());
            self.indent -= 1;
        }
        self.newline();
        self.put("}");
    }

    /// Writes a communication: a send, or a receive with two variables at
    /// most.
    pub(super) fn comm(&mut self, comm: Option<&Stmt>) {
        let Some(s) = comm.filter(|s| is_simple(s)) else {
            return self.put("default");
        };
        self.put("case ");
        match s {
            Stmt::AssignStmt(x) => {
                self.exprs(&x.lhs[..x.lhs.len().min(2)], 1, true);
                self.put(if x.tok == Token::Define { " := " } else { " = " });
                self.exprs(&x.rhs[..x.rhs.len().min(1)], 1, false);
            }
            Stmt::IncDecStmt(x) => self.expr(&x.x, 0, 1),
            other => self.simple(other),
        }
    }

    pub(super) fn for_stmt(&mut self, x: &ForStmt) {
        let init = x.init.as_deref().filter(|s| is_simple(s));
        let post = x.post.as_deref().filter(|s| is_simple(s));
        let semicolons = init.is_some() || post.is_some();
        self.put("for ");
        self.in_header(|p| {
            if let Some(s) = init {
                p.simple(s);
            }
            p.put(if semicolons { "; " } else { "" });
            if let Some(e) = &x.cond {
                p.first_expr(strip_parens(e), 1);
                p.put(if semicolons { "" } else { " " });
            }
            p.put(if semicolons { "; " } else { "" });
            if let Some(s) = post {
                p.simple(s);
                p.put(" ");
            }
        });
        self.block(&x.body);
    }

    pub(super) fn range_stmt(&mut self, x: &RangeStmt) {
        self.put("for ");
        self.in_header(|p| {
            if let Some(key) = &x.key {
                p.first_expr(key, 1);
            } else if x.value.is_some() {
                p.put("_");
            }
            if let Some(value) = &x.value {
                p.put(", ");
                p.expr(value, 0, 1);
            }
            if x.key.is_some() || x.value.is_some() {
                p.put(if x.define { " := " } else { " = " });
            }
            p.put("range ");
            p.expr(strip_parens(&x.x), 0, 1);
            p.put(" ");
        });
        self.block(&x.body);
    }
}

/// What gofmt makes of an expression in a header: without its parentheses.
fn strip_parens(mut e: &Expr) -> &Expr {
    while let Expr::ParenExpr(p) = e
        && strippable(&p.x)
    {
        e = &p.x;
    }
    e
}

/// Whether gofmt removes parentheses around the expression in a header. It
/// keeps them around composite literals whose type is a name.
pub(in crate::goast) fn strippable(e: &Expr) -> bool {
    struct Finder(bool);
    impl Visitor for Finder {
        fn expr(&mut self, e: &Expr, role: Role) {
            match e {
                Expr::ParenExpr(_) => {}
                Expr::CompositeLit(x) => self.0 |= x.typ.as_deref().is_some_and(is_name),
                _ => walk_expr(self, e, role),
            }
        }
    }
    fn is_name(e: &Expr) -> bool {
        match e {
            Expr::Ident(_) => true,
            Expr::SelectorExpr(x) => is_name(&x.x),
            _ => false,
        }
    }
    let mut finder = Finder(false);
    finder.expr(e, Role::Value);
    !finder.0
}
