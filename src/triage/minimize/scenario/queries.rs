//! Operations that say more precisely what is used.

use super::super::reducer::{Edit, Reducer};
use crate::edit::symbols::Symbols;
use crate::goast::scope::ObjectKind;
use crate::scenario::{INSTANCES, Operation, Order, Query, Target};
use crate::testcase::TestCase;

/// Replaces a walk by the query on one object, a check by a query on what it
/// imports, type arguments by `int`, orders by the declared one.
#[derive(Clone, Copy, Debug)]
pub struct Queries;

/// Where an operation stands: goroutine, 0 for `before`, and index.
type Place = (usize, usize);

fn at(case: &mut TestCase, (g, i): Place) -> Option<&mut Operation> {
    match g.checked_sub(1) {
        None => case.scenario.before.get_mut(i),
        Some(g) => case.scenario.go.get_mut(g)?.get_mut(i),
    }
}

/// Replaces the operation at a place, or, if `everywhere`, each one like it.
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
fn objects(symbols: &Symbols, path: &str) -> Vec<Target> {
    let Some(p) = symbols.package(path) else { return Vec::new() };
    let all = &symbols.packages[p].scope.objects;
    let is_type = |kind| kind == ObjectKind::TypeName;
    let (types, rest): (Vec<_>, Vec<_>) = all.iter().partition(|(_, o)| is_type(o.kind));
    types
        .into_iter()
        .chain(rest)
        .map(|(name, _)| Target { package: path.to_owned(), object: name.clone() })
        .collect()
}

/// What may take the place of an operation, the best first.
fn simpler(case: &TestCase, symbols: &Symbols, op: &Operation) -> Vec<Operation> {
    let query = |query, target| Operation::Query { query, target, other: None };
    let mut out = Vec::new();
    match op {
        Operation::Walk { query: q, package, order } => {
            if package != INSTANCES {
                out.extend(objects(symbols, package).into_iter().map(|t| query(*q, t)));
            }
            for &query in Query::ALL.iter().filter(|other| *other != q) {
                let (package, order) = (package.clone(), *order);
                out.push(Operation::Walk { query, package, order });
            }
            if package != INSTANCES {
                // It may be the check before it that counts.
                out.push(Operation::Check { package: package.clone() });
            }
            if *order != Order::Declared {
                let (query, package) = (*q, package.clone());
                out.push(Operation::Walk { query, package, order: Order::Declared });
            }
        }
        Operation::Query { query: q, target, other } => {
            if other.is_some() {
                out.push(query(*q, target.clone()));
            }
            for &query in Query::ALL.iter().filter(|other| *other != q) {
                let (target, other) = (target.clone(), other.clone());
                out.push(Operation::Query { query, target, other });
            }
        }
        Operation::Instantiate { target, args, context } => {
            let ints = vec!["int".to_owned(); args.len()];
            for (args, context) in [(ints.clone(), false), (ints, *context), (args.clone(), false)]
            {
                out.push(Operation::Instantiate { target: target.clone(), args, context });
            }
            out.push(query(Query::Underlying, target.clone()));
        }
        Operation::Check { package }
        | Operation::Ssa { package }
        | Operation::Import { package } => {
            if !matches!(op, Operation::Check { .. }) {
                out.push(Operation::Check { package: package.clone() });
            }
            let deps = case.imports().into_iter().find(|(p, _)| p == package);
            for dep in deps.map(|(_, deps)| deps).unwrap_or_default() {
                for target in objects(symbols, &dep).into_iter().take(8) {
                    out.extend(Query::ALL.iter().map(|q| query(*q, target.clone())));
                }
            }
        }
        Operation::Eval { package, .. } | Operation::CheckExpr { package, .. } => {
            let expr = |expr: &str| match op {
                Operation::Eval { .. } => {
                    Operation::Eval { package: package.clone(), expr: expr.to_owned() }
                }
                _ => Operation::CheckExpr { package: package.clone(), expr: expr.to_owned() },
            };
            out.push(expr("0"));
            out.extend(objects(symbols, package).iter().map(|t| expr(&t.object)));
        }
        Operation::Target { name, package, object } => {
            if object.is_some() {
                let (name, package) = (name.clone(), package.clone());
                out.push(Operation::Target { name, package, object: None });
            }
            out.push(Operation::Check { package: package.clone() });
        }
        Operation::Export { .. } | Operation::Set { .. } => {}
    }
    out
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
                    // Whatever it is for, it may be for completing a package.
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
