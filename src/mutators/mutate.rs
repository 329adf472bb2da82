//! Mutation: applies a few operators, repairs, and keeps the bounds.

use super::scenario::limit::limit;
use super::{Entry, OPERATORS, Weights};
use crate::edit::{node_count, repair, syntax, within};
use crate::rng::Rng;
use crate::scenario::Profile;
use crate::testcase::TestCase;

/// One way to change a test case.
pub trait Operator: Sync + Send {
    /// Changes the test case; false if there is nothing it applies to.
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool;
}

/// What an operator may use.
#[derive(Debug)]
pub struct Context<'a> {
    /// The source of chance.
    pub rng: &'a mut Rng,
    /// Another test case of the corpus.
    pub donor: Option<&'a dyn Donor>,
    /// Which scenarios may be made.
    pub profile: Profile,
    /// The toolchain's minor version, 27 for Go 1.27.
    pub go_minor: u32,
}

/// A test case to take parts from. It may have to be read from its file, and few
/// operators need it.
pub trait Donor: std::fmt::Debug {
    /// The test case, if it can be read.
    fn test_case(&self) -> Option<&TestCase>;
}

impl Donor for TestCase {
    fn test_case(&self) -> Option<&TestCase> {
        Some(self)
    }
}

/// How [`mutate`] goes about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The most operators applied to one test case.
    pub max_stack: usize,
    /// The percentage of mutants that are repaired.
    pub repair_percent: u32,
    /// The most nodes that a mutant may have.
    pub max_nodes: usize,
    /// A mutant may grow up to this many nodes; beyond it, it has no more than its
    /// parent. The cost of a test case is its size, and small ones reach as much.
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

/// What was done to a test case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutated {
    /// Indices into [`OPERATORS`], in the order applied.
    pub operators: Vec<usize>,
    /// Whether the result was repaired.
    pub repaired: bool,
}

/// How often another operator is tried when one does not apply.
const TRIES: usize = 12;

/// Changes a test case by one operator or a few. `None`, with the test case
/// as it was, if nothing applied.
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
    let repaired = cx.rng.chance(settings.repair_percent);
    finish(case, &before, cx, repaired);
    if operators.is_empty() || *case == before || !within(case, most) {
        *case = before;
        return None;
    }
    Some(Mutated { operators, repaired })
}

/// Changes a test case by one operator alone, as [`mutate`] would: for tests
/// and figures of single operators.
pub fn mutate_by(
    operator: usize,
    case: &mut TestCase,
    cx: &mut Context<'_>,
    settings: &Settings,
) -> Option<Mutated> {
    let before = case.clone();
    let most = settings.most(&before);
    let applied = apply(operator, case, cx, most);
    let repaired = cx.rng.chance(settings.repair_percent);
    finish(case, &before, cx, repaired);
    if !applied || *case == before || !within(case, most) {
        *case = before;
        return None;
    }
    Some(Mutated { operators: vec![operator], repaired })
}

/// One operator by its index; the test case is as before if it does not apply
/// or oversteps the bounds.
fn apply(at: usize, case: &mut TestCase, cx: &mut Context<'_>, most: usize) -> bool {
    let Some(Entry { operator, .. }) = OPERATORS.get(at) else { return false };
    let saved = case.clone();
    if operator.apply(case, cx) && within(case, most) {
        return true;
    }
    *case = saved;
    false
}

/// What every mutant goes through, whether it is repaired or not.
fn finish(case: &mut TestCase, before: &TestCase, cx: &mut Context<'_>, repaired: bool) {
    if repaired {
        repair(case, before, cx.rng);
    }
    // Half of the mutants differ in their scenario alone.
    if case.packages != before.packages {
        syntax::tidy(case, cx.go_minor);
    }
    limit(case, before, cx);
}
