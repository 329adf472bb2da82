//! Fewer declarations.

use super::super::reducer::{Edit, Reducer, chunks};
use crate::edit::address::{self, Address};
use crate::testcase::TestCase;

/// Deletes declarations, methods among them, and specs of grouped ones: of a
/// package first, in halves, then one by one.
#[derive(Clone, Copy, Debug)]
pub struct Decls;

/// An edit that deletes pieces, given in source order.
pub(crate) fn delete(pieces: Vec<Address>) -> Edit {
    Box::new(move |case| {
        // From the end, so that the places of the rest stay.
        let taken = pieces.iter().rev().filter(|a| address::take(case, **a).is_some()).count();
        taken > 0
    })
}

impl Reducer for Decls {
    fn name(&self) -> &'static str {
        "delete declarations"
    }

    fn edits(&self, case: &TestCase) -> Vec<Edit> {
        let all: Vec<Address> = address::all(case)
            .into_iter()
            .filter(|a| address::decl(case, *a).is_some_and(|d| !address::is_import(d)))
            .collect();
        let mut out = Vec::new();
        for p in 0..case.packages.len() {
            let own: Vec<Address> = all.iter().copied().filter(|a| a.package == p).collect();
            let ranges = chunks(own.len()).into_iter();
            out.extend(ranges.map(|r| (r.len(), delete(own[r].to_vec()))));
        }
        // The largest of any package first.
        out.sort_by_key(|(n, _)| std::cmp::Reverse(*n));
        out.into_iter().map(|(_, edit)| edit).collect()
    }
}
