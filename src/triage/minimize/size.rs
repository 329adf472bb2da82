//! The size of a test case for the person who reads it.

use std::collections::BTreeSet;

use crate::scenario::{Import, Operand, Operation, Query, Scenario, Share};
use crate::testcase::TestCase;

/// The order by which minimization shrinks: a weight of everything the reader has to understand,
/// then how well known the queries are, then the length of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size {
    weight: usize,
    queries: usize,
    bytes: usize,
}

impl Size {
    /// Measures a test case and its text.
    #[must_use]
    pub fn of(case: &TestCase, text: &str) -> Self {
        let go = case.packages.iter().flat_map(|p| &p.files);
        let nodes: usize = go.map(|f| f.tree.count_nodes()).sum();
        // Comments and directives are weighed by their content.
        let files: usize = case.packages.iter().map(|p| p.files.len()).sum();
        let lines = text.lines().filter(|l| !l.trim().is_empty()).count();
        let program = LINE * lines + nodes + 8 * case.packages.len() + 2 * files;
        let s = &case.scenario;
        let queries = s.operations().map(rank).sum();
        Self { weight: program + scenario(s), queries, bytes: text.len() }
    }

    /// Prints a test case and measures it.
    #[must_use]
    pub fn of_case(case: &TestCase) -> Self {
        Self::of(case, &case.to_source().to_txtar())
    }

    /// The weight: comparable only with another test case's.
    #[must_use]
    pub fn weight(self) -> usize {
        self.weight
    }
}

/// The weight of a line.
const LINE: usize = 4;

fn scenario(s: &Scenario) -> usize {
    let bits = |n: Option<u32>| n.map_or(0, |n| 2 + (u32::BITS - n.leading_zeros()) as usize);
    let distinct: BTreeSet<String> = s.go.iter().flatten().map(ToString::to_string).collect();
    // One goroutine alone goes on where `before` ends.
    let of_goroutine = if s.go.len() == 1 { before } else { operation };
    // Two goroutines should be enough: more are hard to follow.
    20 * s.go.len()
        + 40 * s.go.len().saturating_sub(2)
        + 3 * distinct.len()
        + s.go.iter().flatten().map(of_goroutine).sum::<usize>()
        + s.before.iter().map(before).sum::<usize>()
        + s.share.iter().map(|share| shared(*share)).sum::<usize>()
        + 2 * s.meet.len()
        + 3 * s.godebug.len()
        + bits(s.procs)
        + bits(s.rounds)
        + if s.fresh { 4 } else { 0 }
        + if s.schedule.is_some() { 20 } else { 0 }
        + if s.oracle { 4 } else { 0 }
        + match s.import {
            Import::Source => 0,
            // Its program needs golang.org/x/tools.
            Import::Export => 40,
            // Its program has an importer of hundreds of lines.
            Import::Synthetic => 60,
            // Its program runs the compiler.
            Import::Unified => 70,
            Import::Mixed => 75,
        }
        + 3 * s.importing.len()
}

/// The weight of a share, in lines. A race without it affects more users, and the share cannot be
/// blamed for it.
pub(crate) const SHARED: usize = 10;

fn shared(share: Share) -> usize {
    match share {
        // Only positions depend on it.
        Share::Fset => 4,
        _ => LINE * SHARED,
    }
}

/// The index of a query in the vocabulary, which starts with the most common ones.
fn rank(op: &Operation) -> usize {
    op.query().and_then(|query| Query::ALL.iter().position(|q| *q == query)).unwrap_or(0)
}

/// An operation of `before` makes the packages that goroutines use, preferably by a check.
fn before(op: &Operation) -> usize {
    if matches!(op, Operation::Check { .. }) { 7 } else { operation(op) }
}

fn operation(op: &Operation) -> usize {
    op.row().size + op.operands().into_iter().map(Operand::size).sum::<usize>()
}
