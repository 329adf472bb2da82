//! Predeclared types, and the constraint that every type satisfies.

use crate::goast::Expr;
use crate::goast::build::ident;
use crate::rng::Rng;

/// Basic types to choose from; all of them can be compared.
const PLAIN: &[&str] = &["int", "string", "bool", "byte", "float64", "int8", "uint"];

/// A predeclared type.
pub(crate) fn basic(rng: &mut Rng) -> Expr {
    ident(rng.choose(PLAIN).copied().unwrap_or("int"))
}

/// Whether every type satisfies a constraint.
pub(crate) fn is_any(constraint: &Expr) -> bool {
    match constraint {
        Expr::Ident(id) => id.0 == "any",
        Expr::InterfaceType(i) => i.methods.is_empty(),
        _ => false,
    }
}
