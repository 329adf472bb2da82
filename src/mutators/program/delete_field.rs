//! Delete a field of a struct.

use super::super::{Context, Operator};
use super::lists::delete_from;
use crate::goast::FieldRole;
use crate::testcase::TestCase;

/// Removes a field or an embedded type.
#[derive(Clone, Copy, Debug)]
pub struct DeleteField;

impl Operator for DeleteField {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        delete_from(case, cx, FieldRole::Struct)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
-type Tree struct {
-	Left, Right *Tree
-	Data        lib.Pair[string, lib.Ints]
-}
+type Tree struct{ Left, Right *Tree }
"#;
        example(&DeleteField, 1, want);
    }
}
