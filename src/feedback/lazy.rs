//! The third map: what reading changes. A point is a field of go/types and the
//! operation that changed it in one goroutine, in packages that were complete.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use libafl::Error;
use libafl::executors::ExitKind;
use libafl::feedbacks::{Feedback, StateInitializer};
use libafl_bolts::Named;
use serde::{Deserialize, Serialize};

use crate::executor::LastRun;
use crate::harness::LazyChange;

/// What was seen: `Named.underlying` by `walk lookup`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Point {
    /// The field that changed.
    pub field: String,
    /// The operation that changed it, with its query if it has one.
    pub operation: String,
}

impl Point {
    /// The point of a change.
    #[must_use]
    pub fn of(change: &LazyChange) -> Self {
        let op = &change.operation;
        let words = match op.first().map(String::as_str) {
            Some("walk" | "query") => 2,
            _ => 1,
        };
        let operation = op.iter().take(words).cloned().collect::<Vec<_>>().join(" ");
        Self { field: change.field.clone(), operation }
    }
}

/// What is known of a point.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Test cases that showed it.
    pub seen: u64,
    /// Test cases on which it was tried under the race detector.
    pub tried: u32,
    /// Executions that these took.
    pub executions: u32,
    /// Findings that are races on the field.
    pub findings: Vec<String>,
    /// What had the field, in the first test case.
    pub object: String,
    /// A lock or atomic in the same struct.
    pub guard: String,
}

/// All points of a campaign.
#[derive(Clone, Debug, Default)]
pub struct LazyMap(BTreeMap<Point, Known>);

impl LazyMap {
    /// Adds what a test case showed. Returns how many points are new.
    pub fn add(&mut self, changes: &[LazyChange]) -> usize {
        let before = self.0.len();
        let points: BTreeMap<Point, &LazyChange> =
            changes.iter().map(|c| (Point::of(c), c)).collect();
        for (point, change) in points {
            let known = self.0.entry(point).or_insert_with(|| Known {
                object: change.object.clone(),
                guard: change.guard.clone(),
                ..Known::default()
            });
            known.seen += 1;
        }
        self.0.len() - before
    }

    /// What is known of a point.
    pub fn get_mut(&mut self, point: &Point) -> Option<&mut Known> {
        self.0.get_mut(point)
    }

    /// Every point, in an order that repeats.
    pub fn iter(&self) -> impl Iterator<Item = (&Point, &Known)> {
        self.0.iter()
    }
}

/// True if the last execution's packages showed a new point.
pub struct LazyFeedback {
    last: Rc<RefCell<LastRun>>,
}

impl LazyFeedback {
    /// Reads what the executor left.
    #[must_use]
    pub fn new(last: Rc<RefCell<LastRun>>) -> Self {
        Self { last }
    }
}

impl Named for LazyFeedback {
    fn name(&self) -> &Cow<'static, str> {
        const NAME: Cow<'static, str> = Cow::Borrowed("lazy");
        &NAME
    }
}

impl<S> StateInitializer<S> for LazyFeedback {}

impl<EM, I, OT, S> Feedback<EM, I, OT, S> for LazyFeedback {
    fn is_interesting(
        &mut self,
        _state: &mut S,
        _manager: &mut EM,
        _input: &I,
        _observers: &OT,
        _exit_kind: &ExitKind,
    ) -> Result<bool, Error> {
        Ok(self.last.borrow().new_lazy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(field: &str, operation: &str) -> LazyChange {
        LazyChange {
            field: field.to_owned(),
            operation: operation.split(' ').map(str::to_owned).collect(),
            object: "lib.T".to_owned(),
            guard: String::new(),
        }
    }

    #[test]
    fn a_point_is_new_once_whatever_the_package() {
        let mut map = LazyMap::default();
        let first = [
            change("Named.x", "walk lookup lib declared"),
            change("Named.x", "walk lookup instances declared"),
            change("Named.x", "check a"),
        ];
        assert_eq!(map.add(&first), 2);
        assert_eq!(map.add(&first), 0);
        assert_eq!(map.add(&[change("Named.y", "check b"), change("Named.x", "check b")]), 1);
        let names: Vec<_> = map.iter().map(|(p, k)| (p.operation.as_str(), k.seen)).collect();
        assert_eq!(names, [("check", 3), ("walk lookup", 2), ("check", 1)]);
        assert_eq!(Point::of(&LazyChange::default()).operation, "");
    }
}
