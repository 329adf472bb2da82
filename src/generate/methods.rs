//! Methods of declared types, with signatures that mention other instances.

use crate::goast::Ident;
use crate::goast::build::{field, ident, instance, star};
use std::rc::Rc;

use super::Gen;
use super::exprs::Scope;
use super::model::{DeclId, Kind, Method, Sig, Type, TypeId};
use super::names;
use super::types::{Site, Want};
use crate::go_release;
use crate::goast::{Decl, FuncDecl};

impl Gen<'_> {
    /// Gives this package's types methods.
    pub fn declare_methods(&mut self) {
        for i in self.first_decl..self.w.decls.len() {
            let d = DeclId(i as u32);
            if self.may_have_methods(d) && self.rng.chance(self.policy.methods) {
                for _ in 0..1 + self.rng.below(4) / 3 {
                    self.declare_method(d);
                }
            }
            self.implement_some(d);
        }
    }

    fn may_have_methods(&mut self, d: DeclId) -> bool {
        match self.w.decl(d).kind {
            Kind::Struct
            | Kind::Basic
            | Kind::Slice
            | Kind::Array
            | Kind::Map
            | Kind::Chan
            | Kind::Func => true,
            Kind::Copy => {
                let t = self.w.generic(d);
                let under = self.w.underlying(t).map(|u| self.w.get(u));
                !matches!(under, None | Some(Type::Pointer(_))) && !self.w.is_interface(t)
            }
            _ => false,
        }
    }

    fn free_method_name(&mut self, d: DeclId) -> Option<&'static str> {
        let name = if self.rng.chance(self.policy.hidden) {
            names::HIDDEN_METHODS[self.package as usize][self.rng.below(2)]
        } else {
            names::METHODS[self.rng.below(names::METHODS.len())]
        };
        (!self.w.decl(d).methods.iter().any(|m| m.name == name)).then_some(name)
    }

    fn declare_method(&mut self, d: DeclId) {
        let Some(name) = self.free_method_name(d) else { return };
        let pointer = self.rng.chance(self.policy.pointer_receivers);
        let decl = self.w.decl(d);
        let (level, mut params) = (decl.level, decl.params.to_vec());
        let generic = go_release::has_generic_methods(self.options.go_minor)
            && self.rng.chance(self.policy.generic_methods);
        let own = if generic { self.method_type_params(d) } else { Vec::new() };
        let closed = params.is_empty() && own.is_empty();
        params.extend(&own);
        let level = if closed || self.policy.instantiation_cycle { u8::MAX } else { level };
        let site = Site { level, ..Site::code(params) };
        let sig = if self.rng.chance(40) {
            let result = self.instance_result(&site, d);
            Rc::new(Sig { params: vec![], results: vec![result], variadic: false })
        } else {
            self.random_sig(&site, 2)
        };
        self.w.decl_mut(d).methods.push(Method { name, pointer, sig, params: own });
    }

    /// An instance behind a pointer, slice, map or channel: `*L[T]`.
    fn instance_result(&mut self, site: &Site, d: DeclId) -> TypeId {
        let t = if self.policy.instantiation_cycle && self.rng.chance(60) {
            // `*L[L[T]]`: see Policy::instantiation_cycle.
            let own = self.w.generic(d);
            let params = self.w.decl(d).params.len();
            if params == 1 && self.one_param_any(d) { self.w.named(d, vec![own]) } else { own }
        } else {
            match self.random_named(site, Want { depth: 2, ..Want::ANY }) {
                Some(t) => t,
                None => self.w.generic(d),
            }
        };
        match self.rng.below(6) {
            0 => self.w.slice(t),
            1 => t,
            2 => self.w.intern(Type::Chan(crate::goast::ChanDir::Both, t)),
            _ => self.w.pointer(t),
        }
    }

    fn one_param_any(&mut self, d: DeclId) -> bool {
        let any = self.w.basic(super::model::Basic::Any);
        let decl = self.w.decl(d);
        decl.params.iter().all(|&p| self.w.param(p).constraint == any)
    }

    /// Now and then makes a type implement an existing interface.
    fn implement_some(&mut self, d: DeclId) {
        if !self.may_have_methods(d)
            || !self.w.decl(d).params.is_empty()
            || !self.rng.chance(self.policy.methods / 2)
        {
            return;
        }
        let site = Site::code(Vec::new());
        let Some(t) = self.random_named(&site, Want { depth: 1, ..Want::ANY }) else { return };
        if !self.w.is_interface(t) {
            return;
        }
        let set = self.w.type_set(t);
        let visible = set.methods.iter().all(|m| names::visible(m.0, self.package))
            && set.terms.is_none()
            && !set.comparable;
        let have = &self.w.decl(d).methods;
        let clash =
            set.methods.iter().any(|m| m.0 == "Error" || have.iter().any(|h| h.name == m.0));
        if !visible || clash {
            return;
        }
        let all_named = set
            .methods
            .iter()
            .all(|(_, s)| s.params.iter().chain(&s.results).all(|&t| self.nameable(t, &[])));
        if all_named {
            for (name, sig) in set.methods {
                let method = Method { name, pointer: false, sig, params: Vec::new() };
                self.w.decl_mut(d).methods.push(method);
            }
        }
    }

    /// A method's declaration as syntax.
    pub fn method_decl(&mut self, d: DeclId, m: &Method) -> Decl {
        let decl = self.w.decl(d);
        let (type_name, level, params) = (decl.name, decl.level, decl.params.clone());
        self.renamed.clear();
        if self.rng.chance(30) {
            self.renamed.extend(params.iter().copied().zip(names::RECEIVER_PARAMS));
        }
        let own = self.type_params(&m.params);
        let this = self.w.generic(d);
        let this = if m.pointer { self.w.pointer(this) } else { this };
        let mut all = params.to_vec();
        all.extend(&m.params);
        let mut scope = Scope::new(all, false);
        scope.site.level = if scope.site.params.is_empty() { u8::MAX } else { level };
        // Receivers are called `r`, a name that no local has.
        scope.locals.push(("r", this));
        let arg_names: Vec<&str> = m.sig.params.iter().filter_map(|_| scope.fresh()).collect();
        scope.locals.extend(arg_names.iter().copied().zip(m.sig.params.iter().copied()));
        let mut typ = self.func_type(&m.sig, &arg_names);
        typ.type_params = own;
        let args = params.iter().map(|&p| self.type_expr_of_param(p)).collect();
        let receiver = instance(ident(self.receiver_name(d, type_name)), args);
        let receiver = if m.pointer { star(receiver) } else { receiver };
        let recv = Some(vec![field("r", receiver)]);
        let body = self.body(&mut scope, &m.sig.results, 1);
        self.renamed.clear();
        Decl::FuncDecl(FuncDecl { recv, name: Ident::from(m.name), typ, body: Some(body) })
    }

    fn type_expr_of_param(&mut self, p: super::model::ParamId) -> crate::goast::Expr {
        let t = self.w.param_type(p);
        self.type_expr(t)
    }

    /// The type's name, or the name of an alias for it.
    fn receiver_name(&mut self, d: DeclId, name: &'static str) -> &'static str {
        if !self.w.decl(d).params.is_empty() {
            return name;
        }
        let this = self.w.generic(d);
        let alias = self.w.decls[self.first_decl..]
            .iter()
            .find(|a| a.kind == Kind::Alias && a.params.is_empty() && a.rhs == Some(this));
        match alias {
            Some(a) if self.rng.chance(50) => a.name,
            _ => name,
        }
    }
}
