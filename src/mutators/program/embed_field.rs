//! Embed a type in a struct.

use super::super::{Context, Operator};
use super::lists::add_to;
use crate::edit::members::{embedded_name, field_names};
use crate::edit::types::instantiate;
use crate::goast::Expr;
use crate::goast::FieldRole;
use crate::goast::build::{star, unnamed};
use crate::goast::scope::ObjectKind;
use crate::testcase::TestCase;

/// Adds an embedded field, by value, through a pointer, or of an alias.
#[derive(Clone, Copy, Debug)]
pub struct EmbedField;

impl Operator for EmbedField {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        add_to(case, cx, FieldRole::Struct, |fields, env, rng| {
            let own = env.owner.clone().unwrap_or_default();
            let choices: Vec<_> = env
                .choices()
                .into_iter()
                .filter(|c| c.kind == ObjectKind::TypeName && !c.constraint)
                .filter(|c| {
                    !fields.iter().any(|f| field_names(f).any(|n| n == embedded_name(&c.expr)))
                })
                .collect();
            let choice = rng.choose(&choices)?;
            let typ = instantiate(env, choice, rng, 1)?;
            // A pointer to an interface or to a pointer cannot be embedded.
            let bare = choice.object.is_some_and(|(_, o)| match &o.typ {
                Some(Expr::InterfaceType(_) | Expr::StarExpr(_)) => true,
                Some(t) => o.alias && !matches!(t, Expr::StructType(_)),
                None => true,
            });
            let itself = embedded_name(&typ) == own;
            let pointer = itself || (!bare && rng.chance(50));
            Some(unnamed(if pointer { star(typ) } else { typ }))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
+	*lib.Pair[float64, lib.Shape]
"#;
        example(&EmbedField, 2, want);
    }
}
