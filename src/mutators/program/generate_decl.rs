//! Insert a declaration that the generator makes.

use super::super::{Context, Operator};
use super::splice::splice_decl;
use crate::edit::repair::bind_names;
use crate::generate;
use crate::testcase::TestCase;

/// Adds a declaration from a newly generated package, with what it needs, so that
/// everything the generator can write gets into mutated programs.
#[derive(Clone, Copy, Debug)]
pub struct GenerateDecl;

impl Operator for GenerateDecl {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let options =
            generate::Options { go_minor: cx.go_minor, max_packages: 1, ..Default::default() };
        let packages = generate::packages(cx.rng, &options);
        let donor = TestCase { packages, scenario: Default::default() };
        let done = splice_decl(case, donor, cx.rng);
        if done {
            bind_names(case, cx.rng);
        }
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
+
+func F[Q comparable](x Q) int64 {
+	return 5
+}
"#;
        example(&GenerateDecl, 2, want);
    }
}
