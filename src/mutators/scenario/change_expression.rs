//! Change an expression that is evaluated.

use super::super::{Context, Operator};
use super::pick;
use crate::edit::symbols::Symbols;
use crate::generate::asks;
use crate::goast::scope::PackageScope;
use crate::rng::Rng;
use crate::scenario::{OperandKind, OperandMut, Operation, Parts, replaced};
use crate::testcase::TestCase;

/// If nothing is evaluated, an evaluation is added. The expression becomes part of another one, gets another type argument, or names another object
/// of the package.
#[derive(Clone, Copy, Debug)]
pub struct ChangeExpression;

/// The longest expression that is made longer.
const LONGEST: usize = 400;

/// Expressions around a value, then around a type.
const AROUND: [(&str, &str); 10] = [
    ("any(", ")"),
    ("[]any{", "}"),
    ("func() any { return ", " }"),
    ("struct{ f any }{", "}"),
    ("func() { _ = ", " }"),
    ("new(", ")"),
    ("func(p ", ") { _ = p }"),
    ("struct{ f ", " }{}"),
    ("[]interface{ Ask(", ") }{}"),
    ("(map[string]", ")(nil)"),
];

impl Operator for ChangeExpression {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let symbols = Symbols::new(case);
        let evaluates = |op: &Operation| op.row().has(OperandKind::Expr);
        if !case.scenario.operations().any(evaluates) {
            let Some(package) = pick::dependency(case, &symbols, cx.rng) else { return false };
            let Some(op) = pick::evaluation(&package, &symbols, cx.rng) else { return false };
            let Some(list) = pick::list(&mut case.scenario, cx.rng) else { return false };
            return pick::insert(list, op, cx.rng);
        }
        let Some(op) = pick::operation_mut(&mut case.scenario, cx.rng, evaluates) else {
            return false;
        };
        let [OperandMut::Home(package), _, OperandMut::Expr(expr)] = &mut op.operands_mut()[..]
        else {
            return false;
        };
        let Some(home) = symbols.package(package) else { return false };
        let new = changed(expr, &symbols.packages[home].scope, cx.rng);
        let Some(new) = new.filter(|new| new != *expr) else { return false };
        **expr = new;
        true
    }
}

fn changed(text: &str, scope: &PackageScope, rng: &mut Rng) -> Option<String> {
    let parts = Parts::of(text);
    match rng.below(3) {
        0 if text.len() < LONGEST => {
            let (before, after) = rng.choose(&AROUND)?;
            Some(format!("{before}{text}{after}"))
        }
        1 => {
            let mut arguments = parts.brackets;
            arguments.retain(|r| text[..r.start].ends_with('[') && !r.is_empty());
            let at = rng.choose(&arguments)?;
            Some(replaced(text, at, &asks::type_text(rng, scope)))
        }
        _ => {
            let mut names = parts.words;
            names.retain(|r| scope.objects.contains_key(&text[r.clone()]));
            let at = rng.choose(&names)?;
            let old = &scope.objects[&text[at.clone()]];
            let like: Vec<&String> = scope
                .objects
                .iter()
                .filter(|(_, o)| o.kind == old.kind && o.type_params.len() == old.type_params.len())
                .map(|(name, _)| name)
                .collect();
            Some(replaced(text, at, rng.choose(&like)?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::sample;

    #[test]
    fn expressions_are_nested_and_their_names_and_type_arguments_replaced() {
        let case = sample();
        let scope = &Symbols::new(&case).packages[0].scope;
        let all: Vec<String> = (0..200)
            .filter_map(|seed| changed("List[int]{}", scope, &mut Rng::new(seed)))
            .collect();
        for want in ["any(List[int]{})", "List[", "[int]{}"] {
            let differs = |e: &&String| e.contains(want) && *e != "List[int]{}";
            assert!(all.iter().any(|e| differs(&e)), "{want}: {all:?}");
        }
    }
}
