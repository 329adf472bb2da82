//! Two packages made one.

use super::super::names::rename_object;
use super::super::reducer::{Edit, Reducer};
use super::super::scenario::redirect::each_name;
use super::files::merge;
use crate::edit::address::is_import;
use crate::edit::env::Found;
use crate::edit::symbols::Symbols;
use crate::edit::walk::{Next, Site, walk};
use crate::goast::build::{ident, import_decl, selector};
use crate::goast::scope::is_exported;
use crate::goast::{Decl, Expr, Spec};
use crate::testcase::TestCase;

/// Moves everything of one package into another, and has those that import the
/// first import the second.
#[derive(Clone, Copy, Debug)]
pub struct MergePackages;

/// Gives new names to the objects of `from` whose names `into` also declares.
fn make_names_differ(case: &mut TestCase, from: usize, into: usize) {
    let symbols = Symbols::new(case);
    let both: Vec<String> = symbols.packages[from]
        .scope
        .objects
        .keys()
        .filter(|n| symbols.packages[into].scope.objects.contains_key(*n))
        .cloned()
        .collect();
    for name in both {
        let symbols = Symbols::new(case);
        let new = symbols.fresh(&name);
        rename_object(case, &symbols, from, &name, &new);
    }
}

/// Makes every use of an object of `from` name `into`, which then declares it.
fn redirect_uses(case: &mut TestCase, from: usize, into: usize) {
    let symbols = Symbols::new(case);
    let target = &symbols.packages[into];
    let mut needs = Vec::new();
    walk(case, &symbols, |site, env| {
        if let Site::Expr(e @ (Expr::SelectorExpr(_) | Expr::Ident(_)), _) = site {
            let Some(Found::Object(p, _)) = env.resolve(e) else { return Next::In };
            let name = match &*e {
                Expr::SelectorExpr(s) => s.sel.0.clone(),
                Expr::Ident(id) => id.0.clone(),
                _ => return Next::In,
            };
            if p != from && p != into {
                return Next::In;
            }
            if env.package == from || env.package == into {
                *e = ident(&name);
            } else if p == from && is_exported(&name) {
                *e = selector(ident(&target.name), &name);
                needs.push((env.package, env.file));
            }
            return Next::Past;
        }
        Next::In
    });
    needs.sort_unstable();
    needs.dedup();
    for (p, f) in needs {
        let decls = &mut case.packages[p].files[f].tree.decls;
        if !symbols.packages[p].files[f].packages.contains_key(&target.name) {
            decls.insert(0, import_decl(None, &target.path));
        }
    }
}

fn join(case: &mut TestCase, from: usize, into: usize) -> bool {
    make_names_differ(case, from, into);
    redirect_uses(case, from, into);
    let (path, target) = (case.packages[from].path.clone(), case.packages[into].path.clone());
    let name = case.packages[into].files[0].tree.name.clone();
    let mut files = std::mem::take(&mut case.packages[from].files);
    for (i, file) in files.iter_mut().enumerate() {
        file.tree.name = name.clone();
        file.name = format!("moved{i}_{}", file.name);
    }
    case.packages[into].files.append(&mut files);
    merge(&mut case.packages[into]);
    let own = [path.clone(), target.clone()];
    for decl in &mut case.packages[into].files[0].tree.decls {
        if is_import(decl)
            && let Decl::GenDecl(g) = decl
        {
            g.specs.retain(|s| !matches!(s, Spec::ImportSpec(i) if own.contains(&i.path)));
        }
    }
    each_name(case, &mut |p| {
        if *p == path {
            p.clone_from(&target);
        }
    });
    case.packages.remove(from);
    case.sort_packages();
    true
}

impl Reducer for MergePackages {
    fn name(&self) -> &'static str {
        "merge packages"
    }

    fn edits(&self, case: &TestCase) -> Vec<Edit> {
        let n = case.packages.len();
        let mut out: Vec<Edit> = Vec::new();
        for from in 0..n {
            for into in (0..n).filter(|&into| into != from) {
                out.push(Box::new(move |case| join(case, from, into)));
            }
        }
        out
    }
}
