//! Functions without code.

use super::super::reducer::{Edit, Reducer, at_place, places};
use crate::edit::walk::Site;
use crate::goast::build::panic_body;
use crate::goast::{BlockStmt, Expr};
use crate::testcase::TestCase;

/// Empties bodies; a function with results panics instead of returning.
#[derive(Clone, Copy, Debug)]
pub struct Bodies;

impl Reducer for Bodies {
    fn name(&self) -> &'static str {
        "empty bodies"
    }

    fn edits(&self, case: &TestCase) -> Vec<Edit> {
        let mut out: Vec<Edit> = vec![Box::new(|case| {
            let decls = case.packages.iter_mut().flat_map(|p| &mut p.files);
            for decl in decls.flat_map(|f| &mut f.tree.decls) {
                if let crate::goast::Decl::FuncDecl(f) = decl {
                    f.body = f.body.as_ref().map(|_| empty(f.typ.results.is_empty()));
                }
            }
            true
        })];
        places(case, |n, site, _| {
            let change: fn(Site<'_>) -> bool = match site {
                Site::Func(f) if f.body.is_some() => |site| {
                    let Site::Func(f) = site else { return false };
                    f.body = Some(empty(f.typ.results.is_empty()));
                    true
                },
                Site::Expr(Expr::FuncLit(_), _) => |site| {
                    let Site::Expr(Expr::FuncLit(f), _) = site else { return false };
                    f.body = empty(f.typ.results.is_empty());
                    true
                },
                _ => return,
            };
            out.push(at_place(n, move |site, _| change(site)));
        });
        out
    }
}

fn empty(no_results: bool) -> BlockStmt {
    if no_results { BlockStmt::default() } else { panic_body() }
}
