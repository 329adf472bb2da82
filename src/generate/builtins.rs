//! Statements that use built-in functions and those of unsafe.

use super::Gen;
use super::chains::Operand;
use super::emit::UNSAFE;
use super::exprs::Scope;
use super::model::Type;
use super::names;
use crate::goast::build::{assign, call, discard, ident, operand_type, selector, star};
use crate::goast::{ChanDir, IncDecStmt, Stmt, Token};

impl Gen<'_> {
    /// A built-in function, or an operator, on something in scope.
    pub fn builtin(&mut self, scope: &mut Scope) -> Option<Stmt> {
        let at = self.start(scope)?;
        if self.rng.chance(40) {
            return Some(self.measure(at));
        }
        let u = self.w.underlying(at.typ)?;
        Some(match self.w.get(u).clone() {
            Type::Slice(e) => {
                let value = self.value(scope, e, false)?;
                discard(call(ident("append"), vec![at.x, value]))
            }
            Type::Map(..) => Stmt::ExprStmt(call(ident("clear"), vec![at.x])),
            Type::Chan(dir, _) if dir != ChanDir::Recv => {
                Stmt::ExprStmt(call(ident("close"), vec![at.x]))
            }
            Type::Array(..) => discard(call(ident("len"), vec![at.x])),
            Type::Basic(b) if b.is_integer() => {
                Stmt::IncDecStmt(IncDecStmt { x: at.x, tok: Token::Inc })
            }
            Type::Basic(b) if b.is_ordered() => {
                assign(vec![at.x.clone()], Token::AddAssign, vec![at.x])
            }
            _ => {
                let value = self.value(scope, at.typ, false)?;
                assign(vec![at.x], Token::Assign, vec![value])
            }
        })
    }

    /// `_ = unsafe.Sizeof(x)`, or one of its relatives, of a value or of what a pointer points to.
    /// go/types computes the size of a type when it is asked for, and remembers part of it.
    fn measure(&mut self, at: Operand) -> Stmt {
        self.uses |= 1 << UNSAFE;
        let (mut x, mut typ) = (at.x, at.typ);
        if let Some(Type::Pointer(e)) = self.w.underlying(typ).map(|u| self.w.get(u).clone()) {
            (x, typ) = (star(x), e);
        }
        let field = self.w.underlying(typ).and_then(|u| match self.w.get(u) {
            Type::Struct(fields) => {
                let visible: Vec<_> =
                    fields.iter().filter(|f| names::visible(f.name, self.package)).collect();
                self.rng.choose(&visible).map(|f| f.name)
            }
            _ => None,
        });
        let (function, x) = match field {
            Some(field) if self.rng.chance(30) => ("Offsetof", selector(operand_type(x), field)),
            _ => (if self.rng.chance(70) { "Sizeof" } else { "Alignof" }, x),
        };
        discard(call(selector(ident("unsafe"), function), vec![x]))
    }
}
