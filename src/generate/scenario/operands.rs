//! The operands of operations, and operations that are made from a row of the table.

use super::super::asks;
use super::super::objects::{Constraint, Generic, Objects};
use super::Maker;
use crate::goast::scope::PackageScope;
use crate::scenario::{
    ANALYZERS, Class, Configured, Element, ObjectRef, OperandKind, OperandValue, Operation, Order,
    Query, Reading, Row, Setter, targets,
};

/// The target operations to use. Operations of class contract are left to the mutators, which keep
/// to a budget.
pub(super) fn registered() -> Vec<&'static Element> {
    let mut all = targets();
    all.retain(|t| t.class != Class::Breach);
    all
}

/// The operands drawn for an operation so far.
struct Drawn<'r, 'a> {
    row: &'r Row,
    /// The package of the operation, if its operands leave the choice open.
    on: Option<&'a Objects>,
    query: Option<Query>,
    member: Option<String>,
    generic: Option<(&'a Objects, &'a Generic)>,
    place: Option<u32>,
}

impl<'a> Maker<'_, 'a> {
    /// An operation of a row, on this package if its operands leave the choice open.
    pub(super) fn make(&mut self, row: &Row, on: Option<&'a Objects>) -> Option<Operation> {
        let mut drawn = Drawn { row, on, query: None, member: None, generic: None, place: None };
        (row.make)(&mut |kind| self.operand(kind, &mut drawn))
    }

    /// An operand. What is drawn depends on the operands before it.
    fn operand(&mut self, kind: OperandKind, drawn: &mut Drawn<'_, 'a>) -> Option<OperandValue> {
        use OperandKind as Kind;
        use OperandValue as Value;
        let on = || drawn.on.map(|o| o.path.clone());
        Some(match kind {
            Kind::Source => Value::Source(on()?),
            Kind::Package => Value::Package(on()?),
            Kind::Walked => Value::Walked(on()?),
            Kind::Home if drawn.row.has(Kind::Expr) => Value::Home(on()?),
            Kind::Home => {
                let at = self.object()?;
                drawn.member = Some(at.object);
                Value::Home(at.package)
            }
            Kind::Member => Value::Member(drawn.member.take().filter(|_| self.rng.chance(50))),
            Kind::Place => {
                drawn.place = asks::place(self.rng);
                Value::Place(drawn.place)
            }
            Kind::Expr => Value::Expr(self.expression(drawn.on?, drawn.place)?),
            Kind::Node => Value::Node(asks::node(self.rng)),
            Kind::Object => Value::Object(self.object()?),
            Kind::Other => {
                let wanted = drawn.query.is_some_and(Query::is_about_two);
                Value::Other(if wanted { self.object() } else { None })
            }
            Kind::Generic => {
                let (o, g) = self.generic()?;
                drawn.generic = Some((o, g));
                Value::Generic(ObjectRef { package: o.path.clone(), object: g.name.clone() })
            }
            Kind::TypeArgs => {
                let (o, g) = drawn.generic?;
                let plain: Vec<&str> = o
                    .types
                    .iter()
                    .filter(|t| t.params.is_empty())
                    .map(|t| t.name.as_str())
                    .collect();
                Value::TypeArgs(g.params.iter().map(|c| self.argument(c, &plain)).collect())
            }
            Kind::Context => Value::Context(self.rng.chance(50)),
            Kind::Query => {
                let query = self.any_query();
                drawn.query = Some(query);
                Value::Query(query)
            }
            Kind::Order => Value::Order(self.order()),
            Kind::Setter => Value::Setter(self.rng.choose(Setter::ALL).copied()?),
            Kind::Config => Value::Config(Configured::draw(self.rng)?),
            Kind::Reading => Value::Reading(self.rng.choose(Reading::SAFE).copied()?),
            Kind::Analyzer => Value::Analyzer((*self.rng.choose(ANALYZERS)?).to_owned()),
            Kind::Name => Value::Name(self.rng.choose(&registered())?.name.to_owned()),
        })
    }

    /// A package, usually one that others import.
    pub(super) fn package(&mut self) -> Option<&'a Objects> {
        let imported: Vec<&Objects> = self.all.iter().filter(|o| o.imported).collect();
        if self.rng.chance(70)
            && let Some(o) = self.rng.choose(&imported)
        {
            return Some(o);
        }
        self.rng.choose(self.all)
    }

    pub(super) fn walk(&mut self, package: String) -> Operation {
        let query = self.any_query();
        let order = self.order();
        Operation::Walk { query, package, order }
    }

    pub(super) fn any_query(&mut self) -> Query {
        Query::ALL[self.rng.below(Query::ALL.len())]
    }

    pub(super) fn order(&mut self) -> Order {
        match self.rng.below(5) {
            0 | 1 => Order::Declared,
            2 => Order::Reversed,
            3 => Order::Rotated(self.rng.between(1, 7) as u32),
            _ => Order::Shuffled(self.rng.below(1000) as u32),
        }
    }

    pub(super) fn query(&mut self) -> Option<Operation> {
        self.make(Row::of("query")?, None)
    }

    pub(super) fn object(&mut self) -> Option<ObjectRef> {
        let o = self.package()?;
        let name = if self.rng.chance(75) {
            self.rng.choose(&o.types).map(|t| &t.name)
        } else {
            self.rng.choose(&o.values)
        };
        Some(ObjectRef { package: o.path.clone(), object: name?.clone() })
    }

    /// An instance of a generic type, alias or function.
    pub(super) fn instantiate(&mut self) -> Option<Operation> {
        self.make(Row::of("instantiate")?, None)
    }

    /// An evaluation in a package.
    pub(super) fn evaluation(&mut self) -> Option<Operation> {
        let on = self.package();
        let word = match self.rng.below(10) {
            0..5 => "eval",
            5..8 => "checkexpr",
            _ => "checknode",
        };
        self.make(Row::of(word)?, on)
    }

    /// An operation of the target.
    pub(super) fn target(&mut self) -> Option<Operation> {
        self.make(Row::of("target")?, None)
    }

    /// A generic type, alias or function, and its package.
    pub(super) fn generic(&mut self) -> Option<(&'a Objects, &'a Generic)> {
        let all: Vec<_> = self
            .all
            .iter()
            .flat_map(|o| o.types.iter().chain(&o.funcs).map(move |g| (o, g)))
            .filter(|(_, g)| !g.params.is_empty())
            .collect();
        self.rng.choose(&all).copied()
    }

    /// A type argument that satisfies a constraint, where that is easy to see.
    pub(super) fn argument(&mut self, constraint: &Constraint, plain: &[&str]) -> String {
        const ANY: [&str; 9] = [
            "int",
            "string",
            "[1]int",
            "[2]int",
            "*int",
            "[]string",
            "map[string]int",
            "struct{}",
            "func()int",
        ];
        let own = self.rng.choose(plain).copied();
        match constraint {
            Constraint::Basic(name) => name.clone(),
            Constraint::Methods => own.unwrap_or("int").to_owned(),
            Constraint::Comparable => ANY[self.rng.below(5)].to_owned(),
            Constraint::Any => match own {
                Some(own) if self.rng.chance(40) => {
                    let prefix = ["", "*", "[]", "[3]"][self.rng.below(4)];
                    format!("{prefix}{own}")
                }
                _ => ANY[self.rng.below(ANY.len())].to_owned(),
            },
        }
    }

    /// An expression in the scope of a package, or in one of its bodies.
    pub(super) fn expression(&mut self, o: &Objects, place: Option<u32>) -> Option<String> {
        let package = self.packages.iter().find(|p| p.path == o.path)?;
        let new = || PackageScope::new(package.files.iter().map(|f| &f.tree));
        let scope = self.scopes.entry(&package.path).or_insert_with(new);
        asks::expression(self.rng, scope, place.is_some())
    }
}
