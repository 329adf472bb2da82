//! Alias what is shared: the same instance reached through a second name.

use super::super::{Context, Operator};
use crate::edit::address;
use crate::edit::env::Env;
use crate::edit::references::on_uses;
use crate::edit::symbols::Symbols;
use crate::edit::walk::{Site, at_random};
use crate::goast::Role;
use crate::goast::build::{ident, split_instance, type_decl};
use crate::goast::{Expr, Ident, TypeSpec};
use crate::testcase::TestCase;

/// Declares `type A = T[int]` for an instance in the program, and writes `A` in
/// some of its places.
#[derive(Clone, Copy, Debug)]
pub struct AliasInstance;

impl Operator for AliasInstance {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let symbols = Symbols::new(case);
        let alias = symbols.fresh("A");
        let mut found = None;
        at_random(
            case,
            &symbols,
            cx.rng,
            |site, env| match site {
                Site::Expr(e, role) => whole_instance(e, *role, env),
                _ => 0,
            },
            |site, env, _| {
                let Site::Expr(e, _) = site else { return false };
                found = Some((env.package, env.file, e.clone()));
                *e = ident(&alias);
                true
            },
        );
        let Some((package, file, typ)) = found else { return false };
        if cx.rng.chance(50)
            && let Expr::Ident(Ident(name)) = split_instance(&typ).0.clone()
        {
            let rng = &mut *cx.rng;
            on_uses(case, &symbols, package, &name, |e, role, env| {
                let same = env.package == package && *e == typ;
                if same && role == Role::Type && rng.chance(50) {
                    *e = ident(&alias);
                }
            });
        }
        let spec = TypeSpec { name: Ident(alias), type_params: Vec::new(), assign: true, typ };
        address::append(case, package, file, [type_decl(spec)]);
        true
    }
}

/// The weight of a named type that a package-level declaration can repeat, 0 for anything
/// else. An instance is more interesting than a plain type.
pub(super) fn whole_instance(e: &Expr, role: Role, env: &Env<'_>) -> u32 {
    if !matches!(role, Role::Type | Role::TypeArg) {
        return 0;
    }
    let (generic, args) = split_instance(e);
    let named = matches!(generic, Expr::Ident(_) | Expr::SelectorExpr(_));
    // An instance with a local name in it cannot be declared at package level.
    let closed = env.locals.is_empty() && named && env.is_type(generic);
    // A generic type without arguments is not a type.
    let whole = env.resolve(generic).is_some_and(|f| f.arity() == args.len());
    match closed && whole {
        true if args.is_empty() => 1,
        true => 6,
        false => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
-var Head *List[string]
+var Head *A1
+
+type A1 = List[string]
"#;
        example(&AliasInstance, 5, want);
    }
}
