//! Expressions that go on: `p.X.Next.M().V[0]`. They make the checker expand
//! instances that no source text names.

use super::Gen;
use super::build::{call, index, instance, int, paren, sel, star, unary};
use super::exprs::Scope;
use super::members::Member;
use super::model::{Type, TypeId};
use super::types::{Args, Want};
use crate::goast::{ChanDir, Expr, Token};

/// An expression and what is known of it.
#[derive(Clone, Debug)]
pub(super) struct Operand {
    pub x: Expr,
    pub typ: TypeId,
    pub addressable: bool,
}

impl Gen<'_> {
    /// A variable to start from; of a dependency if there is one, most often.
    pub fn start(&mut self, scope: &Scope) -> Option<Operand> {
        if !scope.locals.is_empty() && self.rng.chance(45) {
            let (name, typ) = scope.locals[self.rng.below(scope.locals.len())];
            return Some(Operand { x: super::build::id(name), typ, addressable: true });
        }
        self.global(scope)
    }

    /// A package-level variable, of a dependency most often.
    pub fn global(&mut self, scope: &Scope) -> Option<Operand> {
        let first = self.first_var;
        let own = self.w.vars.len() - first;
        let foreign: Vec<usize> =
            (0..first).filter(|&i| self.deps.contains(&self.w.vars[i].package)).collect();
        let at = if !foreign.is_empty() && (own == 0 || !scope.globals || self.rng.chance(75)) {
            foreign[self.rng.below(foreign.len())]
        } else if own > 0 && scope.globals {
            first + self.rng.below(own)
        } else {
            return None;
        };
        let (package, name, typ) =
            (self.w.vars[at].package, self.w.vars[at].name, self.w.vars[at].typ);
        Some(Operand { x: self.qualified(package, name), typ, addressable: true })
    }

    /// Goes on from an operand by up to `steps` selectors, calls, indices and
    /// indirections.
    pub fn chain(&mut self, scope: &Scope, mut at: Operand, steps: usize) -> Operand {
        for _ in 0..steps {
            match self.attempt(|g| g.step(scope, &at)) {
                Some(next) => at = next,
                None => break,
            }
        }
        at
    }

    fn step(&mut self, scope: &Scope, at: &Operand) -> Option<Operand> {
        let x = at.x.clone();
        let u = self.w.underlying(at.typ)?;
        let under = self.w.get(u).clone();
        let members = self.w.members(at.typ, self.package);
        if !members.is_empty() && self.rng.chance(85) {
            let from = self.rng.below(members.len());
            for i in 0..members.len() {
                let (name, member) = &members[(from + i) % members.len()];
                match member {
                    Member::Field { typ, through_pointer } => {
                        let addressable = at.addressable || *through_pointer;
                        return Some(Operand { x: sel(x, name), typ: *typ, addressable });
                    }
                    Member::Method(m) => {
                        if m.needs_address && !at.addressable || m.sig.results.len() != 1 {
                            continue;
                        }
                        let mut fun = sel(x.clone(), name);
                        let mut sig = m.sig.clone();
                        if !m.own_params.is_empty() {
                            let want = Want { depth: 1, ..Want::ANY };
                            let own = &m.own_params;
                            let args = self.pick_args(&scope.site, want, own, Args::Closed)?;
                            sig = self.w.subst_sig(&sig, own, &args);
                            let args = args.iter().map(|&a| self.type_expr(a)).collect();
                            fun = instance(fun, args);
                        }
                        let Some(args) = self.arguments(scope, &sig, false) else { continue };
                        let typ = sig.results[0];
                        return Some(Operand { x: call(fun, args), typ, addressable: false });
                    }
                }
            }
        }
        match under {
            Type::Pointer(e) => Some(Operand { x: paren(star(x)), typ: e, addressable: true }),
            Type::Slice(e) => Some(Operand { x: index(x, int(0)), typ: e, addressable: true }),
            Type::Array(n, e) if self.len_value(&n) > 0 => {
                Some(Operand { x: index(x, int(0)), typ: e, addressable: at.addressable })
            }
            Type::Map(k, v) => {
                let key = self.value(scope, k, false)?;
                Some(Operand { x: index(x, key), typ: v, addressable: false })
            }
            Type::Chan(dir, e) if dir != ChanDir::Send => {
                Some(Operand { x: paren(unary(Token::Arrow, x)), typ: e, addressable: false })
            }
            Type::Func(s) if s.results.len() == 1 => {
                let args = self.arguments(scope, &s, false)?;
                Some(Operand { x: call(x, args), typ: s.results[0], addressable: false })
            }
            _ => None,
        }
    }
}
