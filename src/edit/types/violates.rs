//! Type arguments that clearly violate a constraint.

use super::basic::is_any;
use super::compare::comparable;
use super::demands::{Demands, demands};
use crate::edit::env::{Env, Found};
use crate::goast::Expr;
use crate::goast::build::split_instance;
use crate::goast::scope::ObjectKind;

/// Whether an argument clearly violates a constraint of package `home`.
pub(crate) fn violates(env: &Env<'_>, home: usize, constraint: &Expr, arg: &Expr) -> bool {
    if is_any(constraint) {
        return false;
    }
    let param = match arg {
        Expr::Ident(id) => match env.lookup(&id.0) {
            Some(Found::Local(l)) if l.kind == ObjectKind::TypeParam => Some(l),
            _ => None,
        },
        _ => None,
    };
    let mut want = Demands::default();
    if demands(env, home, constraint, 8, &mut want).is_none() {
        return false;
    }
    if let Some(param) = param {
        // A parameter satisfies its own constraint; nothing more is known of it.
        return match &param.typ {
            Some(c) => is_any(c),
            None => false,
        };
    }
    if want.comparable && !comparable(arg, env, 6) {
        return true;
    }
    let mut arg = arg.clone();
    for _ in 0..6 {
        match env.resolve(&arg) {
            Some(Found::Object(p, o)) if o.alias && p == env.package => match &o.typ {
                Some(t) if o.type_params.is_empty() => arg = t.clone(),
                _ => break,
            },
            _ => break,
        }
    }
    let arg = &arg;
    let literal = |e: &Expr| match split_instance(e).0 {
        Expr::Ident(id) => matches!(env.lookup(&id.0), Some(Found::Universe(_))),
        Expr::SelectorExpr(_) => false,
        _ => true,
    };
    let bare = literal(arg) && !matches!(arg, Expr::InterfaceType(_));
    let error = matches!(arg, Expr::Ident(id) if id.0 == "error" || id.0 == "any");
    if !want.methods.is_empty() {
        let pointer = matches!(arg, Expr::StarExpr(_));
        return (bare && !pointer && !error) || named_lacks(env, &want, arg);
    }
    let basic_terms = want.terms.iter().all(|(_, t)| literal(t));
    !want.terms.is_empty() && basic_terms && bare && !want.terms.iter().any(|(_, t)| t == arg)
}

/// Whether a declared type lacks a method that is asked for, going by names.
fn named_lacks(env: &Env<'_>, want: &Demands, arg: &Expr) -> bool {
    let (pointer, base) = match arg {
        Expr::StarExpr(s) => (true, &*s.x),
        e => (false, e),
    };
    let Some(Found::Object(p, o)) = env.resolve(split_instance(base).0) else { return false };
    // Methods may come by embedding or through the aliased type.
    let plain = match &o.typ {
        Some(Expr::StructType(s)) => s.fields.iter().all(|f| !f.names.is_empty()),
        Some(Expr::InterfaceType(_) | Expr::SelectorExpr(_)) | None => false,
        Some(_) => true,
    };
    if o.alias || !plain {
        return false;
    }
    let name = match split_instance(base).0 {
        Expr::Ident(id) => &id.0,
        Expr::SelectorExpr(s) => &s.sel.0,
        _ => return false,
    };
    let has = env.symbols.packages[p].scope.methods.get(name);
    !want
        .methods
        .keys()
        .all(|m| has.and_then(|h| h.get(m)).is_some_and(|own| pointer || !own.pointer))
}
