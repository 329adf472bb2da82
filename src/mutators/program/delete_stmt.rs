//! Delete a statement.

use super::super::{Context, Operator};
use crate::edit::walk::change_stmts;
use crate::testcase::TestCase;

/// Removes a statement with everything in it.
#[derive(Clone, Copy, Debug)]
pub struct DeleteStmt;

impl Operator for DeleteStmt {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        change_stmts(
            case,
            cx.rng,
            |list| list.len() as u32,
            |list, rng| {
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
