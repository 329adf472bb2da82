//! Mutators: operators that change a test case, one to a file, and the one
//! list of them.
//!
//! [`mutate`] stacks a few operators, repairs the result in a chosen share of
//! cases, and always leaves a test case that prints as Go that parses, is
//! within the bounds, and has a scenario that the profile allows.

pub(crate) mod address;
mod bounds;
pub(crate) mod build;
pub(crate) mod env;
mod program;
pub(crate) mod references;
pub(crate) mod repair;
mod scenario;
mod stats;
mod steering;
pub(crate) mod symbols;
mod syntax;
#[cfg(test)]
pub(crate) mod test_support;
#[cfg(test)]
mod tests;
mod types;
pub(crate) mod walk;
mod weights;

use crate::rng::Rng;
use crate::scenario::Profile;
use crate::testcase::TestCase;

pub use bounds::{MAX_DEPTH, MAX_GOROUTINES, MAX_OPERATIONS, MAX_PACKAGES, node_count};
pub use repair::repair;
pub use stats::{OperatorStats, Outcome};
pub use steering::{Parents, Steering};
pub use weights::{Choice, Weights};

/// One way to change a test case.
pub trait Operator: Sync + Send {
    /// What it does, in words for a table: `wrap type`.
    fn name(&self) -> &'static str;
    /// How often it is chosen before anything is known about its yield.
    fn weight(&self) -> u32;
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

/// A test case that parts may be taken from. It may have to be read from its file, and
/// few operators want it.
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
    /// Of 100 mutants, how many are repaired.
    pub repair_percent: u32,
    /// The most nodes that a mutant may have.
    pub max_nodes: usize,
    /// Beyond so many nodes a mutant has no more than its parent: what a test case costs
    /// is its size, and small ones reach as much.
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

/// Every operator: those on programs, then those on scenarios.
pub static OPERATORS: &[&dyn Operator] = &[
    &program::Parameters,
    &program::TypeParameters,
    &program::MakeGeneric,
    &program::Instantiate,
    &program::AliasInstance,
    &program::AliasImport,
    &program::AliasVariable,
    &program::SPLICE_TYPE,
    &program::SPLICE_DECL,
    &program::SPLICE_METHOD,
    &program::SPLICE_FIELD,
    &program::SPLICE_STMT,
    &program::SPLICE_EXPR,
    &program::SelfAlias,
    &program::AliasToDefined,
    &program::DefinedToAlias,
    &program::MoveDecl,
    &program::EmbedField,
    &program::EmbedInterface,
    &program::CloseCycle,
    &program::OpenCycle,
    &program::AddMethod,
    &program::WrapType,
    &program::UnwrapType,
    &program::EraseTypeArgs,
    &program::WriteTypeArgs,
    &program::InferType,
    &program::DuplicatePackage,
    &program::DeleteDecl,
    &program::DeleteField,
    &program::DeleteMethod,
    &program::DeleteStmt,
    &program::DuplicateDecl,
    &program::SwapTypes,
    &program::ReplaceName,
    &program::ChangeConstraint,
    &program::Rename,
    &program::InsertDecl,
    &program::GenerateDecl,
    &scenario::AddGoroutine,
    &scenario::RemoveGoroutine,
    &scenario::MirrorGoroutine,
    &scenario::SpliceGoroutine,
    &scenario::AddOperation,
    &scenario::RemoveOperation,
    &scenario::ReorderOperations,
    &scenario::DuplicateOperation,
    &scenario::ChangeWalk,
    &scenario::ChangeTarget,
    &scenario::ChangeShare,
    &scenario::ChangeMeet,
    &scenario::ChangeImport,
    &scenario::AddSetter,
    &scenario::ChangeProcs,
    &scenario::ChangeRounds,
    &scenario::ChangeSchedule,
    &scenario::ChangeGodebug,
    &scenario::ToggleFresh,
    &scenario::ToggleOracle,
    &scenario::SharedInstance,
    &scenario::ConcurrentImport,
    &scenario::ConcurrentCheck,
    &scenario::AliasShared,
];

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
    if operators.is_empty() || *case == before || !bounds::within(case, most) {
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
    if !applied || *case == before || !bounds::within(case, most) {
        *case = before;
        return None;
    }
    Some(Mutated { operators: vec![operator], repaired })
}

/// One operator by its index; the test case is as before if it does not apply
/// or oversteps the bounds.
fn apply(at: usize, case: &mut TestCase, cx: &mut Context<'_>, most: usize) -> bool {
    let Some(operator) = OPERATORS.get(at) else { return false };
    let saved = case.clone();
    if operator.apply(case, cx) && bounds::within(case, most) {
        return true;
    }
    *case = saved;
    false
}

/// What every mutant goes through, whether it is repaired or not.
fn finish(case: &mut TestCase, before: &TestCase, cx: &mut Context<'_>, repaired: bool) {
    if repaired {
        repair(case, before, cx);
    }
    // Half of the mutants differ in their scenario alone.
    if case.packages != before.packages {
        syntax::tidy(case, cx.go_minor);
    }
    scenario::limit(case, before, cx);
}
