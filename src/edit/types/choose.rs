//! Types to put in a place: names in scope, and instances whose arguments satisfy the
//! constraints. The functions call each other, because a type argument is a type.

use super::basic::{basic, is_any};
use super::carry::carried;
use super::demands::{Demands, demands};
use super::methods::with_methods;
use crate::edit::env::{Choice, Env};
use crate::goast::build::{
    array_of, func_of, ident, instance, int, interface_of, map_of, slice_of, star,
};
use crate::goast::scope::{Object, ObjectKind};
use crate::goast::{ChanDir, ChanType, Expr};
use crate::rng::Rng;

/// A type that may stand where values are declared.
pub(crate) fn some_type(env: &Env<'_>, rng: &mut Rng, depth: u32) -> Expr {
    if depth > 0 && rng.chance(20) {
        let elt = some_type(env, rng, depth - 1);
        return wrapped(elt, env, rng);
    }
    if rng.chance(25) {
        return basic(rng);
    }
    named_type(env, rng, depth).unwrap_or_else(|| basic(rng))
}

/// A declared type or type parameter that is in scope, instantiated.
pub(crate) fn named_type(env: &Env<'_>, rng: &mut Rng, depth: u32) -> Option<Expr> {
    let owner = env.owner.as_deref();
    let choices: Vec<Choice<'_>> = env
        .choices()
        .into_iter()
        .filter(|c| c.kind.is_type() && !c.constraint && (depth > 0 || c.arity == 0))
        .collect();
    let choice = rng.choose(&choices)?;
    let typ = instantiate(env, choice, rng, depth.saturating_sub(1))?;
    // A type cannot contain itself, only a pointer to itself.
    let own = matches!(&choice.expr, Expr::Ident(id) if Some(id.0.as_str()) == owner);
    Some(if own && !env.in_body { star(typ) } else { typ })
}

/// The choice with type arguments if it is generic.
pub(crate) fn instantiate(
    env: &Env<'_>,
    choice: &Choice<'_>,
    rng: &mut Rng,
    depth: u32,
) -> Option<Expr> {
    match choice.object {
        Some((home, o)) if !o.type_params.is_empty() => {
            let args = args_for(env, home, &o.type_params, rng, depth)?;
            Some(instance(choice.expr.clone(), args))
        }
        _ if choice.arity > 0 => {
            let args = (0..choice.arity).map(|_| basic(rng)).collect();
            Some(instance(choice.expr.clone(), args))
        }
        _ => Some(choice.expr.clone()),
    }
}

/// Type arguments for these type parameters, declared in package `home`.
pub(crate) fn args_for(
    env: &Env<'_>,
    home: usize,
    params: &[(String, Expr)],
    rng: &mut Rng,
    depth: u32,
) -> Option<Vec<Expr>> {
    params.iter().map(|(_, c)| satisfying(env, home, c, rng, depth)).collect()
}

/// A type with `elt` inside.
pub(crate) fn wrapped(elt: Expr, env: &Env<'_>, rng: &mut Rng) -> Expr {
    match rng.below(8) {
        0 | 1 => star(elt),
        2 => slice_of(elt),
        3 => map_of(ident("string"), elt),
        4 => {
            let dir = rng.choose(ChanDir::ALL).copied().unwrap_or(ChanDir::Both);
            Expr::ChanType(ChanType { dir, value: Box::new(elt) })
        }
        5 => Expr::FuncType(func_of(vec![elt], Vec::new())),
        6 => array_of(int(rng.between(1, 4) as u64), elt),
        _ => {
            // An instance of a generic type or alias of the program.
            let generic: Vec<_> = env
                .choices()
                .into_iter()
                .filter(|c| c.arity == 1 && c.kind == ObjectKind::TypeName && !c.constraint)
                .filter(|c| c.object.is_some_and(|(_, o)| unconstrained(o)))
                .collect();
            match rng.choose(&generic) {
                Some(c) => star(instance(c.expr.clone(), vec![elt])),
                None => star(elt),
            }
        }
    }
}

fn unconstrained(o: &Object) -> bool {
    o.type_params.iter().all(|(_, c)| is_any(c))
}

/// A type that satisfies a constraint of package `home`; `None` if none is
/// found.
pub(crate) fn satisfying(
    env: &Env<'_>,
    home: usize,
    constraint: &Expr,
    rng: &mut Rng,
    depth: u32,
) -> Option<Expr> {
    if is_any(constraint) {
        return Some(some_type(env, rng, depth.min(2)));
    }
    let mut want = Demands::default();
    demands(env, home, constraint, 8, &mut want)?;
    if !want.methods.is_empty() {
        return with_methods(env, &want, rng);
    }
    if want.terms.is_empty() {
        return Some(if want.comparable { basic(rng) } else { interface_of(Vec::new()) });
    }
    let fits: Vec<Expr> = want.terms.iter().filter_map(|(p, t)| carried(env, *p, t)).collect();
    rng.choose(&fits).cloned()
}
