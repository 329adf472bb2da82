//! Wrap a type: pointer, slice, map, channel, function, array, struct,
//! generic type or alias.

use super::super::{Context, Operator};
use crate::edit::symbols::Symbols;
use crate::edit::types::wrapped;
use crate::edit::walk::{Site, at_random};
use crate::goast::Expr;
use crate::goast::Role;
use crate::goast::build::{field, ident, struct_of};
use crate::testcase::TestCase;

/// Puts a type inside another, in places where no value of it is used.
#[derive(Clone, Copy, Debug)]
pub struct WrapType;

impl Operator for WrapType {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let symbols = Symbols::new(case);
        at_random(
            case,
            &symbols,
            cx.rng,
            |site, env| match site {
                Site::Expr(_, Role::Type | Role::TypeArg) => {
                    if env.in_body {
                        1
                    } else {
                        6
                    }
                }
                Site::Expr(Expr::InterfaceType(_), Role::Rhs(_)) => 0,
                Site::Expr(_, Role::Rhs(_)) => 3,
                _ => 0,
            },
            |site, env, rng| {
                let Site::Expr(e, role) = site else { return false };
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
