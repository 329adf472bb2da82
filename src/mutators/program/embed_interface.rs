//! Embed an interface in an interface.

use super::super::{Context, Operator};
use super::lists::add_to;
use crate::edit::env::Choice;
use crate::edit::members::embedded_name;
use crate::edit::types::{asked_methods, instantiate};
use crate::goast::Expr;
use crate::goast::FieldRole;
use crate::goast::build::{interface_of, unnamed};
use crate::testcase::TestCase;

/// Adds an embedded interface. Only an interface that is already a constraint
/// gets `comparable` or another constraint.
#[derive(Clone, Copy, Debug)]
pub struct EmbedInterface;

impl Operator for EmbedInterface {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        add_to(case, cx, FieldRole::Interface, |elements, env, rng| {
            let own = env.owner.clone().unwrap_or_default();
            let constraint = env.package().scope.objects.get(&own).is_some_and(|o| o.constraint);
            let whole = interface_of(elements.to_vec());
            let has = asked_methods(env, env.package, &whole);
            let clash = |c: &Choice<'_>| {
                c.object
                    .and_then(|(p, o)| Some((p, o.typ.as_ref()?)))
                    .is_none_or(|(p, t)| asked_methods(env, p, t).iter().any(|m| has.contains(m)))
            };
            let choices: Vec<_> = env
                .choices()
                .into_iter()
                .filter(|c| constraint || !c.constraint)
                .filter(|c| embedded_name(&c.expr) != own)
                .filter(|c| {
                    c.object.is_some_and(|(_, o)| matches!(o.typ, Some(Expr::InterfaceType(_))))
                })
                .collect();
            // Two methods of the same name must be identical, so this is seldom tried.
            let keep = rng.chance(10);
            let choices: Vec<_> = choices.into_iter().filter(|c| keep || !clash(c)).collect();
            let choice = rng.choose(&choices)?;
            let typ = instantiate(env, choice, rng, 1)?;
            Some(unnamed(typ))
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
-type Number interface{ ~int | ~float64 }
+type Number interface {
+	~int | ~float64
+	Shape
+}
+
"#;
        example(&EmbedInterface, 3, want);
    }
}
