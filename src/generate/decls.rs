//! Type declarations: headers first, so that types may refer to later ones,
//! then right-hand sides.

use crate::goast::Ident;
use std::rc::Rc;

use super::Gen;
use super::model::{Basic, DeclId, FieldVar, Iface, Kind, ParamId, Sig, Type, TypeDecl, TypeId};
use super::names;
use super::types::{Site, Want};
use crate::go_release;
use crate::goast::{ChanDir, Decl, DeclTok, Expr, GenDecl, Spec, TypeSpec};

/// The forms of a type declaration; [`super::policy::Policy::kinds`] holds
/// their weights.
pub(super) const KINDS: [Kind; 12] = [
    Kind::Struct,
    Kind::Interface,
    Kind::Constraint,
    Kind::Basic,
    Kind::Pointer,
    Kind::Slice,
    Kind::Array,
    Kind::Map,
    Kind::Chan,
    Kind::Func,
    Kind::Copy,
    Kind::Alias,
];

const TERMS: [Basic; 5] = [Basic::Int, Basic::String, Basic::Float64, Basic::Int8, Basic::Uint];

impl Gen<'_> {
    /// A new declaration without a right-hand side; `None` if this package
    /// has run out of names.
    pub fn new_decl(&mut self, kind: Kind, params: Vec<ParamId>) -> Option<DeclId> {
        let row = self.package as usize;
        let hidden = self.rng.chance(self.policy.hidden);
        let name = if hidden {
            self.next_hidden_type += 1;
            *names::HIDDEN_TYPES[row].get(self.next_hidden_type - 1)?
        } else {
            self.next_type += 1;
            *names::TYPES[self.row()].get(self.next_type - 1)?
        };
        let comparable = match kind {
            Kind::Struct | Kind::Array => self.rng.chance(50),
            Kind::Interface | Kind::Basic | Kind::Pointer | Kind::Chan => true,
            _ => false,
        };
        self.w.decls.push(TypeDecl {
            package: self.package,
            name,
            kind,
            params: params.into(),
            rhs: None,
            comparable,
            level: self.rng.below(4) as u8,
            methods: Vec::new(),
        });
        Some(DeclId(self.w.decls.len() as u32 - 1))
    }

    /// Makes this package's types, right-hand sides included.
    pub fn declare_types(&mut self) {
        for _ in 0..self.rng.between(1, self.policy.types) {
            let kind = KINDS[self.rng.weighted(&self.policy.kinds).unwrap_or(0)];
            let generic = if kind == Kind::Alias {
                if go_release::has_generic_aliases(self.options.go_minor) {
                    self.policy.generic_alias
                } else {
                    0
                }
            } else {
                self.policy.generic
            };
            let generic = self.rng.chance(generic);
            let params = if generic { self.random_type_params() } else { Vec::new() };
            if self.new_decl(kind, params).is_none() {
                break;
            }
        }
        let mut at = self.first_decl;
        // Right-hand sides may add declarations.
        while at < self.w.decls.len() {
            if self.w.decls[at].rhs.is_none() {
                let d = DeclId(at as u32);
                let rhs = self.right_hand_side(d);
                self.w.decl_mut(d).rhs = Some(rhs);
            }
            at += 1;
        }
    }

    /// The places of the parts of a declaration.
    fn site(&self, d: DeclId) -> Site {
        let decl = self.w.decl(d);
        Site {
            params: decl.params.to_vec(),
            owner: Some(d),
            level: if decl.params.is_empty() { u8::MAX } else { decl.level },
            foreign_only: false,
        }
    }

    fn right_hand_side(&mut self, d: DeclId) -> TypeId {
        let site = self.site(d);
        let (kind, comparable) = (self.w.decl(d).kind, self.w.decl(d).comparable);
        let inside = Want::ANY;
        match kind {
            Kind::Struct => self.random_struct(d, &site, comparable),
            Kind::Interface => self.random_interface(&site),
            Kind::Constraint => self.random_constraint_interface(&site),
            Kind::Basic => {
                let b = [Basic::Int, Basic::String, Basic::Float64, Basic::Bool, Basic::Uint8];
                let b = b[self.rng.below(b.len())];
                self.w.basic(b)
            }
            Kind::Pointer => {
                let e = self.random_type(&site, inside);
                self.w.pointer(e)
            }
            Kind::Slice => {
                let e = self.random_type(&site, inside);
                self.w.slice(e)
            }
            Kind::Array => {
                let n = self.random_len(&site);
                let e = self.random_type(&site, Want { comparable, ..Want::DIRECT });
                self.w.intern(Type::Array(n, e))
            }
            Kind::Map => {
                let k = self.random_type(&site, Want { comparable: true, ..inside });
                let v = self.random_type(&site, inside);
                self.w.intern(Type::Map(k, v))
            }
            Kind::Chan => {
                let dir = ChanDir::ALL[self.rng.below(3)];
                let e = self.random_type(&site, inside);
                self.w.intern(Type::Chan(dir, e))
            }
            Kind::Func => {
                let sig = self.random_sig(&site, 2);
                self.w.intern(Type::Func(sig))
            }
            Kind::Copy | Kind::Alias => {
                let named = if kind == Kind::Copy || self.rng.chance(60) {
                    self.random_named(&site, Want::DIRECT)
                } else {
                    None
                };
                let t = named.unwrap_or_else(|| self.random_type(&site, Want::DIRECT));
                // Neither may be a bare type parameter.
                match self.w.get(t) {
                    Type::Param(_) => self.w.slice(t),
                    _ => t,
                }
            }
        }
    }

    fn random_struct(&mut self, d: DeclId, site: &Site, comparable: bool) -> TypeId {
        let mut fields: Vec<FieldVar> = Vec::new();
        if self.rng.chance(self.policy.embed) {
            for _ in 0..self.rng.between(1, 2) {
                if let Some((name, typ)) = self.embeddable(site, comparable)
                    && fields.iter().all(|f| f.name != name)
                {
                    fields.push(FieldVar { name, typ, embedded: true });
                }
            }
        }
        if self.wide() {
            self.wide_fields(&mut fields, site, comparable);
        }
        let mut at = self.rng.below(names::FIELDS.len());
        for _ in 0..self.rng.between(usize::from(fields.is_empty()), 3) {
            at = (at + 1) % names::FIELDS.len();
            let hidden = self.rng.chance(self.policy.hidden);
            let name = if hidden {
                names::HIDDEN_FIELDS[self.package as usize][at % 3]
            } else {
                names::FIELDS[at]
            };
            if fields.iter().any(|f| f.name == name) {
                continue;
            }
            let typ = if self.rng.chance(15) {
                self.around(d, comparable)
            } else {
                self.random_type(site, Want { comparable, ..Want::DIRECT })
            };
            fields.push(FieldVar { name, typ, embedded: false });
        }
        self.w.intern(Type::Struct(fields.into()))
    }

    /// A component of a struct that refers to the struct's own type: recursion through every form
    /// that does not store the value in place.
    fn around(&mut self, d: DeclId, comparable: bool) -> TypeId {
        let own = self.w.generic(d);
        let sig = Sig { params: vec![], results: vec![own], variadic: false };
        match self.rng.below(if comparable { 4 } else { 8 }) {
            0 | 1 => self.w.pointer(own),
            2 => self.w.intern(Type::Chan(ChanDir::Both, own)),
            3 => {
                let methods = vec![("Get", Rc::new(sig))];
                self.w.intern(Type::Interface(Rc::new(Iface { methods, ..Iface::default() })))
            }
            4 | 5 => self.w.slice(own),
            6 => self.w.intern(Type::Func(Rc::new(sig))),
            _ => {
                let k = self.w.basic(Basic::String);
                self.w.intern(Type::Map(k, own))
            }
        }
    }

    /// A type to embed, with the field's name.
    fn embeddable(&mut self, site: &Site, comparable: bool) -> Option<(&'static str, TypeId)> {
        for _ in 0..4 {
            let pointer = self.rng.chance(35);
            let want = Want { direct: true, comparable: comparable && !pointer, depth: 2 };
            let t = self.random_named(site, want)?;
            let Type::Named(d, _) = *self.w.get(t) else { return None };
            let name = self.w.decl(d).name;
            let Some(u) = self.w.underlying(t) else { continue };
            let interface = self.w.is_interface(t);
            if matches!(self.w.get(u), Type::Pointer(_) | Type::Param(_))
                || (want.comparable && !self.w.comparable(t))
                || (interface && pointer)
            {
                continue;
            }
            return Some((name, if pointer { self.w.pointer(t) } else { t }));
        }
        None
    }

    fn random_interface(&mut self, site: &Site) -> TypeId {
        let methods = match self.wide() {
            true => self.wide_methods(site),
            false => self.random_methods(site, 3, 2),
        };
        let mut embeds = Vec::new();
        if self.rng.chance(self.policy.embed)
            && let Some(t) = self.random_named(site, Want::DIRECT)
            && self.w.is_interface(t)
        {
            let set = self.w.type_set(t);
            if set.terms.is_none()
                && !set.comparable
                && set.methods.iter().all(|m| methods.iter().all(|have| have.0 != m.0))
            {
                embeds.push(t);
            }
        }
        self.w.intern(Type::Interface(Rc::new(Iface { methods, embeds, terms: vec![] })))
    }

    fn random_constraint_interface(&mut self, site: &Site) -> TypeId {
        let mut iface = Iface::default();
        if let (Some(&p), true) = (site.params.first(), self.rng.chance(60)) {
            let t = self.w.param_type(p);
            let term = match self.rng.below(3) {
                0 => self.w.slice(t),
                1 => self.w.pointer(t),
                _ => self.w.intern(Type::Chan(ChanDir::Both, t)),
            };
            iface.terms.push((true, term));
        } else {
            let n = self.rng.between(1, 3);
            let at = self.rng.below(TERMS.len() - n + 1);
            for &b in &TERMS[at..at + n] {
                let t = self.w.basic(b);
                iface.terms.push((self.rng.chance(70), t));
            }
            if self.wide() {
                iface.terms = self.wide_terms();
            }
        }
        if self.rng.chance(10) {
            iface.embeds.push(self.w.basic(Basic::Comparable));
            iface.terms.retain(|t| matches!(self.w.get(t.1), Type::Basic(_) | Type::Pointer(_)));
        }
        self.w.intern(Type::Interface(Rc::new(iface)))
    }

    /// The declaration of a type as syntax.
    pub fn type_decl(&mut self, d: DeclId) -> Decl {
        let decl = self.w.decl(d);
        let (name, kind, params) = (decl.name, decl.kind, decl.params.clone());
        let rhs = decl.rhs.unwrap_or(TypeId(0));
        let type_params = self.type_params(&params);
        let mut typ = self.type_expr(rhs);
        if let (Kind::Struct, Expr::StructType(s)) = (kind, &mut typ)
            && self.rng.chance(self.policy.tags)
            && let Some(f) = s.fields.first_mut()
        {
            f.tag = Some("`k:\"v\"`".to_owned());
        }
        let spec =
            TypeSpec { name: Ident::from(name), type_params, assign: kind == Kind::Alias, typ };
        let specs = vec![Spec::TypeSpec(spec)];
        Decl::GenDecl(GenDecl { tok: DeclTok::Type, grouped: false, specs })
    }
}
