//! Erase type arguments, so that they are inferred.

use super::super::{Context, Operator};
use crate::edit::env::Found;
use crate::edit::references::rebuild_instance;
use crate::edit::walk::change_expr;
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
        change_expr(
            case,
            cx.rng,
            |e, role, env| {
                if matches!(role, Role::Generic | Role::Receiver) {
                    return 0;
                }
                let (generic, args) = split_instance(e);
                match env.resolve(generic) {
                    Some(Found::Object(_, o)) if !args.is_empty() => {
                        if o.kind == ObjectKind::Func {
                            20
                        } else {
                            1
                        }
                    }
                    _ => 0,
                }
            },
            |e, _, _, rng| {
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
