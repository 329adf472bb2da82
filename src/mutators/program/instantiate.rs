//! Instantiate with another argument.

use super::super::build::{array_of, split_instance};
use super::super::env::Found;
use super::super::references::rebuild_instance;
use super::super::symbols::Symbols;
use super::super::types::{basic, is_any, satisfying};
use super::super::walk::{Role, Site, at_random};
use super::super::{Context, Operator};
use crate::testcase::TestCase;

/// Replaces one type argument of an instance by another that satisfies the
/// constraint, as far as can be seen.
#[derive(Clone, Copy, Debug)]
pub struct Instantiate;

impl Operator for Instantiate {
    fn name(&self) -> &'static str {
        "instantiate"
    }

    fn weight(&self) -> u32 {
        12
    }

    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let symbols = Symbols::new(case);
        at_random(
            case,
            &symbols,
            cx.rng,
            |site, env| match site {
                // Elsewhere values of the type are at work.
                Site::Expr(e, role) if role.is_type() || *role == Role::Embedded => {
                    let (generic, args) = split_instance(e);
                    let known = !args.is_empty() && env.resolve(generic).is_some();
                    if known { if env.in_body { 1 } else { 4 } } else { 0 }
                }
                _ => 0,
            },
            |site, env, rng| {
                let Site::Expr(e, _) = site else { return false };
                let (generic, args) = split_instance(e);
                let n = rng.below(args.len());
                let new = match env.resolve(generic) {
                    Some(Found::Object(home, o)) => match o.type_params.get(n) {
                        // A length makes an instance that no one has yet.
                        Some((_, c)) if is_any(c) && rng.chance(30) => {
                            Some(array_of(rng.between(1, 9), basic(rng)))
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
