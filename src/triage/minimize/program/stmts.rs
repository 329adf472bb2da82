//! Fewer statements.

use super::super::reducer::{Edit, Reducer, at_place, chunks, places};
use crate::edit::walk::Site;
use crate::goast::Stmt;
use crate::testcase::TestCase;

/// Deletes statements, and puts what is inside a compound one in its place.
#[derive(Clone, Copy, Debug)]
pub struct Stmts;

/// The statements inside a compound one.
fn inside(s: &Stmt) -> Option<Vec<Stmt>> {
    Some(match s {
        Stmt::LabeledStmt(x) => vec![(*x.stmt).clone()],
        Stmt::BlockStmt(b) => b.list.clone(),
        Stmt::IfStmt(x) => {
            x.init.iter().map(|s| (**s).clone()).chain(x.body.list.clone()).collect()
        }
        Stmt::ForStmt(x) => {
            x.init.iter().map(|s| (**s).clone()).chain(x.body.list.clone()).collect()
        }
        Stmt::RangeStmt(x) => x.body.list.clone(),
        Stmt::SwitchStmt(x) => x.body.iter().flat_map(|c| c.body.clone()).collect(),
        Stmt::TypeSwitchStmt(x) => x.body.iter().flat_map(|c| c.body.clone()).collect(),
        Stmt::SelectStmt(x) => x.body.iter().flat_map(|c| c.body.clone()).collect(),
        Stmt::GoStmt(e) | Stmt::DeferStmt(e) => vec![Stmt::ExprStmt(e.clone())],
        _ => return None,
    })
}

impl Reducer for Stmts {
    fn name(&self) -> &'static str {
        "delete statements"
    }

    fn edits(&self, case: &TestCase) -> Vec<Edit> {
        let mut out = Vec::new();
        places(case, |n, site, _| {
            let Site::Stmts(list) = site else { return };
            for range in chunks(list.len()) {
                out.push(at_place(n, move |site, _| {
                    let Site::Stmts(list) = site else { return false };
                    list.drain(range.clone());
                    true
                }));
            }
            for (i, parts) in list.iter().map(inside).enumerate() {
                let Some(parts) = parts else { continue };
                out.push(at_place(n, move |site, _| {
                    let Site::Stmts(list) = site else { return false };
                    list.splice(i..=i, parts.clone());
                    true
                }));
            }
        });
        out
    }
}
