//! Swap two types.

use super::super::{Context, Operator};
use crate::edit::env::Env;
use crate::edit::symbols::Symbols;
use crate::edit::walk::{Next, Site, walk};
use crate::goast::Expr;
use crate::goast::Role;
use crate::testcase::TestCase;

/// Exchanges two types of a package; neither mentions anything local.
#[derive(Clone, Copy, Debug)]
pub struct SwapTypes;

impl Operator for SwapTypes {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let symbols = Symbols::new(case);
        let mut all = Vec::new();
        let mut n = 0;
        walk(case, &symbols, |site, env| {
            n += 1;
            if let Site::Expr(e, role) = site
                && wanted(e, role, env)
            {
                all.push((n, env.package, e.clone()));
                return Next::Past;
            }
            Next::In
        });
        let Some((a, package, x)) = cx.rng.choose(&all).cloned() else { return false };
        all.retain(|(_, p, e)| *p == package && *e != x);
        let Some((b, _, y)) = cx.rng.choose(&all).cloned() else { return false };
        n = 0;
        walk(case, &symbols, |site, env| {
            n += 1;
            if let Site::Expr(e, role) = site
                && wanted(e, role, env)
            {
                if n == a {
                    *e = y.clone();
                } else if n == b {
                    *e = x.clone();
                }
                return Next::Past;
            }
            Next::In
        });
        true
    }
}

fn wanted(e: &Expr, role: Role, env: &Env<'_>) -> bool {
    matches!(role, Role::Type | Role::TypeArg) && env.locals.is_empty() && env.is_type(e)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
-	Data        lib.Pair[string, lib.Ints]
+	Data        float64
-func Use(n int) float64 {
+func Use(n int) lib.Pair[string, lib.Ints] {
"#;
        example(&SwapTypes, 2, want);
    }
}
