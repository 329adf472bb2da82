//! Wide shapes: long lists of fields, methods, parameters, type parameters, terms and names.
//!
//! The checker has thresholds: it looks through short lists one by one and makes maps for long
//! ones.

use std::rc::Rc;

use super::Gen;
use super::model::{Basic, FieldVar, Name, ParamId, Sig, TypeId};
use super::names;
use super::types::{Site, Want};
use crate::goast::build::{assign, binary, block, call, discard, func_type, ident, int, var_spec};
use crate::goast::{Decl, DeclTok, FuncDecl, GenDecl, Ident, Stmt, Token};

/// Every type that a union of basic types can list. `rune` and `int32` are the same type.
const ALL_TERMS: [Basic; 10] = [
    Basic::Bool,
    Basic::Int,
    Basic::Int8,
    Basic::Int32,
    Basic::Int64,
    Basic::Uint,
    Basic::Uint8,
    Basic::Float64,
    Basic::Complex128,
    Basic::String,
];

impl Gen<'_> {
    /// Whether a list should be long.
    pub fn wide(&mut self) -> bool {
        self.policy.wide > 0 && self.rng.chance(self.policy.wide)
    }

    /// Fields of a wide struct, after those that it has.
    pub fn wide_fields(&mut self, fields: &mut Vec<FieldVar>, site: &Site, comparable: bool) {
        let n = match self.rng.below(3) {
            0 => self.rng.between(5, 9),
            1 => self.rng.between(10, 20),
            _ => self.rng.between(21, 60),
        };
        let mut typ = self.random_type(site, Want { comparable, ..Want::DIRECT });
        for &name in &names::WIDE_FIELDS[..n] {
            if self.rng.chance(30) {
                typ = self.random_type(site, Want { comparable, depth: 1, ..Want::DIRECT });
            }
            fields.push(FieldVar { name, typ, embedded: false });
        }
    }

    /// Methods of a wide interface.
    pub fn wide_methods(&mut self, site: &Site) -> Vec<(Name, Rc<Sig>)> {
        let n = self.rng.between(5, names::WIDE_METHODS.len());
        let mut sig = self.random_sig(site, 1);
        let mut methods = Vec::with_capacity(n);
        for &name in &names::WIDE_METHODS[..n] {
            if self.rng.chance(20) {
                sig = self.random_sig(site, 1);
            }
            methods.push((name, Rc::clone(&sig)));
        }
        methods
    }

    /// A long list of type parameters.
    pub fn wide_type_params(&mut self) -> Vec<ParamId> {
        let (any, comparable) = (self.w.basic(Basic::Any), self.w.basic(Basic::Comparable));
        let n = self.rng.between(4, names::WIDE_PARAMS.len());
        let names = &names::WIDE_PARAMS[..n];
        let constraint = |g: &mut Self| if g.rng.chance(75) { any } else { comparable };
        names
            .iter()
            .map(|&name| {
                let constraint = constraint(self);
                self.w.new_param(name, constraint)
            })
            .collect()
    }

    /// A signature with many parameters and results, whose types nest at most `depth` deep: with ten
    /// parameters, wide signatures inside wide signatures would not end.
    pub fn wide_sig(&mut self, site: &Site, depth: u8) -> Rc<Sig> {
        let want = Want { depth: depth.min(1), ..Want::ANY };
        let some = |g: &mut Self, most: usize| -> Vec<TypeId> {
            let n = g.rng.below(most + 1);
            (0..n).map(|_| g.random_type(site, want)).collect()
        };
        let (params, results) = (some(self, 10), some(self, 4));
        Rc::new(Sig { params, results, variadic: false })
    }

    /// Terms of a wide union.
    pub fn wide_terms(&mut self) -> Vec<(bool, TypeId)> {
        let tilde = self.rng.chance(70);
        let n = self.rng.between(6, ALL_TERMS.len());
        ALL_TERMS[..n].iter().map(|&b| (tilde, self.w.basic(b))).collect()
    }

    /// A scope with many names: constants of the package, or variables of a function.
    pub fn many_names(&mut self) -> Option<(u8, Decl)> {
        if !self.wide() {
            return None;
        }
        let n = self.rng.between(20, 120);
        let suffix = names::SUFFIXES[self.row()];
        let at = |i: usize| format!("Wide{i}{suffix}");
        if self.rng.chance(60) {
            let specs = (0..n)
                .map(|i| {
                    let x = binary(ident("iota"), Token::Shl, int(1));
                    var_spec(at(i), None, (i == 0).then_some(x))
                })
                .collect();
            return Some((0, Decl::GenDecl(GenDecl { tok: DeclTok::Const, grouped: true, specs })));
        }
        let mut list: Vec<Stmt> = Vec::new();
        for i in 0..n / 2 {
            let value = if i == 0 { int(1) } else { ident(format!("x{}", i - 1)) };
            list.push(assign(vec![ident(format!("x{i}"))], Token::Define, vec![value]));
        }
        list.push(discard(ident(format!("x{}", n / 2 - 1))));
        list.push(Stmt::ExprStmt(call(ident("println"), vec![ident("x0")])));
        let typ = func_type(Vec::new(), Vec::new());
        let name = Ident(format!("WideScope{suffix}"));
        Some((0, Decl::FuncDecl(FuncDecl { recv: None, name, typ, body: Some(block(list)) })))
    }
}
