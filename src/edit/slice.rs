//! Cuts a test case into minimal programs: one for each declaration, with what the declaration
//! needs.

use std::collections::{BTreeMap, BTreeSet};

use super::address::{declared_names, is_import};
use crate::goast::build::decl;
use crate::goast::scope::method_base;
use crate::goast::walk::{walk_decl, walk_expr};
use crate::goast::{Decl, DeclTok, Expr, File, Ident, NameRole, Role, Spec, Visitor};
use crate::testcase::{Package, PackageFile, TestCase};

/// A declaration of one name, or of a group that cannot be split.
struct Unit {
    decl: Decl,
    /// Index of the file that it is from.
    file: usize,
    names: Vec<String>,
    /// The type of which it is a method.
    receiver: Option<String>,
    /// The names that it mentions.
    mentions: BTreeSet<String>,
    /// The names that it selects.
    selects: BTreeSet<String>,
}

/// The programs, in the order of the declarations. The last package of each has one declaration and
/// what it needs: the declarations that it names, methods that it selects, packages that it
/// imports. A name that a local one hides counts as well, so a slice may have too much, never too
/// little, except methods that only an interface asks for.
#[must_use]
pub fn slices(case: &TestCase) -> Vec<TestCase> {
    let mut out = Vec::new();
    for package in &case.packages {
        let units = units(package);
        let mut made: BTreeSet<Vec<usize>> = BTreeSet::new();
        for at in 0..units.len() {
            let part = closure(&units, at);
            if part.len() < units.len() && made.insert(part.clone()) {
                out.extend(slice(case, package, &units, &part));
            }
        }
    }
    out
}

fn units(package: &Package) -> Vec<Unit> {
    let mut units = Vec::new();
    for (i, f) in package.files.iter().enumerate() {
        for d in f.tree.decls.iter().filter(|d| !is_import(d)) {
            match d {
                // Constants of a group depend on their place in it.
                Decl::GenDecl(g) if g.tok != DeclTok::Const => {
                    units.extend(g.specs.iter().map(|s| unit(decl(g.tok, s.clone()), i)));
                }
                _ => units.push(unit(d.clone(), i)),
            }
        }
    }
    units
}

fn unit(decl: Decl, file: usize) -> Unit {
    let names = declared_names(&decl);
    let receiver = match &decl {
        Decl::FuncDecl(f) => method_base(f).map(str::to_owned),
        Decl::GenDecl(_) => None,
    };
    let mut seen = Mentions::default();
    walk_decl(&mut seen, &decl);
    Unit { decl, file, names, receiver, mentions: seen.idents, selects: seen.selected }
}

#[derive(Default)]
struct Mentions {
    idents: BTreeSet<String>,
    selected: BTreeSet<String>,
}

impl Visitor for Mentions {
    fn expr(&mut self, e: &Expr, role: Role) {
        if let Expr::Ident(n) = e {
            self.idents.insert(n.0.clone());
        }
        walk_expr(self, e, role);
    }

    fn name(&mut self, name: &Ident, role: NameRole) {
        // An interface asks for the methods that it lists.
        if matches!(role, NameRole::Selector | NameRole::Method) {
            self.selected.insert(name.0.clone());
        }
    }
}

/// A unit and those that it needs, in source order.
fn closure(units: &[Unit], at: usize) -> Vec<usize> {
    let mut part = vec![false; units.len()];
    part[at] = true;
    loop {
        let of = |f: fn(&Unit) -> &BTreeSet<String>| -> BTreeSet<&str> {
            let chosen = units.iter().zip(&part).filter(|(_, p)| **p);
            chosen.flat_map(|(u, _)| f(u)).map(String::as_str).collect()
        };
        let (mentioned, selected) = (of(|u| &u.mentions), of(|u| &u.selects));
        let needed = |u: &Unit| match (&u.receiver, &u.decl) {
            (Some(base), Decl::FuncDecl(f)) => {
                mentioned.contains(base.as_str()) && selected.contains(f.name.0.as_str())
            }
            _ => u.names.iter().any(|n| n != "_" && mentioned.contains(n.as_str())),
        };
        let more: Vec<usize> =
            (0..units.len()).filter(|&i| !part[i] && needed(&units[i])).collect();
        if more.is_empty() {
            return (0..units.len()).filter(|&i| part[i]).collect();
        }
        for i in more {
            part[i] = true;
        }
    }
}

/// A program of these units; `None` if it imports a package that the test case does not have.
fn slice<'a>(
    case: &'a TestCase,
    package: &'a Package,
    units: &[Unit],
    part: &[usize],
) -> Option<TestCase> {
    let mut files: BTreeMap<usize, Vec<Decl>> = BTreeMap::new();
    let mut wanted: BTreeSet<&'a str> = BTreeSet::new();
    for &at in part {
        let u = &units[at];
        files.entry(u.file).or_default().push(u.decl.clone());
    }
    let mut made = Vec::new();
    for (i, mut decls) in files {
        let from = &package.files[i];
        let mentioned: BTreeSet<&str> = part
            .iter()
            .filter(|&&at| units[at].file == i)
            .flat_map(|&at| &units[at].mentions)
            .map(String::as_str)
            .collect();
        for import in from.tree.imports() {
            let local = import.name.as_ref().map_or_else(
                || import.path.rsplit('/').next().unwrap_or_default(),
                |n| n.0.as_str(),
            );
            if local != "." && !mentioned.contains(local) {
                continue;
            }
            if import.path != "unsafe" {
                case.packages.iter().find(|p| p.path == import.path)?;
                wanted.insert(&import.path);
            }
            decls.insert(0, decl(DeclTok::Import, Spec::ImportSpec(import.clone())));
        }
        let tree =
            File { name: from.tree.name.clone(), go_version: from.tree.go_version.clone(), decls };
        made.push(PackageFile { name: from.name.clone(), tree });
    }
    let mut packages = imported(case, wanted);
    packages.push(Package { path: package.path.clone(), files: made });
    Some(TestCase { packages, scenario: case.scenario.clone() })
}

/// Packages of the test case with everything that they import, in its order.
fn imported<'a>(case: &'a TestCase, mut wanted: BTreeSet<&'a str>) -> Vec<Package> {
    loop {
        let more: Vec<&str> = case
            .packages
            .iter()
            .filter(|p| wanted.contains(p.path.as_str()))
            .flat_map(|p| &p.files)
            .flat_map(|f| f.tree.imports())
            .map(|i| i.path.as_str())
            .filter(|path| !wanted.contains(path))
            .collect();
        if more.is_empty() {
            break;
        }
        wanted.extend(more);
    }
    case.packages.iter().filter(|p| wanted.contains(p.path.as_str())).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::test_support::{sample, text};

    #[test]
    fn slices_have_what_their_declaration_needs_and_little_else() {
        let case = sample();
        let slices = slices(&case);
        assert!(slices.len() > 5, "{}", slices.len());
        for s in &slices {
            let package = s.packages.last().unwrap();
            let names: BTreeSet<String> =
                units(package).iter().flat_map(|u| u.names.clone()).collect();
            let whole = case.packages.iter().find(|p| p.path == package.path).unwrap();
            let known: BTreeSet<String> =
                units(whole).iter().flat_map(|u| u.names.clone()).collect();
            for u in units(package) {
                let missing: Vec<_> = u
                    .mentions
                    .iter()
                    .filter(|n| known.contains(*n) && !names.contains(*n))
                    .collect();
                assert!(missing.is_empty(), "{missing:?}\n{}", text(s));
            }
            assert!(text(s).len() < text(&case).len());
        }
    }
}
