//! Change the language version of a file.

use super::super::{Context, Operator};
use crate::go_release;
use crate::testcase::TestCase;

/// Gives a file a `//go:build go1.N` line, or takes it away.
#[derive(Clone, Copy, Debug)]
pub struct FileVersion;

impl Operator for FileVersion {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let mut files: Vec<_> = case.packages.iter_mut().flat_map(|p| &mut p.files).collect();
        if files.is_empty() {
            return false;
        }
        let at = cx.rng.below(files.len());
        let version = &mut files[at].tree.go_version;
        if version.is_some() && cx.rng.chance(50) {
            *version = None;
        } else {
            // One before the oldest that go/types accepts for a file, and one that is too new.
            let oldest = go_release::OLDEST as usize - 1;
            let minor = cx.rng.between(oldest, cx.go_minor as usize + 1);
            *version = Some(format!("go1.{minor}"));
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        example(&FileVersion, 1, "+//go:build go1.26\n+");
    }
}
