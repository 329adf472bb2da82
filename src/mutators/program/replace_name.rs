//! Replace a reference by another name that is in scope.

use super::super::{Context, Operator};
use crate::edit::env::{Choice, Env, Found};
use crate::edit::types::instantiate;
use crate::edit::walk::change_expr;
use crate::goast::Expr;
use crate::goast::Role;
use crate::goast::build::split_instance;
use crate::goast::scope::ObjectKind;
use crate::testcase::TestCase;

/// A type becomes another type; a function, variable or constant another of
/// its kind, preferably of the same written type.
#[derive(Clone, Copy, Debug)]
pub struct ReplaceName;

impl Operator for ReplaceName {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        change_expr(
            case,
            cx.rng,
            |e, role, env| match role {
                Role::Type | Role::TypeArg | Role::Rhs(_) => {
                    let named = env.resolve(split_instance(e).0).is_some();
                    if !named {
                        0
                    } else if env.in_body {
                        1
                    } else {
                        5
                    }
                }
                Role::Value | Role::Callee => u32::from(env.resolve(e).is_some()),
                _ => 0,
            },
            |e, role, env, rng| {
                let fits: Vec<_> = env
                    .choices()
                    .into_iter()
                    .filter(|c| c.expr != *split_instance(e).0 && fits(c, e, role, env))
                    .collect();
                let Some(choice) = rng.choose(&fits) else { return false };
                if role.takes_any_type() {
                    let Some(typ) = instantiate(env, choice, rng, 1) else { return false };
                    *e = typ;
                } else {
                    *e = choice.expr.clone();
                }
                true
            },
        )
    }
}

fn fits(c: &Choice<'_>, e: &Expr, role: Role, env: &Env<'_>) -> bool {
    if role.takes_any_type() {
        // A declaration's right-hand side is never a type parameter.
        let param = c.kind == ObjectKind::TypeParam && matches!(role, Role::Rhs(_));
        return c.kind.is_type() && !c.constraint && !param;
    }
    let typ = |f: Found<'_>| match f {
        Found::Local(l) => l.typ.clone(),
        Found::Object(_, o) => o.typ.clone(),
        _ => None,
    };
    let Some(was) = env.resolve(e) else { return false };
    let is = env.resolve(&c.expr);
    was.kind() == Some(c.kind)
        && c.kind.is_value()
        && is.is_some_and(|is| typ(is) == typ(was) && is.arity() == was.arity())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
-func Use(n int) float64 {
+func Use(n lib.Pair[float64, lib.Shape]) float64 {
"#;
        example(&ReplaceName, 2, want);
    }
}
