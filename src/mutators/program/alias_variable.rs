//! Alias what is shared: a second variable of the same instance.

use super::super::{Context, Operator};
use super::alias_instance::whole_instance;
use crate::edit::address;
use crate::edit::walk::change_expr;
use crate::goast::build::{star, var_decl};
use crate::testcase::TestCase;

/// Declares an exported variable whose type is an instance in the program, or a
/// pointer to it. The first goroutine that needs the type then expands it.
#[derive(Clone, Copy, Debug)]
pub struct AliasVariable;

impl Operator for AliasVariable {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let pointer = cx.rng.chance(50);
        let mut found = None;
        change_expr(case, cx.rng, whole_instance, |e, _, env, _| {
            let typ = if pointer { star(e.clone()) } else { e.clone() };
            found = Some((env.package, env.file, env.symbols.fresh("V"), typ));
            true
        });
        let Some((package, file, name, typ)) = found else { return false };
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
