//! Fewer files.

use super::super::reducer::{Edit, Reducer};
use crate::edit::address::is_import;
use crate::goast::{Decl, Spec};
use crate::testcase::{Package, TestCase};

/// Deletes files, and makes one file of a package's files.
#[derive(Clone, Copy, Debug)]
pub struct Files;

/// Puts everything into a package's first file. Imports of one package under
/// two names stay two.
pub(crate) fn merge(package: &mut Package) {
    let rest = package.files.split_off(1.min(package.files.len()));
    let Some(first) = package.files.first_mut() else { return };
    for file in rest {
        for decl in file.tree.decls {
            let Decl::GenDecl(mut g) = decl else {
                first.tree.decls.push(decl);
                continue;
            };
            g.specs.retain(|s| match s {
                Spec::ImportSpec(i) => !first.tree.imports().any(|known| known == i),
                _ => true,
            });
            if !g.specs.is_empty() {
                first.tree.decls.push(Decl::GenDecl(g));
            }
        }
    }
    // Imports stand first.
    first.tree.decls.sort_by_key(|d| !is_import(d));
}

impl Reducer for Files {
    fn name(&self) -> &'static str {
        "delete and merge files"
    }

    fn edits(&self, case: &TestCase) -> Vec<Edit> {
        let mut out: Vec<Edit> = Vec::new();
        for (p, package) in case.packages.iter().enumerate().filter(|(_, p)| p.files.len() > 1) {
            for f in 0..package.files.len() {
                out.push(Box::new(move |case| {
                    case.packages[p].files.remove(f);
                    true
                }));
            }
            out.push(Box::new(move |case| {
                merge(&mut case.packages[p]);
                true
            }));
        }
        out
    }
}
