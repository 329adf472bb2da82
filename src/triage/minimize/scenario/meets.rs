//! Fewer meets.

use super::super::reducer::{Edit, Reducer};
use crate::testcase::TestCase;

/// Removes the points where goroutines wait for one another. It comes at the end, because
/// they make the race show and so make every other reduction more reliable.
#[derive(Clone, Copy, Debug)]
pub struct Meets;

impl Reducer for Meets {
    fn name(&self) -> &'static str {
        "drop meets"
    }

    fn edits(&self, case: &TestCase) -> Vec<Edit> {
        let all: Edit = Box::new(|case| {
            case.scenario.meet.clear();
            true
        });
        let each = case
            .scenario
            .meet
            .iter()
            .map(|&meet| -> Edit { Box::new(move |case| case.scenario.meet.remove(&meet)) });
        [all].into_iter().chain(each).collect()
    }
}
