//! Close a cycle between types.

use super::super::{Context, Operator};
use crate::edit::members::field_names;
use crate::edit::types::args_for;
use crate::edit::walk::change_fields;
use crate::goast::FieldRole;
use crate::goast::build::{field, func_of, ident, instance, slice_of, star};
use crate::goast::scope::ObjectKind;
use crate::goast::{Expr, FuncType};
use crate::testcase::TestCase;

/// Adds a field or an interface method whose type is declared later or around
/// it, mostly where the language allows it.
#[derive(Clone, Copy, Debug)]
pub struct CloseCycle;

impl Operator for CloseCycle {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        change_fields(
            case,
            cx.rng,
            |_, role, env| {
                let fits = matches!(role, FieldRole::Struct | FieldRole::Interface);
                u32::from(fits && env.owner.is_some())
            },
            |fields, list, env, rng| {
                let types: Vec<_> = env
                    .package()
                    .scope
                    .objects
                    .iter()
                    .filter(|(_, o)| o.kind == ObjectKind::TypeName && !o.constraint)
                    .collect();
                // Half of the cycles are of length one.
                let own = types.iter().find(|(n, _)| Some(*n) == env.owner.as_ref());
                let chosen = if rng.chance(50) { own } else { None };
                let Some((name, o)) = chosen.or_else(|| rng.choose(&types)) else { return false };
                let Some(args) = args_for(env, env.package, &o.type_params, rng, 1) else {
                    return false;
                };
                let typ = instance(ident(*name), args);
                let taken = |n: &str| fields.iter().any(|f| field_names(f).any(|x| x == n));
                let Some(new) =
                    ["Next", "Up", "Down", "Left", "Right"].into_iter().find(|n| !taken(n))
                else {
                    return false;
                };
                let typ = match list {
                    FieldRole::Interface => Expr::FuncType(method(typ, rng.chance(50))),
                    _ => match rng.below(20) {
                        0 => typ,
                        1..=4 => slice_of(typ),
                        5..=8 => Expr::FuncType(func_of(vec![typ], Vec::new())),
                        _ => star(typ),
                    },
                };
                fields.push(field(new, typ));
                true
            },
        )
    }
}

fn method(typ: Expr, result: bool) -> FuncType {
    if result { func_of(Vec::new(), vec![typ]) } else { func_of(vec![typ], Vec::new()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
-	Key K
-	Val V
+	Key  K
+	Val  V
+	Next *Pair[string, V]
"#;
        example(&CloseCycle, 6, want);
    }
}
