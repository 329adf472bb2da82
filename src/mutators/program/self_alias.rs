//! Turn a type into an alias of itself.

use super::super::{Context, Operator};
use crate::edit::address;
use crate::edit::references::{mentions, on_receivers};
use crate::edit::symbols::Symbols;
use crate::go_release;
use crate::goast::build::{ident, instance, type_decl};
use crate::goast::scope::flatten;
use crate::goast::{Ident, TypeSpec};
use crate::testcase::TestCase;

/// `type T U` becomes `type T1 U` and `type T = T1`; a generic type gets a
/// generic alias. Methods move with the type, or stay declared on the
/// alias where the language allows it.
#[derive(Clone, Copy, Debug)]
pub struct SelfAlias;

impl Operator for SelfAlias {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let symbols = Symbols::new(case);
        let all: Vec<_> = address::types(case)
            .into_iter()
            .filter(|a| {
                address::type_spec(case, *a).is_some_and(|t| {
                    // An alias in its own constraint is a known limitation
                    // of go/types (golang.org/issue/78296): always a panic.
                    let itself =
                        flatten(&t.type_params).iter().any(|(_, c)| mentions(c, &t.name.0));
                    t.name.0 != "_"
                        && !itself
                        && (t.type_params.is_empty()
                            || go_release::has_generic_aliases(cx.go_minor))
                })
            })
            .collect();
        let Some(&at) = cx.rng.choose(&all) else { return false };
        let Some(spec) = address::type_spec_mut(case, at) else { return false };
        let (old, new) = (spec.name.0.clone(), symbols.fresh(&spec.name.0));
        spec.name = Ident(new.clone());
        let params = spec.type_params.clone();
        let args = flatten(&params).into_iter().map(|(n, _)| ident(&n)).collect();
        let generic = !params.is_empty();
        // A receiver may not be an instance of a generic alias.
        if generic || cx.rng.chance(50) {
            on_receivers(case, at.package, &old, |typ| {
                if let Some(id) = address::receiver_ident_mut(typ) {
                    id.0.clone_from(&new);
                }
            });
        }
        let typ = instance(ident(&new), args);
        let alias = TypeSpec { name: Ident(old), type_params: params, assign: true, typ };
        address::append(case, at.package, at.file, [type_decl(alias)]);
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
-type List[T any] struct {
+type List1[T any] struct {
-func (l *List[T]) Push(v T) *List[T] {
+func (l *List1[T]) Push(v T) *List[T] {
+
+type List[T any] = List1[T]
"#;
        example(&SelfAlias, 3, want);
    }
}
