//! Write out type arguments that a call infers.

use super::super::{Context, Operator};
use crate::edit::env::Found;
use crate::edit::references::rebuild_instance;
use crate::edit::types::satisfying;
use crate::edit::walk::change_expr;
use crate::goast::Role;
use crate::goast::build::split_instance;
use crate::goast::scope::ObjectKind;
use crate::testcase::TestCase;

/// Gives a generic function its first type argument, or the next.
#[derive(Clone, Copy, Debug)]
pub struct WriteTypeArgs;

impl Operator for WriteTypeArgs {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        change_expr(
            case,
            cx.rng,
            |e, role, env| match role {
                Role::Value | Role::Callee => {
                    let (generic, args) = split_instance(e);
                    match env.resolve(generic) {
                        Some(Found::Object(_, o)) if o.kind == ObjectKind::Func => {
                            u32::from(o.type_params.len() > args.len())
                        }
                        _ => 0,
                    }
                }
                _ => 0,
            },
            |e, _, env, rng| {
                let (generic, args) = split_instance(e);
                let n = args.len();
                let Some(Found::Object(home, o)) = env.resolve(generic) else { return false };
                let Some((_, c)) = o.type_params.get(n) else { return false };
                let Some(arg) = satisfying(env, home, c, rng, 1) else { return false };
                rebuild_instance(e, &mut |args| args.push(arg.clone()));
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
-var One = lib.Map("1", len)
+var One = lib.Map[int8]("1", len)
"#;
        example(&WriteTypeArgs, 1, want);
    }
}
