//! Duplicate a package under another path.

use super::super::{Context, Operator};
use crate::edit::MAX_PACKAGES;
use crate::edit::symbols::Symbols;
use crate::goast::{Decl, Spec};
use crate::testcase::TestCase;

/// Makes two packages with the same name and text, whose types are not
/// identical. Sometimes an importer of the first imports the copy instead.
#[derive(Clone, Copy, Debug)]
pub struct DuplicatePackage;

impl Operator for DuplicatePackage {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let symbols = Symbols::new(case);
        if case.packages.len() >= MAX_PACKAGES {
            return false;
        }
        let n = cx.rng.below(case.packages.len());
        let Some(package) = case.packages.get(n) else { return false };
        let mut copy = package.clone();
        let old = copy.path.clone();
        let free = |path: &String| symbols.package(path).is_none();
        let path = (2..).map(|i| format!("{old}{i}")).find(free).unwrap_or_default();
        copy.path.clone_from(&path);
        // Next to the first, so that dependencies still come first.
        case.packages.insert(n + 1, copy);
        if cx.rng.chance(60) {
            let mut users = Vec::new();
            for (p, package) in case.packages.iter().enumerate() {
                for (f, file) in package.files.iter().enumerate() {
                    if file.tree.imports().any(|i| i.path == old) {
                        users.push((p, f));
                    }
                }
            }
            if let Some(&(p, f)) = cx.rng.choose(&users) {
                redirect(&mut case.packages[p].files[f].tree.decls, &old, &path);
            }
        }
        true
    }
}

fn redirect(decls: &mut [Decl], old: &str, new: &str) {
    for d in decls {
        let Decl::GenDecl(g) = d else { continue };
        for s in &mut g.specs {
            if let Spec::ImportSpec(i) = s
                && i.path == old
            {
                new.clone_into(&mut i.path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
+-- b2/b.go --
+package b
+
+import "lib"
+
+type Named lib.Shape
+
+var All = []lib.Shape{lib.Square{}}
+var One = lib.Map("1", len)
+
+func Len(l *lib.List[int]) int {
+	if l == nil {
+		return 0
+	}
+	return 1 + Len(l.Next)
+}
"#;
        example(&DuplicatePackage, 1, want);
    }
}
