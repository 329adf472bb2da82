//! Type parameter lists with constraints of every form.

use std::rc::Rc;

use super::Gen;
use super::model::{
    Basic, DeclId, Iface, Kind, Method, Name, ParamId, Sig, Type, TypeDecl, TypeId,
};
use super::names;
use crate::go_release;
use crate::goast::ChanDir;

/// The forms of a constraint; [`super::policy::Policy::constraints`] holds
/// their weights.
#[derive(Clone, Copy, Debug)]
enum Form {
    Any,
    Comparable,
    /// `~int | ~string`, written in place.
    Union,
    /// A constraint declared here or in a dependency.
    Declared,
    /// `~[]E` with another parameter `E`.
    Core,
    /// `interface{ Less(T) bool }` of the parameter `T` itself.
    SelfReferential,
    /// An ordinary interface.
    Interface,
    /// `interface{ *T; Set(int) }` of another parameter `T`.
    PointerMethod,
    /// `C[T]` of the parameter `T` itself.
    Recursive,
}

const FORMS: [Form; 9] = [
    Form::Any,
    Form::Comparable,
    Form::Union,
    Form::Declared,
    Form::Core,
    Form::SelfReferential,
    Form::Interface,
    Form::PointerMethod,
    Form::Recursive,
];

const TERMS: [Basic; 6] =
    [Basic::Int, Basic::String, Basic::Float64, Basic::Int8, Basic::Uint, Basic::Int64];

impl Gen<'_> {
    /// One to three new type parameters with constraints.
    pub fn random_type_params(&mut self) -> Vec<ParamId> {
        if self.wide() {
            return self.wide_type_params();
        }
        let n = match self.rng.below(10) {
            0..6 => 1,
            6..9 => 2,
            _ => 3,
        };
        let at = self.rng.below(3);
        let any = self.w.basic(Basic::Any);
        let mut params: Vec<ParamId> =
            (at..at + n).map(|i| self.w.new_param(names::TYPE_PARAMS[i], any)).collect();
        for i in 0..n {
            let c = self.random_constraint(&params, i);
            self.w.params[params[i].0 as usize].constraint = c;
        }
        if n > 1 && self.rng.chance(30) {
            // `[S ~[]E, E any]` as well as `[E any, S ~[]E]`.
            params.reverse();
        }
        params
    }

    fn random_constraint(&mut self, params: &[ParamId], at: usize) -> TypeId {
        let any = self.w.basic(Basic::Any);
        let own = self.w.param_type(params[at]);
        let form = self.rng.weighted(&self.policy.constraints).map_or(Form::Any, |i| FORMS[i]);
        match form {
            Form::Any => any,
            Form::Comparable => self.w.basic(Basic::Comparable),
            Form::Union => {
                let terms = self.random_terms();
                self.w.intern(Type::Interface(Rc::new(Iface { terms, ..Iface::default() })))
            }
            Form::Declared | Form::Interface => {
                let ordinary = matches!(form, Form::Interface);
                self.declared_constraint(own, ordinary).unwrap_or(any)
            }
            Form::Core if at > 0 => {
                let e = self.w.param_type(params[0]);
                let core = match self.rng.below(4) {
                    0 => self.w.intern(Type::Chan(ChanDir::Both, e)),
                    1 => {
                        let k = self.w.basic(Basic::String);
                        self.w.intern(Type::Map(k, e))
                    }
                    2 => {
                        let sig = Sig { params: vec![e], results: vec![], variadic: false };
                        self.w.intern(Type::Func(Rc::new(sig)))
                    }
                    _ => self.w.slice(e),
                };
                let tilde = self.rng.chance(80);
                let terms = vec![(tilde, core)];
                self.w.intern(Type::Interface(Rc::new(Iface { terms, ..Iface::default() })))
            }
            Form::SelfReferential | Form::Core => {
                let methods = vec![("Less", self.less(own))];
                self.witness(own, &methods, false);
                self.w.intern(Type::Interface(Rc::new(Iface { methods, ..Iface::default() })))
            }
            Form::PointerMethod if at > 0 && self.is_any(params[0]) => {
                let base = self.w.param_type(params[0]);
                let int = self.w.basic(Basic::Int);
                let sig = Rc::new(Sig { params: vec![int], results: vec![], variadic: false });
                let methods = vec![("Set", sig)];
                self.witness(own, &methods, true);
                let terms = vec![(false, self.w.pointer(base))];
                self.w.intern(Type::Interface(Rc::new(Iface {
                    methods,
                    terms,
                    ..Iface::default()
                })))
            }
            Form::Recursive | Form::PointerMethod => self.recursive_constraint(own).unwrap_or(any),
        }
    }

    fn is_any(&mut self, p: ParamId) -> bool {
        let any = self.w.basic(Basic::Any);
        self.w.param(p).constraint == any
    }

    /// `func(t) bool`
    fn less(&mut self, t: TypeId) -> Rc<Sig> {
        let bool = self.w.basic(Basic::Bool);
        Rc::new(Sig { params: vec![t], results: vec![bool], variadic: false })
    }

    /// Terms whose types do not overlap.
    fn random_terms(&mut self) -> Vec<(bool, TypeId)> {
        let n = self.rng.between(1, 3);
        let at = self.rng.below(TERMS.len() - n + 1);
        let tilde = self.rng.chance(70);
        TERMS[at..at + n].iter().map(|&b| (tilde, self.w.basic(b))).collect()
    }

    /// A constraint declared in a package, or an ordinary interface, without parameters.
    fn declared_constraint(&mut self, own: TypeId, ordinary: bool) -> Option<TypeId> {
        let kind = if ordinary { Kind::Interface } else { Kind::Constraint };
        let n = self.w.decls.len();
        let from = self.rng.below(n.max(1));
        let found = (0..n).map(|i| DeclId(((from + i) % n) as u32)).find(|&d| {
            let decl = self.w.decl(d);
            decl.kind == kind
                && decl.params.is_empty()
                && decl.rhs.is_some()
                && (decl.package == self.package && !ordinary || self.foreign.contains(&d))
        });
        if let Some(d) = found {
            return Some(self.w.named(d, Vec::new()));
        }
        if ordinary {
            return None;
        }
        let iface = if self.rng.chance(70) {
            Iface { terms: self.random_terms(), ..Iface::default() }
        } else {
            let int = self.w.basic(Basic::Int);
            let sig = Rc::new(Sig { params: vec![], results: vec![int], variadic: false });
            let methods = vec![("Get", sig)];
            self.witness(own, &methods, false);
            let comparable = self.w.basic(Basic::Comparable);
            Iface { methods, embeds: vec![comparable], terms: vec![] }
        };
        let rhs = self.w.intern(Type::Interface(Rc::new(iface)));
        let d = self.new_decl(Kind::Constraint, Vec::new())?;
        self.w.decl_mut(d).rhs = Some(rhs);
        Some(self.w.named(d, Vec::new()))
    }

    /// `C[T]` with `type C[T any] interface { Less(T) bool }`; since Go 1.24
    /// `type C[T any] = interface { … }`, since Go 1.26 `type C[T C[T]]` as well.
    fn recursive_constraint(&mut self, own: TypeId) -> Option<TypeId> {
        let any = self.w.basic(Basic::Any);
        let p = self.w.new_param("T", any);
        let t = self.w.param_type(p);
        let alias = go_release::has_generic_aliases(self.options.go_minor)
            && self.rng.chance(self.policy.generic_alias / 2);
        let kind = if alias { Kind::Alias } else { Kind::Constraint };
        let d = self.new_decl(kind, vec![p])?;
        let methods = vec![("Less", self.less(t))];
        let iface = Iface { methods, ..Iface::default() };
        let rhs = self.w.intern(Type::Interface(Rc::new(iface)));
        self.w.decl_mut(d).rhs = Some(rhs);
        if !alias && go_release::has_self_constraints(self.options.go_minor) && self.rng.chance(40)
        {
            let c = self.w.named(d, vec![t]);
            self.w.params[p.0 as usize].constraint = c;
        }
        let methods = vec![("Less", self.less(own))];
        self.witness(own, &methods, false);
        Some(self.w.named(d, vec![own]))
    }

    /// Declares a type with these methods, so that the constraint can be
    /// satisfied; `own` stands for the type itself.
    fn witness(&mut self, own: TypeId, methods: &[(Name, Rc<Sig>)], pointer: bool) {
        let Type::Param(param) = *self.w.get(own) else { return };
        let exists = (0..self.w.decls.len()).any(|i| {
            let decl = &self.w.decls[i];
            decl.package == self.package
                && decl.rhs.is_some()
                && decl.params.is_empty()
                && methods.iter().all(|m| {
                    decl.methods.iter().any(|have| have.name == m.0 && have.pointer == pointer)
                })
        });
        if exists {
            return;
        }
        let Some(d) = self.new_decl(Kind::Basic, Vec::new()) else { return };
        let rhs = self.w.basic(if self.rng.chance(60) { Basic::Int } else { Basic::String });
        let this = self.w.named(d, Vec::new());
        for (name, sig) in methods {
            let sig = self.w.subst_sig(sig, &[param], &[this]);
            let method = Method { name, pointer, sig, params: Vec::new() };
            self.w.decl_mut(d).methods.push(method);
        }
        let decl: &mut TypeDecl = self.w.decl_mut(d);
        decl.rhs = Some(rhs);
        decl.comparable = true;
    }
}
