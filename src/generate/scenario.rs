//! Random scenarios over given packages.
//!
//! Many races are on lazy state that two readers complete. So goroutines often run the same
//! operations on the same packages, in different orders.

use std::collections::BTreeMap;

use super::asks;
use super::objects::{Constraint, Generic, Objects, objects};
use crate::goast::scope::PackageScope;
use crate::rng::Rng;
use crate::scenario::{
    ANALYZERS, Class, Configured, Element, FACES, Family, INSTANCES, Import, Importing, Meet,
    ObjectRef, OperandKind, OperandMut, OperandValue, Operation, Order, Profile, Query, Reading,
    Row, Scenario, Setter, Share, targets,
};
use crate::testcase::Package;

/// Percent of scenarios with a contract breach under [`Profile::All`].
const BREACHES: u32 = 15;

/// Percent of operations that belong to a target, if there is one.
const TARGETS: u32 = 25;

/// A random scenario over these packages.
#[must_use]
pub fn scenario(rng: &mut Rng, packages: &[Package], profile: Profile) -> Scenario {
    let mut s = Scenario::default();
    let all = objects(packages);
    if all.is_empty() {
        return s;
    }
    Maker { rng, all: &all, packages, scopes: BTreeMap::new() }.fill(&mut s, profile);
    s
}

/// The target operations to use. Operations of class contract are left to the mutators, which keep
/// to a budget.
fn registered() -> Vec<&'static Element> {
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

struct Maker<'r, 'a> {
    rng: &'r mut Rng,
    all: &'a [Objects],
    packages: &'a [Package],
    /// The scopes of packages, by path, that expressions needed so far.
    scopes: BTreeMap<&'a str, PackageScope>,
}

impl<'a> Maker<'_, 'a> {
    fn fill(&mut self, s: &mut Scenario, profile: Profile) {
        let breach = match profile {
            Profile::Safe => false,
            Profile::Contract => true,
            Profile::All => self.rng.chance(BREACHES),
        };
        self.shares(s);
        self.meets(s);
        self.setting(s);
        self.before(s);
        self.goroutines(s);
        if s.fresh && self.rng.chance(50) {
            self.universe(s);
        }
        self.tools(s);
        if breach {
            self.breach(s);
        }
        self.importing(s);
        self.configure(s);
        debug_assert!(profile.allows(s.class()));
    }

    fn shares(&mut self, s: &mut Scenario) {
        let dice = [
            (Share::Fset, 30),
            (Share::Context, 35),
            (Share::Importer, 20),
            (Share::ParallelImporter, 12),
            (Share::Config, 5),
            (Share::Ast, 8),
        ];
        s.share.extend(dice.iter().filter(|d| self.rng.chance(d.1)).map(|d| d.0));
        s.import = match self.rng.below(10) {
            0..8 => Import::Source,
            8 => Import::Export,
            _ => Import::Synthetic,
        };
    }

    /// Importers that differ from plain ones. They come last, and so do configurations, so that
    /// the draws before them stay the same.
    fn importing(&mut self, s: &mut Scenario) {
        // The compiler costs as much as fifty executions.
        match self.rng.below(300) {
            0..2 => s.import = Import::Unified,
            2..4 => s.import = Import::Mixed,
            _ => {}
        }
        // One package under two paths needs a copy of a package, which a mutator makes.
        let dice = [
            (Importing::From, 8),
            (Importing::Error, 4),
            (Importing::Faulty, 4),
            (Importing::Flaky, 1),
        ];
        s.importing.extend(dice.iter().filter(|d| self.rng.chance(d.1)).map(|d| d.0));
    }

    /// Configurations of some goroutines, so that two checkers of one package differ.
    fn configure(&mut self, s: &mut Scenario) {
        if !self.rng.chance(12) {
            return;
        }
        let some = s.go.len().min(2);
        let lists = s.go.iter_mut().take(some).chain([&mut s.before]);
        for ops in lists.filter(|ops| ops.iter().any(|op| op.row().family == Family::Check)) {
            if self.rng.chance(60)
                && let Some(setting) = Configured::draw(self.rng)
            {
                ops.insert(0, Operation::Configure { setting });
            }
        }
    }

    fn meets(&mut self, s: &mut Scenario) {
        let dice = [(Meet::Start, 85), (Meet::Import, 65), (Meet::Operation, 15), (Meet::Error, 5)];
        s.meet.extend(dice.iter().filter(|d| self.rng.chance(d.1)).map(|d| d.0));
    }

    fn setting(&mut self, s: &mut Scenario) {
        if self.rng.chance(10) {
            s.procs = self.rng.choose(&[1, 2, 4]).copied();
        }
        if self.rng.chance(6) {
            s.rounds = Some(self.rng.between(2, 3) as u32);
        }
        // A new process costs as much as a hundred executions.
        s.fresh = self.rng.below(400) == 0;
        if self.rng.chance(30) {
            s.schedule = Some(self.rng.below(1 << 16) as u64);
        }
        s.oracle = self.rng.chance(20);
        if self.rng.chance(4) {
            s.godebug.push("gotypesalias=0".to_owned());
        }
    }

    /// Adds checks of imported packages to `before`, so that their importers share complete
    /// packages. Sometimes `before` checks the importers too.
    fn before(&mut self, s: &mut Scenario) {
        let shared = [Share::Importer, Share::ParallelImporter];
        let leave_to_importer = shared.iter().any(|i| s.share.contains(i)) && self.rng.chance(40);
        let everything = self.rng.chance(25);
        let any_imported = self.all.iter().any(|o| o.imported);
        for o in self.all {
            if everything || (o.imported && !leave_to_importer) || !any_imported {
                s.before.push(Operation::Check { package: o.path.clone() });
            }
        }
        if self.rng.chance(45) {
            for _ in 0..self.rng.between(1, 2) {
                s.before.extend(self.instantiate());
            }
        }
        if self.rng.chance(15) {
            s.before.extend(self.evaluation());
        }
    }

    fn goroutines(&mut self, s: &mut Scenario) {
        let n = match self.rng.below(10) {
            0..7 => 2,
            7..9 => 3,
            _ => 4,
        };
        let makes = |op: &Operation| matches!(op.row().family, Family::Eval | Family::Instantiate);
        let instances = s.before.iter().any(makes);
        let first = self.operations(instances);
        for i in 0..n {
            s.go.push(match i {
                0 => first.clone(),
                _ if self.rng.chance(15) => first.clone(),
                _ if self.rng.chance(70) => self.mirrored(&first),
                _ => self.operations(instances),
            });
        }
        if self.rng.chance(12) {
            self.pairing(s);
        }
        let evaluated = s.before.iter().any(|op| op.row().family == Family::Eval);
        if evaluated && self.rng.chance(70) {
            self.results(s);
        }
    }

    /// Makes goroutines ask about the results of evaluations first, in different orders: then they
    /// complete different types, and no type's lock orders them.
    fn results(&mut self, s: &mut Scenario) {
        let query = self.rng.choose(Query::LAZY).copied().unwrap_or(Query::Underlying);
        for (i, ops) in s.go.iter_mut().enumerate() {
            let query = if self.rng.chance(70) { query } else { self.any_query() };
            // There is one root, so a rotation of the roots would change nothing.
            let order = match i {
                0 => Order::Declared,
                1 if self.rng.chance(60) => Order::Reversed,
                _ => Order::Shuffled(self.rng.below(1000) as u32),
            };
            ops.insert(0, Operation::Walk { query, package: INSTANCES.to_owned(), order });
        }
    }

    /// Often lets the goroutines that build SSA code or run analyzers share the program or the graph
    /// of analyses, and gives them different analyzers.
    fn tools(&mut self, s: &mut Scenario) {
        let all = s.go.iter().flatten();
        let (mut ssa, mut analyze) = (false, false);
        for op in all {
            ssa |= matches!(op, Operation::Ssa { .. } | Operation::SsaRead { .. });
            analyze |= matches!(op, Operation::Analyze { .. });
        }
        for (any, share) in [(ssa, Share::Program), (analyze, Share::Analyses)] {
            if any && self.rng.chance(60) {
                s.share.insert(share);
            }
        }
        for op in s.go.iter_mut().skip(1).flatten() {
            if let Operation::Analyze { analyzer, .. } = op
                && self.rng.chance(70)
                && let Some(other) = self.rng.choose(ANALYZERS)
            {
                (*other).clone_into(analyzer);
            }
        }
    }

    /// Adds one operation each to two goroutines, of kinds that chance seldom combines: evaluations
    /// with evaluations, readers or checks; export with readers; questions about two objects of a
    /// package.
    fn pairing(&mut self, s: &mut Scenario) {
        let Some(o) = self.package() else { return };
        let path = o.path.clone();
        let walk = self.walk(path.clone());
        let pair = match self.rng.below(6) {
            0 => [self.evaluation(), self.evaluation()],
            1 => [self.evaluation(), Some(walk)],
            2 => [self.evaluation(), Some(Operation::Check { package: path })],
            3 => [Some(Operation::Export { package: path }), Some(walk)],
            4 => [Some(Operation::Ssa { package: path }), Some(walk)],
            _ => [self.query(), self.query()],
        };
        for (ops, op) in s.go.iter_mut().zip(pair) {
            ops.extend(op);
        }
    }

    /// Makes goroutines ask about the universe before anything else in the process does. A check
    /// would ask before them.
    fn universe(&mut self, s: &mut Scenario) {
        s.before.clear();
        let query = self.any_query();
        for ops in &mut s.go {
            let query = if self.rng.chance(70) { query } else { self.any_query() };
            ops.insert(0, Operation::Universe { query });
        }
    }

    /// An evaluation in a package.
    fn evaluation(&mut self) -> Option<Operation> {
        let on = self.package();
        let word = match self.rng.below(10) {
            0..5 => "eval",
            5..8 => "checkexpr",
            _ => "checknode",
        };
        self.make(Row::of(word)?, on)
    }

    /// The operations of one goroutine.
    fn operations(&mut self, instances: bool) -> Vec<Operation> {
        let mut ops = Vec::new();
        let roots: Vec<&Objects> = self.all.iter().filter(|o| !o.imported).collect();
        if self.rng.chance(75)
            && let Some(root) = self.rng.choose(&roots)
        {
            ops.push(Operation::Check { package: root.path.clone() });
        }
        if instances && self.rng.chance(75) {
            ops.push(self.walk(INSTANCES.to_owned()));
        }
        for _ in 0..self.rng.between(usize::from(ops.is_empty()), 3) {
            ops.extend(self.operation());
        }
        if ops.is_empty() {
            // The operations that were drawn need objects that do not exist.
            let package = self.package().map_or_else(|| INSTANCES.to_owned(), |o| o.path.clone());
            ops.push(self.walk(package));
        }
        ops
    }

    fn operation(&mut self) -> Vec<Operation> {
        let Some(o) = self.package() else { return Vec::new() };
        if !registered().is_empty() && self.rng.chance(TARGETS) {
            return Row::of("target").and_then(|row| self.make(row, None)).into_iter().collect();
        }
        let Some(row) = Row::generated(self.rng.below(FACES.0)) else { return Vec::new() };
        let mut ops: Vec<_> = self.make(row, Some(o)).into_iter().collect();
        if row.family == Family::Instantiate && !ops.is_empty() {
            ops.push(self.walk(INSTANCES.to_owned()));
        }
        ops
    }

    /// An operation of a row, on this package if its operands leave the choice open.
    fn make(&mut self, row: &Row, on: Option<&'a Objects>) -> Option<Operation> {
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
    fn package(&mut self) -> Option<&'a Objects> {
        let imported: Vec<&Objects> = self.all.iter().filter(|o| o.imported).collect();
        if self.rng.chance(70)
            && let Some(o) = self.rng.choose(&imported)
        {
            return Some(o);
        }
        self.rng.choose(self.all)
    }

    fn walk(&mut self, package: String) -> Operation {
        let query = self.any_query();
        let order = self.order();
        Operation::Walk { query, package, order }
    }

    fn any_query(&mut self) -> Query {
        Query::ALL[self.rng.below(Query::ALL.len())]
    }

    fn order(&mut self) -> Order {
        match self.rng.below(5) {
            0 | 1 => Order::Declared,
            2 => Order::Reversed,
            3 => Order::Rotated(self.rng.between(1, 7) as u32),
            _ => Order::Shuffled(self.rng.below(1000) as u32),
        }
    }

    fn query(&mut self) -> Option<Operation> {
        self.make(Row::of("query")?, None)
    }

    fn object(&mut self) -> Option<ObjectRef> {
        let o = self.package()?;
        let name = if self.rng.chance(75) {
            self.rng.choose(&o.types).map(|t| &t.name)
        } else {
            self.rng.choose(&o.values)
        };
        Some(ObjectRef { package: o.path.clone(), object: name?.clone() })
    }

    /// An instance of a generic type, alias or function.
    fn instantiate(&mut self) -> Option<Operation> {
        self.make(Row::of("instantiate")?, None)
    }

    /// A generic type, alias or function, and its package.
    fn generic(&mut self) -> Option<(&'a Objects, &'a Generic)> {
        let all: Vec<_> = self
            .all
            .iter()
            .flat_map(|o| o.types.iter().chain(&o.funcs).map(move |g| (o, g)))
            .filter(|(_, g)| !g.params.is_empty())
            .collect();
        self.rng.choose(&all).copied()
    }

    /// A type argument that satisfies a constraint, where that is easy to see.
    fn argument(&mut self, constraint: &Constraint, plain: &[&str]) -> String {
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
    fn expression(&mut self, o: &Objects, place: Option<u32>) -> Option<String> {
        let package = self.packages.iter().find(|p| p.path == o.path)?;
        let new = || PackageScope::new(package.files.iter().map(|f| &f.tree));
        let scope = self.scopes.entry(&package.path).or_insert_with(new);
        asks::expression(self.rng, scope, place.is_some())
    }

    /// The same operations in another order, with the order of walks changed too.
    fn mirrored(&mut self, ops: &[Operation]) -> Vec<Operation> {
        let mut out = ops.to_vec();
        match self.rng.below(4) {
            0 => {}
            1 => out.reverse(),
            2 => {
                let at = self.rng.below(out.len());
                out.rotate_left(at);
            }
            _ => self.rng.shuffle(&mut out),
        }
        for op in &mut out {
            if let [OperandMut::Query(query), OperandMut::Walked(_), OperandMut::Order(order)] =
                &mut op.operands_mut()[..]
            {
                **order = self.order();
                if self.rng.chance(20) {
                    **query = self.any_query();
                }
            }
        }
        out
    }

    fn setter(&mut self) -> Option<Operation> {
        let what = self.rng.choose(Setter::ALL).copied()?;
        Some(Operation::Set { object: self.object()?, what })
    }

    /// Adds a breach of a documented rule, and checks that make the goroutines run into it.
    fn breach(&mut self, s: &mut Scenario) {
        let mut breaches = Share::ALL.to_vec();
        breaches.retain(|share| share.class() == Class::Breach);
        if self.rng.chance(35)
            && let Some(op) = self.setter()
        {
            // The other goroutines read the object that is set.
            let at = self.rng.below(s.go.len());
            s.go[at].push(op);
            return;
        }
        let Some(&breach) = self.rng.choose(&breaches) else { return };
        s.share.insert(breach);
        if matches!(breach, Share::Interface | Share::Alias) {
            // The instances include them.
            for ops in &mut s.go {
                let query = [Query::Typeset, Query::Typeparams, Query::Unalias][self.rng.below(3)];
                let (package, order) = (INSTANCES.to_owned(), self.order());
                ops.push(Operation::Walk { query, package, order });
            }
            return;
        }
        if matches!(breach, Share::UnlockedImporter | Share::Incomplete) {
            // The importer is never asked for a package that `before` completed, and such a package
            // is no longer being checked.
            s.before.retain(|op| !matches!(op, Operation::Check { .. }));
        }
        if breach == Share::Incomplete
            && let Some(dependency) = self.all.iter().find(|o| o.imported)
            && let Some(ops) = s.go.first_mut()
        {
            ops.insert(0, Operation::Check { package: dependency.path.clone() });
        }
        let Some(root) = self.all.iter().rev().find(|o| !o.imported) else { return };
        for ops in &mut s.go {
            let check = Operation::Check { package: root.path.clone() };
            if !ops.contains(&check) {
                ops.insert(0, check);
            }
        }
    }
}
