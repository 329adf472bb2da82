//! Replaces operations by ones that use less of go/types.

use super::super::reducer::{Edit, Reducer};
use crate::edit::symbols::Symbols;
use crate::goast::scope::ObjectKind;
use crate::scenario::{INSTANCES, ObjectRef, Operand, OperandMut, Operation, Order, Query};
use crate::testcase::TestCase;

/// Replaces a walk by the query on one object, a check by a query on an imported object, type
/// arguments by `int`, and orders by the declared one.
#[derive(Clone, Copy, Debug)]
pub struct Queries;

/// The position of an operation: goroutine, 0 for `before`, and index.
type Place = (usize, usize);

fn at(case: &mut TestCase, (g, i): Place) -> Option<&mut Operation> {
    match g.checked_sub(1) {
        None => case.scenario.before.get_mut(i),
        Some(g) => case.scenario.go.get_mut(g)?.get_mut(i),
    }
}

/// Replaces the operation at a position or, if `everywhere`, every equal one.
fn replace(place: Place, new: Operation, everywhere: bool) -> Edit {
    Box::new(move |case| {
        let Some(op) = at(case, place) else { return false };
        let old = std::mem::replace(op, new.clone());
        if everywhere {
            for op in case.scenario.go.iter_mut().flatten().filter(|op| **op == old) {
                *op = new.clone();
            }
        }
        old != new
    })
}

/// The objects of a package, types first.
fn objects(symbols: &Symbols, path: &str) -> Vec<ObjectRef> {
    let Some(p) = symbols.package(path) else { return Vec::new() };
    let all = &symbols.packages[p].scope.objects;
    let is_type = |kind| kind == ObjectKind::TypeName;
    let (types, rest): (Vec<_>, Vec<_>) = all.iter().partition(|(_, o)| is_type(o.kind));
    types
        .into_iter()
        .chain(rest)
        .map(|(name, _)| ObjectRef { package: path.to_owned(), object: name.clone() })
        .collect()
}

/// The possible replacements of an operation, the best first.
fn simpler(case: &TestCase, symbols: &Symbols, op: &Operation) -> Vec<Operation> {
    match &op.operands()[..] {
        [Operand::Query(q), Operand::Walked(package), Operand::Order(order)] => {
            instead_of_walk(symbols, op, **q, package, **order)
        }
        [Operand::Query(q), Operand::Package(package)] => {
            let (query, order) = (**q, Order::Declared);
            let others = instead_of_walk(symbols, op, query, package, order);
            let walk = Operation::Walk { query, package: package.to_string(), order };
            std::iter::once(walk).chain(others).collect()
        }
        [Operand::Query(q), Operand::Object(_), Operand::Other(other)] => {
            let without = other.is_some().then(|| op.changed(drop_optional));
            without.into_iter().chain(other_queries(op, **q)).collect()
        }
        [Operand::Generic(target), Operand::TypeArgs(_), Operand::Context(given)] => {
            instead_of_instance(op, target, **given)
        }
        [Operand::Source(package) | Operand::Package(package)] if op.row().imports => {
            instead_of_imports(case, symbols, op, package)
        }
        [Operand::Home(package), Operand::Place(_), Operand::Expr(_)] => {
            let names = objects(symbols, package).into_iter().map(|t| t.object);
            let expression = |new: String| {
                op.changed(|operand| {
                    if let OperandMut::Expr(expr) = operand {
                        expr.clone_from(&new);
                    }
                })
            };
            std::iter::once("0".to_owned()).chain(names).map(expression).collect()
        }
        [.., Operand::Home(package), Operand::Member(object)] => {
            let without = object.is_some().then(|| op.changed(drop_optional));
            without.into_iter().chain([check(package)]).collect()
        }
        _ => Vec::new(),
    }
}

fn check(package: &str) -> Operation {
    Operation::Check { package: package.to_owned() }
}

fn query(query: Query, target: ObjectRef) -> Operation {
    Operation::Query { query, object: target, other: None }
}

fn instead_of_walk(
    symbols: &Symbols,
    op: &Operation,
    q: Query,
    package: &str,
    order: Order,
) -> Vec<Operation> {
    let packaged = package != INSTANCES;
    let mut out = Vec::new();
    if packaged {
        out.extend(objects(symbols, package).into_iter().map(|t| query(q, t)));
    }
    out.extend(other_queries(op, q));
    if packaged {
        // It may be enough to keep the check that completes the package.
        out.push(check(package));
    }
    if order != Order::Declared {
        out.push(op.changed(|operand| {
            if let OperandMut::Order(order) = operand {
                *order = Order::Declared;
            }
        }));
    }
    out
}

fn instead_of_instance(op: &Operation, target: &ObjectRef, given: bool) -> Vec<Operation> {
    let mut out = Vec::new();
    for (ints, context) in [(true, false), (true, given), (false, false)] {
        out.push(op.changed(|operand| match operand {
            OperandMut::TypeArgs(args) if ints => args.fill("int".to_owned()),
            OperandMut::Context(given) => *given = context,
            _ => {}
        }));
    }
    out.push(query(Query::Underlying, target.clone()));
    out
}

fn instead_of_imports(
    case: &TestCase,
    symbols: &Symbols,
    op: &Operation,
    package: &str,
) -> Vec<Operation> {
    let mut out = Vec::new();
    if !matches!(op, Operation::Check { .. }) {
        out.push(check(package));
    }
    let deps = case.imports().into_iter().find(|(p, _)| p == package);
    for dep in deps.map(|(_, deps)| deps).unwrap_or_default() {
        for target in objects(symbols, &dep).into_iter().take(8) {
            out.extend(Query::ALL.iter().map(|q| query(*q, target.clone())));
        }
    }
    out
}

/// The same operation with each of the other queries.
fn other_queries(op: &Operation, but: Query) -> impl Iterator<Item = Operation> {
    Query::ALL.iter().filter(move |other| **other != but).map(|other| {
        op.changed(|operand| {
            if let OperandMut::Query(query) = operand {
                *query = *other;
            }
        })
    })
}

fn drop_optional(operand: OperandMut<'_>) {
    match operand {
        OperandMut::Other(other) => *other = None,
        OperandMut::Member(member) => *member = None,
        _ => {}
    }
}

impl Reducer for Queries {
    fn name(&self) -> &'static str {
        "use less of go/types"
    }

    fn edits(&self, case: &TestCase) -> Vec<Edit> {
        let symbols = Symbols::new(case);
        let lists = [&case.scenario.before].into_iter().chain(&case.scenario.go);
        let mut out = Vec::new();
        for (g, operations) in lists.enumerate() {
            for (i, op) in operations.iter().enumerate() {
                let twice = case.scenario.go.iter().flatten().filter(|o| *o == op).count() > 1;
                if g == 0 {
                    // It may be enough that a package is complete.
                    let packages = case.packages.iter().map(|p| p.path.clone());
                    let checks = packages.map(|package| Operation::Check { package });
                    out.extend(checks.map(|new| replace((g, i), new, false)));
                    if matches!(op, Operation::Check { .. }) {
                        continue;
                    }
                }
                for new in simpler(case, &symbols, op) {
                    if g > 0 && twice {
                        out.push(replace((g, i), new.clone(), true));
                    }
                    out.push(replace((g, i), new, false));
                }
            }
        }
        out
    }
}
