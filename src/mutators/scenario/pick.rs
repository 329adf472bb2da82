//! Operations and their parts, chosen by dice from what a test case has.

use crate::edit::symbols::Symbols;
use crate::goast::scope::{ObjectKind, is_exported};
use crate::rng::Rng;
use crate::scenario::{Element, INSTANCES, Operation, Order, Query, Scenario, Target, targets};
use crate::testcase::TestCase;

/// Arguments of an instantiation, without white space.
const ARGS: &[&str] =
    &["int", "string", "[]int", "*int", "map[string]int", "[3]int", "func()", "chan(int)", "error"];

/// A package's path.
pub(super) fn package(case: &TestCase, rng: &mut Rng) -> Option<String> {
    rng.choose(&case.packages).map(|p| p.path.clone())
}

/// A package that another imports, or any if there is none.
pub(super) fn dependency(case: &TestCase, symbols: &Symbols, rng: &mut Rng) -> Option<String> {
    let imported: Vec<usize> = (0..symbols.packages.len())
        .filter(|&d| (0..symbols.packages.len()).any(|p| symbols.imported(p).contains(&d)))
        .collect();
    match rng.choose(&imported) {
        Some(&d) if rng.chance(75) => Some(symbols.packages[d].path.clone()),
        _ => package(case, rng),
    }
}

/// A package or the instances made so far.
pub(super) fn walked(case: &TestCase, rng: &mut Rng) -> Option<String> {
    let s = &case.scenario;
    let made = s.before.iter().chain(s.go.iter().flatten());
    let any = made.clone().any(|o| matches!(o, Operation::Instantiate { .. }));
    if any && rng.chance(35) {
        return Some(INSTANCES.to_owned());
    }
    dependency(case, &Symbols::new(case), rng)
}

/// A query; the lazy ones more often.
pub(super) fn query(rng: &mut Rng) -> Query {
    const LAZY: &[Query] = &[
        Query::Underlying,
        Query::Unalias,
        Query::Methods,
        Query::Methodset,
        Query::Lookup,
        Query::Typeset,
        Query::Implements,
        Query::Identical,
    ];
    let from = if rng.chance(60) { LAZY } else { Query::ALL };
    rng.choose(from).copied().unwrap_or(Query::Underlying)
}

/// An order of a walk.
pub(super) fn order(rng: &mut Rng) -> Order {
    match rng.below(6) {
        0 | 1 => Order::Declared,
        2 | 3 => Order::Reversed,
        4 => Order::Rotated(rng.between(1, 16) as u32),
        _ => Order::Shuffled(rng.below(1000) as u32),
    }
}

/// An object of a package that a predicate wants.
pub(super) fn object(
    symbols: &Symbols,
    rng: &mut Rng,
    want: impl Fn(&crate::goast::scope::Object) -> bool,
) -> Option<Target> {
    let mut all = Vec::new();
    for p in &symbols.packages {
        for (name, o) in &p.scope.objects {
            if want(o) {
                all.push((p, name));
            }
        }
    }
    let (p, name) = rng.choose(&all)?;
    Some(Target { package: p.path.clone(), object: (*name).clone() })
}

/// A type's name.
pub(super) fn type_name(symbols: &Symbols, rng: &mut Rng) -> Option<Target> {
    object(symbols, rng, |o| o.kind == ObjectKind::TypeName)
        .or_else(|| object(symbols, rng, |_| true))
}

/// An instantiation of something generic.
pub(super) fn instantiate(symbols: &Symbols, rng: &mut Rng) -> Option<Operation> {
    let target = object(symbols, rng, |o| !o.type_params.is_empty())?;
    let home = symbols.package(&target.package)?;
    let n = symbols.object(home, &target.object)?.type_params.len();
    // A named type of the package now and then.
    let named: Vec<&String> = symbols.packages[home]
        .scope
        .objects
        .iter()
        .filter(|(n, o)| {
            o.kind == ObjectKind::TypeName
                && o.type_params.is_empty()
                && !o.constraint
                && is_exported(n)
        })
        .map(|(n, _)| n)
        .collect();
    let args = (0..n)
        .map(|_| match rng.choose(&named) {
            Some(n) if rng.chance(30) => (*n).clone(),
            _ => rng.choose(ARGS).map_or_else(|| "int".to_owned(), |a| (*a).to_owned()),
        })
        .collect();
    Some(Operation::Instantiate { target, args, context: rng.chance(50) })
}

/// How many of 100 new operations are a target's, if there is one.
const TARGETS: u32 = 25;

/// An operation of a target.
fn target(all: &[&'static Element], symbols: &Symbols, rng: &mut Rng) -> Option<Operation> {
    let name = rng.choose(all)?.name.to_owned();
    let at = type_name(symbols, rng)?;
    let object = rng.chance(50).then_some(at.object);
    Some(Operation::Target { name, package: at.package, object })
}

/// Any operation that the test case can give something to do.
pub(super) fn operation(case: &TestCase, rng: &mut Rng) -> Option<Operation> {
    let symbols = Symbols::new(case);
    let targets = targets();
    // No die is thrown for what is not there: a seed means the same without targets.
    if !targets.is_empty() && rng.chance(TARGETS) {
        return target(&targets, &symbols, rng);
    }
    Some(match rng.below(22) {
        0..=4 => Operation::Check { package: package(case, rng)? },
        5 => Operation::Import { package: dependency(case, &symbols, rng)? },
        6..=7 => match instantiate(&symbols, rng) {
            Some(op) => op,
            None => Operation::Check { package: package(case, rng)? },
        },
        8..=11 => {
            let target = type_name(&symbols, rng)?;
            let other = if rng.chance(40) { type_name(&symbols, rng) } else { None };
            Operation::Query { query: query(rng), target, other }
        }
        12 => {
            // A name is an expression, of a type or of a value.
            let t = type_name(&symbols, rng)?;
            Operation::Eval { package: t.package, expr: t.object }
        }
        20 => Operation::Export { package: dependency(case, &symbols, rng)? },
        21 => Operation::Ssa { package: dependency(case, &symbols, rng)? },
        _ => Operation::Walk { query: query(rng), package: walked(case, rng)?, order: order(rng) },
    })
}

/// The list of a goroutine's operations, or `before`; -1 in 8 for the latter.
pub(super) fn list<'a>(s: &'a mut Scenario, rng: &mut Rng) -> Option<&'a mut Vec<Operation>> {
    if s.go.is_empty() || rng.chance(15) {
        return Some(&mut s.before);
    }
    let n = rng.below(s.go.len());
    s.go.get_mut(n)
}
