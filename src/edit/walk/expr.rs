//! Expressions and types.

use super::walker::Walker;
use super::{Next, Site};
use crate::edit::env::Env;
use crate::goast::scope::ObjectKind;
use crate::goast::walk::walk_expr_mut;
use crate::goast::{Expr, FuncRole, IndexExpr, KeyValueExpr, Role, SelectorExpr, VisitorMut};

impl<F: FnMut(Site<'_>, &Env<'_>) -> Next> Walker<'_, F> {
    /// The parts of an expression.
    pub(super) fn expr_parts(&mut self, e: &mut Expr, role: Role) {
        let value = matches!(role, Role::Value | Role::Callee | Role::Lhs | Role::Len);
        match e {
            Expr::FuncLit(f) => {
                let mark = self.env.locals.len();
                self.func_type(&mut f.typ, FuncRole::FuncLit);
                self.body(&f.typ, &mut f.body);
                self.env.locals.truncate(mark);
            }
            Expr::CompositeLit(c) => {
                if let Some(typ) = &mut c.typ {
                    self.expr(typ, Role::LitType);
                }
                c.elts.iter_mut().for_each(|x| self.expr(x, Role::Value));
            }
            Expr::SelectorExpr(s) if value => self.selector(s),
            Expr::SelectorExpr(_) => {}
            Expr::IndexExpr(i) => self.index(i, value),
            Expr::CallExpr(c) => {
                let conversion = self.env.is_type(&c.fun);
                self.expr(&mut c.fun, if conversion { Role::Used } else { Role::Callee });
                for x in &mut c.args {
                    let role = self.type_or_value(x);
                    self.expr(x, role);
                }
            }
            Expr::StarExpr(s) => {
                let inner = match role {
                    Role::Callee | Role::Lhs => Role::Value,
                    Role::LitType => Role::Type,
                    _ if role.takes_any_type() => Role::Type,
                    _ => role,
                };
                self.expr(&mut s.x, inner);
            }
            Expr::BinaryExpr(b) => {
                let inner = if value { Role::Value } else { role };
                self.expr(&mut b.x, inner);
                self.expr(&mut b.y, inner);
            }
            Expr::KeyValueExpr(kv) => self.key_value(kv),
            _ => walk_expr_mut(self, e, role),
        }
    }

    fn type_or_value(&self, e: &Expr) -> Role {
        if self.env.is_type(e) { Role::Used } else { Role::Value }
    }

    /// What a selector selects from, unless that is a package.
    fn selector(&mut self, s: &mut SelectorExpr) {
        let package = matches!(&*s.x, Expr::Ident(id) if self.env.lookup(&id.0)
            .is_some_and(|f| matches!(f.kind(), None | Some(ObjectKind::PkgName))));
        if !package {
            let role = self.type_or_value(&s.x);
            self.expr(&mut s.x, role);
        }
    }

    /// An instance or an index.
    fn index(&mut self, i: &mut IndexExpr, value: bool) {
        let generic = self.env.resolve(&i.x).is_some_and(|f| f.arity() > 0);
        let args = !value || generic || self.env.is_type(&i.index);
        self.expr(&mut i.x, if args { Role::Generic } else { Role::Value });
        self.expr(&mut i.index, if args { Role::TypeArg } else { Role::Value });
    }

    fn key_value(&mut self, kv: &mut KeyValueExpr) {
        // A name may be a field's, unless it is a constant's.
        let constant = match &*kv.key {
            Expr::Ident(id) => {
                self.env.lookup(&id.0).and_then(|f| f.kind()) == Some(ObjectKind::Const)
            }
            _ => true,
        };
        if constant {
            self.expr(&mut kv.key, Role::Value);
        }
        self.expr(&mut kv.value, Role::Value);
    }
}
