//! Random types that are legal in their places.

use std::rc::Rc;

use super::Gen;
use super::model::{Basic, DeclId, FieldVar, Iface, Kind, Len, Name, ParamId, Sig, Type, TypeId};
use super::names;
use crate::goast::ChanDir;

/// The forms of a type; [`super::policy::Policy::forms`] holds their weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Basic,
    Param,
    Pointer,
    Named,
    Slice,
    Array,
    Map,
    Chan,
    Func,
    Struct,
    Interface,
}

const FORMS: [Form; 11] = [
    Form::Basic,
    Form::Param,
    Form::Pointer,
    Form::Named,
    Form::Slice,
    Form::Array,
    Form::Map,
    Form::Chan,
    Form::Func,
    Form::Struct,
    Form::Interface,
];

const BASICS: [Basic; 14] = [
    Basic::Int,
    Basic::Int,
    Basic::String,
    Basic::Bool,
    Basic::Int8,
    Basic::Int64,
    Basic::Uint,
    Basic::Float64,
    Basic::Complex128,
    Basic::Byte,
    Basic::Rune,
    Basic::Any,
    Basic::Any,
    Basic::Error,
];

/// The place where a type is used.
#[derive(Clone, Debug)]
pub(super) struct Site {
    /// Type parameters in scope.
    pub params: Vec<ParamId>,
    /// The declaration whose right-hand side contains the type.
    pub owner: Option<DeclId>,
    /// See [`super::model::TypeDecl::level`].
    pub level: u8,
    /// Only types of other packages may be named: in constraints, where a
    /// cycle through a type of this package would be illegal.
    pub foreign_only: bool,
}

impl Site {
    /// In a function's signature or body, or a variable's type.
    pub fn code(params: Vec<ParamId>) -> Self {
        Self { params, owner: None, level: u8::MAX, foreign_only: false }
    }
}

/// Requirements on a type.
#[derive(Clone, Copy, Debug)]
pub(super) struct Want {
    /// The value is stored in place: a type that contains itself this way is
    /// infinite.
    pub direct: bool,
    /// Usable as a map's key.
    pub comparable: bool,
    /// The maximum depth of further nesting.
    pub depth: u8,
}

impl Want {
    pub const ANY: Want = Want { direct: false, comparable: false, depth: 3 };
    pub const DIRECT: Want = Want { direct: true, comparable: false, depth: 3 };

    fn inside(self) -> Want {
        Want { direct: false, comparable: false, depth: self.depth.saturating_sub(1) }
    }

    fn element(self) -> Want {
        Want { depth: self.depth.saturating_sub(1), ..self }
    }
}

/// Which type arguments an instance may have; see [`super::model::TypeDecl::level`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Args {
    Any,
    /// A bare type parameter, or a type without one.
    BareOrClosed,
    /// Types without a type parameter.
    Closed,
}

impl Gen<'_> {
    /// A random type.
    pub fn random_type(&mut self, site: &Site, want: Want) -> TypeId {
        for _ in 0..4 {
            if let Some(t) = self.try_type(site, want)
                && (!want.comparable || self.w.comparable(t))
            {
                return t;
            }
        }
        self.w.basic(if self.rng.chance(70) { Basic::Int } else { Basic::String })
    }

    fn try_type(&mut self, site: &Site, want: Want) -> Option<TypeId> {
        let form = if want.depth == 0 {
            *self.rng.choose(&FORMS[..2])?
        } else {
            FORMS[self.rng.weighted(&self.policy.forms)?]
        };
        let inside = want.inside();
        Some(match form {
            Form::Basic => {
                let b = *self.rng.choose(&BASICS)?;
                self.w.basic(b)
            }
            Form::Param => {
                let p = *self.rng.choose(&site.params)?;
                self.w.param_type(p)
            }
            Form::Named => self.random_named(site, want)?,
            Form::Pointer => {
                let e = self.random_type(site, inside);
                self.w.pointer(e)
            }
            Form::Slice => {
                let e = self.random_type(site, inside);
                self.w.slice(e)
            }
            Form::Array => {
                let n = self.random_len(site);
                let e = self.random_type(site, want.element());
                self.w.intern(Type::Array(n, e))
            }
            Form::Map => {
                let k = self.random_type(site, Want { comparable: true, ..inside });
                let v = self.random_type(site, inside);
                self.w.intern(Type::Map(k, v))
            }
            Form::Chan => {
                let dir = *self.rng.choose(ChanDir::ALL)?;
                let e = self.random_type(site, inside);
                self.w.intern(Type::Chan(dir, e))
            }
            Form::Func => {
                let sig = self.random_sig(site, inside.depth);
                self.w.intern(Type::Func(sig))
            }
            Form::Struct => {
                let n = self.rng.between(0, 2);
                let mut fields = Vec::with_capacity(n);
                for name in &names::FIELDS[..n] {
                    let typ = self.random_type(site, want.element());
                    fields.push(FieldVar { name, typ, embedded: false });
                }
                self.w.intern(Type::Struct(fields.into()))
            }
            Form::Interface => {
                let methods = self.random_methods(site, 2, inside.depth);
                let iface = Iface { methods, ..Iface::default() };
                self.w.intern(Type::Interface(Rc::new(iface)))
            }
        })
    }

    /// An array's length.
    pub fn random_len(&mut self, site: &Site) -> Len {
        if self.rng.chance(self.policy.lengths) {
            let own = &self.w.consts[self.package as usize];
            if !own.is_empty() && self.rng.chance(60) {
                return Len::Const(self.package, self.rng.below(own.len()) as u8);
            }
            let foreign = Site { foreign_only: true, params: Vec::new(), ..site.clone() };
            let t = self.random_type(&foreign, Want { depth: 1, ..Want::ANY });
            return Len::SizeofPointer(t);
        }
        Len::Lit(self.rng.between(0, 5) as u64)
    }

    /// A function's signature, whose types nest at most `depth` deep.
    pub fn random_sig(&mut self, site: &Site, depth: u8) -> Rc<Sig> {
        if self.wide() {
            return self.wide_sig(site, depth);
        }
        let want = Want { depth, ..Want::ANY };
        let params: Vec<_> = (0..self.rng.below(3)).map(|_| self.random_type(site, want)).collect();
        let results: Vec<_> = match self.rng.below(8) {
            0 => vec![],
            1 => vec![self.random_type(site, want), self.w.basic(Basic::Bool)],
            _ => vec![self.random_type(site, want)],
        };
        let mut sig = Sig { params, results, variadic: false };
        if self.rng.chance(6)
            && let Some(last) = sig.params.last_mut()
        {
            *last = self.w.slice(*last);
            sig.variadic = true;
        }
        Rc::new(sig)
    }

    /// Methods of an interface with distinct names.
    pub fn random_methods(&mut self, site: &Site, most: usize, depth: u8) -> Vec<(Name, Rc<Sig>)> {
        let n = self.rng.below(most + 1);
        let at = self.rng.below(names::METHODS.len() - most);
        (at..at + n).map(|i| (names::METHODS[i], self.random_sig(site, depth))).collect()
    }

    /// A declared type, or an instance of one, that may be named here.
    pub fn random_named(&mut self, site: &Site, want: Want) -> Option<TypeId> {
        for _ in 0..4 {
            let d = self.pick_decl()?;
            if !self.may_name(site, want, d) {
                continue;
            }
            if let Some(t) = self.instance_of(site, want, d) {
                return Some(t);
            }
        }
        None
    }

    /// A declaration of this package or one that it may import.
    pub fn pick_decl(&mut self) -> Option<DeclId> {
        let (foreign, own) = (self.foreign.len(), self.w.decls.len() - self.first_decl);
        if foreign > 0 && (own == 0 || self.rng.chance(55)) {
            return self.rng.choose(&self.foreign).copied();
        }
        (own > 0).then(|| DeclId((self.first_decl + self.rng.below(own)) as u32))
    }

    fn may_name(&mut self, site: &Site, want: Want, d: DeclId) -> bool {
        let decl = self.w.decl(d);
        if decl.kind == Kind::Constraint {
            return false;
        }
        if decl.package != self.package {
            return true;
        }
        if site.foreign_only {
            return false;
        }
        let Some(owner) = site.owner else { return true };
        let owner_is_alias = self.w.decl(owner).kind == Kind::Alias;
        let decl = self.w.decl(d);
        d < owner || !(want.direct || (owner_is_alias && decl.kind == Kind::Alias))
    }

    /// An instance of a declared type with arguments that satisfy its
    /// constraints; the type itself if it has no type parameters.
    pub fn instance_of(&mut self, site: &Site, want: Want, d: DeclId) -> Option<TypeId> {
        let decl = self.w.decl(d);
        if decl.params.is_empty() {
            return Some(self.w.named(d, Vec::new()));
        }
        let args = if decl.package != self.package || decl.level < site.level {
            Args::Any
        } else if decl.level == site.level {
            Args::BareOrClosed
        } else {
            Args::Closed
        };
        let params = decl.params.clone();
        let args = self.pick_args(site, want, &params, args)?;
        Some(self.w.named(d, args))
    }
}
