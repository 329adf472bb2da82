//! The concurrent use of go/types that a test case runs: its elements, their classes,
//! and its text. `operations.rs` has the table of operations, `vocabulary.rs` those of
//! the other elements, `quotations.rs` the rules that classes rest on.

mod analyzers;
mod class;
mod config;
mod element;
mod expression;
mod offered;
mod operand;
mod operation;
mod operations;
mod parse;
mod print;
mod quotations;
mod rule;
mod situation;
mod tally;
mod target;
mod vocabulary;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use analyzers::{ANALYZERS, analyzer_packages};
pub use class::{Class, Profile};
pub use config::{Arch, Configured};
pub use element::{Element, ElementKind};
pub(crate) use expression::{Parts, replaced};
pub use offered::NotOffered;
pub use operand::{Operand, OperandKind, OperandMut, OperandValue};
pub(crate) use operation::FACES;
pub use operation::{Family, NamedMut, Row};
pub use operations::{OPERATIONS, Operation};
pub use parse::ScenarioError;
pub use quotations::{ISSUES, TYPES2};
pub use rule::{IssueQuotation, Rule, Source, SourceKind};
pub use situation::{Pattern, Setting, WalkOrder};
pub use tally::Tally;
pub use target::{UnknownTarget, register_target, targets};
pub use vocabulary::{
    ConfigWord, ELEMENTS, Import, Importing, Meet, Query, Reading, Setter, Share,
};

/// Which goroutines use go/types, how, and what they share.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Scenario {
    /// The comment lines above the first directive, without `#`.
    pub comment: Vec<String>,
    /// What goroutines have in common beside completed packages.
    pub share: BTreeSet<Share>,
    /// How a dependency reaches its importer.
    pub import: Import,
    /// How importers differ from one that returns each package without an error.
    pub importing: BTreeSet<Importing>,
    /// Where goroutines wait for one another.
    pub meet: BTreeSet<Meet>,
    /// GOMAXPROCS while the goroutines run; the harness's own if `None`.
    pub procs: Option<u32>,
    /// How often the goroutines run, each time on new packages; 1 if `None`.
    pub rounds: Option<u32>,
    /// Whether the test case wants a process that has run nothing before.
    pub fresh: bool,
    /// GODEBUG settings, `gotypesalias=0` for one.
    pub godebug: Vec<String>,
    /// The seed of the goroutines' interleaving; the runtime's scheduler
    /// decides if `None`.
    pub schedule: Option<u64>,
    /// Whether the answers are compared with those of a sequential run.
    pub oracle: bool,
    /// Operations that run first, one after another.
    pub before: Vec<Operation>,
    /// The operations of each goroutine.
    pub go: Vec<Vec<Operation>>,
}

/// The word that a `walk` uses in place of a package to visit the instances that
/// `instantiate` made.
pub const INSTANCES: &str = "instances";

/// An object of a package: `lib.T`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ObjectRef {
    /// Import path.
    pub package: String,
    /// A name in the package's scope.
    pub object: String,
}

/// The order of a walk. In one order a lock may hide, by chance, a race that another
/// order shows.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub enum Order {
    /// As reached from the scope's names in alphabetical order.
    #[default]
    Declared,
    /// From the last to the first.
    Reversed,
    /// Starting at the n-th.
    Rotated(u32),
    /// Shuffled by a seed.
    Shuffled(u32),
}

impl Scenario {
    /// The scenario's class: the greatest of its elements'.
    #[must_use]
    pub fn class(&self) -> Class {
        self.elements().iter().map(|e| e.class).max().unwrap_or(Class::Bug)
    }

    /// Whether the answers of a concurrent run are compared with sequential ones. They
    /// are not where a rule is broken, as other answers are expected there.
    #[must_use]
    pub fn has_oracle(&self) -> bool {
        self.oracle && self.class() != Class::Breach
    }

    /// The scenario for one of several runs, counted from 0. Function numbers, and with them the
    /// meaning of a schedule's seed, differ between Go releases, so every other run is left to the
    /// runtime's scheduler.
    #[must_use]
    pub fn for_run(&self, run: u32) -> Self {
        let schedule = self.schedule.filter(|_| run.is_multiple_of(2));
        Self { schedule, ..self.clone() }
    }

    /// The scenario for one of several runs that look for more than one interleaving: every other one
    /// has a seed of its own, so that it does not depend on the load of the machine.
    #[must_use]
    pub fn for_other_run(&self, run: u32) -> Self {
        let seed = self.schedule.unwrap_or_default().wrapping_add(run.into());
        let schedule = (!run.is_multiple_of(2)).then_some(seed);
        Self { schedule, ..self.clone() }
    }

    /// Every vocabulary element that the scenario uses, in the vocabulary's
    /// order, each once.
    #[must_use]
    pub fn elements(&self) -> Vec<&'static Element> {
        let mut names: BTreeSet<(ElementKind, &str)> = BTreeSet::new();
        names.extend(self.share.iter().map(|s| (ElementKind::Share, s.name())));
        names.insert((ElementKind::Import, self.import.name()));
        names.extend(self.importing.iter().map(|i| (ElementKind::Import, i.name())));
        for op in self.operations() {
            names.insert((ElementKind::Operation, op.name()));
            names.extend(op.operands().into_iter().filter_map(|operand| match operand {
                Operand::Query(q) => Some((ElementKind::Query, q.name())),
                Operand::Setter(s) => Some((ElementKind::Setter, s.name())),
                Operand::Config(c) => Some((ElementKind::Config, c.word().name())),
                Operand::Reading(r) => Some((ElementKind::Reading, r.name())),
                _ => None,
            }));
        }
        let mut all: Vec<_> =
            ELEMENTS.iter().filter(|e| names.contains(&(e.kind, e.name))).collect();
        all.extend(self.target_elements());
        all
    }

    /// The names of the elements that break a documented rule.
    #[must_use]
    pub fn breaches(&self) -> Vec<&'static str> {
        let breaks = |e: &&&Element| e.class == Class::Breach;
        self.elements().iter().filter(breaks).map(|e| e.name).collect()
    }

    /// Removes every element that breaks a documented rule.
    pub fn keep_contract(&mut self) {
        self.keep_below(Class::Breach);
    }

    /// Removes every element of this class or a greater one.
    pub fn keep_below(&mut self, class: Class) {
        let keeps = |op: &Operation| match op.target_element() {
            Some(element) => element.class < class,
            None => op.class() < class,
        };
        self.share.retain(|s| s.class() < class);
        self.importing.retain(|i| i.class() < class);
        self.before.retain(keeps);
        for operations in &mut self.go {
            operations.retain(keeps);
        }
        self.go.retain(|operations| !operations.is_empty());
    }

    /// The scenario of a test case without one: packages that others import are
    /// checked before, then two goroutines check every root and walk the packages
    /// that were checked before, in opposite orders.
    ///
    /// `packages` are import paths with what each imports, dependencies
    /// first.
    #[must_use]
    pub fn default_for(packages: &[(String, Vec<String>)]) -> Self {
        let imported = |path: &str| packages.iter().any(|(_, deps)| deps.iter().any(|d| d == path));
        let (deps, roots): (Vec<_>, Vec<_>) =
            packages.iter().map(|(p, _)| p.as_str()).partition(|p| imported(p));
        // A lone package is completed first, so that there is something to share.
        let before = if deps.is_empty() { &roots } else { &deps };
        let check = |p: &&str| Operation::Check { package: (*p).to_owned() };
        let walk = |query, order| {
            move |p: &&str| Operation::Walk { query, package: (*p).to_owned(), order }
        };
        let goroutine = |order: Order, queries: [Query; 2]| {
            let mut ops: Vec<_> = roots.iter().map(check).collect();
            for query in queries {
                ops.extend(before.iter().map(walk(query, order)));
            }
            ops
        };
        Self {
            meet: BTreeSet::from([Meet::Start, Meet::Import]),
            before: before.iter().map(check).collect(),
            go: vec![
                goroutine(Order::Declared, [Query::Underlying, Query::Methods]),
                goroutine(Order::Reversed, [Query::Methods, Query::Underlying]),
            ],
            ..Self::default()
        }
    }
}
