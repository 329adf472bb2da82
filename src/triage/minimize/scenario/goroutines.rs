//! Fewer goroutines.

use super::super::reducer::{Edit, Reducer, chunks};
use crate::scenario::Meet;
use crate::testcase::TestCase;

/// Deletes goroutines, lets one do the work of two, or gives all the same work.
#[derive(Clone, Copy, Debug)]
pub struct Goroutines;

impl Reducer for Goroutines {
    fn name(&self) -> &'static str {
        "delete goroutines"
    }

    fn edits(&self, case: &TestCase) -> Vec<Edit> {
        let n = case.scenario.go.len();
        let mut out: Vec<Edit> = Vec::new();
        for range in chunks(n).into_iter().filter(|r| r.len() < n) {
            out.push(Box::new(move |case| {
                case.scenario.go.drain(range.clone());
                true
            }));
        }
        for range in chunks(n).into_iter().filter(|r| r.len() < n && n > 2) {
            // Fewer goroutines may overlap less often, so meetings help them.
            out.push(Box::new(move |case| {
                let s = &mut case.scenario;
                s.go.drain(range.clone());
                s.meet.extend([Meet::Start, Meet::Import]);
                s.rounds = Some(100);
                // A hundred rounds of one interleaving show no more than one round.
                s.schedule.is_none()
            }));
        }
        for range in chunks(n).into_iter().filter(|r| r.len() < n && n > 2) {
            // Or a seed is tried.
            out.push(Box::new(move |case| {
                let s = &mut case.scenario;
                s.go.drain(range.clone());
                s.rounds = None;
                s.schedule.get_or_insert(1);
                true
            }));
        }
        for from in 1..n {
            // One after another shows what needs an order, not a third one.
            for into in 0..from {
                out.push(Box::new(move |case| {
                    let operations = case.scenario.go.remove(from);
                    case.scenario.go[into].extend(operations);
                    true
                }));
            }
        }
        for i in 0..n {
            out.push(Box::new(move |case| {
                let one = case.scenario.go[i].clone();
                case.scenario.go = vec![one.clone(), one];
                true
            }));
        }
        out
    }
}
