//! Change the constraint of a type parameter.

use super::super::{Context, Operator};
use crate::edit::types::{instantiate, is_any};
use crate::edit::walk::change_expr;
use crate::goast::Role;
use crate::goast::build::{ident, interface_of, unnamed};
use crate::goast::{BinaryExpr, Expr, Token, UnaryExpr};
use crate::testcase::TestCase;

/// Loosens a constraint to `any`, or asks for something that many types
/// have: `comparable`, a union, an interface of the program.
#[derive(Clone, Copy, Debug)]
pub struct ChangeConstraint;

impl Operator for ChangeConstraint {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        change_expr(
            case,
            cx.rng,
            |e, role, _| match role {
                Role::Constraint if is_any(e) => 3,
                Role::Constraint => 2,
                _ => 0,
            },
            |e, _, env, rng| {
                let interfaces: Vec<_> = env
                    .choices()
                    .into_iter()
                    .filter(|c| {
                        c.object.is_some_and(|(_, o)| matches!(o.typ, Some(Expr::InterfaceType(_))))
                    })
                    .collect();
                *e = match rng.below(10) {
                    0..=2 if !is_any(e) => ident("any"),
                    0..=2 => interface_of(Vec::new()),
                    3..=5 => ident("comparable"),
                    6 => interface_of(vec![unnamed(union())]),
                    7 => union(),
                    _ => {
                        let Some(choice) = rng.choose(&interfaces) else { return false };
                        let Some(typ) = instantiate(env, choice, rng, 1) else { return false };
                        typ
                    }
                };
                true
            },
        )
    }
}

/// `~int | ~string`, which most type arguments are.
fn union() -> Expr {
    let tilde = |name| Expr::UnaryExpr(UnaryExpr { op: Token::Tilde, x: Box::new(ident(name)) });
    let (x, y) = (Box::new(tilde("int")), Box::new(tilde("string")));
    Expr::BinaryExpr(BinaryExpr { x, op: Token::Or, y })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
-func Map[A, B any](x A, f func(A) B) B {
+func Map[A, B ~int | ~string](x A, f func(A) B) B {
"#;
        example(&ChangeConstraint, 1, want);
    }
}
