//! Chained expressions: `p.X.Next.M().V[0]`. They make the checker expand instances that no source
//! text names.

use super::Gen;
use super::exprs::Scope;
use super::members::Member;
use super::model::{Type, TypeId};
use super::types::{Args, Want};
use crate::goast::build::{call, index, instance, int, paren, selector, star, unary};
use crate::goast::{ChanDir, Expr, Token};

/// An expression and what the generator knows about it.
#[derive(Clone, Debug)]
pub(super) struct Operand {
    pub x: Expr,
    pub typ: TypeId,
    pub addressable: bool,
}

impl Gen<'_> {
    /// A variable to start from, usually one of a dependency if there is one.
    pub fn start(&mut self, scope: &Scope) -> Option<Operand> {
        if !scope.locals.is_empty() && self.rng.chance(45) {
            let (name, typ) = scope.locals[self.rng.below(scope.locals.len())];
            return Some(Operand { x: crate::goast::build::ident(name), typ, addressable: true });
        }
        self.global(scope)
    }

    /// A package-level variable, usually of a dependency.
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

    /// Extends an operand by up to `steps` selectors, calls, indices and indirections.
    pub fn chain(&mut self, scope: &Scope, mut at: Operand, steps: usize) -> Operand {
        for _ in 0..steps {
            match self.attempt(|g| g.step(scope, &at)) {
                Some((step, typ, addressable)) => {
                    at = Operand { x: step.applied_to(at.x), typ, addressable };
                }
                None => break,
            }
        }
        at
    }

    fn step(&mut self, scope: &Scope, at: &Operand) -> Option<(Step, TypeId, bool)> {
        let u = self.w.underlying(at.typ)?;
        if self.rng.chance(85)
            && let Some(step) = self.member_step(scope, at)
        {
            return Some(step);
        }
        match self.w.get(u).clone() {
            Type::Pointer(e) => Some((Step::Star, e, true)),
            Type::Slice(e) => Some((Step::Index(int(0)), e, true)),
            Type::Array(n, e) if self.len_value(&n) > 0 => {
                Some((Step::Index(int(0)), e, at.addressable))
            }
            Type::Map(k, v) => Some((Step::Index(self.value(scope, k, false)?), v, false)),
            Type::Chan(dir, e) if dir != ChanDir::Send => Some((Step::Receive, e, false)),
            Type::Func(s) if s.results.len() == 1 => {
                Some((Step::Call(self.arguments(scope, &s, false)?), s.results[0], false))
            }
            _ => None,
        }
    }

    fn member_step(&mut self, scope: &Scope, at: &Operand) -> Option<(Step, TypeId, bool)> {
        let members = self.w.members(at.typ, self.package);
        let from = self.rng.below(members.len());
        for i in 0..members.len() {
            let (name, member) = &members[(from + i) % members.len()];
            match member {
                Member::Field { typ, through_pointer } => {
                    return Some((Step::Field(name), *typ, at.addressable || *through_pointer));
                }
                Member::Method(m) => {
                    if m.needs_address && !at.addressable || m.sig.results.len() != 1 {
                        continue;
                    }
                    let mut sig = m.sig.clone();
                    let (mut type_args, mut inferred) = (Vec::new(), false);
                    if !m.own_params.is_empty() {
                        let want = Want { depth: 1, ..Want::ANY };
                        let own = &m.own_params;
                        let args = self.pick_args(&scope.site, want, own, Args::Closed)?;
                        inferred =
                            own.iter().all(|&p| sig.params.iter().any(|&t| self.infers(t, p)))
                                && !self.rng.chance(self.policy.explicit);
                        sig = self.w.subst_sig(&sig, own, &args);
                        if !inferred {
                            if !args.iter().all(|&a| self.nameable(a, &scope.site.params)) {
                                continue;
                            }
                            type_args = args.iter().map(|&a| self.type_expr(a)).collect();
                        }
                    }
                    let Some(args) = self.arguments(scope, &sig, inferred) else { continue };
                    return Some((Step::Method(name, type_args, args), sig.results[0], false));
                }
            }
        }
        None
    }
}

/// How an expression is extended.
enum Step {
    Field(&'static str),
    /// Name, type arguments, arguments.
    Method(&'static str, Vec<Expr>, Vec<Expr>),
    Star,
    Index(Expr),
    Receive,
    Call(Vec<Expr>),
}

impl Step {
    fn applied_to(self, x: Expr) -> Expr {
        match self {
            Step::Field(name) => selector(x, name),
            Step::Method(name, type_args, args) => {
                call(instance(selector(x, name), type_args), args)
            }
            Step::Star => paren(star(x)),
            Step::Index(key) => index(x, key),
            Step::Receive => paren(unary(Token::Arrow, x)),
            Step::Call(args) => call(x, args),
        }
    }
}
