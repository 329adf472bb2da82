//! A declared type written out where it is used.

use std::collections::BTreeMap;

use super::super::reducer::{Edit, Reducer};
use super::decls::delete;
use crate::edit::address;
use crate::edit::references::{mentions, on_uses};
use crate::edit::symbols::Symbols;
use crate::goast::build::split_instance;
use crate::goast::scope::flatten;
use crate::goast::{Expr, TypeSpec, VisitorMut, walk};
use crate::testcase::TestCase;

/// Replaces the uses of a type by its right-hand side, type arguments put in,
/// and deletes its declaration: aliases above all.
#[derive(Clone, Copy, Debug)]
pub struct Inline;

/// Puts expressions in the place of names.
pub(crate) fn substitute(e: &mut Expr, by: &BTreeMap<String, Expr>) {
    struct Put<'a>(&'a BTreeMap<String, Expr>);
    impl VisitorMut for Put<'_> {
        fn expr(&mut self, e: &mut Expr, role: crate::goast::Role) {
            match e.as_ident().and_then(|name| self.0.get(name)) {
                Some(new) => *e = new.clone(),
                None => walk::walk_expr_mut(self, e, role),
            }
        }
    }
    Put(by).expr(e, crate::goast::Role::Type);
}

fn written_out(spec: &TypeSpec, e: &Expr) -> Option<Expr> {
    let (_, args) = split_instance(e);
    let params = flatten(&spec.type_params);
    if params.len() != args.len() {
        return None;
    }
    let by = params.into_iter().map(|(n, _)| n).zip(args.into_iter().cloned()).collect();
    let mut out = spec.typ.clone();
    substitute(&mut out, &by);
    Some(out)
}

impl Reducer for Inline {
    fn name(&self) -> &'static str {
        "write types out"
    }

    fn edits(&self, case: &TestCase) -> Vec<Edit> {
        let mut out: Vec<Edit> = Vec::new();
        for at in address::types(case) {
            let Some(spec) = address::type_spec(case, at).cloned() else { continue };
            if mentions(&spec.typ, &spec.name.0) {
                continue;
            }
            let remove = delete(vec![at]);
            out.push(Box::new(move |case| {
                let symbols = Symbols::new(case);
                on_uses(case, &symbols, at.package, &spec.name.0, |e, _, _| {
                    if let Some(new) = written_out(&spec, e) {
                        *e = new;
                    }
                });
                remove(case)
            }));
        }
        out
    }
}
