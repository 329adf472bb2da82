//! Embed a type in a struct.

use super::super::build::{split_instance, star, unnamed};
use super::super::types::instantiate;
use super::super::walk::List;
use super::super::{Context, Operator};
use super::lists::add_to;
use crate::goast::scope::ObjectKind;
use crate::goast::{Expr, Field};
use crate::testcase::TestCase;

/// Adds an embedded field, by value, through a pointer, or of an alias.
#[derive(Clone, Copy, Debug)]
pub struct EmbedField;

impl Operator for EmbedField {
    fn name(&self) -> &'static str {
        "embed field"
    }

    fn weight(&self) -> u32 {
        6
    }

    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        add_to(case, cx, List::Struct, |fields, env, rng| {
            let own = env.owner.clone().unwrap_or_default();
            let choices: Vec<_> = env
                .choices()
                .into_iter()
                .filter(|c| c.kind == ObjectKind::TypeName && !c.constraint)
                .filter(|c| !fields.iter().any(|f| field_names(f).any(|n| n == last(&c.expr))))
                .collect();
            let choice = rng.choose(&choices)?;
            let typ = instantiate(env, choice, rng, 1)?;
            // A pointer to an interface or to a pointer cannot be embedded.
            let bare = choice.object.is_some_and(|(_, o)| match &o.typ {
                Some(Expr::InterfaceType(_) | Expr::StarExpr(_)) => true,
                Some(t) => o.alias && !matches!(t, Expr::StructType(_)),
                None => true,
            });
            let itself = last(&typ) == own;
            let pointer = itself || (!bare && rng.chance(50));
            Some(unnamed(if pointer { star(typ) } else { typ }))
        })
    }
}

/// The name that an embedded type gives its field.
pub(super) fn last(typ: &Expr) -> &str {
    match split_instance(typ).0 {
        Expr::Ident(id) => &id.0,
        Expr::SelectorExpr(s) => &s.sel.0,
        Expr::StarExpr(s) => last(&s.x),
        _ => "",
    }
}

/// The names of a struct's field, also of an embedded one.
pub(crate) fn field_names(f: &Field) -> impl Iterator<Item = &str> {
    let embedded = f.names.is_empty().then(|| last(&f.typ));
    f.names.iter().map(|n| n.0.as_str()).chain(embedded)
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
