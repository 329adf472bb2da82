//! Receivers: each must be a type of the package that can have methods, with
//! the right number of type parameters.

use crate::edit::members::may_have_methods;
use crate::edit::references::rebuild_receiver;
use crate::edit::symbols::Symbols;
use crate::goast::build::ident;
use crate::goast::scope::receiver_base;
use crate::goast::{Decl, Expr};
use crate::testcase::TestCase;

/// Drops methods on types that cannot have any, and gives other receivers the
/// right number of type parameters.
pub(super) fn fix(case: &mut TestCase) {
    let symbols = Symbols::new(case);
    for (p, package) in case.packages.iter_mut().enumerate() {
        for file in &mut package.files {
            file.tree.decls.retain_mut(|d| {
                let Decl::FuncDecl(f) = d else { return true };
                let Some(recv) = &mut f.recv else { return true };
                let Some(r) = recv.first_mut() else { return false };
                let base = receiver_base(&r.typ).map(str::to_owned);
                let Some(o) = base.and_then(|b| symbols.object(p, &b)) else { return false };
                if !may_have_methods(&symbols, p, o, 6) {
                    return false;
                }
                let arity = o.type_params.len();
                rebuild_receiver(&mut r.typ, &mut |args| {
                    args.truncate(arity);
                    // A receiver's argument declares a name, so it must be one.
                    for a in args.iter_mut() {
                        if !matches!(a, Expr::Ident(_)) {
                            *a = ident("_");
                        }
                    }
                    args.resize_with(arity, || ident("_"));
                });
                true
            });
        }
    }
}
