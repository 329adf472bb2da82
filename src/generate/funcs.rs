//! Package-level functions, generic ones too.

use crate::goast::Ident;
use std::rc::Rc;

use super::Gen;
use super::exprs::Scope;
use super::model::{Function, Kind, ParamId, Sig, Type, TypeId};
use super::names;
use super::types::{Site, Want};
use crate::goast::{Decl, FuncDecl};

impl Gen<'_> {
    /// A function. Later declarations may call it.
    pub fn function(&mut self) -> Option<(u8, Decl)> {
        let own = self.w.funcs.len() - self.first_func;
        let name = *names::FUNCS[self.row()].get(own)?;
        self.uses = 0;
        self.renamed.clear();
        let generic = self.rng.chance(self.policy.generic);
        let params = if generic { self.random_type_params() } else { Vec::new() };
        let site = Site::code(params.clone());
        let mut sig = Sig::clone(&*self.random_sig(&site, 1));
        sig.variadic = false;
        if generic && self.rng.chance(75) {
            // A parameter for each type parameter, so that inference works.
            sig.params = params.iter().map(|&p| self.inferable_param(p)).collect();
        } else if !self.deps.is_empty() && self.rng.chance(50) {
            let want = Want { depth: 2, ..Want::ANY };
            sig.params.extend(self.random_named(&site, want));
        }
        let inferable = params.iter().all(|&p| sig.params.iter().any(|&t| self.infers(t, p)));
        let sig = Rc::new(sig);
        let mut scope = Scope::new(params.clone(), true);
        let arg_names: Vec<&str> = sig.params.iter().filter_map(|_| scope.fresh()).collect();
        scope.locals.extend(arg_names.iter().copied().zip(sig.params.iter().copied()));
        let mut typ = self.func_type(&sig, &arg_names);
        typ.type_params = self.type_params(&params);
        let statements = self.policy.statements;
        let body = Some(self.body(&mut scope, &sig.results, statements));
        self.w.funcs.push(Function { package: self.package, name, params, sig, inferable });
        Some((
            self.uses,
            Decl::FuncDecl(FuncDecl { recv: None, name: Ident::from(name), typ, body }),
        ))
    }

    /// A parameter type from which inference can find the type parameter.
    fn inferable_param(&mut self, p: ParamId) -> TypeId {
        let t = self.w.param_type(p);
        match self.rng.below(8) {
            0 => self.w.slice(t),
            1 => self.w.pointer(t),
            2 | 3 => self.generic_over(p).unwrap_or(t),
            _ => t,
        }
    }

    /// `L[P]` of a generic type with one parameter: inference looks inside.
    fn generic_over(&mut self, p: ParamId) -> Option<TypeId> {
        let d = self.pick_decl()?;
        let decl = self.w.decl(d);
        let [q] = decl.params[..] else { return None };
        if !says_arguments(decl.kind) {
            return None;
        }
        let t = self.w.param_type(p);
        let constraint = self.w.param(q).constraint;
        let constraint = self.w.subst(constraint, &[q], &[t]);
        self.w.satisfies(t, constraint).then(|| self.w.named(d, vec![t]))
    }

    /// Whether an argument for a parameter of type `t` determines `p`.
    pub fn infers(&self, t: TypeId, p: ParamId) -> bool {
        match self.w.get(t) {
            Type::Param(q) => *q == p,
            Type::Pointer(e) | Type::Slice(e) => self.infers(*e, p),
            Type::Named(d, args) => {
                says_arguments(self.w.decl(*d).kind) && args.iter().any(|&a| self.infers(a, p))
            }
            _ => false,
        }
    }
}

/// Whether inference sees the type arguments of an instance. It does not see them through an alias
/// that leaves one unused, or where interfaces match by their methods.
fn says_arguments(kind: Kind) -> bool {
    !matches!(kind, Kind::Constraint | Kind::Alias | Kind::Interface | Kind::Copy)
}
