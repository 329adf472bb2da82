//! Expressions and types.

use super::decl::Walker;
use super::{Flow, Go, List, Role, Signature, Site};
use crate::edit::MAX_DEPTH;
use crate::edit::env::Env;
use crate::goast::scope::ObjectKind;
use crate::goast::{Expr, Token};

impl<F: FnMut(Site<'_>, &Env<'_>) -> Go> Walker<'_, F> {
    pub(super) fn opt(&mut self, e: &mut Option<Box<Expr>>, role: Role) -> Flow {
        match e {
            Some(e) => self.expr(e, role),
            None => Flow::Continue(()),
        }
    }

    pub(super) fn expr(&mut self, e: &mut Expr, role: Role) -> Flow {
        // An operator that puts in what it looks for would go on for ever.
        if self.env.depth > 2 * MAX_DEPTH {
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
}
