//! Duplicate a declaration under a new name.

use super::super::{Context, Operator};
use crate::edit::address;
use crate::edit::references::rename_declared;
use crate::edit::symbols::Symbols;
use crate::goast::Decl;
use crate::goast::scope::{method_base, receiver_base};
use crate::testcase::TestCase;

/// Copies a declaration, a type with its methods. The copy refers to what the
/// original refers to.
#[derive(Clone, Copy, Debug)]
pub struct DuplicateDecl;

impl Operator for DuplicateDecl {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let symbols = Symbols::new(case);
        let one = |a: &address::Address| {
            let names = address::names(case, *a);
            names.len() == 1 && !matches!(names[0].as_str(), "_" | "init" | "main")
        };
        let all: Vec<_> = address::all(case).into_iter().filter(one).collect();
        let Some(&at) = cx.rng.choose(&all) else { return false };
        let Some(old) = address::names(case, at).into_iter().next() else { return false };
        let new = symbols.fresh(&old);
        let Some(mut copy) = address::copy(case, at) else { return false };
        rename_declared(&mut copy, &old, &new);
        let mut copies = vec![copy];
        for file in &case.packages[at.package].files {
            for d in &file.tree.decls {
                let Decl::FuncDecl(f) = d else { continue };
                if method_base(f) != Some(old.as_str()) {
                    continue;
                }
                let mut f = f.clone();
                for r in f.recv.iter_mut().flatten() {
                    if receiver_base(&r.typ) == Some(old.as_str())
                        && let Some(id) = address::receiver_ident_mut(&mut r.typ)
                    {
                        id.0.clone_from(&new);
                    }
                }
                copies.push(Decl::FuncDecl(f));
            }
        }
        address::append(case, at.package, at.file, copies);
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
+
+type Square1 struct {
+	Side float64
+	tag  string
+}
+
+func (s Square1) Area(scale int) float64 {
+	return s.Side * s.Side
+}
"#;
        example(&DuplicateDecl, 10, want);
    }
}
