//! Expressions of a given type.

use super::Gen;
use super::members::Member;
use super::model::{Name, ParamId, Sig, Type, TypeId};
use super::names;
use super::types::{Args, Site, Want};
use crate::goast::build::{block, call, ident, instance, lit, operand_type, selector};
use crate::goast::{Expr, FuncLit, LitKind, Stmt};

/// The variables and type parameters visible to the code.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    pub site: Site,
    pub locals: Vec<(Name, TypeId)>,
    /// Whether this package's variables and functions may be used. Method
    /// bodies may not, which keeps initialisation free of cycles.
    pub globals: bool,
    /// How many of [`names::LOCALS`] are taken.
    pub taken: usize,
    /// How many function literals the code is in.
    nested: u8,
}

/// The deepest nesting of function literals. A function whose results have its own type, more than
/// one of them, would otherwise return more literals at each level, without end.
const MOST_NESTED: u8 = 4;

impl Scope {
    /// An empty scope.
    pub fn new(params: Vec<ParamId>, globals: bool) -> Self {
        Self { site: Site::code(params), locals: Vec::new(), globals, taken: 0, nested: 0 }
    }

    /// A name that is not yet taken. The last names repeat, but only in inner scopes, where they
    /// hide outer ones that are no longer used.
    pub fn fresh(&mut self) -> Option<Name> {
        let name = names::LOCALS.get(self.taken).copied();
        self.taken += 1;
        name
    }
}

impl Gen<'_> {
    /// Runs a step that may fail. If it does, the imports that it added are dropped.
    pub fn attempt<T>(&mut self, f: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let uses = self.uses;
        let found = f(self);
        if found.is_none() {
            self.uses = uses;
        }
        found
    }

    /// `func(x T) U { return … }`
    pub fn func_lit(&mut self, scope: &Scope, s: &Sig) -> Option<Expr> {
        // A literal names its types, but a field's type may have no name here.
        if !s.params.iter().chain(&s.results).all(|&t| self.nameable(t, &scope.site.params)) {
            return None;
        }
        if scope.nested == MOST_NESTED {
            return None;
        }
        let mut inner = Scope { nested: scope.nested + 1, ..scope.clone() };
        let mut params = Vec::with_capacity(s.params.len());
        for &t in &s.params {
            let name = inner.fresh()?;
            params.push(name);
            inner.locals.push((name, t));
        }
        if params.is_empty() && scope.taken > 12 {
            return None;
        }
        let typ = self.func_type(s, &params);
        let result = self.return_stmt(&inner, &s.results);
        let body = block(result.into_iter().collect());
        Some(Expr::FuncLit(FuncLit { typ, body }))
    }

    /// The statement that ends a function with these results; nothing if it has none.
    pub fn return_stmt(&mut self, scope: &Scope, results: &[TypeId]) -> Option<Stmt> {
        if results.is_empty() {
            return None;
        }
        let mut values = Vec::with_capacity(results.len());
        for &t in results {
            match self.value_within(scope, t, false, 1) {
                Some(x) => values.push(x),
                None => {
                    let text = lit(LitKind::String, "\"unreachable\"");
                    return Some(Stmt::ExprStmt(call(ident("panic"), vec![text])));
                }
            }
        }
        Some(Stmt::ReturnStmt(values))
    }

    /// A call of a package-level function, generic or not, and its results. Type arguments are
    /// inferred where possible.
    pub fn call_function(&mut self, scope: &Scope) -> Option<(Expr, TypeId)> {
        self.attempt(|g| g.any_call(scope))
    }

    fn any_call(&mut self, scope: &Scope) -> Option<(Expr, TypeId)> {
        let n = self.w.funcs.len();
        let from = self.rng.below(n.max(1));
        let at = (0..n).map(|i| (from + i) % n).find(|&i| {
            let f = &self.w.funcs[i];
            if f.package == self.package { scope.globals } else { self.deps.contains(&f.package) }
        })?;
        let f = self.w.funcs[at].clone();
        let args = match f.params.is_empty() {
            true => Vec::new(),
            false => {
                let want = Want { depth: 2, ..Want::ANY };
                let allowed = Args::Any;
                self.pick_args(&scope.site, want, &f.params, allowed)?
            }
        };
        let sig = self.w.subst_sig(&f.sig, &f.params, &args);
        let mut fun = self.qualified(f.package, f.name);
        let infer = f.inferable && !self.rng.chance(self.policy.explicit);
        // Type arguments that are not written are inferred from arguments of exactly these types.
        let written = match infer {
            true => 0,
            false if f.inferable && args.len() > 1 && self.rng.chance(50) => args.len() - 1,
            false => args.len(),
        };
        if written > 0 {
            if !args[..written].iter().all(|&a| self.nameable(a, &scope.site.params)) {
                return None;
            }
            let args = args[..written].iter().map(|&a| self.type_expr(a)).collect();
            fun = instance(fun, args);
        }
        let values = self.arguments(scope, &sig, written < args.len())?;
        let result = *sig.results.first().filter(|_| sig.results.len() == 1)?;
        Some((call(fun, values), result))
    }

    /// A function's type, and a generic function that inference instantiates to that type.
    pub fn function_assignment(&mut self, scope: &Scope) -> Option<(Expr, Expr)> {
        let usable: Vec<usize> = (0..self.w.funcs.len())
            .filter(|&i| {
                let f = &self.w.funcs[i];
                let seen = match f.package == self.package {
                    true => scope.globals,
                    false => self.deps.contains(&f.package),
                };
                seen && f.inferable && !f.params.is_empty()
            })
            .collect();
        let f = self.w.funcs[*self.rng.choose(&usable)?].clone();
        let want = Want { depth: 2, ..Want::ANY };
        let args = self.pick_args(&scope.site, want, &f.params, Args::Any)?;
        let sig = self.w.subst_sig(&f.sig, &f.params, &args);
        let typ = self.w.intern(Type::Func(sig));
        if !self.nameable(typ, &scope.site.params) {
            return None;
        }
        let fun = self.qualified(f.package, f.name);
        Some((self.type_expr(typ), fun))
    }

    /// Arguments for a call.
    pub fn arguments(&mut self, scope: &Scope, s: &Sig, exact: bool) -> Option<Vec<Expr>> {
        self.attempt(|g| g.any_arguments(scope, s, exact))
    }

    fn any_arguments(&mut self, scope: &Scope, s: &Sig, exact: bool) -> Option<Vec<Expr>> {
        let fixed = s.params.len() - usize::from(s.variadic);
        let mut out = Vec::with_capacity(s.params.len());
        for &t in &s.params[..fixed] {
            out.push(self.value_within(scope, t, exact, 1)?);
        }
        if s.variadic
            && let Some(&last) = s.params.last()
            && let Type::Slice(e) = *self.w.get(last)
            && (exact || self.rng.chance(60))
        {
            out.push(self.value_within(scope, e, exact, 1)?);
        }
        Some(out)
    }

    /// `(*T).M` or `T.M`: a method expression of a declared type.
    pub fn method_expr(&mut self, t: TypeId) -> Option<Expr> {
        let package = self.package;
        let pointer = self.rng.chance(50) && !self.w.is_interface(t);
        let t = if pointer { self.w.pointer(t) } else { t };
        let members = self.w.members(t, package);
        let (name, _) = members.into_iter().find(|(_, m)| match m {
            Member::Method(m) => m.own_params.is_empty() && !m.needs_address,
            Member::Field { .. } => false,
        })?;
        let x = operand_type(self.type_expr(t));
        Some(selector(x, name))
    }
}
