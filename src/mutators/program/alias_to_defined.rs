//! Turn an alias into a defined type.

use super::super::{Context, Operator};
use crate::edit::address;
use crate::testcase::TestCase;

/// `type A = T` becomes `type A T`.
#[derive(Clone, Copy, Debug)]
pub struct AliasToDefined;

impl Operator for AliasToDefined {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let is_alias =
            |a: &address::Address| address::type_spec(case, *a).is_some_and(|t| t.assign);
        let all: Vec<_> = address::types(case).into_iter().filter(is_alias).collect();
        let Some(&at) = cx.rng.choose(&all) else { return false };
        let Some(spec) = address::type_spec_mut(case, at) else { return false };
        spec.assign = false;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
-type Ints = List[int]
+type Ints List[int]
"#;
        example(&AliasToDefined, 1, want);
    }
}
