//! Simpler types.

use super::super::reducer::{Edit, Reducer, places, put};
use crate::edit::walk::Site;
use crate::goast::Role;
use crate::goast::build::{ident, int, interface_of, slice_of, split_instance, struct_of};
use crate::goast::{Expr, Token};
use crate::testcase::TestCase;

/// Replaces a type by `int`, by one of its parts, or by the plainest type of its
/// sort; a constraint by `any` or one of its terms.
#[derive(Clone, Copy, Debug)]
pub struct Types;

/// The types inside a type.
fn parts(e: &Expr) -> Vec<Expr> {
    match e {
        Expr::ParenExpr(p) => vec![(*p.x).clone()],
        Expr::StarExpr(s) => vec![(*s.x).clone()],
        Expr::ArrayType(a) => vec![(*a.elt).clone()],
        Expr::MapType(m) => vec![(*m.value).clone(), (*m.key).clone()],
        Expr::ChanType(c) => vec![(*c.value).clone()],
        Expr::IndexExpr(_) | Expr::IndexListExpr(_) => {
            split_instance(e).1.into_iter().cloned().collect()
        }
        Expr::StructType(s) => s.fields.iter().map(|f| f.typ.clone()).collect(),
        Expr::FuncType(f) => f
            .results
            .iter()
            .chain(&f.params)
            .map(|f| match &f.typ {
                Expr::Ellipsis(x) => x.elt.as_deref().unwrap_or(&f.typ).clone(),
                typ => typ.clone(),
            })
            .collect(),
        Expr::InterfaceType(i) => {
            i.methods.iter().filter(|m| m.names.is_empty()).map(|m| m.typ.clone()).collect()
        }
        _ => Vec::new(),
    }
}

/// The plainest type of the same sort.
fn plain(e: &Expr) -> Option<Expr> {
    Some(match e {
        Expr::StructType(_) => struct_of(Vec::new()),
        Expr::InterfaceType(_) => interface_of(Vec::new()),
        Expr::FuncType(_) => Expr::FuncType(Default::default()),
        Expr::ArrayType(a) if a.len.is_some() => slice_of((*a.elt).clone()),
        Expr::MapType(m) => slice_of((*m.value).clone()),
        Expr::ChanType(c) => slice_of((*c.value).clone()),
        _ => return None,
    })
}

fn simpler(e: &Expr, role: Role) -> Vec<Expr> {
    match role {
        Role::Constraint | Role::InterfaceElem => match e {
            Expr::BinaryExpr(b) => vec![ident("any"), (*b.x).clone(), (*b.y).clone()],
            Expr::UnaryExpr(u) if u.op == Token::Tilde => vec![ident("any"), (*u.x).clone()],
            _ => [ident("any")].into_iter().chain(parts(e)).collect(),
        },
        _ if role.takes_any_type() => {
            let whole = [ident("int"), ident("any")].into_iter();
            whole.chain(plain(e)).chain(parts(e)).collect()
        }
        Role::LitType => parts(e).into_iter().chain(plain(e)).collect(),
        Role::Len => vec![int(1)],
        _ => Vec::new(),
    }
}

impl Reducer for Types {
    fn name(&self) -> &'static str {
        "simplify types"
    }

    fn edits(&self, case: &TestCase) -> Vec<Edit> {
        let mut out = Vec::new();
        places(case, |n, site, _| {
            if let Site::Expr(e, role) = site {
                let new = simpler(e, role).into_iter().filter(|new| new != e);
                out.extend(new.map(|new| put(n, new)));
            }
        });
        out
    }
}
