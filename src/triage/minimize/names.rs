//! Short and conventional names, given at the end.

use std::collections::BTreeSet;

use super::scenario::redirect::each_name;
use super::trees::{rename_everywhere, rename_in_decl, selectors};
use crate::edit::address;
use crate::edit::references::rename;
use crate::edit::symbols::Symbols;
use crate::goast::scope::{ObjectKind, is_exported, universe};
use crate::goast::{Ident, Spec};
use crate::scenario::Operation;
use crate::testcase::TestCase;

/// One renaming.
pub(crate) type Renaming = Box<dyn Fn(&mut TestCase) -> bool + Send + Sync>;

/// Makes an operation use an object's new name.
fn retarget(op: &mut Operation, package: &str, old: &str, new: &str) {
    for named in op.objects_mut() {
        if named.package == package && named.object == old {
            new.clone_into(named.object);
        }
    }
}

/// Renames an object in the program and in the operations that name it.
pub(crate) fn rename_object(
    case: &mut TestCase,
    symbols: &Symbols,
    package: usize,
    old: &str,
    new: &str,
) {
    rename(case, symbols, package, old, new);
    let path = case.packages[package].path.clone();
    for op in case.scenario.operations_mut() {
        retarget(op, &path, old, new);
    }
}

/// Every renaming that would help, in a fixed order: packages, objects, type
/// parameters, members, files.
pub(crate) fn renamings(case: &TestCase) -> Vec<Renaming> {
    let mut out: Vec<Renaming> = Vec::new();
    packages(case, &mut out);
    let symbols = Symbols::new(case);
    for (p, package) in symbols.packages.iter().enumerate() {
        objects(p, package, &mut out);
    }
    type_params(case, &mut out);
    members(case, &mut out);
    out
}

/// The package that others import becomes `p`, its importers `a` and `b`.
fn packages(case: &TestCase, out: &mut Vec<Renaming>) {
    let imports = case.imports();
    let imported = |path: &str| imports.iter().any(|(_, deps)| deps.iter().any(|d| d == path));
    let (mut deps, mut roots) = (["p", "q", "r"].iter(), ["a", "b", "c"].iter());
    for package in &case.packages {
        let lone = case.packages.len() == 1;
        let next = if lone || imported(&package.path) { deps.next() } else { roots.next() };
        let Some(new) = next else { continue };
        let old = package.path.clone();
        if old == *new && package.files.iter().all(|f| f.tree.name.0 == *new) {
            continue;
        }
        out.push(Box::new(move |case| rename_package(case, &old, new)));
    }
}

fn rename_package(case: &mut TestCase, old: &str, new: &str) -> bool {
    if old != new && case.packages.iter().any(|p| p.path == new) {
        return false;
    }
    let Some(i) = case.packages.iter().position(|p| p.path == old) else { return false };
    let Some(name) = case.packages[i].files.first().map(|f| f.tree.name.0.clone()) else {
        return false;
    };
    new.clone_into(&mut case.packages[i].path);
    for f in &mut case.packages[i].files {
        f.tree.name = Ident(new.to_owned());
    }
    for file in case.packages.iter_mut().flat_map(|p| &mut p.files) {
        let mut local = None;
        for decl in &mut file.tree.decls {
            let crate::goast::Decl::GenDecl(g) = decl else { continue };
            for spec in &mut g.specs {
                if let Spec::ImportSpec(s) = spec
                    && s.path == old
                {
                    new.clone_into(&mut s.path);
                    if s.name.as_ref().is_none_or(|n| n.0 != "." && n.0 != "_") {
                        local = Some(s.name.take().map_or_else(|| name.clone(), |n| n.0));
                    }
                }
            }
        }
        if let Some(local) = local {
            selectors(&mut file.tree, |x, _| {
                if x.0 == local {
                    new.clone_into(&mut x.0);
                }
            });
        }
    }
    each_name(case, &mut |p| {
        if p == old {
            new.clone_into(p);
        }
    });
    true
}

fn objects(p: usize, package: &crate::edit::symbols::PackageSymbols, out: &mut Vec<Renaming>) {
    let taken: BTreeSet<&str> = package.scope.objects.keys().map(String::as_str).collect();
    let mut given: BTreeSet<&str> = BTreeSet::new();
    // In source order: the reader meets T first.
    let mut all: Vec<_> = package.scope.objects.iter().collect();
    all.sort_by_key(|(_, o)| o.at);
    for (old, object) in all {
        let names: &[&'static str] = match object.kind {
            ObjectKind::TypeName if object.alias => &["A", "B", "C", "D"],
            ObjectKind::TypeName => &["T", "U", "V", "W", "S", "R"],
            ObjectKind::Func if is_exported(old) => &["F", "G", "H"],
            ObjectKind::Func => &["f", "g", "h"],
            ObjectKind::Var | ObjectKind::Const if is_exported(old) => &["X", "Y", "Z"],
            ObjectKind::Var | ObjectKind::Const => &["x", "y", "z"],
            _ => &[],
        };
        let Some(new) = names.iter().find(|n| !given.contains(**n)).copied() else { continue };
        given.insert(new);
        if old == new {
            continue;
        }
        let (old, swap) = (old.clone(), taken.contains(new));
        out.push(Box::new(move |case| {
            if swap {
                // The object that has the name makes room.
                let symbols = Symbols::new(case);
                let aside = symbols.fresh(new);
                rename_object(case, &symbols, p, new, &aside);
            }
            let symbols = Symbols::new(case);
            rename_object(case, &symbols, p, &old, new);
            true
        }));
    }
}

/// Type parameters are P and Q.
fn type_params(case: &TestCase, out: &mut Vec<Renaming>) {
    for at in address::all(case) {
        let Some(decl) = address::decl(case, at) else { continue };
        let params = super::trees::type_params(decl, at.spec);
        for (old, new) in params.into_iter().zip(["P", "Q", "R"]) {
            if old == new || old == "_" {
                continue;
            }
            out.push(Box::new(move |case| {
                address::decl_mut(case, at).is_some_and(|d| rename_in_decl(d, &old, new))
            }));
        }
    }
}

/// Methods become M and N, fields F and G. Selectors are renamed with them.
fn members(case: &TestCase, out: &mut Vec<Renaming>) {
    let (methods, fields) = super::trees::members(case);
    let free = |name: &str| !methods.contains(name) && !fields.contains(name);
    for (list, names) in
        [(&methods, ["M", "N", "O", "m", "n"]), (&fields, ["F", "G", "H", "f", "g"])]
    {
        let mut names = names.into_iter().filter(|n| free(n));
        for old in list.iter().filter(|n| n.len() > 1 && n.as_str() != "_") {
            // Exported or not: other packages see it, or they do not.
            let Some(new) = names.find(|n| is_exported(n) == is_exported(old)) else { continue };
            let old = old.clone();
            if universe(new).is_none() {
                out.push(Box::new(move |case| rename_everywhere(case, &old, new)));
            }
        }
    }
}

/// Files are named after their packages.
pub(crate) fn name_files(case: &mut TestCase) {
    for package in &mut case.packages {
        let name = package.path.rsplit('/').next().unwrap_or("p").to_owned();
        if let [file] = package.files.as_mut_slice() {
            file.name = format!("{name}.go");
        }
    }
}
