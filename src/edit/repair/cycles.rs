//! Cycles between types that the language forbids.

use std::collections::{BTreeMap, BTreeSet};

use crate::edit::address;
use crate::edit::references::{idents, mentions_any, rebuild_instance};
use crate::edit::symbols::Symbols;
use crate::edit::walk::{Next, Site, walk, walk_decl};
use crate::goast::Role;
use crate::goast::build::{ident, slice_of, split_instance, star, type_decl};
use crate::goast::scope::{Object, ObjectKind};
use crate::goast::{Decl, Expr, Field, Spec};
use crate::testcase::TestCase;

/// Opens cycles of types that contain themselves by value, of interfaces that
/// embed themselves and of right-hand sides that lead back.
pub(super) fn open(case: &mut TestCase) {
    // Each round opens one; there cannot be more than there are types.
    for _ in 0..64 {
        let symbols = Symbols::new(case);
        if alias_cycle(case, &symbols) {
            continue;
        }
        let Some((package, name, to)) = first_cycle(&symbols) else { return };
        for at in address::types(case) {
            if at.package != package {
                continue;
            }
            let Some(spec) = address::type_spec_mut(case, at).filter(|t| t.name.0 == name) else {
                continue;
            };
            cut(&mut spec.typ, &to, true);
        }
    }
}

/// Opens a cycle that consists of aliases only; no pointer makes it legal.
/// False if there is none.
fn alias_cycle(case: &mut TestCase, symbols: &Symbols) -> bool {
    for at in address::types(case) {
        let objects = &symbols.packages[at.package].scope.objects;
        let Some(spec) = address::type_spec_mut(case, at).filter(|t| t.assign) else { continue };
        let back = |n: &str| alias_leads(objects, n, &spec.name.0);
        if !mentions_any(&spec.typ, &back) {
            continue;
        }
        let mut decl = type_decl(spec.clone());
        walk_decl(&mut decl, symbols, (at.package, at.file), |site, _| {
            if let Site::Expr(e, role) = site
                && matches!(split_instance(e).0, Expr::Ident(id) if back(&id.0))
                && role != Role::Generic
            {
                *e = ident("int");
            }
            Next::In
        });
        let new = match decl {
            Decl::GenDecl(mut g) => g.specs.pop(),
            Decl::FuncDecl(_) => None,
        };
        if let (Some(Spec::TypeSpec(new)), Some(old)) = (new, address::type_spec_mut(case, at)) {
            *old = new;
        }
        return true;
    }
    false
}

/// Whether an alias leads to another through aliases.
fn alias_leads(objects: &BTreeMap<String, Object>, from: &str, to: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut todo = vec![from.to_owned()];
    while let Some(name) = todo.pop() {
        let Some(o) = objects.get(&name).filter(|o| o.alias) else { continue };
        if name == to {
            return true;
        }
        let Some(typ) = o.typ.as_ref().filter(|_| seen.insert(name)) else { continue };
        todo.extend(idents(typ));
    }
    false
}

/// Inside a generic type, passes the type's own parameters unchanged to every
/// type that leads back to it. With `T[*P]` inside `T[P]`, every instance would
/// need another one with a deeper argument, without end.
pub(super) fn level(case: &mut TestCase) {
    let symbols = Symbols::new(case);
    walk(case, &symbols, |site, env| {
        let Site::Expr(e, role) = site else {
            // This is allowed in functions and methods.
            return if matches!(site, Site::Func(_)) { Next::Past } else { Next::In };
        };
        if matches!(role, Role::Generic | Role::Receiver) || env.locals.is_empty() {
            return Next::In;
        }
        let (Expr::Ident(generic), args) = split_instance(e) else { return Next::In };
        let Some(owner) = env.owner.as_deref() else { return Next::In };
        let params: Vec<&str> = env
            .locals
            .iter()
            .filter(|l| l.kind == ObjectKind::TypeParam)
            .map(|l| l.name.as_str())
            .collect();
        let is = |n: &str| params.contains(&n);
        let deep = |a: &Expr| !matches!(a, Expr::Ident(_)) && mentions_any(a, &is);
        if args.iter().any(|a| deep(a)) && leads(&symbols, env.package, &generic.0, owner) {
            let first = ident(params[0]);
            rebuild_instance(e, &mut |args| {
                args.iter_mut().filter(|a| deep(a)).for_each(|a| *a = first.clone());
            });
        }
        Next::In
    });
}

/// Whether a type's declaration leads to another through what it mentions.
fn leads(symbols: &Symbols, package: usize, from: &str, to: &str) -> bool {
    let objects = &symbols.packages[package].scope.objects;
    let mut seen = BTreeSet::new();
    let mut todo = vec![from.to_owned()];
    while let Some(name) = todo.pop() {
        if name == to {
            return true;
        }
        let Some(o) = objects.get(&name) else { continue };
        let Some(typ) = o.typ.as_ref().filter(|_| seen.insert(name)) else { continue };
        todo.extend(idents(typ));
    }
    false
}

/// An edge that closes a cycle: package, type, and the type that it contains.
fn first_cycle(symbols: &Symbols) -> Option<(usize, String, String)> {
    for (p, package) in symbols.packages.iter().enumerate() {
        let mut edges: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (name, o) in &package.scope.objects {
            let mut out = BTreeSet::new();
            if let Some(t) = o.typ.as_ref().filter(|_| o.kind.is_type()) {
                contained(t, &mut out);
            }
            edges.insert(name, out);
        }
        let mut done = BTreeSet::new();
        for name in package.scope.objects.keys() {
            let mut path = Vec::new();
            if let Some((from, to)) = back_edge(name, &edges, &mut path, &mut done) {
                return Some((p, from, to));
            }
        }
    }
    None
}

fn back_edge(
    name: &str,
    edges: &BTreeMap<&str, BTreeSet<String>>,
    path: &mut Vec<String>,
    done: &mut BTreeSet<String>,
) -> Option<(String, String)> {
    if done.contains(name) {
        return None;
    }
    path.push(name.to_owned());
    for to in edges.get(name)? {
        if path.contains(to) {
            return Some((name.to_owned(), to.clone()));
        }
        if let Some(found) = back_edge(to, edges, path, done) {
            return Some(found);
        }
    }
    path.pop();
    done.insert(name.to_owned());
    None
}

/// Names that a type contains by value, embeds or is defined by.
fn contained(t: &Expr, out: &mut BTreeSet<String>) {
    match t {
        Expr::Ident(id) => {
            out.insert(id.0.clone());
        }
        Expr::ParenExpr(p) => contained(&p.x, out),
        Expr::IndexExpr(_) | Expr::IndexListExpr(_) => {
            contained(split_instance(t).0, out);
        }
        Expr::ArrayType(a) if a.len.is_some() => contained(&a.elt, out),
        Expr::StructType(s) => s.fields.iter().for_each(|f| contained(&f.typ, out)),
        Expr::InterfaceType(i) => {
            i.methods.iter().filter(|m| m.names.is_empty()).for_each(|m| {
                contained(&m.typ, out);
            });
        }
        Expr::BinaryExpr(b) => {
            contained(&b.x, out);
            contained(&b.y, out);
        }
        Expr::UnaryExpr(u) => contained(&u.x, out),
        _ => {}
    }
}

fn is(t: &Expr, name: &str) -> bool {
    matches!(split_instance(t).0, Expr::Ident(id) if id.0 == name)
}

/// Stops the type from containing the name: a struct or array gets a pointer
/// to it, an interface loses it.
fn cut(t: &mut Expr, name: &str, top: bool) {
    if is(t, name) {
        let old = t.clone();
        // At the top level, a pointer to the type would not help.
        *t = if top { slice_of(ident("int")) } else { star(old) };
        return;
    }
    match t {
        Expr::ParenExpr(p) => cut(&mut p.x, name, top),
        Expr::ArrayType(a) => cut(&mut a.elt, name, false),
        Expr::StructType(s) => s.fields.iter_mut().for_each(|f| cut_field(f, name)),
        Expr::InterfaceType(i) => i.methods.retain(|m| {
            let mut out = BTreeSet::new();
            if m.names.is_empty() {
                contained(&m.typ, &mut out);
            }
            !out.contains(name)
        }),
        Expr::BinaryExpr(_) | Expr::UnaryExpr(_) => *t = ident("int"),
        _ => {}
    }
}

fn cut_field(f: &mut Field, name: &str) {
    cut(&mut f.typ, name, false);
}
