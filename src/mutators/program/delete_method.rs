//! Delete a method, of a type or of an interface.

use super::super::address;
use super::super::symbols::Symbols;
use super::super::walk::{List, Site, at_random};
use super::super::{Context, Operator};
use crate::testcase::TestCase;

/// Takes out a declared method, or an element of an interface.
#[derive(Clone, Copy, Debug)]
pub struct DeleteMethod;

impl Operator for DeleteMethod {
    fn name(&self) -> &'static str {
        "delete method"
    }

    fn weight(&self) -> u32 {
        4
    }

    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let methods = address::methods(case);
        if cx.rng.chance(60)
            && let Some(&at) = cx.rng.choose(&methods)
        {
            return address::take(case, at).is_some();
        }
        let symbols = Symbols::new(case);
        at_random(
            case,
            &symbols,
            cx.rng,
            |site, _| match site {
                Site::Fields(f, List::Interface) => f.len() as u32,
                _ => 0,
            },
            |site, _, rng| {
                let Site::Fields(fields, _) = site else { return false };
                fields.remove(rng.below(fields.len()));
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
-type Shape interface{ Area(scale int) float64 }
+type Shape interface{}
"#;
        example(&DeleteMethod, 1, want);
    }
}
