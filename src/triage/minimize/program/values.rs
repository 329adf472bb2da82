//! Simpler values.

use super::super::reducer::{Edit, Reducer, places, put};
use crate::edit::walk::Site;
use crate::goast::Role;
use crate::goast::build::{ident, int};
use crate::goast::{BasicLit, Expr, LitKind};
use crate::testcase::TestCase;

/// Replaces a value by a literal or by one of its operands.
#[derive(Clone, Copy, Debug)]
pub struct Values;

fn operands(e: &Expr) -> Vec<Expr> {
    let one = |x: &Expr| vec![x.clone()];
    match e {
        Expr::ParenExpr(x) => one(&x.x),
        Expr::SelectorExpr(x) => one(&x.x),
        Expr::IndexExpr(x) => vec![(*x.x).clone(), (*x.index).clone()],
        Expr::IndexListExpr(x) => one(&x.x),
        Expr::SliceExpr(x) => one(&x.x),
        Expr::TypeAssertExpr(x) => one(&x.x),
        Expr::CallExpr(x) => x.args.iter().chain([&*x.fun]).cloned().collect(),
        Expr::StarExpr(x) => one(&x.x),
        Expr::UnaryExpr(x) => one(&x.x),
        Expr::BinaryExpr(x) => vec![(*x.x).clone(), (*x.y).clone()],
        Expr::KeyValueExpr(x) => one(&x.value),
        Expr::CompositeLit(x) => x.elts.clone(),
        _ => Vec::new(),
    }
}

fn simpler(e: &Expr) -> Vec<Expr> {
    let empty = Expr::BasicLit(BasicLit { kind: LitKind::String, value: "\"\"".to_owned() });
    let mut out = match e {
        Expr::BasicLit(_) => vec![int(0)],
        Expr::KeyValueExpr(_) => Vec::new(),
        _ => vec![int(0), ident("nil"), empty],
    };
    match e {
        Expr::CompositeLit(c) if !c.elts.is_empty() => {
            let mut bare = c.clone();
            bare.elts.clear();
            out.push(Expr::CompositeLit(bare));
            for i in 0..c.elts.len() {
                let mut fewer = c.clone();
                fewer.elts.remove(i);
                out.push(Expr::CompositeLit(fewer));
            }
        }
        Expr::CallExpr(c) => {
            for i in 0..c.args.len() {
                let mut fewer = c.clone();
                fewer.args.remove(i);
                out.push(Expr::CallExpr(fewer));
            }
        }
        _ => {}
    }
    out.extend(operands(e));
    out
}

impl Reducer for Values {
    fn name(&self) -> &'static str {
        "simplify values"
    }

    fn edits(&self, case: &TestCase) -> Vec<Edit> {
        let mut out = Vec::new();
        places(case, |n, site, _| {
            if let Site::Expr(e, Role::Value | Role::Callee) = site {
                let new = simpler(e).into_iter().filter(|new| new != e);
                out.extend(new.map(|new| put(n, new)));
            }
        });
        out
    }
}
