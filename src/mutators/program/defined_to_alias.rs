//! Turn a defined type into an alias of its right-hand side.

use super::super::{Context, Operator};
use crate::edit::address;
use crate::go_release;
use crate::goast::Decl;
use crate::goast::scope::method_base;
use crate::testcase::TestCase;

/// `type T U` becomes `type T = U`. If the alias cannot have methods,
/// they are sometimes dropped.
#[derive(Clone, Copy, Debug)]
pub struct DefinedToAlias;

impl Operator for DefinedToAlias {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let defined = |a: &address::Address| {
            address::type_spec(case, *a).is_some_and(|t| {
                !t.assign
                    && (t.type_params.is_empty() || go_release::has_generic_aliases(cx.go_minor))
            })
        };
        let all: Vec<_> = address::types(case).into_iter().filter(defined).collect();
        let Some(&at) = cx.rng.choose(&all) else { return false };
        let Some(spec) = address::type_spec_mut(case, at) else { return false };
        spec.assign = true;
        let name = spec.name.0.clone();
        if cx.rng.chance(80) {
            for file in &mut case.packages[at.package].files {
                file.tree.decls.retain(
                    |d| !matches!(d, Decl::FuncDecl(f) if method_base(f) == Some(name.as_str())),
                );
            }
        }
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
-type Square struct {
+type Square = struct {
"#;
        example(&DefinedToAlias, 41, want);
    }
}
