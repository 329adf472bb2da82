//! Change what an operation is about.

use super::super::{Context, Operator};
use super::pick;
use crate::edit::symbols::Symbols;
use crate::scenario::Operation;
use crate::testcase::TestCase;

/// Another package, another object, other type arguments.
#[derive(Clone, Copy, Debug)]
pub struct ChangeTarget;

impl Operator for ChangeTarget {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let symbols = Symbols::new(case);
        let other_package = pick::package(case, cx.rng);
        let lists = case.scenario.go.iter_mut().chain([&mut case.scenario.before]);
        let mut all: Vec<&mut Operation> =
            lists.flatten().filter(|o| !matches!(o, Operation::Walk { .. })).collect();
        if all.is_empty() {
            return false;
        }
        let n = cx.rng.below(all.len());
        match &mut *all[n] {
            Operation::Check { package }
            | Operation::Import { package }
            | Operation::Export { package }
            | Operation::Ssa { package } => {
                let Some(other) = other_package else { return false };
                *package = other;
            }
            Operation::Instantiate { context, .. } if cx.rng.chance(25) => *context = !*context,
            op @ Operation::Instantiate { .. } => {
                let Some(new) = pick::instantiate(&symbols, cx.rng) else { return false };
                *op = new;
            }
            Operation::Query { query, target, other } => match cx.rng.below(3) {
                0 => *query = pick::query(cx.rng),
                1 => {
                    let Some(new) = pick::type_name(&symbols, cx.rng) else { return false };
                    *target = new;
                }
                _ => *other = pick::type_name(&symbols, cx.rng),
            },
            Operation::Eval { package, expr } | Operation::CheckExpr { package, expr } => {
                let Some(new) = pick::type_name(&symbols, cx.rng) else { return false };
                (*package, *expr) = (new.package, new.object);
            }
            Operation::Set { target, .. } => {
                let Some(new) = pick::type_name(&symbols, cx.rng) else { return false };
                *target = new;
            }
            Operation::Target { package, object, .. } => {
                let Some(new) = pick::type_name(&symbols, cx.rng) else { return false };
                let named = cx.rng.chance(50);
                (*package, *object) = (new.package, named.then_some(new.object));
            }
            Operation::Walk { .. } => return false,
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
-go     walk methodset lib shuffled 3 ; identical lib.Ints lib.List
+go     walk methodset lib shuffled 3 ; methodset lib.Ints lib.List
"#;
        example(&ChangeTarget, 1, want);
    }
}
