//! Moves operations to another package.

use super::super::reducer::{Edit, Reducer};
use super::super::tidy::named;
use crate::testcase::TestCase;

/// Makes operations on one package name another, so that the first can go: two goroutines
/// that check `a` show the same as two that check `a` and `b`.
#[derive(Clone, Copy, Debug)]
pub struct Redirect;

/// Calls `f` with every package that a scenario names.
pub(crate) fn each_name(case: &mut TestCase, f: &mut dyn FnMut(&mut String)) {
    for op in case.scenario.operations_mut() {
        op.packages_mut().into_iter().for_each(&mut *f);
    }
}

impl Reducer for Redirect {
    fn name(&self) -> &'static str {
        "name another package"
    }

    fn edits(&self, case: &TestCase) -> Vec<Edit> {
        let names: Vec<String> = named(&case.scenario).into_iter().collect();
        let mut out: Vec<Edit> = Vec::new();
        for from in &names {
            for to in names.iter().filter(|to| *to != from) {
                let (from, to) = (from.clone(), to.clone());
                out.push(Box::new(move |case| {
                    each_name(case, &mut |p| {
                        if *p == from {
                            p.clone_from(&to);
                        }
                    });
                    true
                }));
            }
        }
        out
    }
}
