//! Unwrap a type: replace it by its element, key, field or argument.

use super::super::{Context, Operator};
use crate::edit::walk::change_expr;
use crate::goast::Expr;
use crate::goast::Role;
use crate::testcase::TestCase;

/// Replaces a composite type or an instance by one of its parts.
#[derive(Clone, Copy, Debug)]
pub struct UnwrapType;

impl Operator for UnwrapType {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        change_expr(
            case,
            cx.rng,
            |e, role, env| match role {
                Role::Type | Role::TypeArg if !parts(e).is_empty() => {
                    if env.in_body {
                        1
                    } else {
                        5
                    }
                }
                _ => 0,
            },
            |e, _, _, rng| {
                let Some(part) = rng.choose(&parts(e)).map(|p| (*p).clone()) else {
                    return false;
                };
                *e = part;
                true
            },
        )
    }
}

fn parts(e: &Expr) -> Vec<&Expr> {
    match e {
        Expr::StarExpr(s) => vec![&s.x],
        Expr::ArrayType(a) => vec![&a.elt],
        Expr::MapType(m) => vec![&m.key, &m.value],
        Expr::ChanType(c) => vec![&c.value],
        Expr::IndexExpr(i) => vec![&i.index],
        Expr::IndexListExpr(i) => i.indices.iter().collect(),
        Expr::StructType(s) => {
            s.fields.iter().filter(|f| !f.names.is_empty()).map(|f| &f.typ).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
-func Len(l *lib.List[int]) int {
+func Len(l lib.List[int]) int {
"#;
        example(&UnwrapType, 1, want);
    }
}
