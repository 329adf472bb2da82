//! Rename a declared object.

use super::super::{Context, Operator};
use crate::edit::references;
use crate::edit::symbols::Symbols;
use crate::goast::scope::is_exported;
use crate::testcase::TestCase;

/// Gives an object another name everywhere. Names decide the order in which
/// declarations are checked and types are walked. In rare cases the new name is
/// that of a predeclared type, or is unexported.
#[derive(Clone, Copy, Debug)]
pub struct Rename;

impl Operator for Rename {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let symbols = Symbols::new(case);
        let mut all = Vec::new();
        for (p, package) in symbols.packages.iter().enumerate() {
            let names = package.scope.objects.keys().filter(|n| n.as_str() != "main");
            all.extend(names.map(|n| (p, n.clone())));
        }
        let Some((package, old)) = cx.rng.choose(&all).cloned() else { return false };
        let letter = char::from(b'A' + cx.rng.below(26) as u8);
        let new = match cx.rng.below(20) {
            0 if !is_exported(&old) => "any".to_owned(),
            1 => symbols.fresh(&letter.to_lowercase().to_string()),
            _ if is_exported(&old) => symbols.fresh(&letter.to_string()),
            _ => symbols.fresh(&letter.to_lowercase().to_string()),
        };
        references::rename(case, &symbols, package, &old, &new);
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
-func Len(l *lib.List[int]) int {
+func T1(l *lib.List[int]) int {
-	return 1 + Len(l.Next)
+	return 1 + T1(l.Next)
"#;
        example(&Rename, 1, want);
    }
}
