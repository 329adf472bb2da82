//! Wrap a type: pointer, slice, map, channel, function, array, struct,
//! generic type or alias.

use super::super::{Context, Operator};
use crate::edit::types::wrapped;
use crate::edit::walk::change_expr;
use crate::goast::Expr;
use crate::goast::Role;
use crate::goast::build::{field, ident, struct_of};
use crate::testcase::TestCase;

/// Puts a type inside another, in places where no value of it is used.
#[derive(Clone, Copy, Debug)]
pub struct WrapType;

impl Operator for WrapType {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        change_expr(
            case,
            cx.rng,
            |e, role, env| match role {
                Role::Type | Role::TypeArg => {
                    if env.in_body {
                        1
                    } else {
                        6
                    }
                }
                Role::Rhs(_) if matches!(e, Expr::InterfaceType(_)) => 0,
                Role::Rhs(_) => 3,
                _ => 0,
            },
            |e, role, env, rng| {
                let elt = std::mem::replace(e, ident("int"));
                *e = if rng.chance(12) || matches!(role, Role::Rhs(false)) {
                    struct_of(vec![field("F", elt)])
                } else {
                    wrapped(elt, env, rng)
                };
                true
            },
        )
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
+	Left, Right map[string]*Tree
"#;
        example(&WrapType, 6, want);
    }
}
