//! Imports: the packages must exist, be used, and not import each other in a
//! cycle.

use std::collections::BTreeSet;

use crate::edit::address;
use crate::edit::symbols::{Symbols, is_foreign};
use crate::edit::walk::{Next, Site, walk};
use crate::goast::Role;
use crate::goast::{Decl, Expr, ImportSpec, Spec};
use crate::testcase::TestCase;

/// Drops imports that are wrong: of missing packages, of the package itself,
/// duplicates, and those that close a cycle. Adds imports for qualified names,
/// gives all files of a package the same package name, and sorts the packages
/// so that dependencies come first.
pub(super) fn fix(case: &mut TestCase, before: &TestCase) {
    for package in &mut case.packages {
        let name = package.files.first().map(|f| f.tree.name.clone());
        for file in &mut package.files {
            file.tree.name.clone_from(name.as_ref().unwrap_or(&file.tree.name.clone()));
        }
    }
    let paths: BTreeSet<String> = case.packages.iter().map(|p| p.path.clone()).collect();
    for package in &mut case.packages {
        let own = package.path.clone();
        for file in &mut package.files {
            let mut seen = BTreeSet::new();
            retain_imports(&mut file.tree.decls, |i| {
                (is_foreign(&i.path) || paths.contains(&i.path))
                    && i.path != own
                    && seen.insert((i.name.clone(), i.path.clone()))
            });
        }
    }
    add_missing(case, before);
    open_cycles(case);
    sort_packages(case);
}

/// Imports packages that qualify a name in a type.
fn add_missing(case: &mut TestCase, before: &TestCase) {
    let symbols = Symbols::new(case);
    let known = Symbols::new(before);
    let mut missing = BTreeSet::new();
    walk(case, &symbols, |site, env| {
        if let Site::Expr(Expr::SelectorExpr(s), role) = site
            && role != Role::Value
            && let Expr::Ident(x) = &*s.x
            && env.lookup(&x.0).is_none()
        {
            // It is the package's name, or what some file called the package before.
            let named = symbols.packages.iter().position(|p| p.name == x.0);
            let called = known.packages.iter().flat_map(|p| &p.files).find_map(|f| {
                let path = &known.packages[*f.packages.get(&x.0)?].path;
                symbols.package(path)
            });
            if let Some(target) = named.or(called) {
                missing.insert((env.package, env.file, target, x.0.clone()));
            }
        }
        Next::In
    });
    for (package, file, target, name) in missing {
        let symbols = Symbols::new(case);
        if symbols.depends(target, package) {
            continue;
        }
        let local = (symbols.packages[target].name != name).then_some(name.as_str());
        let decl = crate::goast::build::import_decl(local, &symbols.packages[target].path);
        case.packages[package].files[file].tree.decls.insert(0, decl);
    }
}

/// Drops imports that close a cycle, starting at the last package.
fn open_cycles(case: &mut TestCase) {
    loop {
        let symbols = Symbols::new(case);
        let n = symbols.packages.len();
        let edge = (0..n).rev().find_map(|p| {
            let back = symbols.imported(p).into_iter().find(|&d| symbols.depends(d, p))?;
            Some((p, symbols.packages[back].path.clone()))
        });
        let Some((p, path)) = edge else { return };
        for file in &mut case.packages[p].files {
            retain_imports(&mut file.tree.decls, |i| i.path != path);
        }
    }
}

/// Sorts packages so that dependencies come first; otherwise keeps their order.
pub(crate) fn sort_packages(case: &mut TestCase) {
    let symbols = Symbols::new(case);
    let mut rest: Vec<usize> = (0..case.packages.len()).collect();
    let mut order = Vec::new();
    while !rest.is_empty() {
        let ready = |p: &usize| symbols.imported(*p).iter().all(|d| order.contains(d) || d == p);
        let at = rest.iter().position(ready).unwrap_or(0);
        order.push(rest.remove(at));
    }
    let mut packages: Vec<_> = case.packages.drain(..).map(Some).collect();
    case.packages = order.into_iter().filter_map(|i| packages[i].take()).collect();
}

/// Drops imports whose name nothing uses.
pub(crate) fn drop_unused(case: &mut TestCase) {
    let symbols = Symbols::new(case);
    let mut used: BTreeSet<(usize, usize, String)> = BTreeSet::new();
    let mut dots: BTreeSet<(usize, usize, usize)> = BTreeSet::new();
    walk(case, &symbols, |site, env| {
        if let Site::Expr(e, _) = site {
            match e {
                Expr::SelectorExpr(s) => {
                    if let Expr::Ident(x) = &*s.x
                        && !env.locals.iter().any(|l| l.name == x.0)
                    {
                        used.insert((env.package, env.file, x.0.clone()));
                    }
                }
                Expr::Ident(id) => {
                    if let Some(crate::edit::env::Found::Object(p, _)) = env.lookup(&id.0) {
                        dots.insert((env.package, env.file, p));
                    }
                }
                _ => {}
            }
        }
        Next::In
    });
    for (p, package) in case.packages.iter_mut().enumerate() {
        for (f, file) in package.files.iter_mut().enumerate() {
            retain_imports(&mut file.tree.decls, |i| {
                let target = symbols.package(&i.path);
                match i.name.as_ref().map(|n| n.0.as_str()) {
                    Some("_") => true,
                    Some(".") => target.is_some_and(|t| dots.contains(&(p, f, t))),
                    Some(name) => used.contains(&(p, f, name.to_owned())),
                    None => {
                        let name = match target {
                            Some(t) => symbols.packages[t].name.clone(),
                            None => i.path.clone(),
                        };
                        used.contains(&(p, f, name))
                    }
                }
            });
        }
    }
}

fn retain_imports(decls: &mut Vec<Decl>, mut keep: impl FnMut(&ImportSpec) -> bool) {
    for d in decls.iter_mut().filter(|d| address::is_import(d)) {
        if let Decl::GenDecl(g) = d {
            g.specs.retain(|s| if let Spec::ImportSpec(i) = s { keep(i) } else { true });
        }
    }
    decls.retain(|d| !matches!(d, Decl::GenDecl(g) if g.specs.is_empty() && address::is_import(d)));
}
