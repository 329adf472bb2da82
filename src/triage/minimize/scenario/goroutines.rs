//! Fewer goroutines.

use super::super::reducer::{Edit, Reducer, chunks};
use crate::scenario::Meet;
use crate::testcase::TestCase;

/// Deletes goroutines, has one do what two did, or all do what one does.
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
            // Fewer may meet more seldom: they are helped.
            out.push(Box::new(move |case| {
                let s = &mut case.scenario;
                s.go.drain(range.clone());
                s.meet.extend([Meet::Start, Meet::Import]);
                s.rounds = Some(100);
                // A hundred rounds of one interleaving say what one says.
                s.schedule.is_none()
            }));
        }
        for range in chunks(n).into_iter().filter(|r| r.len() < n && n > 2) {
            // Or a seed is.
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
