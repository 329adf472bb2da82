//! A declared type that nothing needs to be.

use super::super::reducer::{Edit, Reducer};
use super::decls::delete;
use crate::edit::address;
use crate::edit::references::on_uses;
use crate::edit::symbols::Symbols;
use crate::goast::Role;
use crate::goast::build::ident;
use crate::testcase::TestCase;

/// Deletes a type and puts `int`, or `any` where there must be an interface,
/// where it was used.
#[derive(Clone, Copy, Debug)]
pub struct Forget;

impl Reducer for Forget {
    fn name(&self) -> &'static str {
        "replace declared types by int"
    }

    fn edits(&self, case: &TestCase) -> Vec<Edit> {
        let mut out: Vec<Edit> = Vec::new();
        for at in address::types(case) {
            let Some(name) = address::names(case, at).pop() else { continue };
            for basic in ["int", "any"] {
                let (name, remove) = (name.clone(), delete(vec![at]));
                out.push(Box::new(move |case| {
                    let symbols = Symbols::new(case);
                    on_uses(case, &symbols, at.package, &name, |e, role, _| {
                        let constraint = matches!(role, Role::Constraint | Role::InterfaceElem);
                        *e = ident(if constraint { "any" } else { basic });
                    });
                    remove(case)
                }));
            }
        }
        out
    }
}
