//! Variables and constants with less to them.

use super::super::reducer::{Edit, Reducer};
use crate::edit::address::{self, Address};
use crate::goast::build::{ident, star, value_spec};
use crate::goast::{Decl, DeclTok, Expr, Spec, ValueSpec};
use crate::testcase::TestCase;

/// Takes the value or the type from a declared variable, or a name from those
/// that share a line, and makes functions variables.
#[derive(Clone, Copy, Debug)]
pub struct Vars;

fn value_spec_mut(case: &mut TestCase, at: Address) -> Option<(DeclTok, &mut ValueSpec)> {
    match address::decl_mut(case, at)? {
        Decl::GenDecl(g) => match g.specs.get_mut(at.spec)? {
            Spec::ValueSpec(v) => Some((g.tok, v)),
            _ => None,
        },
        Decl::FuncDecl(_) => None,
    }
}

fn edit(at: Address, f: impl Fn(DeclTok, &mut ValueSpec) + Send + Sync + 'static) -> Edit {
    Box::new(move |case| {
        let Some((tok, v)) = value_spec_mut(case, at) else { return false };
        let before = v.clone();
        f(tok, v);
        *v != before
    })
}

impl Reducer for Vars {
    fn name(&self) -> &'static str {
        "simplify variables"
    }

    fn edits(&self, case: &TestCase) -> Vec<Edit> {
        let mut copy = case.clone();
        let mut out = Vec::new();
        for at in address::all(case) {
            if let Some(f) = address::func(case, at).filter(|f| f.recv.is_none()) {
                let spec = value_spec(f.name.0.clone(), Some(Expr::FuncType(f.typ.clone())), None);
                if f.typ.type_params.is_empty() {
                    out.push(become_var(at, spec));
                }
                continue;
            }
            let Some((tok, v)) = value_spec_mut(&mut copy, at) else { continue };
            if v.typ.is_some() && !v.values.is_empty() {
                if tok == DeclTok::Var {
                    out.push(edit(at, |_, v| v.values.clear()));
                }
                out.push(edit(at, |_, v| v.typ = None));
            }
            if tok == DeclTok::Var && v.typ.is_none() {
                out.push(edit(at, |_, v| {
                    v.typ = Some(ident("int"));
                    v.values.clear();
                }));
                // `var x = T{}` and `var x = &T{}` say their types.
                let typ = match v.values.first() {
                    Some(Expr::CompositeLit(c)) => c.typ.as_deref().cloned(),
                    Some(Expr::UnaryExpr(u)) => match &*u.x {
                        Expr::CompositeLit(c) => c.typ.as_deref().cloned().map(star),
                        _ => None,
                    },
                    _ => None,
                };
                if let Some(typ) = typ {
                    out.push(edit(at, move |_, v| {
                        v.typ = Some(typ.clone());
                        v.values.clear();
                    }));
                }
            }
            for i in (0..v.names.len()).filter(|_| v.names.len() > 1) {
                out.push(edit(at, move |_, v| {
                    if v.values.len() == v.names.len() {
                        v.values.remove(i);
                    }
                    v.names.remove(i);
                }));
            }
        }
        out
    }
}

/// `var F func()` for `func F() {}`.
fn become_var(at: Address, spec: ValueSpec) -> Edit {
    Box::new(move |case| {
        let Some(decl) = address::decl_mut(case, at) else { return false };
        *decl = Decl::GenDecl(crate::goast::GenDecl {
            tok: DeclTok::Var,
            grouped: false,
            specs: vec![Spec::ValueSpec(spec.clone())],
        });
        true
    })
}
