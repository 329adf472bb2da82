//! Instances: the number of type arguments, and their constraints.

use std::collections::BTreeSet;

use super::MOST;
use crate::edit::address;
use crate::edit::env::{Env, Found};
use crate::edit::references::rebuild_instance;
use crate::edit::symbols::Symbols;
use crate::edit::types::{basic, satisfying, violates};
use crate::edit::walk::{Next, Site, walk};
use crate::goast::Role;
use crate::goast::build::{ident, split_instance};
use crate::goast::{Expr, Field};
use crate::rng::Rng;
use crate::testcase::TestCase;

/// Gives every instance as many type arguments as the type or function has
/// parameters, and generic types arguments where there are none.
pub(super) fn fix(case: &mut TestCase, rng: &mut Rng) {
    let symbols = Symbols::new(case);
    let mut hopeless = BTreeSet::new();
    let mut left = MOST;
    walk(case, &symbols, |site, env| {
        let Site::Expr(e, role) = site else { return Next::In };
        if left == 0 || matches!(role, Role::Generic | Role::Receiver) {
            return Next::In;
        }
        let (generic, args) = split_instance(e);
        let Some(found) = env.resolve(generic) else { return Next::In };
        let Some(kind) = found.kind() else { return Next::In };
        let (arity, n) = (found.arity(), args.len());
        // A function's arguments may be inferred, and a variable's index is not a type argument.
        if n == arity && n > 0 && kind.is_type() {
            left -= usize::from(satisfy(e, env, rng, &mut hopeless));
            return Next::In;
        }
        let excess = n > arity && (kind.is_type() || arity > 0 || all_types(env, &args));
        let lack = n < arity && kind.is_type();
        if !excess && !lack {
            return Next::In;
        }
        left -= 1;
        let own = match found {
            Found::Object(home, o) => o.type_params[n.min(arity)..]
                .iter()
                .map(|(_, c)| satisfying(env, home, c, rng, 1))
                .collect::<Vec<_>>(),
            _ => Vec::new(),
        };
        rebuild_instance(e, &mut |args| {
            args.truncate(arity);
            for new in &own {
                args.push(new.clone().unwrap_or_else(|| basic(rng)));
            }
            while args.len() < arity {
                args.push(basic(rng));
            }
        });
        Next::In
    });
    loosen(case, &hopeless);
}

/// Package, type and index of a type parameter.
type Param = (usize, String, usize);

/// Replaces constraints that no known type satisfies by `any`.
fn loosen(case: &mut TestCase, hopeless: &BTreeSet<Param>) {
    for (package, name, n) in hopeless {
        for at in address::types(case).into_iter().filter(|a| a.package == *package) {
            let Some(spec) = address::type_spec_mut(case, at) else { continue };
            if spec.name.0 == *name {
                let each = |f: &Field| {
                    let one =
                        |id: &crate::goast::Ident| Field { names: vec![id.clone()], ..f.clone() };
                    f.names.iter().map(one).collect::<Vec<_>>()
                };
                spec.type_params = spec.type_params.iter().flat_map(each).collect();
                if let Some(f) = spec.type_params.get_mut(*n) {
                    f.typ = ident("any");
                }
            }
        }
    }
}

fn all_types(env: &Env<'_>, args: &[&Expr]) -> bool {
    args.iter().all(|a| env.is_type(a))
}

/// Replaces arguments that clearly violate their constraints. True if there were any.
fn satisfy(e: &mut Expr, env: &Env<'_>, rng: &mut Rng, hopeless: &mut BTreeSet<Param>) -> bool {
    let (generic, args) = split_instance(e);
    let Some(Found::Object(home, o)) = env.resolve(generic) else { return false };
    let name = match generic {
        Expr::Ident(id) => &id.0,
        Expr::SelectorExpr(s) => &s.sel.0,
        _ => return false,
    };
    let mut new = Vec::new();
    for (n, ((_, c), a)) in o.type_params.iter().zip(args).enumerate() {
        let other = if violates(env, home, c, a) { satisfying(env, home, c, rng, 1) } else { None };
        if other.is_none() && violates(env, home, c, a) {
            hopeless.insert((home, name.clone(), n));
        }
        new.push(other);
    }
    if new.iter().all(Option::is_none) {
        return false;
    }
    rebuild_instance(e, &mut |args| {
        for (a, n) in args.iter_mut().zip(&new) {
            if let Some(n) = n {
                a.clone_from(n);
            }
        }
    });
    true
}
