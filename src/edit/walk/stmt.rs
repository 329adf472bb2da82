//! Statements and what they declare.

use super::decl::Walker;
use super::{Flow, Go, Role, Site};
use crate::edit::env::Env;
use crate::goast::scope::ObjectKind;
use crate::goast::{CaseClause, Expr, Stmt, Token};

impl<F: FnMut(Site<'_>, &Env<'_>) -> Go> Walker<'_, F> {
    pub(super) fn block(&mut self, list: &mut Vec<Stmt>) -> Flow {
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

    pub(super) fn stmt(&mut self, s: &mut Stmt) -> Flow {
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
