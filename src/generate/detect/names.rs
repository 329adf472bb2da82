//! What the names and forms in generated programs reveal.

use crate::goast::Expr;

/// The last name of `x`, `p.x` and their instances.
pub(super) fn name_of(e: &Expr) -> Option<&str> {
    match e {
        Expr::Ident(n) => Some(&n.0),
        Expr::SelectorExpr(x) if matches!(*x.x, Expr::Ident(_)) => Some(&x.sel.0),
        Expr::IndexExpr(x) => name_of(&x.x),
        Expr::IndexListExpr(x) => name_of(&x.x),
        _ => None,
    }
}

/// Whether an expression can only be a type: by its form, or because a name
/// is spelled as generated types are.
pub(super) fn is_type_form(e: &Expr) -> bool {
    match e {
        Expr::Ident(n) => {
            let b = n.0.as_bytes();
            b[0].is_ascii_uppercase() && b[0] != b'X' && b.len() < 3
                || ["int", "string", "any", "bool", "byte", "rune"].contains(&n.0.as_str())
        }
        Expr::SelectorExpr(x) => {
            matches!(*x.x, Expr::Ident(_)) && is_type_form(&Expr::Ident(x.sel.clone()))
        }
        Expr::IndexExpr(x) => is_type_form(&x.x),
        Expr::IndexListExpr(_)
        | Expr::ArrayType(_)
        | Expr::MapType(_)
        | Expr::ChanType(_)
        | Expr::FuncType(_)
        | Expr::StructType(_)
        | Expr::InterfaceType(_) => true,
        Expr::StarExpr(x) => is_type_form(&x.x),
        _ => false,
    }
}

pub(super) fn is_hidden(name: &str) -> bool {
    name != "_" && name != "own" && name.starts_with(|c: char| c.is_ascii_lowercase())
}

/// How many selectors, calls and indices follow one another.
pub(super) fn steps(e: &Expr) -> usize {
    match e {
        Expr::SelectorExpr(x) => 1 + steps(&x.x),
        Expr::CallExpr(x) => steps(&x.fun),
        Expr::IndexExpr(x) => steps(&x.x),
        Expr::ParenExpr(x) => steps(&x.x),
        Expr::StarExpr(x) => steps(&x.x),
        _ => 0,
    }
}

/// A receiver's type without pointer and parentheses.
pub(super) fn base_type(e: &Expr) -> &Expr {
    match e {
        Expr::StarExpr(x) => base_type(&x.x),
        Expr::ParenExpr(x) => base_type(&x.x),
        _ => e,
    }
}

/// The type arguments of an instance.
pub(super) fn type_args(e: &Expr) -> &[Expr] {
    match e {
        Expr::IndexExpr(x) => std::slice::from_ref(&x.index),
        Expr::IndexListExpr(x) => &x.indices,
        _ => &[],
    }
}
