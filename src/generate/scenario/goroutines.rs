//! What goroutines do: often the same operations on the same packages, in different orders.

use super::super::objects::Objects;
use super::Maker;
use super::operands::registered;
use crate::scenario::{
    FACES, Family, INSTANCES, OperandMut, Operation, Order, Query, Row, Scenario,
};

/// Percent of operations that belong to a target, if there is one.
const TARGETS: u32 = 50;

impl<'a> Maker<'_, 'a> {
    pub(super) fn goroutines(&mut self, s: &mut Scenario) {
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
    pub(super) fn results(&mut self, s: &mut Scenario) {
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

    /// Adds one operation each to two goroutines, of kinds that chance seldom combines: evaluations
    /// with evaluations, readers or checks; export with readers; questions about two objects of a
    /// package.
    pub(super) fn pairing(&mut self, s: &mut Scenario) {
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
    pub(super) fn universe(&mut self, s: &mut Scenario) {
        s.before.clear();
        let query = self.any_query();
        for ops in &mut s.go {
            let query = if self.rng.chance(70) { query } else { self.any_query() };
            ops.insert(0, Operation::Universe { query });
        }
    }

    /// The operations of one goroutine.
    pub(super) fn operations(&mut self, instances: bool) -> Vec<Operation> {
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
            return self.target().into_iter().collect();
        }
        let Some(row) = Row::generated(self.rng.below(FACES.0)) else { return Vec::new() };
        let mut ops: Vec<_> = self.make(row, Some(o)).into_iter().collect();
        if row.family == Family::Instantiate && !ops.is_empty() {
            ops.push(self.walk(INSTANCES.to_owned()));
        }
        ops
    }

    /// The same operations in another order, with the order of walks changed too.
    pub(super) fn mirrored(&mut self, ops: &[Operation]) -> Vec<Operation> {
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
}
