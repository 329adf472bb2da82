//! Change an operand of an operation.

use super::super::{Context, Operator};
use super::pick;
use crate::edit::symbols::Symbols;
use crate::generate::asks;
use crate::rng::Rng;
use crate::scenario::{OperandKind, OperandMut, Operation};
use crate::testcase::TestCase;

/// The new operand is another package, another object, or other type arguments.
#[derive(Clone, Copy, Debug)]
pub struct ChangeOperand;

impl Operator for ChangeOperand {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let symbols = Symbols::new(case);
        let other_package = pick::package(case, cx.rng);
        let wanted = |op: &Operation| !op.row().has(OperandKind::Walked);
        let op = pick::operation_mut(&mut case.scenario, cx.rng, wanted);
        op.and_then(|op| change(op, &symbols, other_package, cx.rng)).is_some()
    }
}

/// Changes an operand; `None` if there is no other value for it.
fn change(
    op: &mut Operation,
    symbols: &Symbols,
    other_package: Option<String>,
    rng: &mut Rng,
) -> Option<()> {
    use OperandMut as Mut;
    let mut operands = op.operands_mut();
    match &mut operands[..] {
        [.., Mut::Source(package) | Mut::Package(package)] => **package = other_package?,
        [Mut::Generic(_), _, Mut::Context(context)] if rng.chance(25) => **context = !**context,
        [Mut::Generic(_), ..] => {
            drop(operands);
            *op = pick::instantiate(symbols, rng)?;
        }
        [Mut::Query(query), Mut::Object(object), Mut::Other(other)] => match rng.below(3) {
            0 => **query = pick::query(rng),
            1 => **object = pick::type_name(symbols, rng)?,
            _ => **other = pick::type_name(symbols, rng),
        },
        [Mut::Home(package), Mut::Place(place), Mut::Expr(expr)] => {
            if rng.chance(30) {
                **package = other_package?;
            }
            if rng.chance(40) {
                **place = asks::place(rng);
            }
            **expr = pick::expression(package, **place, symbols, rng)?;
        }
        [Mut::Package(package), Mut::Node(node)] => {
            if rng.chance(30) {
                **package = other_package?;
            }
            **node = asks::node(rng);
        }
        [Mut::Query(query)] => **query = pick::query(rng),
        [.., Mut::Home(package), Mut::Member(object)] => {
            let new = pick::type_name(symbols, rng)?;
            let named = rng.chance(50);
            (**package, **object) = (new.package, named.then_some(new.object));
        }
        [Mut::Object(object), ..] => **object = pick::type_name(symbols, rng)?,
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
-go     walk methodset lib shuffled 3 ; identical lib.Ints lib.List
+go     walk methodset lib shuffled 3 ; lookup lib.Ints lib.List
"#;
        example(&ChangeOperand, 1, want);
    }
}
