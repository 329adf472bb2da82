//! The operations of a program that one question about one type may replace, and their
//! replacements.

use super::options::Options;
use super::plan::{Plan, makes_instances, walks_instances};
use super::queries::{Form, form};
use crate::finding::Direct;
use crate::scenario::{INSTANCES, Operation, Query, Scenario, Share};

/// An operation that may be replaced.
#[derive(Clone, Debug)]
pub struct Slot {
    /// The goroutine, counted from 1.
    pub goroutine: usize,
    /// The operation, counted from 0.
    pub operation: usize,
    /// The operation's text: equal operations get equal replacements.
    pub text: String,
    /// Whether it is about instances.
    pub instances: bool,
    /// Whether its types are known before the goroutines start.
    pub early: bool,
    /// Its replacement.
    pub direct: Option<Direct>,
}

impl Slot {
    /// Whether it is that operation.
    pub fn is(&self, goroutine: usize, operation: usize) -> bool {
        (self.goroutine, self.operation) == (goroutine, operation)
    }
}

/// The slots of a program that is being written.
#[derive(Clone, Debug)]
pub struct Forms {
    pub slots: Vec<Slot>,
    pub probe: bool,
    /// Statements before the goroutines start.
    pub early: Vec<String>,
    /// Values that have a variable. Its index here gives a variable its name.
    values: Vec<String>,
}

impl Forms {
    pub fn new(plan: &Plan<'_>, options: &Options) -> Self {
        let mut slots = slots(plan);
        for slot in &mut slots {
            slot.direct =
                options.direct.iter().find(|d| slot.is(d.goroutine, d.operation)).cloned();
        }
        // If one walk over the list of instances remains, so does the list.
        if slots.iter().any(|s| s.instances && s.direct.is_none()) {
            slots.iter_mut().filter(|s| s.instances).for_each(|s| s.direct = None);
        }
        Self { slots, probe: options.probe, early: Vec::new(), values: Vec::new() }
    }

    /// Whether instances have variables of their own and there is no list.
    pub fn names_instances(&self, scenario: &Scenario) -> bool {
        let walks = scenario.go.iter().flatten().filter(|op| walks_instances(op)).count();
        walks > 0
            && self.slots.iter().filter(|s| s.instances && s.direct.is_some()).count() == walks
    }

    /// Whether an operation has a replacement.
    pub fn replaces(&self, goroutine: usize, operation: usize) -> bool {
        let replaced = |s: &&Slot| s.is(goroutine, operation);
        self.slots.iter().find(replaced).is_some_and(|s| s.direct.is_some())
    }

    /// Whether a replacement names a variable.
    pub fn mentions(&self, name: &str) -> bool {
        let is = |text: &str| text == name || text.starts_with(&format!("{name}."));
        let inside = |text: &str| {
            is(text) || text.contains(&format!("({name}.")) || text.contains(&format!("({name})"))
        };
        self.slots
            .iter()
            .filter_map(|s| s.direct.as_ref())
            .any(|d| inside(&d.value) || d.other.as_deref().is_some_and(inside))
    }

    /// The statement of a replacement. A type that is known early gets a variable.
    pub fn line(&mut self, direct: &Direct) -> String {
        let mut line = direct.ask.clone();
        let values = [("$1", Some(&direct.value)), ("$2", direct.other.as_ref())];
        for (place, value) in values {
            let Some(value) = value else { continue };
            let named = if direct.early { self.variable(value) } else { value.clone() };
            line = line.replace(place, &named);
        }
        line
    }

    fn variable(&mut self, value: &str) -> String {
        if value.chars().all(char::is_alphanumeric) {
            return value.to_owned();
        }
        let at = self.values.iter().position(|v| v == value).unwrap_or_else(|| {
            self.values.push(value.to_owned());
            let at = self.values.len() - 1;
            self.early.push(format!("{} := {value}", variable(at)));
            at
        });
        variable(at)
    }
}

fn variable(at: usize) -> String {
    if at == 0 { "t".to_owned() } else { format!("t{}", at + 1) }
}

/// Whether a query is about types and needs nothing but go/types.
fn usable(query: Query) -> bool {
    !query.needs_tools() && matches!(form(query), Form::One(_) | Form::Two(_))
}

/// The operations that may be replaced.
pub fn slots(plan: &Plan<'_>) -> Vec<Slot> {
    let s = plan.scenario;
    let by_hand = s.share.contains(&Share::Interface) || s.share.contains(&Share::Alias);
    // Variables of instances are numbered in the order in which they are made.
    let names = |op: &Operation| {
        !makes_instances(op) || matches!(op, Operation::Instantiate { .. } | Operation::Eval { .. })
    };
    let plain = s.before.iter().all(names);
    let makes = |ops: &[Operation]| ops.iter().any(makes_instances);
    // One goroutine alone may make the instances that it walks over.
    let alone = |ops: &[Operation]| s.go.len() == 1 && !makes(&s.before) && ops.iter().all(names);
    let mut out = Vec::new();
    for (g, operations) in s.go.iter().enumerate() {
        for (i, op) in operations.iter().enumerate() {
            let complete =
                |path: &str| plan.index(path).is_some_and(|p| plan.completed.contains(&p));
            let (fits, early) = match op {
                Operation::Walk { query, package, .. } if package == INSTANCES => (
                    usable(*query)
                        && plain
                        && !by_hand
                        && (!makes(operations) || alone(operations)),
                    !makes(operations),
                ),
                Operation::Walk { query, package, .. } => {
                    (usable(*query) && plan.index(package).is_some(), complete(package))
                }
                Operation::Query { query, object: target, other } => (
                    usable(*query),
                    complete(&target.package)
                        && other.as_ref().is_none_or(|o| complete(&o.package)),
                ),
                _ => (false, false),
            };
            if fits {
                out.push(Slot {
                    goroutine: g + 1,
                    operation: i,
                    text: op.to_string(),
                    instances: walks_instances(op),
                    early,
                    direct: None,
                });
            }
        }
    }
    out
}
