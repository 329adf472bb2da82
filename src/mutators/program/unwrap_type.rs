//! Unwrap a type: replace it by its element, key, field or argument.

use super::super::{Context, Operator};
use crate::edit::symbols::Symbols;
use crate::edit::walk::{Site, at_random};
use crate::goast::Expr;
use crate::goast::Role;
use crate::testcase::TestCase;

/// Replaces a composite type or an instance by one of its parts.
#[derive(Clone, Copy, Debug)]
pub struct UnwrapType;

impl Operator for UnwrapType {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let symbols = Symbols::new(case);
        at_random(
            case,
            &symbols,
            cx.rng,
            |site, env| match site {
                Site::Expr(e, Role::Type | Role::TypeArg) if !parts(e).is_empty() => {
                    if env.in_body { 1 } else { 5 }
                }
                _ => 0,
            },
            |site, _, rng| {
                let Site::Expr(e, _) = site else { return false };
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
