//! Erase type arguments, so that they are inferred.

use super::super::{Context, Operator};
use crate::edit::env::Found;
use crate::edit::references::rebuild_instance;
use crate::edit::symbols::Symbols;
use crate::edit::walk::{Site, at_random};
use crate::goast::Role;
use crate::goast::build::split_instance;
use crate::goast::scope::ObjectKind;
use crate::testcase::TestCase;

/// Drops the last type argument of an instance, or all of them. Mostly of
/// functions, where the call may infer them; seldom of types.
#[derive(Clone, Copy, Debug)]
pub struct EraseTypeArgs;

impl Operator for EraseTypeArgs {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let symbols = Symbols::new(case);
        at_random(
            case,
            &symbols,
            cx.rng,
            |site, env| match site {
                Site::Expr(e, role) if !matches!(role, Role::Generic | Role::Receiver) => {
                    let (generic, args) = split_instance(e);
                    match env.resolve(generic) {
                        Some(Found::Object(_, o)) if !args.is_empty() => {
                            if o.kind == ObjectKind::Func { 20 } else { 1 }
                        }
                        _ => 0,
                    }
                }
                _ => 0,
            },
            |site, _, rng| {
                let Site::Expr(e, _) = site else { return false };
                let all = rng.chance(50);
                rebuild_instance(e, &mut |args| {
                    args.pop();
                    if all {
                        args.clear();
                    }
                });
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
-	m := lib.Map[int, string](n, func(int) string {
+	m := lib.Map[int](n, func(int) string {
"#;
        example(&EraseTypeArgs, 1, want);
    }
}
