//! Relations between types: substitution, underlying types, identity,
//! comparability, implementation.
//!
//! Each answer errs on the safe side: `false` may mean "not known".

use std::rc::Rc;

use super::model::{Basic, DeclId, FieldVar, Iface, Kind, Name, ParamId, Sig, Type, TypeId};
use super::world::World;

/// Chains of declarations are followed this far, in case of a cycle.
const MAX_STEPS: usize = 16;

/// What an interface demands.
#[derive(Clone, Debug, Default)]
pub(super) struct TypeSet {
    pub methods: Vec<(Name, Rc<Sig>)>,
    /// `None`: all types.
    pub terms: Option<Vec<(bool, TypeId)>>,
    pub comparable: bool,
}

impl World {
    /// Replaces type parameters by arguments.
    pub fn subst(&mut self, t: TypeId, params: &[ParamId], args: &[TypeId]) -> TypeId {
        if params.is_empty() || !self.has_param(t) {
            return t;
        }
        self.map_type(t, &mut |w, t| match w.get(t) {
            Type::Param(p) => {
                let at = params.iter().position(|q| q == p);
                Some(at.and_then(|i| args.get(i).copied()).unwrap_or(t))
            }
            _ => (!w.has_param(t)).then_some(t),
        })
    }

    /// Replaces type parameters by arguments in a signature.
    pub fn subst_sig(&mut self, s: &Rc<Sig>, params: &[ParamId], args: &[TypeId]) -> Rc<Sig> {
        if params.is_empty() || !s.params.iter().chain(&s.results).any(|&t| self.has_param(t)) {
            return Rc::clone(s);
        }
        let params_out = s.params.iter().map(|&t| self.subst(t, params, args)).collect();
        let results = s.results.iter().map(|&t| self.subst(t, params, args)).collect();
        Rc::new(Sig { params: params_out, results, variadic: s.variadic })
    }

    /// Rebuilds a type; where `f` returns a type, that is used unchanged.
    fn map_type(
        &mut self,
        t: TypeId,
        f: &mut dyn FnMut(&mut World, TypeId) -> Option<TypeId>,
    ) -> TypeId {
        if let Some(done) = f(self, t) {
            return done;
        }
        let new = match self.get(t).clone() {
            same @ (Type::Basic(_) | Type::Param(_)) => same,
            Type::Named(d, args) => {
                Type::Named(d, args.iter().map(|&a| self.map_type(a, f)).collect())
            }
            Type::Pointer(e) => Type::Pointer(self.map_type(e, f)),
            Type::Slice(e) => Type::Slice(self.map_type(e, f)),
            Type::Array(n, e) => Type::Array(n, self.map_type(e, f)),
            Type::Chan(dir, e) => Type::Chan(dir, self.map_type(e, f)),
            Type::Map(k, v) => Type::Map(self.map_type(k, f), self.map_type(v, f)),
            Type::Func(s) => Type::Func(self.map_sig(&s, f)),
            Type::Struct(fields) => Type::Struct(
                fields
                    .iter()
                    .map(|x| FieldVar { typ: self.map_type(x.typ, f), ..x.clone() })
                    .collect(),
            ),
            Type::Interface(i) => Type::Interface(Rc::new(Iface {
                methods: i.methods.iter().map(|(n, s)| (*n, self.map_sig(s, f))).collect(),
                embeds: i.embeds.iter().map(|&e| self.map_type(e, f)).collect(),
                terms: i.terms.iter().map(|&(tilde, e)| (tilde, self.map_type(e, f))).collect(),
            })),
        };
        self.intern(new)
    }

    fn map_sig(
        &mut self,
        s: &Rc<Sig>,
        f: &mut dyn FnMut(&mut World, TypeId) -> Option<TypeId>,
    ) -> Rc<Sig> {
        Rc::new(Sig {
            params: s.params.iter().map(|&t| self.map_type(t, f)).collect(),
            results: s.results.iter().map(|&t| self.map_type(t, f)).collect(),
            variadic: s.variadic,
        })
    }

    /// The right-hand side of a declared type with its arguments in place.
    pub fn expand(&mut self, d: DeclId, args: &[TypeId]) -> Option<TypeId> {
        let rhs = self.decl(d).rhs?;
        if args.is_empty() {
            return Some(rhs);
        }
        let params = self.decl(d).params.clone();
        Some(self.subst(rhs, &params, args))
    }

    /// The type without an alias at its top.
    pub fn unalias(&mut self, mut t: TypeId) -> TypeId {
        for _ in 0..MAX_STEPS {
            let Type::Named(d, args) = self.get(t) else { break };
            let (d, args) = (*d, Rc::clone(args));
            if self.decl(d).kind != Kind::Alias {
                break;
            }
            match self.expand(d, &args) {
                Some(rhs) => t = rhs,
                None => break,
            }
        }
        t
    }

    /// The underlying type; `None` if a declaration on the way has no
    /// right-hand side yet. A type parameter is its own.
    pub fn underlying(&mut self, mut t: TypeId) -> Option<TypeId> {
        for _ in 0..MAX_STEPS {
            let Type::Named(d, args) = self.get(t) else { return Some(t) };
            let (d, args) = (*d, Rc::clone(args));
            t = self.expand(d, &args)?;
        }
        None
    }

    /// The type with every alias resolved: identical types have one id.
    pub fn canonical(&mut self, t: TypeId) -> TypeId {
        self.canonical_within(t, MAX_STEPS)
    }

    fn canonical_within(&mut self, t: TypeId, steps: usize) -> TypeId {
        if !self.has_alias(t) {
            return t;
        }
        self.map_type(t, &mut |w, x| {
            if !w.has_alias(x) || steps == 0 {
                return Some(x);
            }
            match *w.get(x) {
                Type::Basic(Basic::Byte) => return Some(w.basic(Basic::Uint8)),
                Type::Basic(Basic::Rune) => return Some(w.basic(Basic::Int32)),
                _ => {}
            }
            let u = w.unalias(x);
            (u != x).then(|| w.canonical_within(u, steps - 1))
        })
    }

    /// Whether two types are known to be identical.
    pub fn identical(&mut self, a: TypeId, b: TypeId) -> bool {
        a == b || self.canonical(a) == self.canonical(b)
    }

    /// Whether values of the type may be compared and never panic for it.
    pub fn comparable(&mut self, t: TypeId) -> bool {
        match self.get(t).clone() {
            Type::Basic(b) => b != Basic::Comparable,
            Type::Param(p) => {
                let c = self.param(p).constraint;
                let set = self.type_set(c);
                set.comparable
                    || set.terms.is_some_and(|terms| terms.iter().all(|t| self.comparable(t.1)))
            }
            Type::Named(d, args) => {
                let decl = self.decl(d);
                match (decl.rhs, decl.kind) {
                    (Some(_), Kind::Alias | Kind::Copy) => {
                        let Some(rhs) = self.expand(d, &args) else { return false };
                        self.comparable(rhs)
                    }
                    _ => decl.comparable && args.iter().all(|&a| self.comparable(a)),
                }
            }
            Type::Pointer(_) | Type::Chan(..) => true,
            Type::Array(_, e) => self.comparable(e),
            Type::Struct(fields) => fields.iter().all(|f| self.comparable(f.typ)),
            Type::Interface(i) => i.terms.is_empty(),
            Type::Slice(_) | Type::Map(..) | Type::Func(_) => false,
        }
    }

    /// Whether the type's underlying type is an interface (not a type
    /// parameter's constraint).
    pub fn is_interface(&mut self, t: TypeId) -> bool {
        if let Type::Named(d, _) = self.get(t)
            && matches!(self.decl(*d).kind, Kind::Interface | Kind::Constraint)
        {
            return true;
        }
        match self.underlying(t).map(|u| self.get(u)) {
            Some(Type::Interface(_)) => true,
            Some(Type::Basic(b)) => b.is_interface(),
            _ => false,
        }
    }

    /// The type set of an interface; of anything else, that of a constraint
    /// which names it.
    pub fn type_set(&mut self, t: TypeId) -> TypeSet {
        let mut set = TypeSet::default();
        self.add_type_set(t, &mut set, 0);
        set
    }

    fn add_type_set(&mut self, t: TypeId, set: &mut TypeSet, depth: usize) {
        let Some(u) = self.underlying(t).filter(|_| depth < MAX_STEPS) else { return };
        match self.get(u).clone() {
            Type::Basic(Basic::Any) => {}
            Type::Basic(Basic::Comparable) => set.comparable = true,
            Type::Basic(Basic::Error) => {
                let string = self.basic(Basic::String);
                let sig = Sig { params: vec![], results: vec![string], variadic: false };
                set.methods.push(("Error", Rc::new(sig)));
            }
            Type::Interface(i) => {
                for m in &i.methods {
                    if !set.methods.iter().any(|have| have.0 == m.0) {
                        set.methods.push(m.clone());
                    }
                }
                if !i.terms.is_empty() {
                    set.terms = Some(i.terms.clone());
                }
                for &e in &i.embeds {
                    self.add_type_set(e, set, depth + 1);
                }
            }
            _ => set.terms = Some(vec![(false, t)]),
        }
    }

    /// Whether two signatures are identical.
    pub fn same_sig(&mut self, a: &Rc<Sig>, b: &Rc<Sig>) -> bool {
        Rc::ptr_eq(a, b)
            || (a.variadic == b.variadic
                && a.params.len() == b.params.len()
                && a.results.len() == b.results.len()
                && a.params.iter().zip(&b.params).all(|(&x, &y)| self.identical(x, y))
                && a.results.iter().zip(&b.results).all(|(&x, &y)| self.identical(x, y)))
    }

    /// Whether values of `t` have all these methods, as seen from a package.
    pub fn implements(&mut self, t: TypeId, methods: &[(Name, Rc<Sig>)]) -> bool {
        methods.iter().all(|(name, want)| {
            let Some(m) = self.lookup_method(t, name) else { return false };
            !m.needs_address && m.own_params.is_empty() && self.same_sig(&m.sig, want)
        })
    }

    /// Whether a type argument satisfies a constraint, whose own parameters
    /// are already replaced.
    pub fn satisfies(&mut self, t: TypeId, constraint: TypeId) -> bool {
        if matches!(self.get(constraint), Type::Basic(Basic::Any)) {
            return true;
        }
        let set = self.type_set(constraint);
        if set.comparable && !self.comparable(t) {
            return false;
        }
        if let Some(terms) = &set.terms {
            let own = match *self.get(t) {
                Type::Param(p) => {
                    let c = self.param(p).constraint;
                    match self.type_set(c).terms {
                        Some(own) => own,
                        None => return false,
                    }
                }
                _ => vec![(false, t)],
            };
            let within = own.iter().all(|&(tilde, o)| {
                terms.iter().any(|&(any_named, term)| {
                    if any_named {
                        self.underlying(o).is_some_and(|u| self.identical(u, term))
                    } else {
                        !tilde && self.identical(o, term)
                    }
                })
            });
            if !within || self.is_interface(t) {
                return false;
            }
        }
        self.implements(t, &set.methods)
    }
}
