//! Alias what is shared: one package imported under two names.

use super::super::{Context, Operator};
use crate::edit::symbols::Symbols;
use crate::edit::walk::{Next, Site, walk};
use crate::goast::Expr;
use crate::goast::build::{ident, import_decl};
use crate::testcase::TestCase;

/// Imports a package a second time in the same file, under another name, and
/// uses that name in some places.
#[derive(Clone, Copy, Debug)]
pub struct AliasImport;

impl Operator for AliasImport {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let symbols = Symbols::new(case);
        let mut all = Vec::new();
        for (p, package) in case.packages.iter().enumerate() {
            for (f, file) in package.files.iter().enumerate() {
                let known = &symbols.packages[p].files[f].packages;
                for spec in file.tree.imports() {
                    for (name, _) in
                        known.iter().filter(|(_, i)| symbols.packages[**i].path == spec.path)
                    {
                        all.push((p, f, name.clone(), spec.path.clone()));
                    }
                }
            }
        }
        let Some((p, f, old, path)) = cx.rng.choose(&all).cloned() else { return false };
        let new = symbols.fresh(&old);
        let (rng, mut used) = (&mut *cx.rng, false);
        walk(case, &symbols, |site, env| {
            if (env.package, env.file) == (p, f)
                && let Site::Expr(Expr::SelectorExpr(s), _) = site
                && matches!(&*s.x, Expr::Ident(id) if id.0 == old)
                && env.resolve(&Expr::SelectorExpr(s.clone())).is_some()
                && (!used || rng.chance(50))
            {
                *s.x = ident(&new);
                used = true;
            }
            Next::In
        });
        if used {
            let decls = &mut case.packages[p].files[f].tree.decls;
            decls.insert(0, import_decl(Some(&new), &path));
        }
        used
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
+import lib1 "lib"
-	Data        lib.Pair[string, lib.Ints]
+	Data        lib1.Pair[string, lib.Ints]
"#;
        example(&AliasImport, 3, want);
    }
}
