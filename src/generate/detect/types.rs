//! Features of type declarations, methods, instances and type parameters.

use std::collections::BTreeSet;

use super::super::features::Feature;
use super::Reader;
use super::names::{is_hidden, is_type_form, name_of, type_args};
use crate::goast::walk::walk_expr;
use crate::goast::{Expr, Field, FuncDecl, Role, TypeSpec, Visitor};

impl Reader<'_> {
    pub(super) fn type_spec(&mut self, t: &TypeSpec) {
        use Feature as F;
        let generic = !t.type_params.is_empty();
        let first = match (t.assign, generic) {
            (true, true) => F::GenericAlias,
            (true, false) => F::Alias,
            (false, true) => F::GenericType,
            (false, false) => return self.plain_type_spec(t),
        };
        self.has(first);
        self.plain_type_spec(t);
    }

    fn plain_type_spec(&mut self, t: &TypeSpec) {
        use Feature as F;
        if t.type_params.iter().any(|p| name_of(&p.typ) == Some(&t.name.0)) {
            self.has(F::RecursiveConstraint);
        }
        if is_hidden(&t.name.0) {
            self.has(F::Hidden);
        }
        if self.in_func {
            self.has(F::LocalType);
        }
        if t.assign {
            return;
        }
        self.recursion(t);
        let form = match &t.typ {
            Expr::StructType(_) => Some(F::StructType),
            Expr::StarExpr(_) => Some(F::PointerType),
            Expr::ArrayType(a) if a.len.is_none() => Some(F::SliceType),
            Expr::ArrayType(_) => Some(F::ArrayType),
            Expr::MapType(_) => Some(F::MapType),
            Expr::ChanType(_) => Some(F::ChanType),
            Expr::FuncType(_) => Some(F::FuncType),
            Expr::InterfaceType(i) => {
                let set = |m: &Field| {
                    m.names.is_empty() && matches!(m.typ, Expr::UnaryExpr(_) | Expr::BinaryExpr(_))
                };
                let constraint = i.methods.iter().any(set);
                Some(if constraint { F::ConstraintType } else { F::InterfaceType })
            }
            x => name_of(x)
                .filter(|n| n.starts_with(|c: char| c.is_ascii_uppercase()))
                .map(|_| F::Definition),
        };
        if let Some(form) = form {
            self.has(form);
        }
    }

    pub(super) fn method(&mut self, f: &FuncDecl, recv: &Field) {
        use Feature as F;
        if !f.typ.type_params.is_empty() {
            self.has(F::GenericMethod);
        }
        let pointer = matches!(recv.typ, Expr::StarExpr(_));
        self.has(if pointer { F::PointerReceiver } else { F::ValueReceiver });
        let text = recv.typ.print();
        if self.aliases.contains(&(self.path, text.trim_start_matches('*'))) {
            self.has(F::AliasReceiver);
        }
        if ["T1", "P1", "Q1"].iter().any(|p| text.contains(p)) {
            self.has(F::RenamedReceiver);
        }
        for x in f.typ.params.iter().chain(&f.typ.results) {
            let text = x.typ.print();
            if self.generic_aliases.iter().any(|a| text.contains(&format!("{a}["))) {
                self.has(F::AliasInSignature);
            }
        }
    }

    pub(super) fn instance(&mut self, generic: &Expr, args: &[Expr], role: Role) {
        use Feature as F;
        let Some(name) = name_of(generic) else { return };
        if !(role.is_type() || args.iter().any(is_type_form)) {
            return;
        }
        let own = self.generic.as_str();
        if args.iter().any(|a| mentions_any(a, &self.params)) {
            // With a type argument in place of the parameter it is an instance
            // that no source text names.
            if name != own && !own.is_empty() && !role.is_constraint() {
                self.open.insert(self.generic.clone());
            }
        } else {
            self.closed.insert(name.to_owned());
        }
        if self.in_method && name == own && args.iter().any(|a| name_of(a) == Some(name)) {
            self.has(F::InstantiationCycle);
        }
        let text: Vec<String> = args.iter().map(Expr::print).collect();
        self.instances.entry(name.to_owned()).or_default().insert(text.join(","));
        if self.in_method {
            self.has(F::InstanceInSignature);
        }
        if role.is_constraint() {
            self.has(F::GenericConstraint);
            if self.is_alias(generic) {
                self.has(F::AliasInConstraint);
            }
        }
        if role == Role::Embedded {
            self.has(F::EmbeddedInstance);
        }
        let nested = |a: &Expr| matches!(a, Expr::IndexExpr(_) | Expr::IndexListExpr(_));
        if args.iter().any(nested) {
            self.has(F::NestedInstance);
        }
    }

    pub(super) fn type_param(&mut self, f: &Field) {
        use Feature as F;
        let text = f.typ.print();
        let own = f.names.first().map_or("", |n| n.0.as_str());
        if let Expr::InterfaceType(i) = &f.typ {
            if !i.methods.is_empty() && text.contains(&format!("({own})")) {
                self.has(F::SelfConstraint);
            }
            let pointer = i.methods.iter().any(|m| matches!(m.typ, Expr::StarExpr(_)));
            if pointer && i.methods.len() > 1 {
                self.has(F::PointerConstraint);
            }
        }
        if text.starts_with("~[]") || text.starts_with("~map") || text.starts_with("~func") {
            self.has(F::CoreConstraint);
        }
        if text == "comparable" {
            self.has(F::Comparable);
        }
    }
}

impl Reader<'_> {
    /// The paths by which a type refers to itself.
    fn recursion(&mut self, t: &TypeSpec) {
        let mut via = BTreeSet::new();
        paths(&t.typ, &t.name.0, None, &mut via);
        if !t.type_params.is_empty() && via.contains(&Feature::RecursiveInterface) {
            self.has(Feature::RecursiveGenericInterface);
        }
        self.found.append(&mut via);
    }
}

/// Adds the innermost form around each mention of `own`.
fn paths(e: &Expr, own: &str, via: Option<Feature>, out: &mut BTreeSet<Feature>) {
    use Feature as F;
    match e {
        Expr::Ident(n) if n.0 == own => out.extend(via),
        Expr::IndexExpr(_) | Expr::IndexListExpr(_) => {
            if matches!(e, Expr::IndexExpr(x) if matches!(&*x.x, Expr::Ident(n) if n.0 == own))
                || matches!(e, Expr::IndexListExpr(x) if matches!(&*x.x, Expr::Ident(n) if n.0 == own))
            {
                out.extend(via);
            }
            for a in type_args(e) {
                paths(a, own, Some(F::RecursiveArgument), out);
            }
        }
        Expr::StarExpr(x) => paths(&x.x, own, Some(F::RecursivePointer), out),
        Expr::ParenExpr(x) => paths(&x.x, own, via, out),
        Expr::ArrayType(a) if a.len.is_some() => paths(&a.elt, own, via, out),
        Expr::ArrayType(a) => paths(&a.elt, own, Some(F::RecursiveSlice), out),
        Expr::MapType(m) => {
            paths(&m.key, own, Some(F::RecursiveMap), out);
            paths(&m.value, own, Some(F::RecursiveMap), out);
        }
        Expr::ChanType(c) => paths(&c.value, own, Some(F::RecursiveChan), out),
        Expr::FuncType(f) => {
            for p in f.params.iter().chain(&f.results) {
                paths(&p.typ, own, Some(F::RecursiveFunc), out);
            }
        }
        Expr::StructType(s) => s.fields.iter().for_each(|f| paths(&f.typ, own, via, out)),
        Expr::InterfaceType(i) => {
            for m in &i.methods {
                match &m.typ {
                    Expr::FuncType(f) => {
                        for p in f.params.iter().chain(&f.results) {
                            paths(&p.typ, own, Some(F::RecursiveInterface), out);
                        }
                    }
                    x => paths(x, own, via, out),
                }
            }
        }
        _ => {}
    }
}

/// Whether one of the names occurs in a type.
fn mentions_any(e: &Expr, names: &BTreeSet<String>) -> bool {
    struct Search<'a>(&'a BTreeSet<String>, bool);
    impl Visitor for Search<'_> {
        fn expr(&mut self, e: &Expr, role: Role) {
            self.1 |= matches!(e, Expr::Ident(n) if self.0.contains(&n.0));
            walk_expr(self, e, role);
        }
    }
    let mut search = Search(names, false);
    search.expr(e, Role::Type);
    search.1
}
