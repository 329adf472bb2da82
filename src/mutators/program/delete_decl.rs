//! Delete a declaration.

use super::super::{Context, Operator};
use crate::edit::address;
use crate::testcase::TestCase;

/// Removes a type, function, variable or constant; its uses are left to repair.
#[derive(Clone, Copy, Debug)]
pub struct DeleteDecl;

impl Operator for DeleteDecl {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let named = |a: &address::Address| !address::names(case, *a).is_empty();
        let all: Vec<_> = address::all(case).into_iter().filter(named).collect();
        let Some(&at) = cx.rng.choose(&all).filter(|_| all.len() > 1) else { return false };
        address::take(case, at).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
-type Named lib.Shape
-
"#;
        example(&DeleteDecl, 2, want);
    }
}
