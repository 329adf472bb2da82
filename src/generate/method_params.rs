//! Type parameters of methods (Go 1.27), with constraints that mention the receiver's type and its
//! type parameters.

use std::rc::Rc;

use super::Gen;
use super::model::{Basic, DeclId, FieldVar, Iface, ParamId, Type, TypeId};
use super::types::{Site, Want};

impl Gen<'_> {
    /// A method's own type parameters; their names differ from the receiver's.
    pub fn method_type_params(&mut self, d: DeclId) -> Vec<ParamId> {
        let any = self.w.basic(Basic::Any);
        let comparable = self.w.basic(Basic::Comparable);
        let first = self.w.new_param("M0", any);
        let second = self.w.new_param("M1", any);
        let (first_type, second_type) = (self.w.param_type(first), self.w.param_type(second));
        match self.rng.below(12) {
            0..3 => {}
            3 => self.constrain(first, comparable),
            // The receiver's type, as a term, inside a term or as a type argument.
            4..7 => {
                let constraint = self.over_receiver(d);
                self.constrain(first, constraint);
            }
            7 => {
                let terms = self.method_terms(d);
                self.constrain(first, terms);
            }
            // Another parameter, which comes before or after.
            8 => {
                let constraint = self.method_core(second_type);
                self.constrain(first, constraint);
                return vec![first, second];
            }
            9 => {
                let constraint = self.method_core(first_type);
                self.constrain(second, constraint);
                return vec![first, second];
            }
            10 => {
                // `interface{ comparable; struct{ V M1 } }`
                self.constrain(second, comparable);
                let field = FieldVar { name: "V", typ: second_type, embedded: false };
                let term = self.w.intern(Type::Struct([field].into()));
                let embeds = vec![comparable];
                let iface = Iface { embeds, terms: vec![(false, term)], ..Iface::default() };
                let constraint = self.w.intern(Type::Interface(Rc::new(iface)));
                self.constrain(first, constraint);
                return vec![first, second];
            }
            _ => return vec![first, second],
        }
        vec![first]
    }

    fn constrain(&mut self, p: ParamId, constraint: TypeId) {
        self.w.params[p.0 as usize].constraint = constraint;
    }

    fn single_term(&mut self, tilde: bool, term: TypeId) -> TypeId {
        let iface = Iface { terms: vec![(tilde, term)], ..Iface::default() };
        self.w.intern(Type::Interface(Rc::new(iface)))
    }

    /// A constraint that mentions the receiver's type: `L[T]`, `interface{ *L[T] }`, `~[]L[T]`.
    fn over_receiver(&mut self, d: DeclId) -> TypeId {
        let this = self.w.generic(d);
        match self.rng.below(4) {
            0 | 1 => self.single_term(false, this),
            2 => {
                let term = self.w.pointer(this);
                self.single_term(false, term)
            }
            _ => {
                let term = self.w.slice(this);
                self.single_term(true, term)
            }
        }
    }

    /// `~[]P`, `*P`, `~map[string]P` or `~func(P)` of another parameter.
    fn method_core(&mut self, p: TypeId) -> TypeId {
        match self.rng.below(3) {
            0 => {
                let term = self.w.slice(p);
                self.single_term(true, term)
            }
            1 => {
                let term = self.w.pointer(p);
                self.single_term(false, term)
            }
            _ => {
                let k = self.w.basic(Basic::String);
                let term = self.w.intern(Type::Map(k, p));
                self.single_term(true, term)
            }
        }
    }

    /// A union of basic types and of a type over the receiver's parameters.
    fn method_terms(&mut self, d: DeclId) -> TypeId {
        let params = self.w.decl(d).params.to_vec();
        let level = self.w.decl(d).level;
        let site = Site { level, ..Site::code(params) };
        let int = self.w.basic(Basic::Int);
        let string = self.w.basic(Basic::String);
        let mut terms = vec![(true, int), (true, string)];
        let inner = self.random_type(&site, Want { depth: 1, ..Want::ANY });
        terms.push((false, self.w.slice(inner)));
        self.w.intern(Type::Interface(Rc::new(Iface { terms, ..Iface::default() })))
    }
}
