//! Parameters and receivers without names.

use super::super::reducer::{Edit, Reducer, at_place, places};
use crate::edit::walk::Site;
use crate::goast::Expr;
use crate::goast::build::{ident, instance, split_instance, star};
use crate::goast::{FieldRole, Role};
use crate::testcase::TestCase;

/// Takes the names from parameters, results and receivers, and the names that a
/// receiver gives to type parameters, and makes pointer receivers values.
#[derive(Clone, Copy, Debug)]
pub struct Unname;

impl Reducer for Unname {
    fn name(&self) -> &'static str {
        "drop names of parameters"
    }

    fn edits(&self, case: &TestCase) -> Vec<Edit> {
        let mut out = Vec::new();
        places(case, |n, site, _| match site {
            Site::Fields(fields, FieldRole::Param | FieldRole::Result)
                if fields.iter().any(|f| !f.names.is_empty()) =>
            {
                out.push(at_place(n, |site, _| {
                    let Site::Fields(fields, _) = site else { return false };
                    let flat = fields.iter().flat_map(|f| {
                        let bare = crate::goast::Field { names: Vec::new(), ..f.clone() };
                        std::iter::repeat_n(bare, f.names.len().max(1))
                    });
                    *fields = flat.collect();
                    true
                }));
            }
            Site::Func(f) => {
                let Some(recv) = f.recv.iter().flatten().next() else { return };
                if !recv.names.is_empty() {
                    out.push(at_place(n, |site, _| {
                        let Site::Func(f) = site else { return false };
                        f.recv.iter_mut().flatten().for_each(|r| r.names.clear());
                        true
                    }));
                }
            }
            Site::Expr(e, Role::Receiver) => {
                if let Expr::StarExpr(s) = e {
                    let inner = (*s.x).clone();
                    out.push(super::super::reducer::put(n, inner));
                }
                let pointer = matches!(e, Expr::StarExpr(_));
                let base = if let Expr::StarExpr(s) = e { &*s.x } else { e };
                let (generic, args) = split_instance(base);
                if args.iter().any(|a| a.as_ident() != Some("_")) {
                    let blank = args.iter().map(|_| ident("_")).collect();
                    let new = instance(generic.clone(), blank);
                    let new = if pointer { star(new) } else { new };
                    out.push(super::super::reducer::put(n, new));
                }
            }
            _ => {}
        });
        out
    }
}
