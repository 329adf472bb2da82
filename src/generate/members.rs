//! Fields and methods of a type, including promoted ones, as selectors find them.

use std::rc::Rc;

use super::model::{Name, ParamId, Sig, Type, TypeId};
use super::names;
use super::world::World;

/// The depth to which embedding is followed.
const MAX_DEPTH: usize = 6;

/// Something that a selector can name.
#[derive(Clone, Debug)]
pub(super) enum Member {
    /// A field; its value is addressable if the operand is, or through a
    /// pointer.
    Field { typ: TypeId, through_pointer: bool },
    /// A method.
    Method(MethodMember),
}

/// A method in a type's method set.
#[derive(Clone, Debug)]
pub(super) struct MethodMember {
    pub sig: Rc<Sig>,
    /// Type parameters of the method itself.
    pub own_params: Vec<ParamId>,
    /// Whether it has a pointer receiver and the operand is not a pointer.
    pub needs_address: bool,
}

impl World {
    /// What a package can select from a value of type `t`, in a fixed order. Ambiguous names are
    /// left out.
    pub fn members(&mut self, t: TypeId, package: u8) -> Vec<(Name, Member)> {
        let mut out: Vec<(Name, Member)> = Vec::new();
        let mut hidden: Vec<Name> = Vec::new();
        let mut seen: Vec<TypeId> = Vec::new();
        let mut level = vec![self.operand(t)];
        for _ in 0..MAX_DEPTH {
            let mut found: Vec<(Name, Member)> = Vec::new();
            let mut next: Vec<(TypeId, bool)> = Vec::new();
            // A type embedded twice at one depth makes its names ambiguous.
            let mut visited = Vec::new();
            for (base, pointer) in level {
                if seen.contains(&base) {
                    continue;
                }
                visited.push(base);
                self.own_members(base, pointer, &mut found, &mut next);
            }
            seen.append(&mut visited);
            found.retain(|(n, _)| {
                names::visible(n, package)
                    && !hidden.contains(n)
                    && !out.iter().any(|have| have.0 == *n)
            });
            while let Some((name, member)) = found.pop() {
                let before = found.len();
                found.retain(|have| have.0 != name);
                if found.len() == before {
                    out.push((name, member));
                } else {
                    hidden.push(name);
                }
            }
            if next.is_empty() {
                break;
            }
            level = next;
        }
        out
    }

    /// A method by name, in any package.
    pub fn lookup_method(&mut self, t: TypeId, name: &str) -> Option<MethodMember> {
        // The usual case has no embedding, and the declaration gives the answer.
        let package = self.package_of(t);
        self.members(t, package).into_iter().find_map(|(n, m)| match m {
            Member::Method(m) if n == name => Some(m),
            _ => None,
        })
    }

    fn package_of(&mut self, t: TypeId) -> u8 {
        let (base, _) = self.operand(t);
        match self.get(base) {
            Type::Named(d, _) => self.decl(*d).package,
            _ => 0,
        }
    }

    /// The type whose members a selector finds, and whether a pointer leads to it.
    fn operand(&mut self, t: TypeId) -> (TypeId, bool) {
        let t = self.unalias(t);
        match *self.get(t) {
            Type::Pointer(base) => (self.unalias(base), true),
            _ => (t, false),
        }
    }

    /// A generic method's signature and type parameters with the receiver's type arguments in the
    /// constraints: new parameters, if a constraint mentions the receiver's.
    fn subst_own(
        &mut self,
        sig: &Rc<Sig>,
        own: &[ParamId],
        params: &[ParamId],
        args: &[TypeId],
    ) -> (Rc<Sig>, Vec<ParamId>) {
        let constraints: Vec<TypeId> =
            own.iter().map(|&p| self.subst(self.param(p).constraint, params, args)).collect();
        if own.iter().zip(&constraints).all(|(&p, &c)| self.param(p).constraint == c) {
            return (Rc::clone(sig), own.to_vec());
        }
        let new: Vec<ParamId> =
            own.iter().map(|&p| self.new_param(self.param(p).name, TypeId(0))).collect();
        let types: Vec<TypeId> = new.iter().map(|&p| self.param_type(p)).collect();
        for (&p, &constraint) in new.iter().zip(&constraints) {
            self.params[p.0 as usize].constraint = self.subst(constraint, own, &types);
        }
        (self.subst_sig(sig, own, &types), new)
    }

    fn own_members(
        &mut self,
        base: TypeId,
        pointer: bool,
        found: &mut Vec<(Name, Member)>,
        next: &mut Vec<(TypeId, bool)>,
    ) {
        if let Type::Named(d, args) = self.get(base) {
            let (d, args) = (*d, Rc::clone(args));
            let decl = self.decl(d);
            let params = decl.params.clone();
            for m in decl.methods.clone() {
                let mut sig = self.subst_sig(&m.sig, &params, &args);
                let mut own_params = m.params;
                if !own_params.is_empty() && !params.is_empty() {
                    (sig, own_params) = self.subst_own(&sig, &own_params, &params, &args);
                }
                let needs_address = m.pointer && !pointer;
                let method = MethodMember { sig, own_params, needs_address };
                found.push((m.name, Member::Method(method)));
            }
        }
        let methods = match *self.get(base) {
            Type::Param(_) if pointer => return,
            Type::Param(p) => {
                let constraint = self.param(p).constraint;
                self.type_set(constraint).methods
            }
            _ => match self.underlying(base).map(|u| self.get(u).clone()) {
                Some(Type::Struct(fields)) => {
                    for f in fields.iter() {
                        let field = Member::Field { typ: f.typ, through_pointer: pointer };
                        found.push((f.name, field));
                        if f.embedded {
                            let (inner, through) = self.operand(f.typ);
                            next.push((inner, pointer || through));
                        }
                    }
                    return;
                }
                Some(Type::Interface(_) | Type::Basic(_))
                    if !pointer && self.is_interface(base) =>
                {
                    self.type_set(base).methods
                }
                _ => return,
            },
        };
        for (name, sig) in methods {
            let m = MethodMember { sig, own_params: Vec::new(), needs_address: false };
            found.push((name, Member::Method(m)));
        }
    }
}
