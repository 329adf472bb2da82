//! Change how importers differ from plain ones.

use super::super::program::duplicate_package::DuplicatePackage;
use super::super::{Context, Operator};
use crate::scenario::Importing;
use crate::testcase::TestCase;

/// One package for two import paths needs two packages with the same files, so it comes with a copy
/// of a package.
#[derive(Clone, Copy, Debug)]
pub struct ChangeImporting;

impl Operator for ChangeImporting {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let Some(&word) = cx.rng.choose(Importing::ALL) else { return false };
        if case.scenario.importing.remove(&word) {
            return true;
        }
        // It makes every importer invalid.
        if word == Importing::Flaky && cx.rng.chance(70) {
            return false;
        }
        if word == Importing::Twice && !DuplicatePackage.apply(case, cx) {
            return false;
        }
        case.scenario.importing.insert(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
+import flaky
"#;
        example(&ChangeImporting, 1, want);
    }
}
