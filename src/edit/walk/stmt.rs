//! Statements and what they declare.

use super::walker::Walker;
use super::{Next, Site};
use crate::edit::env::Env;
use crate::goast::scope::ObjectKind;
use crate::goast::walk::walk_stmt_mut;
use crate::goast::{
    AssignStmt, CaseClause, Expr, RangeStmt, Role, SelectStmt, Stmt, Token, VisitorMut,
};

impl<F: FnMut(Site<'_>, &Env<'_>) -> Next> Walker<'_, F> {
    /// The parts of a statement. What a declaration or `:=` declares stays in
    /// scope until the list ends; what other statements declare ends with them.
    pub(super) fn stmt_parts(&mut self, s: &mut Stmt) {
        let mark = self.env.locals.len();
        match s {
            Stmt::DeclStmt(g) => return self.gen_decl(g),
            Stmt::AssignStmt(a) => return self.assign(a),
            Stmt::LabeledStmt(l) => return self.stmt(&mut l.stmt),
            Stmt::GoStmt(e) | Stmt::DeferStmt(e) => self.expr(e, Role::Value),
            Stmt::TypeSwitchStmt(x) => {
                if let Some(init) = &mut x.init {
                    self.stmt(init);
                }
                self.stmt(&mut x.assign);
                self.type_clauses(&mut x.body);
            }
            Stmt::SelectStmt(x) => self.select(x),
            Stmt::RangeStmt(x) => self.range(x),
            _ => walk_stmt_mut(self, s),
        }
        self.env.locals.truncate(mark);
    }

    fn define(&mut self, lhs: &Expr) {
        if let Expr::Ident(id) = lhs {
            self.declare(&id.0, ObjectKind::Var, None, 0);
        }
    }

    fn assign(&mut self, a: &mut AssignStmt) {
        for e in &mut a.rhs {
            self.expr(e, Role::Value);
        }
        for e in &mut a.lhs {
            if a.tok == Token::Define {
                self.define(e);
            } else {
                self.expr(e, Role::Lhs);
            }
        }
    }

    fn type_clauses(&mut self, body: &mut [CaseClause]) {
        for c in body {
            for e in &mut c.list {
                let role = if self.env.is_type(e) { Role::Used } else { Role::Value };
                self.expr(e, role);
            }
            self.stmts(&mut c.body);
        }
    }

    fn select(&mut self, x: &mut SelectStmt) {
        for c in &mut x.body {
            let mark = self.env.locals.len();
            if let Some(comm) = &mut c.comm {
                self.stmt(comm);
            }
            self.stmts(&mut c.body);
            self.env.locals.truncate(mark);
        }
    }

    fn range(&mut self, x: &mut RangeStmt) {
        self.expr(&mut x.x, Role::Value);
        for e in [&mut x.key, &mut x.value].into_iter().flatten() {
            if x.define {
                self.define(e);
            } else {
                self.expr(e, Role::Lhs);
            }
        }
        self.block(&mut x.body);
    }
}
