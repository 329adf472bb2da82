//! Delete a statement.

use super::super::{Context, Operator};
use crate::edit::symbols::Symbols;
use crate::edit::walk::{Site, at_random};
use crate::testcase::TestCase;

/// Removes a statement with everything in it.
#[derive(Clone, Copy, Debug)]
pub struct DeleteStmt;

impl Operator for DeleteStmt {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let symbols = Symbols::new(case);
        at_random(
            case,
            &symbols,
            cx.rng,
            |site, _| match site {
                Site::Stmts(list) => list.len() as u32,
                _ => 0,
            },
            |site, _, rng| {
                let Site::Stmts(list) = site else { return false };
                list.remove(rng.below(list.len()));
                true
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
-	if l == nil {
-		return 0
-	}
"#;
        example(&DeleteStmt, 14, want);
    }
}
