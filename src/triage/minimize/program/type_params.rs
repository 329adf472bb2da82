//! Fewer type parameters.

use std::collections::BTreeMap;

use super::super::reducer::{Edit, Reducer};
use super::inline::substitute;
use crate::edit::address::{self, Address};
use crate::edit::references::{on_receivers, on_uses, rebuild_instance, rebuild_receiver};
use crate::edit::symbols::Symbols;
use crate::goast::build::{ident, split_instance};
use crate::goast::scope::{flatten, method_base, receiver_type_params};
use crate::goast::{Decl, Expr, Field, VisitorMut, walk};
use crate::testcase::TestCase;

/// Takes a type parameter from a declaration, with the arguments for it
/// everywhere and `int` in its place; or its constraint.
#[derive(Clone, Copy, Debug)]
pub struct TypeParams;

fn fields(case: &mut TestCase, at: Address) -> Option<&mut Vec<Field>> {
    if address::type_spec(case, at).is_some() {
        return address::type_spec_mut(case, at).map(|t| &mut t.type_params);
    }
    address::func_mut(case, at).map(|f| &mut f.typ.type_params)
}

/// Puts `int` in the place of a name, everywhere in a declaration but in its
/// receiver.
fn erase(decl: &mut Decl, name: &str) {
    struct Erase(BTreeMap<String, Expr>);
    impl VisitorMut for Erase {
        fn expr(&mut self, e: &mut Expr, role: crate::goast::Role) {
            if role == crate::goast::Role::Receiver {
                return;
            }
            match e {
                Expr::Ident(_) => substitute(e, &self.0),
                _ => walk::walk_expr_mut(self, e, role),
            }
        }
    }
    Erase(BTreeMap::from([(name.to_owned(), ident("int"))])).decl(decl);
}

fn remove(case: &mut TestCase, at: Address, n: usize) -> bool {
    let symbols = Symbols::new(case);
    let Some(object) = address::names(case, at).pop() else { return false };
    let Some(list) = fields(case, at) else { return false };
    let Some((gone, _)) = flatten(list).get(n).cloned() else { return false };
    for f in list.iter_mut() {
        f.names.retain(|id| id.0 != gone);
    }
    list.retain(|f| !f.names.is_empty());
    if let Some(decl) = address::decl_mut(case, at) {
        // A grouped declaration may use the name elsewhere: then the candidate
        // is no good, and nothing is lost.
        erase(decl, &gone);
    }
    on_uses(case, &symbols, at.package, &object, |e, _, _| {
        if split_instance(e).1.len() > n {
            rebuild_instance(e, &mut |args| {
                args.remove(n);
            });
        }
    });
    // Each method has its own name for the parameter.
    let files = case.packages[at.package].files.iter_mut();
    for decl in files.flat_map(|f| &mut f.tree.decls) {
        let name = match decl {
            Decl::FuncDecl(f) if method_base(f) == Some(&object) => {
                let recv = f.recv.iter().flatten().next();
                recv.and_then(|r| receiver_type_params(&r.typ).get(n).cloned())
            }
            _ => None,
        };
        if let Some(name) = name {
            erase(decl, &name);
        }
    }
    on_receivers(case, at.package, &object, |typ| {
        rebuild_receiver(typ, &mut |args| {
            if args.len() > n {
                args.remove(n);
            }
        });
    });
    for op in case.scenario.operations_mut() {
        if let crate::scenario::Operation::Instantiate { object: target, args, .. } = op
            && target.object == object
            && args.len() > n
        {
            args.remove(n);
        }
    }
    true
}

impl Reducer for TypeParams {
    fn name(&self) -> &'static str {
        "delete type parameters"
    }

    fn edits(&self, case: &TestCase) -> Vec<Edit> {
        let mut generic = address::types(case);
        generic.extend(address::funcs(case));
        let mut copy = case.clone();
        let mut out: Vec<Edit> = Vec::new();
        for at in generic {
            let n = fields(&mut copy, at).map_or(0, |list| flatten(list).len());
            for i in 0..n {
                out.push(Box::new(move |case| remove(case, at, i)));
            }
            for other in 1..n {
                // `[T any, U any]` is shorter as `[T, U any]`.
                out.push(Box::new(move |case| {
                    let Some(list) = fields(case, at) else { return false };
                    if other >= list.len() || list[other].typ != list[other - 1].typ {
                        return false;
                    }
                    let f = list.remove(other);
                    list[other - 1].names.extend(f.names);
                    true
                }));
            }
        }
        out
    }
}
