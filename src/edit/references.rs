//! Changes that follow a declaration to the places that use it.

use super::address::receiver_ident_mut;
use super::env::{Env, Found};
use super::symbols::Symbols;
use super::walk::{Next, Site, walk};
use crate::goast::Role;
use crate::goast::build::{instance, split_instance};
use crate::goast::scope::receiver_base;
use crate::goast::walk::{Visitor, walk_expr};
use crate::goast::{self, CallExpr, Decl, Expr, Ident, Spec};
use crate::testcase::TestCase;

/// Whether the expression names the object of that package.
pub(crate) fn names_object(env: &Env<'_>, e: &Expr, package: usize, name: &str) -> bool {
    let last = match e {
        Expr::Ident(id) => &id.0,
        Expr::SelectorExpr(s) => &s.sel.0,
        _ => return false,
    };
    last == name && matches!(env.resolve(e), Some(Found::Object(p, _)) if p == package)
}

/// Calls `f` with every use of an object: the whole instance `T[A]` where
/// there are type arguments, and the role of the use. Receivers are left out,
/// because they declare names.
pub(crate) fn on_uses(
    case: &mut TestCase,
    symbols: &Symbols,
    package: usize,
    name: &str,
    mut f: impl FnMut(&mut Expr, Role, &Env<'_>),
) {
    walk(case, symbols, |site, env| {
        if let Site::Expr(e, role) = site {
            if role == Role::Generic || role == Role::Receiver {
                return Next::In;
            }
            if names_object(env, split_instance(e).0, package, name) {
                f(e, role, env);
            }
        }
        Next::In
    });
}

/// Calls `f` with the receiver type of every method of a type.
pub(crate) fn on_receivers(
    case: &mut TestCase,
    package: usize,
    name: &str,
    mut f: impl FnMut(&mut Expr),
) {
    let Some(p) = case.packages.get_mut(package) else { return };
    for file in &mut p.files {
        for d in &mut file.tree.decls {
            let Decl::FuncDecl(m) = d else { continue };
            for r in m.recv.iter_mut().flatten() {
                if receiver_base(&r.typ) == Some(name) {
                    f(&mut r.typ);
                }
            }
        }
    }
}

/// Lets `f` change the type arguments of a receiver, below its pointer and
/// parentheses.
pub(crate) fn rebuild_receiver(typ: &mut Expr, f: &mut dyn FnMut(&mut Vec<Expr>)) {
    match typ {
        Expr::StarExpr(s) => rebuild_receiver(&mut s.x, f),
        Expr::ParenExpr(p) => rebuild_receiver(&mut p.x, f),
        _ => rebuild_instance(typ, f),
    }
}

/// Lets `f` change the type arguments of an instance, or add some to a generic
/// name.
pub(crate) fn rebuild_instance(e: &mut Expr, f: &mut dyn FnMut(&mut Vec<Expr>)) {
    let (generic, args) = split_instance(e);
    let generic = generic.clone();
    let mut args: Vec<Expr> = args.into_iter().cloned().collect();
    f(&mut args);
    *e = instance(generic, args);
}

/// Renames an object of a package with all its uses.
pub(crate) fn rename(case: &mut TestCase, symbols: &Symbols, package: usize, old: &str, new: &str) {
    on_uses(case, symbols, package, old, |e, _, _| rename_expr(e, new));
    // Receivers are not among the uses.
    on_receivers(case, package, old, |typ| {
        if let Some(id) = receiver_ident_mut(typ) {
            new.clone_into(&mut id.0);
        }
    });
    let Some(p) = case.packages.get_mut(package) else { return };
    for decl in p.files.iter_mut().flat_map(|f| &mut f.tree.decls) {
        rename_declared(decl, old, new);
    }
}

fn rename_expr(e: &mut Expr, new: &str) {
    match e {
        Expr::Ident(id) => new.clone_into(&mut id.0),
        Expr::SelectorExpr(s) => new.clone_into(&mut s.sel.0),
        Expr::IndexExpr(i) => rename_expr(&mut i.x, new),
        Expr::IndexListExpr(i) => rename_expr(&mut i.x, new),
        _ => {}
    }
}

/// Renames what a declaration declares, not what it uses.
pub(crate) fn rename_declared(decl: &mut Decl, old: &str, new: &str) {
    let mut set = |id: &mut Ident| {
        if id.0 == old {
            new.clone_into(&mut id.0);
        }
    };
    match decl {
        Decl::FuncDecl(f) => {
            if f.recv.is_none() {
                set(&mut f.name);
            }
        }
        Decl::GenDecl(g) => {
            for spec in &mut g.specs {
                match spec {
                    Spec::TypeSpec(t) => set(&mut t.name),
                    Spec::ValueSpec(v) => v.names.iter_mut().for_each(&mut set),
                    Spec::ImportSpec(_) => {}
                }
            }
        }
    }
}

/// Calls `f` with every call of an object or, with `method`, of every method of
/// that name.
pub(crate) fn on_calls(
    case: &mut TestCase,
    symbols: &Symbols,
    package: usize,
    name: &str,
    method: bool,
    mut f: impl FnMut(&mut CallExpr, &Env<'_>),
) {
    walk(case, symbols, |site, env| {
        if let Site::Expr(Expr::CallExpr(c), Role::Value | Role::Callee) = site {
            let (fun, _) = split_instance(&c.fun);
            let hit = if method {
                let sel = matches!(fun, Expr::SelectorExpr(s) if s.sel.0 == name);
                sel && env.resolve(fun).is_none()
            } else {
                names_object(env, fun, package, name)
            };
            if hit {
                f(c, env);
            }
        }
        Next::In
    });
}

/// Replaces a name inside a declaration.
pub(crate) fn substitute_decl(
    decl: &mut Decl,
    symbols: &Symbols,
    at: (usize, usize),
    name: &str,
    by: &Expr,
) {
    super::walk::walk_decl(decl, symbols, at, |site, _| {
        if let Site::Expr(e, role) = site
            && role != Role::Receiver
            && matches!(e, Expr::Ident(id) if id.0 == name)
        {
            *e = by.clone();
            return Next::Past;
        }
        Next::In
    });
}

/// Whether a type or value contains a name.
pub(crate) fn mentions(e: &Expr, name: &str) -> bool {
    mentions_any(e, &|n| n == name)
}

/// Whether a type or value contains a name for which `is` is true.
pub(crate) fn mentions_any(e: &Expr, is: &dyn Fn(&str) -> bool) -> bool {
    struct Find<'a> {
        is: &'a dyn Fn(&str) -> bool,
        found: bool,
    }
    impl Visitor for Find<'_> {
        fn expr(&mut self, e: &Expr, role: goast::Role) {
            self.found |= match e {
                Expr::Ident(id) => (self.is)(&id.0),
                Expr::SelectorExpr(s) => (self.is)(&s.sel.0),
                _ => false,
            };
            if !self.found {
                walk_expr(self, e, role);
            }
        }
    }
    let mut find = Find { is, found: false };
    find.expr(e, goast::Role::Type);
    find.found
}

/// Every identifier in a type or value, including what selectors select from.
pub(crate) fn idents(e: &Expr) -> Vec<String> {
    struct Collect(Vec<String>);
    impl Visitor for Collect {
        fn expr(&mut self, e: &Expr, role: goast::Role) {
            if let Expr::Ident(id) = e {
                self.0.push(id.0.clone());
            }
            walk_expr(self, e, role);
        }
    }
    let mut all = Collect(Vec::new());
    all.expr(e, goast::Role::Type);
    all.0
}
