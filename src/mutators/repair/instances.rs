//! Arities of instances.

use crate::goast::Expr;
use crate::mutators::build::split_instance;
use crate::mutators::env::{Env, Found};
use crate::mutators::references::rebuild_instance;
use crate::mutators::symbols::Symbols;
use crate::mutators::types::{basic, satisfying, violates};
use crate::mutators::walk::{Go, Role, Site, walk};
use crate::rng::Rng;
use crate::testcase::TestCase;

/// Gives every instance as many type arguments as the type or function has
/// parameters, and generic types arguments where there are none.
pub(super) fn mend(case: &mut TestCase, rng: &mut Rng) {
    let symbols = Symbols::new(case);
    walk(case, &symbols, |site, env| {
        let Site::Expr(e, role) = site else { return Go::In };
        if matches!(role, Role::Generic | Role::Receiver) {
            return Go::In;
        }
        let (generic, args) = split_instance(e);
        let Some(found) = env.resolve(generic) else { return Go::In };
        let Some(kind) = found.kind() else { return Go::In };
        let (arity, n) = (found.arity(), args.len());
        // A function's arguments may be inferred; a variable's index is none.
        if n == arity && n > 0 && kind.is_type() {
            satisfy(e, env, rng);
            return Go::In;
        }
        let excess = n > arity && (kind.is_type() || arity > 0 || all_types(env, &args));
        let lack = n < arity && kind.is_type();
        if !excess && !lack {
            return Go::In;
        }
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
        Go::In
    });
}

fn all_types(env: &Env<'_>, args: &[&Expr]) -> bool {
    args.iter().all(|a| env.is_type(a))
}

/// Replaces arguments that are seen not to satisfy their constraints.
fn satisfy(e: &mut Expr, env: &Env<'_>, rng: &mut Rng) {
    let (generic, args) = split_instance(e);
    let Some(Found::Object(home, o)) = env.resolve(generic) else { return };
    let new: Vec<Option<Expr>> = o
        .type_params
        .iter()
        .zip(args)
        .map(
            |((_, c), a)| {
                if violates(env, home, c, a) { satisfying(env, home, c, rng, 1) } else { None }
            },
        )
        .collect();
    if new.iter().all(Option::is_none) {
        return;
    }
    rebuild_instance(e, &mut |args| {
        for (a, n) in args.iter_mut().zip(&new) {
            if let Some(n) = n {
                a.clone_from(n);
            }
        }
    });
}
