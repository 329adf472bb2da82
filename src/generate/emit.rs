//! From the model to syntax trees: types, with the imports that they use.

use crate::goast::Ident;
use crate::goast::build::{
    array_of, binary, call, field, func_type, ident, instance, int, new, operand_type, selector,
    slice_of, star, unary, unnamed,
};
use std::rc::Rc;

use super::Gen;
use super::model::{Iface, Len, ParamId, Sig, Type, TypeId};
use super::names;
use crate::goast::{
    ChanType, Ellipsis, Expr, Field, FuncType, InterfaceType, MapType, StructType, Token,
};

/// The bit of `unsafe` among a declaration's imports; the others are the
/// packages' numbers.
pub(super) const UNSAFE: u8 = 7;

impl Gen<'_> {
    /// A name of a package's scope, as this package writes it.
    pub fn qualified(&mut self, package: u8, name: &str) -> Expr {
        if package == self.package {
            return ident(name);
        }
        self.uses |= 1 << package;
        match self.import_names[package as usize] {
            "." => ident(name),
            import => selector(ident(import), name),
        }
    }

    /// Whether the type can be written in this package with these type
    /// parameters in scope.
    pub fn nameable(&self, t: TypeId, params: &[ParamId]) -> bool {
        let all = |ts: &[TypeId]| ts.iter().all(|&t| self.nameable(t, params));
        let sig = |s: &Sig| all(&s.params) && all(&s.results);
        match self.w.get(t) {
            Type::Basic(_) => true,
            Type::Param(p) => params.contains(p),
            Type::Named(d, args) => {
                let decl = self.w.decl(*d);
                (decl.package == self.package || names::visible(decl.name, self.package))
                    && all(args)
            }
            Type::Pointer(e) | Type::Slice(e) | Type::Chan(_, e) => self.nameable(*e, params),
            Type::Array(n, e) => {
                self.nameable(*e, params)
                    && match n {
                        Len::SizeofPointer(t) => self.nameable(*t, params),
                        _ => true,
                    }
            }
            Type::Map(k, v) => self.nameable(*k, params) && self.nameable(*v, params),
            Type::Func(s) => sig(s),
            Type::Struct(fields) => fields.iter().all(|f| self.nameable(f.typ, params)),
            Type::Interface(i) => {
                i.methods.iter().all(|(_, s)| sig(s))
                    && all(&i.embeds)
                    && i.terms.iter().all(|t| self.nameable(t.1, params))
            }
        }
    }

    /// A type as it is written.
    pub fn type_expr(&mut self, t: TypeId) -> Expr {
        match self.w.get(t).clone() {
            Type::Basic(b) => ident(b.name()),
            Type::Param(p) => ident(self.param_name(p)),
            Type::Named(d, args) => {
                let (package, name) = (self.w.decl(d).package, self.w.decl(d).name);
                let x = self.qualified(package, name);
                let args = args.iter().map(|&a| self.type_expr(a)).collect();
                instance(x, args)
            }
            Type::Pointer(e) => star(self.type_expr(e)),
            Type::Slice(e) => slice_of(self.type_expr(e)),
            Type::Array(n, e) => {
                let n = self.len_expr(&n);
                array_of(n, self.type_expr(e))
            }
            Type::Map(k, v) => {
                let (key, value) = (Box::new(self.type_expr(k)), Box::new(self.type_expr(v)));
                Expr::MapType(MapType { key, value })
            }
            Type::Chan(dir, e) => {
                let value = Box::new(self.type_expr(e));
                Expr::ChanType(ChanType { dir, value })
            }
            Type::Func(s) => Expr::FuncType(self.func_type(&s, &[])),
            Type::Struct(fields) => {
                let fields = fields
                    .iter()
                    .map(|f| {
                        let typ = self.type_expr(f.typ);
                        if f.embedded { unnamed(typ) } else { field(f.name, typ) }
                    })
                    .collect();
                Expr::StructType(StructType { fields })
            }
            Type::Interface(i) => self.interface_expr(&i),
        }
    }

    fn interface_expr(&mut self, i: &Iface) -> Expr {
        let mut methods: Vec<Field> = Vec::new();
        for (name, s) in &i.methods {
            let typ = Expr::FuncType(self.func_type(s, &[]));
            methods.push(field(*name, typ));
        }
        for &e in &i.embeds {
            methods.push(unnamed(self.type_expr(e)));
        }
        let mut union: Option<Expr> = None;
        for &(tilde, t) in &i.terms {
            let t = self.type_expr(t);
            let term = if tilde { unary(Token::Tilde, t) } else { t };
            union = Some(match union {
                Some(before) => binary(before, Token::Or, term),
                None => term,
            });
        }
        methods.extend(union.map(unnamed));
        Expr::InterfaceType(InterfaceType { methods })
    }

    fn len_expr(&mut self, n: &Len) -> Expr {
        match *n {
            Len::Lit(n) => int(n),
            Len::Const(package, at) => {
                let name = self.w.consts[package as usize][at as usize].name;
                self.qualified(package, name)
            }
            Len::SizeofPointer(t) => {
                self.uses |= 1 << UNSAFE;
                let t = self.type_expr(t);
                // Two ways to write a nil pointer's size.
                let x = if self.rng.chance(50) {
                    call(operand_type(star(t)), vec![ident("nil")])
                } else {
                    new(t)
                };
                call(selector(ident("unsafe"), "Sizeof"), vec![x])
            }
        }
    }

    /// The value of a length.
    pub fn len_value(&self, n: &Len) -> u64 {
        match *n {
            Len::Lit(n) => n,
            Len::Const(package, at) => self.w.consts[package as usize][at as usize].value,
            Len::SizeofPointer(_) => 8,
        }
    }

    /// A type parameter's name here: methods rename those of the receiver.
    fn param_name(&self, p: ParamId) -> &'static str {
        let renamed = self.renamed.iter().find(|(q, _)| *q == p);
        renamed.map_or(self.w.param(p).name, |r| r.1)
    }

    /// A function's type; parameters get these names, or none.
    pub fn func_type(&mut self, s: &Sig, params: &[&str]) -> FuncType {
        let last = s.params.len().wrapping_sub(1);
        let mut fields = Vec::with_capacity(s.params.len());
        for (i, &t) in s.params.iter().enumerate() {
            let typ = match *self.w.get(t) {
                Type::Slice(e) if s.variadic && i == last => {
                    Expr::Ellipsis(Ellipsis { elt: Some(Box::new(self.type_expr(e))) })
                }
                _ => self.type_expr(t),
            };
            fields.push(match params.get(i) {
                Some(&name) => field(name, typ),
                None => unnamed(typ),
            });
        }
        let results = s.results.iter().map(|&t| unnamed(self.type_expr(t))).collect();
        func_type(fields, results)
    }

    /// A type parameter list.
    pub fn type_params(&mut self, params: &[ParamId]) -> Vec<Field> {
        let mut out: Vec<Field> = Vec::with_capacity(params.len());
        for &p in params {
            let constraint = self.w.param(p).constraint;
            let typ = self.constraint_expr(constraint);
            let name = Ident::from(self.param_name(p));
            match out.last_mut() {
                // `[P, Q any]`
                Some(before) if before.typ == typ => before.names.push(name),
                _ => out.push(Field { names: vec![name], typ, tag: None }),
            }
        }
        out
    }

    /// A constraint: `~int | ~string` may stand without `interface{ … }`.
    fn constraint_expr(&mut self, t: TypeId) -> Expr {
        if let Type::Interface(i) = self.w.get(t)
            && i.methods.is_empty()
            && i.embeds.is_empty()
            // `[P *T]` would be a multiplication in a type declaration.
            && i.terms.first().is_some_and(|t| t.0 || !matches!(self.w.get(t.1), Type::Pointer(_)))
        {
            let i = Rc::clone(i);
            if self.rng.chance(75)
                && let Expr::InterfaceType(mut x) = self.interface_expr(&i)
                && let Some(only) = x.methods.pop()
            {
                return only.typ;
            }
        }
        self.type_expr(t)
    }
}
