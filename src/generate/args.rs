//! Type arguments that satisfy constraints.

use std::rc::Rc;

use super::Gen;
use super::model::{Basic, DeclId, Kind, Len, Name, ParamId, Sig, Type, TypeId};
use super::types::{Args, Site, Want};

impl Gen<'_> {
    /// Type arguments that satisfy the parameters' constraints.
    pub fn pick_args(
        &mut self,
        site: &Site,
        want: Want,
        params: &[ParamId],
        allowed: Args,
    ) -> Option<Vec<TypeId>> {
        let mut args: Vec<TypeId> = params.iter().map(|&p| self.w.param_type(p)).collect();
        let mut done = vec![false; params.len()];
        // Parameters on which other parameters' type sets depend come first.
        for pass in 0..3 {
            for i in 0..params.len() {
                if done[i] {
                    continue;
                }
                let constraint = self.w.param(params[i]).constraint;
                let set = self.w.type_set(constraint);
                let terms = set.terms.as_deref().unwrap_or_default();
                let core = terms.iter().any(|t| self.w.has_param(t.1));
                if let (0, [(false, ptr)]) = (pass, terms)
                    && let Type::Pointer(base) = *self.w.get(*ptr)
                    && let Some(b) = params.iter().position(|&p| self.w.param_type(p) == base)
                    && !set.methods.is_empty()
                {
                    let t = self.implementer(&set.methods, true)?;
                    (args[b], done[b]) = (t, true);
                    (args[i], done[i]) = (self.w.pointer(t), true);
                } else if pass == 2 || (pass == 1 && !core) {
                    let arg = self.pick_arg(site, want, params, &args, i, allowed)?;
                    (args[i], done[i]) = (arg, true);
                }
            }
        }
        for i in 0..params.len() {
            let constraint = self.w.param(params[i]).constraint;
            let constraint = self.w.subst(constraint, params, &args);
            let fits = match allowed {
                Args::Any => true,
                Args::Closed => !self.w.has_param(args[i]),
                Args::BareOrClosed => {
                    !self.w.has_param(args[i]) || matches!(self.w.get(args[i]), Type::Param(_))
                }
            };
            if !fits || !self.w.satisfies(args[i], constraint) {
                return None;
            }
        }
        Some(args)
    }

    fn pick_arg(
        &mut self,
        site: &Site,
        want: Want,
        params: &[ParamId],
        args: &[TypeId],
        at: usize,
        allowed: Args,
    ) -> Option<TypeId> {
        let constraint = self.w.param(params[at]).constraint;
        let constraint = self.w.subst(constraint, params, args);
        let bare = match allowed {
            Args::Closed => 0,
            Args::Any => 40,
            Args::BareOrClosed => 75,
        };
        if self.rng.chance(bare)
            && let Some(&p) = self.rng.choose(&site.params)
        {
            let t = self.w.param_type(p);
            let own = self.w.param(params[at]).constraint;
            let mut with = args.to_vec();
            with[at] = t;
            let own = self.w.subst(own, params, &with);
            if self.w.satisfies(t, own) {
                return Some(t);
            }
        }
        let set = self.w.type_set(constraint);
        if let Some(terms) = &set.terms {
            let &(_, term) = self.rng.choose(terms)?;
            if set.methods.is_empty() {
                return Some(term);
            }
            return self.implementer(&set.methods, false);
        }
        if !set.methods.is_empty() {
            let own = self.w.param_type(params[at]);
            return self.self_implementer(&set.methods, own);
        }
        let closed;
        let site = if allowed == Args::Any {
            site
        } else {
            closed = Site { params: Vec::new(), ..site.clone() };
            &closed
        };
        if self.policy.many_instances && self.rng.chance(60) {
            let (n, int) = (self.rng.between(1, 9) as u64, self.w.basic(Basic::Int));
            return Some(self.w.intern(Type::Array(Len::Lit(n), int)));
        }
        let depth = want.depth.saturating_sub(1).min(2);
        let want = Want { comparable: set.comparable, direct: want.direct, depth };
        Some(self.random_type(site, want))
    }

    fn self_implementer(&mut self, methods: &[(Name, Rc<Sig>)], own: TypeId) -> Option<TypeId> {
        let Type::Param(p) = *self.w.get(own) else { return None };
        self.find_decl(|g, t| {
            methods.iter().all(|(name, sig)| {
                let sig = g.w.subst_sig(sig, &[p], &[t]);
                g.w.implements(t, &[(name, sig)])
            })
        })
    }

    /// A declared type without parameters that has all these methods (its
    /// pointer, if `pointer`).
    pub fn implementer(&mut self, methods: &[(Name, Rc<Sig>)], pointer: bool) -> Option<TypeId> {
        self.find_decl(|g, t| {
            let t = if pointer { g.w.pointer(t) } else { t };
            g.w.implements(t, methods)
        })
    }

    fn find_decl(&mut self, mut fits: impl FnMut(&mut Self, TypeId) -> bool) -> Option<TypeId> {
        let own = self.first_decl..self.w.decls.len();
        let n = self.foreign.len() + own.len();
        let from = self.rng.below(n);
        for i in 0..n {
            let at = (from + i) % n;
            let d = match self.foreign.get(at) {
                Some(&d) => d,
                None => DeclId((self.first_decl + at - self.foreign.len()) as u32),
            };
            let decl = self.w.decl(d);
            if !decl.params.is_empty() || decl.methods.is_empty() || decl.kind == Kind::Alias {
                continue;
            }
            let t = self.w.named(d, Vec::new());
            if fits(self, t) {
                return Some(t);
            }
        }
        None
    }
}
