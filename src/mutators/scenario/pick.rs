//! Draws operations and their operands from the objects of a test case.

use std::collections::BTreeSet;

use crate::edit::MAX_OPERATIONS;
use crate::edit::symbols::Symbols;
use crate::generate::asks;
use crate::goast::scope::{ObjectKind, is_exported};
use crate::rng::Rng;
use crate::scenario::{
    ANALYZERS, Class, Configured, FACES, Family, INSTANCES, ObjectRef, OperandKind, OperandValue,
    Operation, Order, Query, Reading, Row, Scenario, Setter, Share, targets,
};
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
    let makes = |o: &Operation| matches!(o.row().family, Family::Instantiate | Family::Eval);
    if case.scenario.operations().any(makes) && rng.chance(35) {
        return Some(INSTANCES.to_owned());
    }
    dependency(case, &Symbols::new(case), rng)
}

/// A query, more often one that completes lazy types.
pub(super) fn query(rng: &mut Rng) -> Query {
    let from = if rng.chance(60) { Query::LAZY } else { Query::ALL };
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

/// An object that satisfies a predicate.
pub(super) fn object(
    symbols: &Symbols,
    rng: &mut Rng,
    want: impl Fn(&crate::goast::scope::Object) -> bool,
) -> Option<ObjectRef> {
    let mut all = Vec::new();
    for p in &symbols.packages {
        for (name, o) in &p.scope.objects {
            if want(o) {
                all.push((p, name));
            }
        }
    }
    let (p, name) = rng.choose(&all)?;
    Some(ObjectRef { package: p.path.clone(), object: (*name).clone() })
}

/// A type's name.
pub(super) fn type_name(symbols: &Symbols, rng: &mut Rng) -> Option<ObjectRef> {
    object(symbols, rng, |o| o.kind == ObjectKind::TypeName)
        .or_else(|| object(symbols, rng, |_| true))
}

/// An instantiation of something generic.
pub(super) fn instantiate(symbols: &Symbols, rng: &mut Rng) -> Option<Operation> {
    make(Row::of("instantiate")?, None, symbols, rng)
}

/// Type arguments for a generic object: now and then a named type of its package.
fn type_args(of: &ObjectRef, symbols: &Symbols, rng: &mut Rng) -> Option<Vec<String>> {
    let home = symbols.package(&of.package)?;
    let n = symbols.object(home, &of.object)?.type_params.len();
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
    Some(args)
}

/// Percent of new operations that belong to a target, if there is one.
const TARGETS: u32 = 25;

/// Any operation for which the test case has operands.
pub(super) fn operation(case: &TestCase, rng: &mut Rng) -> Option<Operation> {
    let symbols = Symbols::new(case);
    // Without targets, no number is drawn for them, so that a seed gives the same result.
    if !targets().is_empty() && rng.chance(TARGETS) {
        return make(Row::of("target")?, Some(case), &symbols, rng);
    }
    let row = Row::mutated(rng.below(FACES.1))?;
    match make(row, Some(case), &symbols, rng) {
        None if row.has(OperandKind::Generic) => {
            Some(Operation::Check { package: package(case, rng)? })
        }
        op => op,
    }
}

/// The operands drawn for an operation so far.
#[derive(Default)]
struct Drawn {
    /// The object that later operands refer to.
    object: Option<ObjectRef>,
    other: Option<ObjectRef>,
    place: Option<u32>,
}

/// An operation of a row; `None` if the test case has nothing to use as an operand.
fn make(row: &Row, case: Option<&TestCase>, symbols: &Symbols, rng: &mut Rng) -> Option<Operation> {
    use OperandKind as Kind;
    use OperandValue as Value;
    let mut drawn = Drawn::default();
    (row.make)(&mut |kind| {
        Some(match kind {
            Kind::Source => Value::Source(package(case?, rng)?),
            Kind::Package => Value::Package(dependency(case?, symbols, rng)?),
            Kind::Walked => Value::Walked(walked(case?, rng)?),
            Kind::Home => {
                let at = type_name(symbols, rng)?;
                drawn.object = Some(at.clone());
                Value::Home(at.package)
            }
            Kind::Member => {
                Value::Member(drawn.object.take().filter(|_| rng.chance(50)).map(|t| t.object))
            }
            Kind::Place => {
                drawn.place = asks::place(rng);
                Value::Place(drawn.place)
            }
            Kind::Expr => {
                let home = drawn.object.take()?;
                Value::Expr(expression(&home.package, drawn.place, symbols, rng)?)
            }
            Kind::Node => Value::Node(asks::node(rng)),
            // The order of draws must stay, so that a seed gives the same result: objects come
            // first.
            Kind::Query => {
                if row.has(Kind::Object) {
                    drawn.object = Some(type_name(symbols, rng)?);
                }
                if row.has(Kind::Other) && rng.chance(40) {
                    drawn.other = type_name(symbols, rng);
                }
                Value::Query(query(rng))
            }
            Kind::Object => Value::Object(match drawn.object.take() {
                Some(object) => object,
                None => type_name(symbols, rng)?,
            }),
            Kind::Other => Value::Other(drawn.other.take()),
            Kind::Generic => {
                let generic = object(symbols, rng, |o| !o.type_params.is_empty())?;
                drawn.object = Some(generic.clone());
                Value::Generic(generic)
            }
            Kind::TypeArgs => Value::TypeArgs(type_args(drawn.object.as_ref()?, symbols, rng)?),
            Kind::Context => Value::Context(rng.chance(50)),
            Kind::Order => Value::Order(order(rng)),
            Kind::Setter => Value::Setter(*rng.choose(Setter::ALL)?),
            Kind::Config => Value::Config(Configured::draw(rng)?),
            Kind::Reading => Value::Reading(*rng.choose(Reading::SAFE)?),
            Kind::Analyzer => Value::Analyzer((*rng.choose(ANALYZERS)?).to_owned()),
            Kind::Name => Value::Name(rng.choose(&targets())?.name.to_owned()),
        })
    })
}

/// An expression for an evaluation at a place in a package.
pub(super) fn expression(
    package: &str,
    place: Option<u32>,
    symbols: &Symbols,
    rng: &mut Rng,
) -> Option<String> {
    let home = &symbols.packages[symbols.package(package)?];
    asks::expression(rng, &home.scope, place.is_some())
}

/// An evaluation in a package: of an expression, or of a node of the package's syntax.
pub(super) fn evaluation(package: &str, symbols: &Symbols, rng: &mut Rng) -> Option<Operation> {
    let (package, roll) = (package.to_owned(), rng.below(10));
    if roll >= 8 {
        return Some(Operation::CheckNode { package, node: asks::node(rng) });
    }
    let place = asks::place(rng);
    let expr = expression(&package, place, symbols, rng)?;
    Some(match roll {
        0..5 => Operation::Eval { package, place, expr },
        _ => Operation::CheckExpr { package, place, expr },
    })
}

/// The operations of a goroutine or, in 15 of 100 cases, of `before`.
pub(super) fn list<'a>(s: &'a mut Scenario, rng: &mut Rng) -> Option<&'a mut Vec<Operation>> {
    if s.go.is_empty() || rng.chance(15) {
        return Some(&mut s.before);
    }
    let n = rng.below(s.go.len());
    s.go.get_mut(n)
}

/// One of the scenario's operations for which `want` is true.
pub(super) fn operation_mut<'a>(
    s: &'a mut Scenario,
    rng: &mut Rng,
    want: impl Fn(&Operation) -> bool,
) -> Option<&'a mut Operation> {
    let lists = s.go.iter_mut().chain([&mut s.before]);
    let mut all: Vec<&mut Operation> = lists.flatten().filter(|op| want(op)).collect();
    // Nothing is drawn if there is nothing to draw from.
    if all.is_empty() {
        return None;
    }
    let n = rng.below(all.len());
    Some(all.swap_remove(n))
}

/// Inserts an operation anywhere in a list; false if the list is full.
pub(super) fn insert(list: &mut Vec<Operation>, op: Operation, rng: &mut Rng) -> bool {
    if list.len() >= MAX_OPERATIONS {
        return false;
    }
    list.insert(rng.below(list.len() + 1), op);
    true
}

/// Has a package checked before the goroutines start, if `before` is not full.
pub(super) fn complete(s: &mut Scenario, package: &str) {
    let check = Operation::Check { package: package.to_owned() };
    if !s.before.contains(&check) && s.before.len() < MAX_OPERATIONS {
        s.before.push(check);
    }
}

/// Adds an operation that makes instances to `before`, after a check of its package; false if there
/// is no room or no second goroutine.
pub(super) fn make_before(s: &mut Scenario, op: Operation) -> bool {
    if s.before.len() + 2 > MAX_OPERATIONS || s.go.len() < 2 {
        return false;
    }
    for package in op.packages() {
        complete(s, package);
    }
    s.before.push(op);
    true
}

/// Makes an operation the first of a list, and the only one of its kind there.
pub(super) fn put_first(list: &mut Vec<Operation>, op: Operation) {
    list.retain(|o| *o != op);
    list.insert(0, op);
    list.truncate(MAX_OPERATIONS);
}

/// Something that is not shared yet, and that does or does not break a rule.
pub(super) fn absent_share(
    present: &BTreeSet<Share>,
    breach: bool,
    rng: &mut Rng,
) -> Option<Share> {
    let mut fits = Share::ALL.to_vec();
    fits.retain(|s| {
        (s.class() == Class::Breach) == breach && !s.is_of_tools() && !present.contains(s)
    });
    rng.choose(&fits).copied()
}
