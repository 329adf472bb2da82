//! Removes settings of a scenario.

use super::super::reducer::{Edit, Reducer};
use crate::scenario::{Import, Meet, Scenario};
use crate::testcase::TestCase;

/// Removes shares and settings one at a time, the schedule first: a race that shows
/// without a seed also shows in other programs.
#[derive(Clone, Copy, Debug)]
pub struct Settings;

fn edit(f: impl Fn(&mut Scenario) + Send + Sync + 'static) -> Edit {
    Box::new(move |case| {
        let before = case.scenario.clone();
        f(&mut case.scenario);
        case.scenario != before
    })
}

impl Reducer for Settings {
    fn name(&self) -> &'static str {
        "drop settings"
    }

    fn edits(&self, case: &TestCase) -> Vec<Edit> {
        let s = &case.scenario;
        let mut out = vec![
            // All settings that affect how operations run, at once.
            edit(|s| {
                s.schedule = None;
                s.oracle = false;
                s.procs = None;
                s.rounds = None;
                s.fresh = false;
                s.godebug.clear();
            }),
            edit(|s| s.schedule = None),
            // Operations that overlap anyway need no seed.
            edit(|s| {
                s.schedule = None;
                s.meet.extend([Meet::Start, Meet::Import]);
            }),
            edit(|s| s.oracle = false),
            edit(|s| s.procs = None),
            edit(|s| s.rounds = None),
            edit(|s| s.rounds = s.rounds.map(|n| (n / 10).max(2))),
            edit(|s| s.fresh = false),
            edit(|s| s.godebug.clear()),
            edit(|s| s.import = Import::Source),
            edit(|s| s.share.clear()),
            edit(|s| s.importing.clear()),
            edit(|s| {
                if s.import == Import::Mixed {
                    s.import = Import::Unified;
                }
            }),
        ];
        for i in 0..s.godebug.len() {
            out.push(edit(move |s| {
                s.godebug.remove(i);
            }));
        }
        out.extend(s.importing.iter().map(|&x| {
            edit(move |s| {
                s.importing.remove(&x);
            })
        }));
        out.extend(s.share.iter().map(|&x| {
            edit(move |s| {
                s.share.remove(&x);
            })
        }));
        out
    }
}
