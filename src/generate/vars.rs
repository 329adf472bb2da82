//! Package-level constants and variables.

use super::Gen;
use super::emit::UNSAFE;
use super::exprs::Scope;
use super::model::{Constant, DeclId, Kind, Type, TypeId, Variable};
use super::names;
use super::types::{Site, Want};
use crate::goast::build::{binary, call, decl, ident, int, selector, var_spec};
use crate::goast::{Decl, DeclTok, GenDecl, Token};

impl Gen<'_> {
    /// Constants that size arrays.
    pub fn declare_constants(&mut self) -> Vec<(u8, Decl)> {
        let mut out = Vec::new();
        if !self.rng.chance(self.policy.lengths) {
            return out;
        }
        if self.rng.chance(25) {
            out.push((0, self.iota()));
            return out;
        }
        for i in 0..self.rng.between(1, 2) {
            let name = names::CONSTS[self.row()][i];
            self.uses = 0;
            let (value, x) = match self.rng.below(4) {
                0 => {
                    self.uses |= 1 << UNSAFE;
                    let x = call(
                        selector(ident("unsafe"), "Sizeof"),
                        vec![call(ident("uint32"), vec![int(0)])],
                    );
                    (4, x)
                }
                1 => (
                    3,
                    call(
                        ident("len"),
                        vec![crate::goast::build::lit(crate::goast::LitKind::String, "\"abc\"")],
                    ),
                ),
                2 if i > 0 => {
                    let before = self.w.consts[self.package as usize][0].clone();
                    let x = binary(ident(before.name), Token::Add, int(1));
                    (before.value + 1, x)
                }
                _ => {
                    let n = self.rng.between(1, 6) as u64;
                    (n, int(n))
                }
            };
            self.w.consts[self.package as usize].push(Constant { name, value });
            out.push((self.uses, decl(DeclTok::Const, var_spec(name, None, Some(x)))));
        }
        out
    }

    /// `const ( N = iota + 2; M )`
    fn iota(&mut self) -> Decl {
        let from = self.rng.between(1, 3) as u64;
        let mut specs = Vec::new();
        for (i, &name) in (0u64..2).zip(&names::CONSTS[self.row()]) {
            let x = binary(ident("iota"), Token::Add, int(from));
            specs.push(var_spec(name, None, (i == 0).then_some(x)));
            self.w.consts[self.package as usize].push(Constant { name, value: from + i });
        }
        Decl::GenDecl(GenDecl { tok: DeclTok::Const, grouped: true, specs })
    }

    /// A type for a variable that importers find rewarding: most often an
    /// instance behind a pointer.
    pub fn rewarding_type(&mut self, site: &Site) -> TypeId {
        for _ in 0..3 {
            let Some(t) = self.random_named(site, Want { depth: 3, ..Want::ANY }) else { break };
            let Type::Named(d, args) = self.w.get(t) else { break };
            let plain = args.is_empty() && self.w.decl(*d).kind == Kind::Basic;
            if plain && self.rng.chance(70) {
                continue;
            }
            return match self.rng.below(6) {
                0 | 1 => t,
                2 => self.w.slice(t),
                _ => self.w.pointer(t),
            };
        }
        self.random_type(site, Want::ANY)
    }

    /// A package-level variable. Later ones may use it.
    pub fn variable(&mut self) -> Option<(u8, Decl)> {
        self.uses = 0;
        let name = self.next_var_name()?;
        let scope = Scope::new(Vec::new(), true);
        let chance = if self.deps.is_empty() { 25 } else { 65 };
        if self.rng.chance(chance)
            && let Some((x, typ)) = self.attempt(|g| g.rewarding_value(&scope))
        {
            self.add_var(name, typ);
            let named = self.nameable(typ, &[]) && self.rng.chance(25);
            let typ = named.then(|| self.type_expr(typ));
            return Some((self.uses, decl(DeclTok::Var, var_spec(name, typ, Some(x)))));
        }
        self.uses = 0;
        let typ = if self.policy.many_instances && self.rng.chance(50) {
            self.many_instances().unwrap_or_else(|| self.rewarding_type(&scope.site))
        } else {
            self.rewarding_type(&scope.site)
        };
        let value = match self.rng.chance(20) {
            true => self.value(&scope, typ, false),
            false => None,
        };
        self.add_var(name, typ);
        let typ = Some(self.type_expr(typ));
        Some((self.uses, decl(DeclTok::Var, var_spec(name, typ, value))))
    }

    /// `var _ I = x`: a dependency's value in an interface, a conversion.
    pub fn blank_variable(&mut self) -> Option<(u8, Decl)> {
        self.uses = 0;
        let scope = Scope::new(Vec::new(), true);
        let (typ, x) = self.interface_assignment(&scope)?;
        Some((self.uses, decl(DeclTok::Var, var_spec("_", Some(typ), Some(x)))))
    }

    /// A generic type's instances `L[[1]int]`, `L[[2]int]`, … as the fields of
    /// a struct: each is expanded once, so each is another chance.
    fn many_instances(&mut self) -> Option<TypeId> {
        let generic: Vec<DeclId> = (self.first_decl..self.w.decls.len())
            .map(|i| DeclId(i as u32))
            .chain(self.foreign.iter().copied())
            .filter(|&d| {
                let decl = self.w.decl(d);
                decl.params.len() == 1 && decl.kind != Kind::Constraint
            })
            .collect();
        let d = *self.rng.choose(&generic)?;
        let site = Site::code(Vec::new());
        let mut fields = Vec::new();
        for &name in &names::FIELDS[..self.rng.between(2, 5)] {
            let t = self.instance_of(&site, Want::ANY, d)?;
            let typ = self.w.pointer(t);
            fields.push(super::model::FieldVar { name, typ, embedded: false });
        }
        Some(self.w.intern(Type::Struct(fields.into())))
    }

    fn next_var_name(&mut self) -> Option<&'static str> {
        let own = self.w.vars.len() - self.first_var;
        names::VARS[self.row()].get(own).copied()
    }

    fn add_var(&mut self, name: &'static str, typ: TypeId) {
        self.w.vars.push(Variable { package: self.package, name, typ });
    }
}
