//! Delete a method, of a type or of an interface.

use super::super::{Context, Operator};
use super::lists::delete_from;
use crate::edit::address;
use crate::goast::FieldRole;
use crate::testcase::TestCase;

/// Removes a declared method, or an element of an interface.
#[derive(Clone, Copy, Debug)]
pub struct DeleteMethod;

impl Operator for DeleteMethod {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let methods = address::methods(case);
        if cx.rng.chance(60)
            && let Some(&at) = cx.rng.choose(&methods)
        {
            return address::take(case, at).is_some();
        }
        delete_from(case, cx, FieldRole::Interface)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
-type Shape interface{ Area(scale int) float64 }
+type Shape interface{}
"#;
        example(&DeleteMethod, 1, want);
    }
}
