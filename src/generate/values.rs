//! Values of a given type: variables, literals, conversions.

use super::Gen;
use super::exprs::Scope;
use super::model::{Basic, FieldVar, Type, TypeId};
use super::names;
use super::types::Want;
use crate::goast::build::{call, composite, convert, ident, int, key_value, lit, new, star, unary};
use crate::goast::{Expr, LitKind, Token};

/// Whether `nil` is a value of the type.
fn has_nil(under: &Type) -> bool {
    matches!(
        under,
        Type::Pointer(_) | Type::Slice(_) | Type::Map(..) | Type::Chan(..) | Type::Func(_)
    )
}

impl Gen<'_> {
    /// An expression that may be assigned to `t`. `exact` asks for one whose
    /// own type is `t`, for inference and for `:=`. `None` if the type cannot
    /// be named here.
    pub fn value(&mut self, scope: &Scope, t: TypeId, exact: bool) -> Option<Expr> {
        self.value_within(scope, t, exact, 2)
    }

    /// The same, with at most `depth` values inside one another.
    pub(super) fn value_within(
        &mut self,
        scope: &Scope,
        t: TypeId,
        exact: bool,
        depth: u8,
    ) -> Option<Expr> {
        self.attempt(|g| g.any_value(scope, t, exact, depth))
    }

    fn any_value(&mut self, scope: &Scope, t: TypeId, exact: bool, depth: u8) -> Option<Expr> {
        if self.rng.chance(60)
            && let Some(x) = self.variable_of(scope, t)
        {
            return Some(x);
        }
        let u = self.w.underlying(t)?;
        let under = self.w.get(u).clone();
        if !self.nameable(t, &scope.site.params) {
            return (!exact && has_nil(&under)).then(|| ident("nil"));
        }
        let literal = !matches!(self.w.get(t), Type::Named(..));
        let nil = !exact && self.rng.chance(25);
        Some(match under {
            Type::Basic(b) if b.is_interface() => {
                self.empty_interface(scope, t, b, exact, depth)?
            }
            Type::Basic(b) => {
                let x = self.literal(b);
                let default = matches!(b, Basic::Int | Basic::String | Basic::Bool);
                if !exact || (literal && default) { x } else { convert(self.type_expr(t), x) }
            }
            _ if nil && has_nil(&under) => ident("nil"),
            Type::Pointer(e) if literal || !exact => self.pointer(e),
            Type::Slice(e) => self.slice(scope, t, e, depth),
            Type::Map(k, v) => self.map(scope, t, (k, v), depth)?,
            Type::Chan(..) => call(ident("make"), vec![self.type_expr(t)]),
            Type::Func(s) if literal || !exact => self.func_lit(scope, &s)?,
            Type::Struct(fields) => {
                let typ = self.type_expr(t);
                self.struct_lit(scope, typ, &fields, depth)
            }
            Type::Array(n, e) => {
                let typ = self.type_expr(t);
                let elem = match depth > 0 && self.len_value(&n) > 0 && self.rng.chance(40) {
                    true => self.value_within(scope, e, false, depth - 1),
                    false => None,
                };
                composite(typ, elem.into_iter().collect())
            }
            Type::Pointer(_) | Type::Func(_) => convert(self.type_expr(t), ident("nil")),
            Type::Interface(_) if exact => convert(self.type_expr(t), ident("nil")),
            Type::Interface(_) => self.implementation(scope, t, depth)?,
            Type::Param(_) | Type::Named(..) => star(new(self.type_expr(t))),
        })
    }

    /// A value of `any` or another predeclared interface.
    fn empty_interface(
        &mut self,
        scope: &Scope,
        t: TypeId,
        b: Basic,
        exact: bool,
        depth: u8,
    ) -> Option<Expr> {
        Some(match (exact, b) {
            (true, _) => convert(self.type_expr(t), ident("nil")),
            (false, Basic::Any) => {
                let inner = self.random_type(&scope.site, Want::ANY);
                match self.nameable(inner, &scope.site.params) && depth > 0 {
                    true => self.value_within(scope, inner, true, depth - 1)?,
                    false => ident("nil"),
                }
            }
            (false, _) => ident("nil"),
        })
    }

    /// A pointer to a new `e`.
    fn pointer(&mut self, e: TypeId) -> Expr {
        let struct_elem = self.w.underlying(e).map(|u| self.w.get(u));
        let is_struct = matches!(struct_elem, Some(Type::Struct(_)));
        let elem = self.type_expr(e);
        match (is_struct, self.rng.chance(50)) {
            (true, true) => unary(Token::And, composite(elem, vec![])),
            (false, true) => convert(star(elem), ident("nil")),
            _ => new(elem),
        }
    }

    fn slice(&mut self, scope: &Scope, t: TypeId, e: TypeId, depth: u8) -> Expr {
        let typ = self.type_expr(t);
        match self.rng.below(3) {
            0 => convert(typ, ident("nil")),
            1 => call(ident("make"), vec![typ, int(1)]),
            _ => {
                let elem = match depth {
                    0 => None,
                    _ => self.value_within(scope, e, false, depth - 1),
                };
                composite(typ, elem.into_iter().collect())
            }
        }
    }

    fn map(
        &mut self,
        scope: &Scope,
        t: TypeId,
        (k, v): (TypeId, TypeId),
        depth: u8,
    ) -> Option<Expr> {
        let typ = self.type_expr(t);
        Some(match self.rng.below(3) {
            0 => call(ident("make"), vec![typ]),
            1 if depth > 0 => {
                let key = self.value_within(scope, k, false, 0)?;
                let value = self.value_within(scope, v, false, depth - 1)?;
                composite(typ, vec![key_value(key, value)])
            }
            _ => composite(typ, vec![]),
        })
    }

    /// A value that implements an interface, or `nil`.
    fn implementation(&mut self, scope: &Scope, t: TypeId, depth: u8) -> Option<Expr> {
        let set = self.w.type_set(t);
        match self.implementer(&set.methods, false) {
            Some(found) if depth > 0 && self.nameable(found, &scope.site.params) => {
                self.value_within(scope, found, true, depth - 1)
            }
            _ => Some(ident("nil")),
        }
    }

    /// A variable in scope whose type is identical to `t`.
    fn variable_of(&mut self, scope: &Scope, t: TypeId) -> Option<Expr> {
        let n = scope.locals.len();
        let from = self.rng.below(n.max(1));
        for i in 0..n {
            let (name, typ) = scope.locals[(from + i) % n];
            if self.w.identical(typ, t) {
                return Some(ident(name));
            }
        }
        let vars = self.w.vars.len();
        let from = self.rng.below(vars.max(1));
        for i in 0..vars {
            let at = (from + i) % vars;
            let (package, name, typ) =
                (self.w.vars[at].package, self.w.vars[at].name, self.w.vars[at].typ);
            let usable =
                if package == self.package { scope.globals } else { self.deps.contains(&package) };
            if usable && self.w.identical(typ, t) {
                return Some(self.qualified(package, name));
            }
        }
        None
    }

    fn literal(&mut self, b: Basic) -> Expr {
        match b {
            Basic::Bool => ident(if self.rng.chance(50) { "true" } else { "false" }),
            Basic::String => lit(LitKind::String, "\"s\""),
            Basic::Float64 => lit(LitKind::Float, "1.5"),
            Basic::Complex128 => lit(LitKind::Imag, "2i"),
            Basic::Rune => lit(LitKind::Char, "'r'"),
            _ => int(self.rng.below(9) as u64),
        }
    }

    fn struct_lit(&mut self, scope: &Scope, typ: Expr, fields: &[FieldVar], depth: u8) -> Expr {
        let mut elts = Vec::new();
        if depth > 0 && self.rng.chance(40) {
            for f in fields {
                if names::visible(f.name, self.package)
                    && self.rng.chance(50)
                    && let Some(x) = self.value_within(scope, f.typ, false, depth - 1)
                {
                    elts.push(key_value(ident(f.name), x));
                }
            }
        }
        composite(typ, elts)
    }
}
