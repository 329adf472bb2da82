//! Mutation: applies a few operators, repairs, and enforces the bounds.

use super::scenario::limit::limit;
use super::{Entry, OPERATORS, Weights};
use crate::checker::Checker;
use crate::edit::{node_count, repair, syntax, within};
use crate::rng::Rng;
use crate::scenario::Profile;
use crate::testcase::TestCase;

/// One way to change a test case.
pub trait Operator: Sync + Send {
    /// Changes the test case; false if the operator does not apply.
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool;

    /// Whether repair leaves the point of the change intact. An error made on purpose is not
    /// repaired.
    fn is_repairable(&self) -> bool {
        true
    }
}

/// The resources of an operator.
#[derive(Debug)]
pub struct Context<'a> {
    /// The random number generator.
    pub rng: &'a mut Rng,
    /// Another test case of the corpus.
    pub donor: Option<&'a dyn Donor>,
    /// Which scenarios may be made.
    pub profile: Profile,
    /// The toolchain's minor version, 27 for Go 1.27.
    pub go_minor: u32,
    /// The type checker, which decides what scenarios can say.
    pub checker: Checker,
}

/// A test case to take parts from. It is loaded on demand, because reading its file takes time and
/// few operators need it.
pub trait Donor: std::fmt::Debug {
    /// The test case, if it can be read.
    fn test_case(&self) -> Option<&TestCase>;
}

impl Donor for TestCase {
    fn test_case(&self) -> Option<&TestCase> {
        Some(self)
    }
}

/// Settings of [`mutate`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The most operators applied to one test case.
    pub max_stack: usize,
    /// The percentage of mutants that are repaired.
    pub repair_percent: u32,
    /// The most nodes that a mutant may have.
    pub max_nodes: usize,
    /// A mutant may always grow up to this many nodes. Above that it may not be larger than its
    /// parent. Cost grows with size, and small test cases reach as much.
    pub grow_to: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { max_stack: 4, repair_percent: 90, max_nodes: 2500, grow_to: 500 }
    }
}

impl Settings {
    /// The most nodes that a mutant of this parent may have.
    fn most(&self, parent: &TestCase) -> usize {
        node_count(parent).max(self.grow_to).min(self.max_nodes)
    }
}

/// The changes made to a test case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutated {
    /// Indices into [`OPERATORS`], in the order applied.
    pub operators: Vec<usize>,
    /// Whether the result was repaired.
    pub repaired: bool,
}

/// How many other operators to try when one does not apply.
const TRIES: usize = 12;

/// Changes a test case by one or a few operators. Returns `None` and leaves the test case unchanged
/// if none applied.
pub fn mutate(
    case: &mut TestCase,
    cx: &mut Context<'_>,
    weights: &Weights,
    settings: &Settings,
) -> Option<Mutated> {
    let before = case.clone();
    let most = settings.most(&before);
    let mut stack = 1;
    while stack < settings.max_stack && cx.rng.chance(40) {
        stack += 1;
    }
    let mut operators = Vec::new();
    for _ in 0..stack {
        for _ in 0..TRIES {
            let at = weights.choose(cx.rng)?;
            if apply(at, case, cx, most) {
                operators.push(at);
                break;
            }
        }
    }
    let repaired = repairs(&operators, cx, settings);
    finish(case, &before, cx, repaired);
    if operators.is_empty() || *case == before || !within(case, most) {
        *case = before;
        return None;
    }
    Some(Mutated { operators, repaired })
}

/// Changes a test case by a single operator, as [`mutate`] would: for tests and figures of single
/// operators.
pub fn mutate_by(
    operator: usize,
    case: &mut TestCase,
    cx: &mut Context<'_>,
    settings: &Settings,
) -> Option<Mutated> {
    let before = case.clone();
    let most = settings.most(&before);
    let applied = apply(operator, case, cx, most);
    let repaired = repairs(&[operator], cx, settings);
    finish(case, &before, cx, repaired);
    if !applied || *case == before || !within(case, most) {
        *case = before;
        return None;
    }
    Some(Mutated { operators: vec![operator], repaired })
}

/// Whether to repair a mutant that these operators made.
fn repairs(operators: &[usize], cx: &mut Context<'_>, settings: &Settings) -> bool {
    let repairable = operators.iter().all(|&at| OPERATORS[at].operator.is_repairable());
    cx.rng.chance(settings.repair_percent) && repairable
}

/// Applies one operator by its index. The test case is unchanged if the operator does not apply or
/// exceeds the bounds.
fn apply(at: usize, case: &mut TestCase, cx: &mut Context<'_>, most: usize) -> bool {
    let Some(Entry { operator, .. }) = OPERATORS.get(at) else { return false };
    let saved = case.clone();
    if operator.apply(case, cx) && within(case, most) {
        return true;
    }
    *case = saved;
    false
}

/// Steps that every mutant goes through, repaired or not.
fn finish(case: &mut TestCase, before: &TestCase, cx: &mut Context<'_>, repaired: bool) {
    if repaired {
        repair(case, before, cx.rng);
    }
    // Half of the mutants differ in their scenario alone.
    if case.packages != before.packages {
        syntax::tidy(case, cx.go_minor);
    }
    case.scenario.fit(cx.checker);
    limit(case, before, cx);
}
