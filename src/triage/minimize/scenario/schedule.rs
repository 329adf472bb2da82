//! Removes the seed of the schedule.

use super::super::reducer::{Edit, Reducer};
use crate::scenario::Meet;
use crate::testcase::TestCase;

/// Removes the seed of the schedule and adds rounds instead, because other programs cannot
/// replay a seed. It comes late, as each run costs all its rounds.
#[derive(Clone, Copy, Debug)]
pub struct Schedule;

impl Reducer for Schedule {
    fn name(&self) -> &'static str {
        "try without a seed"
    }

    fn edits(&self, case: &TestCase) -> Vec<Edit> {
        if case.scenario.schedule.is_none() {
            return Vec::new();
        }
        let mut out: Vec<Edit> = Vec::new();
        for meet in [false, true] {
            for rounds in [10, 50] {
                out.push(Box::new(move |case| {
                    let s = &mut case.scenario;
                    s.schedule = None;
                    s.rounds = Some(rounds);
                    if meet {
                        s.meet.extend([Meet::Start, Meet::Import]);
                    }
                    true
                }));
            }
        }
        out
    }
}
