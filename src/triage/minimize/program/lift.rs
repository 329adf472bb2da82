//! An expression taken out of a body.

use super::super::reducer::{Edit, Reducer, places};
use crate::edit::address;
use crate::edit::walk::Site;
use crate::goast::Role;
use crate::goast::build::value_spec;
use crate::goast::{Decl, Expr, GenDecl, Spec, TypeSpec};
use crate::testcase::TestCase;

/// Replaces a function by a variable with an expression of its body as value,
/// or with a type of its signature or body as type.
#[derive(Clone, Copy, Debug)]
pub struct Lift;

fn variable(typ: Option<Expr>, value: Option<Expr>) -> Decl {
    let spec = value_spec("_", typ, value);
    let specs = vec![Spec::ValueSpec(spec)];
    Decl::GenDecl(GenDecl { tok: crate::goast::DeclTok::Var, grouped: false, specs })
}

impl Reducer for Lift {
    fn name(&self) -> &'static str {
        "lift expressions out of declarations"
    }

    fn edits(&self, case: &TestCase) -> Vec<Edit> {
        let mut out: Vec<Edit> = Vec::new();
        places(case, |_, site, env| {
            let (p, f, d) = (env.package, env.file, env.decl);
            let Site::Expr(e, role) = site else { return };
            if matches!(e, Expr::Ident(_) | Expr::BasicLit(_)) {
                return;
            }
            let new = match role {
                Role::Value => variable(None, Some(e.clone())),
                _ if role.takes_any_type() || role == Role::LitType => {
                    variable(Some(e.clone()), None)
                }
                _ => return,
            };
            let at = address::Address { package: p, file: f, decl: d, spec: 0 };
            let Some(old) = address::decl(case, at) else { return };
            if *old == new || matches!(old, Decl::GenDecl(g) if g.specs.len() != 1) {
                return;
            }
            // A type stays one that can be named: `type T[P any] struct{ F *U }`.
            if let Decl::GenDecl(g) = old
                && let [Spec::TypeSpec(TypeSpec { type_params, .. })] = &g.specs[..]
                && !type_params.is_empty()
            {
                return;
            }
            out.push(Box::new(move |case| {
                let Some(decl) = address::decl_mut(case, at) else { return false };
                *decl = new.clone();
                true
            }));
        });
        out
    }
}
