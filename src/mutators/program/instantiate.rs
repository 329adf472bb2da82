//! Instantiate with another argument.

use super::super::{Context, Operator};
use crate::edit::env::Found;
use crate::edit::references::rebuild_instance;
use crate::edit::types::{basic, is_any, satisfying};
use crate::edit::walk::change_expr;
use crate::goast::Role;
use crate::goast::build::{array_of, int, split_instance};
use crate::testcase::TestCase;

/// Replaces one type argument of an instance by another that satisfies the
/// constraint, as far as the declarations show it.
#[derive(Clone, Copy, Debug)]
pub struct Instantiate;

impl Operator for Instantiate {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        change_expr(
            case,
            cx.rng,
            |e, role, env| {
                // In other places values of the type are used.
                if !role.takes_any_type() && role != Role::Embedded {
                    return 0;
                }
                let (generic, args) = split_instance(e);
                let known = !args.is_empty() && env.resolve(generic).is_some();
                if known { if env.in_body { 1 } else { 4 } } else { 0 }
            },
            |e, _, env, rng| {
                let (generic, args) = split_instance(e);
                let n = rng.below(args.len());
                let new = match env.resolve(generic) {
                    Some(Found::Object(home, o)) => match o.type_params.get(n) {
                        // An array length makes an instance that does not exist yet.
                        Some((_, c)) if is_any(c) && rng.chance(30) => {
                            Some(array_of(int(rng.between(1, 9) as u64), basic(rng)))
                        }
                        Some((_, c)) => satisfying(env, home, c, rng, 2),
                        None => None,
                    },
                    _ => Some(basic(rng)),
                };
                let Some(new) = new else { return false };
                rebuild_instance(e, &mut |args| args[n] = new.clone());
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
-	Data        lib.Pair[string, lib.Ints]
+	Data        lib.Pair[string, [7]string]
"#;
        example(&Instantiate, 1, want);
    }
}
