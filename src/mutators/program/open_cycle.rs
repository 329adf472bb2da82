//! Open a cycle between types.

use super::super::{Context, Operator};
use crate::edit::env::Found;
use crate::edit::references::mentions;
use crate::edit::types::basic;
use crate::edit::walk::change_expr;
use crate::goast::Expr;
use crate::goast::Role;
use crate::testcase::TestCase;

/// Replaces a use of a type inside its own declaration by a basic type.
#[derive(Clone, Copy, Debug)]
pub struct OpenCycle;

impl Operator for OpenCycle {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        change_expr(
            case,
            cx.rng,
            |e, role, env| {
                let fits = matches!(role, Role::Type | Role::TypeArg) && !env.in_body;
                u32::from(fits && mentions_owner(e, env))
            },
            |e, _, _, rng| {
                *e = basic(rng);
                true
            },
        )
    }
}

/// Whether the type is the declared one, or one whose declaration names it.
fn mentions_owner(e: &Expr, env: &crate::edit::env::Env<'_>) -> bool {
    let (generic, _) = crate::goast::build::split_instance(e);
    let (Expr::Ident(id), Some(owner)) = (generic, env.owner.as_deref()) else { return false };
    if id.0 == owner {
        return true;
    }
    match env.lookup(&id.0) {
        Some(Found::Object(p, o)) if p == env.package => {
            o.typ.as_ref().is_some_and(|t| mentions(t, owner))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
-	Left, Right *Tree
+	Left, Right *int8
"#;
        example(&OpenCycle, 1, want);
    }
}
