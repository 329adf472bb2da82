//! What a reducer is, and helpers that several of them use.

use std::ops::Range;

use crate::edit::env::Env;
use crate::edit::symbols::Symbols;
use crate::edit::walk::{Next, Site, walk};
use crate::goast::Expr;
use crate::testcase::TestCase;

/// One change that may make a test case smaller; false if it does not apply.
/// What it leaves dangling, [`super::tidy::tidy`] and repair take care of.
pub type Edit = Box<dyn Fn(&mut TestCase) -> bool + Send + Sync>;

/// One way to make a test case smaller.
pub trait Reducer: Sync {
    /// What it does, in words: `delete declarations`.
    fn name(&self) -> &'static str;

    /// Everything that it would try on this test case, the boldest first. The
    /// edits are for exactly this test case, in a fixed order.
    fn edits(&self, case: &TestCase) -> Vec<Edit>;
}

/// The ranges of a list that delta debugging deletes: all of it, halves,
/// quarters, down to single elements.
pub(crate) fn chunks(n: usize) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut size = n;
    while size > 0 {
        out.extend((0..n).step_by(size).map(|start| start..(start + size).min(n)));
        size = if size == 1 { 0 } else { size.div_ceil(2) };
    }
    out
}

/// Calls `f` with every place of the test case and its number.
pub(crate) fn places(case: &TestCase, mut f: impl FnMut(usize, Site<'_>, &Env<'_>)) {
    // The walk is one that may change things; this one only looks.
    let mut copy = case.clone();
    let symbols = Symbols::new(case);
    let mut n = 0;
    walk(&mut copy, &symbols, |site, env| {
        f(n, site, env);
        n += 1;
        Next::In
    });
}

/// An edit of the place with that number.
pub(crate) fn at_place(
    n: usize,
    change: impl Fn(Site<'_>, &Env<'_>) -> bool + Send + Sync + 'static,
) -> Edit {
    Box::new(move |case| {
        let symbols = Symbols::new(case);
        let (mut i, mut changed) = (0, false);
        walk(case, &symbols, |site, env| {
            if i == n {
                changed = change(site, env);
            }
            i += 1;
            if i > n { Next::Stop } else { Next::In }
        });
        changed
    })
}

/// An edit that puts another expression at a place.
pub(crate) fn put(n: usize, new: Expr) -> Edit {
    at_place(n, move |site, _| match site {
        Site::Expr(e, _) if *e != new => {
            *e = new.clone();
            true
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::chunks;

    #[test]
    fn chunks_get_smaller() {
        assert!(chunks(0).is_empty());
        assert_eq!(chunks(1).len(), 1);
        assert_eq!(chunks(3), [0..3, 0..2, 2..3, 0..1, 1..2, 2..3]);
        assert_eq!(chunks(5).first(), Some(&(0..5)));
        assert_eq!(chunks(5).len(), 1 + 2 + 3 + 5);
    }
}
