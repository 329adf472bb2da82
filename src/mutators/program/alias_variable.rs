//! Alias what is shared: a second variable of the same instance.

use super::super::{Context, Operator};
use crate::edit::address;
use crate::edit::symbols::Symbols;
use crate::edit::walk::{Site, at_random};
use crate::goast::Expr;
use crate::goast::Role;
use crate::goast::build::{split_instance, star, var_decl};
use crate::testcase::TestCase;

/// Declares an exported variable whose type is an instance in the program, or a
/// pointer to it. The first goroutine that needs the type then expands it.
#[derive(Clone, Copy, Debug)]
pub struct AliasVariable;

impl Operator for AliasVariable {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let symbols = Symbols::new(case);
        let pointer = cx.rng.chance(50);
        let mut found = None;
        at_random(
            case,
            &symbols,
            cx.rng,
            |site, env| match site {
                Site::Expr(e, Role::Type | Role::TypeArg) => {
                    let (generic, args) = split_instance(e);
                    let named = matches!(generic, Expr::Ident(_) | Expr::SelectorExpr(_));
                    let whole = named
                        && env.locals.is_empty()
                        && env.is_type(generic)
                        && env.resolve(generic).is_some_and(|f| f.arity() == args.len());
                    if whole { if args.is_empty() { 1 } else { 6 } } else { 0 }
                }
                _ => 0,
            },
            |site, env, _| {
                let Site::Expr(e, _) = site else { return false };
                let typ = if pointer { star(e.clone()) } else { e.clone() };
                found = Some((env.package, env.file, typ));
                true
            },
        );
        let Some((package, file, typ)) = found else { return false };
        let name = symbols.fresh("V");
        address::append(case, package, file, [var_decl(&name, typ)]);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
+
+var V1 lib.Shape
"#;
        example(&AliasVariable, 1, want);
    }
}
