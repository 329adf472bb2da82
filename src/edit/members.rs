//! Fields and methods: the names of fields, the types that can have methods.

use super::symbols::Symbols;
use crate::goast::build::split_instance;
use crate::goast::scope::{Object, ObjectKind};
use crate::goast::{Expr, Field};

/// The name that an embedded type gives its field.
pub(crate) fn embedded_name(typ: &Expr) -> &str {
    match split_instance(typ).0 {
        Expr::Ident(id) => &id.0,
        Expr::SelectorExpr(s) => &s.sel.0,
        Expr::StarExpr(s) => embedded_name(&s.x),
        _ => "",
    }
}

/// The names that a field of a struct has; an embedded field has one.
pub(crate) fn field_names(f: &Field) -> impl Iterator<Item = &str> {
    let embedded = f.names.is_empty().then(|| embedded_name(&f.typ));
    f.names.iter().map(|n| n.0.as_str()).chain(embedded)
}

/// Whether methods can be declared on it: a defined type of this package
/// that is neither a pointer nor an interface, or an alias of one.
pub(crate) fn may_have_methods(symbols: &Symbols, package: usize, o: &Object, depth: u32) -> bool {
    if o.kind != ObjectKind::TypeName || depth == 0 {
        return false;
    }
    let Some(typ) = &o.typ else { return false };
    let (generic, args) = split_instance(typ);
    match (generic, o.alias) {
        (Expr::StarExpr(_) | Expr::InterfaceType(_), _) => false,
        (Expr::Ident(id), true) => {
            // Only an alias without parameters or arguments.
            o.type_params.is_empty()
                && args.is_empty()
                && symbols.object(package, &id.0).is_some_and(|t| {
                    t.type_params.is_empty() && may_have_methods(symbols, package, t, depth - 1)
                })
        }
        (_, true) => false,
        (Expr::Ident(id), false) => match symbols.object(package, &id.0) {
            Some(t) => underlying_takes_methods(symbols, package, t, depth - 1),
            None => !matches!(id.0.as_str(), "any" | "error" | "comparable"),
        },
        (Expr::SelectorExpr(_), false) => false,
        _ => true,
    }
}

/// Whether the type that another is defined by is no pointer or interface.
fn underlying_takes_methods(symbols: &Symbols, package: usize, o: &Object, depth: u32) -> bool {
    if depth == 0 {
        return false;
    }
    match o.typ.as_ref().map(|t| split_instance(t).0) {
        Some(Expr::StarExpr(_) | Expr::InterfaceType(_) | Expr::SelectorExpr(_)) | None => false,
        Some(Expr::Ident(id)) => match symbols.object(package, &id.0) {
            Some(t) => underlying_takes_methods(symbols, package, t, depth - 1),
            None => !matches!(id.0.as_str(), "any" | "error" | "comparable"),
        },
        Some(_) => true,
    }
}
