//! The elements of the vocabulary that are no words of a scenario: how a test case is run,
//! the order of its walks, and what its goroutines do at the same time.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::element::{Element, ElementKind, words};
use super::quotations::{COMPLETE, EVAL, FAULTY, READERS};
use super::{Class, Family, INSTANCES, OperandMut, Operation, Order, Scenario};

words! {
    /// The order of a walk, without its number.
    WalkOrder: Order {
        Declared = "declared", Bug, READERS, "a walk in the order of the scope's names";
        Reversed = "reversed", Bug, READERS, "a walk the other way round";
        Rotated = "rotated", Bug, READERS, "a walk that starts at the n-th type";
        Shuffled = "shuffled", Bug, READERS, "a walk in an order that a seed makes";
    }
}

words! {
    /// A directive on how the test case is run.
    Setting: Setting {
        Procs = "procs", Bug, READERS, "GOMAXPROCS while the goroutines run";
        Rounds = "rounds", Bug, READERS, "the goroutines run several times, each time on new packages";
        Fresh = "fresh", Bug, READERS, "a process that has run nothing before";
        Godebug = "godebug", Bug, READERS, "GODEBUG settings that checkers read: gotypesalias, the only one of go/types";
        Schedule = "schedule", Bug, READERS, "an interleaving that a seed decides";
        Oracle = "oracle", Bug, READERS, "answers are compared with those of a sequential run";
    }
}

words! {
    /// What two goroutines of a scenario do at once.
    Pattern: Pattern {
        CheckCheck = "check and check", Bug, COMPLETE, "two goroutines check or import";
        CheckQuery = "check and query", Bug, READERS, "one goroutine checks or imports, another one asks";
        QueryQuery = "query and query", Bug, READERS, "two goroutines ask";
        EvalEval = "eval and eval", Bug, EVAL, "two goroutines evaluate expressions";
        EvalQuery = "eval and query", Bug, EVAL, "one goroutine evaluates an expression, another one asks";
        ExportQuery = "export and query", Bug, READERS, "one goroutine writes export data, another one asks";
        EvalResults = "results of eval", Bug, READERS, "an expression is evaluated before, two goroutines ask about its type";
        Instances = "instances made before", Bug, READERS, "instances are made after checking, two goroutines ask about them";
        Diamond = "diamond", Bug, COMPLETE, "two goroutines check or import different packages";
        Faulty = "faulty dependency", Bug, FAULTY, "a package checked before has type errors";
        SameObject = "same object", Bug, READERS, "two goroutines ask about one object";
        OtherObject = "other object", Bug, READERS, "two goroutines ask about different objects of one package";
        Mirrored = "mirrored", Bug, READERS, "two goroutines do the same in the same order";
        Skewed = "skewed", Bug, READERS, "two goroutines do the same in another order";
    }
}

/// The summary of a goroutine that comparisons use.
#[derive(Default)]
struct Work {
    checks: BTreeSet<String>,
    queries: bool,
    evals: bool,
    exports: bool,
    instances: bool,
    objects: BTreeSet<(String, String)>,
    /// Operations, with and without the orders of walks, sorted.
    sorted: (Vec<String>, Vec<String>),
}

impl Work {
    fn of(operations: &[Operation]) -> Self {
        let mut work = Self::default();
        for op in operations {
            match op.row().family {
                Family::Check => work.checks.extend(op.packages().into_iter().map(str::to_owned)),
                Family::Eval => work.evals = true,
                Family::Export => work.exports = true,
                Family::Query => {
                    work.queries = true;
                    work.instances |= op.packages().contains(&INSTANCES);
                    work.objects.extend(op.objects().into_iter().map(|t| (t.package, t.object)));
                }
                Family::Instantiate | Family::Other => {}
            }
        }
        let plain = |op: &Operation| {
            let plain = op.changed(|operand| {
                if let OperandMut::Order(order) = operand {
                    *order = Order::Declared;
                }
            });
            plain.to_string()
        };
        work.sorted = (
            operations.iter().map(ToString::to_string).collect(),
            operations.iter().map(plain).collect(),
        );
        work.sorted.1.sort();
        work
    }
}

impl Scenario {
    /// The settings that the scenario makes.
    #[must_use]
    pub fn settings(&self) -> BTreeSet<Setting> {
        [
            (self.procs.is_some(), Setting::Procs),
            (self.rounds.is_some(), Setting::Rounds),
            (self.fresh, Setting::Fresh),
            (!self.godebug.is_empty(), Setting::Godebug),
            (self.schedule.is_some(), Setting::Schedule),
            (self.oracle, Setting::Oracle),
        ]
        .into_iter()
        .filter_map(|(set, setting)| set.then_some(setting))
        .collect()
    }

    /// The orders of its walks.
    #[must_use]
    pub fn orders(&self) -> BTreeSet<WalkOrder> {
        let orders = self.operations().filter_map(Operation::order).map(|order| match order {
            Order::Declared => WalkOrder::Declared,
            Order::Reversed => WalkOrder::Reversed,
            Order::Rotated(_) => WalkOrder::Rotated,
            Order::Shuffled(_) => WalkOrder::Shuffled,
        });
        orders.collect()
    }

    /// What pairs of its goroutines do. [`Pattern::Faulty`] is never among them: only the
    /// type checker knows whether a dependency has errors.
    #[must_use]
    pub fn patterns(&self) -> BTreeSet<Pattern> {
        let made = |family| self.before.iter().any(|op| op.row().family == family);
        let (evaluated, instantiated) = (made(Family::Eval), made(Family::Instantiate));
        let work: Vec<Work> = self.go.iter().map(|ops| Work::of(ops)).collect();
        let mut found = BTreeSet::new();
        for (i, a) in work.iter().enumerate() {
            for b in &work[i + 1..] {
                let either =
                    |f: fn(&Work) -> bool, g: fn(&Work) -> bool| f(a) && g(b) || g(a) && f(b);
                let (query, check) = (|w: &Work| w.queries, |w: &Work| !w.checks.is_empty());
                let asked = a.instances && b.instances;
                let other =
                    |(p, o): &(String, String)| b.objects.iter().any(|(q, u)| p == q && o != u);
                let same = a.sorted.1 == b.sorted.1 && !a.sorted.1.is_empty();
                let pairs = [
                    (either(check, check), Pattern::CheckCheck),
                    (either(check, query), Pattern::CheckQuery),
                    (either(query, query), Pattern::QueryQuery),
                    (either(|w| w.evals, |w| w.evals), Pattern::EvalEval),
                    (either(|w| w.evals, query), Pattern::EvalQuery),
                    (either(|w| w.exports, query), Pattern::ExportQuery),
                    (asked && evaluated, Pattern::EvalResults),
                    (asked && instantiated, Pattern::Instances),
                    (check(a) && check(b) && a.checks != b.checks, Pattern::Diamond),
                    (!a.objects.is_disjoint(&b.objects), Pattern::SameObject),
                    (a.objects.iter().any(other), Pattern::OtherObject),
                    (same && a.sorted.0 == b.sorted.0, Pattern::Mirrored),
                    (same && a.sorted.0 != b.sorted.0, Pattern::Skewed),
                ];
                found.extend(pairs.into_iter().filter_map(|(is, pattern)| is.then_some(pattern)));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(text: &str) -> Vec<&'static str> {
        let scenario = Scenario::parse(text).unwrap().unwrap();
        scenario.patterns().into_iter().map(Pattern::name).collect()
    }

    #[test]
    fn pairs_are_told_apart() {
        for (text, want) in [
            ("go check a\ngo check a\n", &["check and check", "mirrored"][..]),
            ("go check a\ngo import b\n", &["check and check", "diamond"]),
            ("go check a\ngo walk fields l\n", &["check and query"]),
            (
                "go fields l.T ; walk fields l\ngo walk fields l reversed ; fields l.T\n",
                &["query and query", "same object", "skewed"],
            ),
            ("go fields l.T\ngo string l.U\n", &["query and query", "other object"]),
            ("go fields l.T\ngo string m.U\n", &["query and query"]),
            ("go eval l x\ngo checkexpr l x\n", &["eval and eval"]),
            ("go eval l x\ngo fields l.T\n", &["eval and query"]),
            ("go export l\ngo fields l.T\n", &["export and query"]),
            (
                "before eval l x ; instantiate l.T int\ngo walk fields instances\ngo walk string instances\n",
                &["query and query", "results of eval", "instances made before"],
            ),
            ("go check a ; walk fields l\n", &[]),
        ] {
            assert_eq!(patterns(text), want, "{text}");
        }
    }

    #[test]
    fn settings_and_orders() {
        let text = "procs 2\nrounds 2\nfresh\ngodebug gotypesalias=0\nschedule seed 1\n\
                    oracle sequential\ngo walk fields l ; walk fields l rotated 2\n";
        let s = Scenario::parse(text).unwrap().unwrap();
        assert_eq!(s.settings().len(), Setting::ALL.len());
        assert_eq!(
            s.orders().into_iter().collect::<Vec<_>>(),
            [WalkOrder::Declared, WalkOrder::Rotated]
        );
    }
}
