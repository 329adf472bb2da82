//! Names that do not resolve.

use super::MOST;
use crate::edit::env::{Choice, Env};
use crate::edit::symbols::Symbols;
use crate::edit::types::{basic, instantiate};
use crate::edit::walk::{Next, Site, walk};
use crate::goast::Role;
use crate::goast::build::{ident, split_instance};
use crate::goast::scope::ObjectKind;
use crate::goast::{Expr, Ident};
use crate::rng::Rng;
use crate::testcase::TestCase;

/// Binds every type name that resolves to nothing, or to no type, to a type
/// in scope. Values are left to [`super::bodies`], because names do not show
/// which value fits.
pub(crate) fn bind_names(case: &mut TestCase, rng: &mut Rng) {
    let symbols = Symbols::new(case);
    let mut left = MOST;
    walk(case, &symbols, |site, env| {
        let Site::Expr(e, role) = site else { return Next::In };
        match role {
            _ if left == 0 => {}
            Role::Rhs(_)
            | Role::Type
            | Role::TypeArg
            | Role::MapKey
            | Role::LitType
            | Role::Used
            | Role::Embedded
            | Role::InterfaceElem
            | Role::Constraint => {
                if let Some(new) = bound(e, role, env, rng) {
                    *e = new;
                    left -= 1;
                }
            }
            Role::Len => {
                if let Expr::Ident(Ident(name)) = e
                    && env.lookup(name).and_then(|f| f.kind()) != Some(ObjectKind::Const)
                {
                    *e = crate::goast::build::int(rng.between(1, 4) as u64);
                }
            }
            _ => {}
        }
        Next::In
    });
}

/// A replacement for an expression that is not a type; `None` if it is one.
fn bound(e: &Expr, role: Role, env: &Env<'_>, rng: &mut Rng) -> Option<Expr> {
    let (generic, args) = split_instance(e);
    let known = match generic {
        Expr::Ident(_) | Expr::SelectorExpr(_) => env.is_type(generic),
        // A composite type, a pointer, or a constraint's terms.
        _ if args.is_empty() => return None,
        _ => false,
    };
    if known {
        return None;
    }
    let interface = |c: &Choice<'_>| {
        c.object.is_some_and(|(_, o)| matches!(o.typ, Some(Expr::InterfaceType(_))))
    };
    let choices: Vec<Choice<'_>> = env
        .choices()
        .into_iter()
        .filter(|c| match role {
            Role::Constraint | Role::InterfaceElem => interface(c),
            Role::Embedded => c.kind == ObjectKind::TypeName && !c.constraint,
            Role::Rhs(_) => c.kind == ObjectKind::TypeName && !c.constraint,
            _ => c.kind.is_type() && !c.constraint,
        })
        // A declaration can seldom contain itself.
        .filter(|c| !matches!(&c.expr, Expr::Ident(id) if Some(&id.0) == env.owner.as_ref()))
        .collect();
    let alike = |c: &&Choice<'_>| c.arity == args.len();
    let fits: Vec<&Choice<'_>> = choices.iter().filter(alike).collect();
    let chosen = match rng.choose(&fits) {
        Some(c) => Some(*c),
        None => rng.choose(&choices),
    };
    if let Some(c) = chosen {
        if c.arity == args.len() && !args.is_empty() {
            let args = args.into_iter().cloned().collect();
            return Some(crate::goast::build::instance(c.expr.clone(), args));
        }
        if let Some(typ) = instantiate(env, c, rng, 1) {
            return Some(typ);
        }
    }
    Some(match role {
        Role::Constraint | Role::InterfaceElem => ident("any"),
        _ => basic(rng),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::node_count;
    use crate::edit::test_support::unresolved;

    /// `L[map[U]V]` takes the place of `W`, and then that of `U` and `V` in it: 2 to the power of the
    /// maximum depth. After 20 minutes of a campaign this used up all memory.
    #[test]
    fn names_that_are_put_in_may_not_resolve_either() {
        for seed in 0..50 {
            let mut case = unresolved();
            bind_names(&mut case, &mut Rng::new(seed));
            assert!(node_count(&case) < 5_000, "seed {seed}");
        }
    }
}
