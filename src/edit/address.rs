//! Addresses of declarations, for operators that work on whole ones.

use super::symbols::Symbols;
use crate::goast::build::{gen_decl, import_decl};
use crate::goast::scope::is_exported;
use crate::goast::{Decl, DeclTok, Expr, FuncDecl, Ident, Spec, TypeSpec};
use crate::testcase::TestCase;

/// A declaration's place: package, file, declaration, spec (0 for a function).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Address {
    pub package: usize,
    pub file: usize,
    pub decl: usize,
    pub spec: usize,
}

/// Every declaration of the case, in order, in pieces of one spec.
pub(crate) fn all(case: &TestCase) -> Vec<Address> {
    let mut out = Vec::new();
    for (package, p) in case.packages.iter().enumerate() {
        for (file, f) in p.files.iter().enumerate() {
            for (decl, d) in f.tree.decls.iter().enumerate() {
                let specs = if let Decl::GenDecl(g) = d { g.specs.len() } else { 1 };
                out.extend((0..specs).map(|spec| Address { package, file, decl, spec }));
            }
        }
    }
    out
}

/// Every type declaration.
pub(crate) fn types(case: &TestCase) -> Vec<Address> {
    all(case).into_iter().filter(|a| type_spec(case, *a).is_some()).collect()
}

/// Every function, without methods.
pub(crate) fn funcs(case: &TestCase) -> Vec<Address> {
    let is = |a: &Address| func(case, *a).is_some_and(|f| f.recv.is_none());
    all(case).into_iter().filter(is).collect()
}

/// Every method.
pub(crate) fn methods(case: &TestCase) -> Vec<Address> {
    let is = |a: &Address| func(case, *a).is_some_and(|f| f.recv.is_some());
    all(case).into_iter().filter(is).collect()
}

pub(crate) fn decl(case: &TestCase, a: Address) -> Option<&Decl> {
    case.packages.get(a.package)?.files.get(a.file)?.tree.decls.get(a.decl)
}

pub(crate) fn decl_mut(case: &mut TestCase, a: Address) -> Option<&mut Decl> {
    case.packages.get_mut(a.package)?.files.get_mut(a.file)?.tree.decls.get_mut(a.decl)
}

pub(crate) fn type_spec(case: &TestCase, a: Address) -> Option<&TypeSpec> {
    match decl(case, a)? {
        Decl::GenDecl(g) => match g.specs.get(a.spec)? {
            Spec::TypeSpec(t) => Some(t),
            _ => None,
        },
        Decl::FuncDecl(_) => None,
    }
}

pub(crate) fn type_spec_mut(case: &mut TestCase, a: Address) -> Option<&mut TypeSpec> {
    match decl_mut(case, a)? {
        Decl::GenDecl(g) => match g.specs.get_mut(a.spec)? {
            Spec::TypeSpec(t) => Some(t),
            _ => None,
        },
        Decl::FuncDecl(_) => None,
    }
}

pub(crate) fn func(case: &TestCase, a: Address) -> Option<&FuncDecl> {
    match decl(case, a)? {
        Decl::FuncDecl(f) => Some(f),
        Decl::GenDecl(_) => None,
    }
}

pub(crate) fn func_mut(case: &mut TestCase, a: Address) -> Option<&mut FuncDecl> {
    match decl_mut(case, a)? {
        Decl::FuncDecl(f) => Some(f),
        Decl::GenDecl(_) => None,
    }
}

/// The names that a piece declares; none for imports and methods.
pub(crate) fn names(case: &TestCase, a: Address) -> Vec<String> {
    match decl(case, a) {
        Some(Decl::FuncDecl(f)) if f.recv.is_none() => vec![f.name.0.clone()],
        Some(Decl::GenDecl(g)) => g.specs.get(a.spec).map(spec_names).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// The names that a whole declaration declares; none for imports and methods.
pub(crate) fn declared_names(d: &Decl) -> Vec<String> {
    match d {
        Decl::FuncDecl(f) if f.recv.is_none() => vec![f.name.0.clone()],
        Decl::FuncDecl(_) => Vec::new(),
        Decl::GenDecl(g) => g.specs.iter().flat_map(spec_names).collect(),
    }
}

fn spec_names(s: &Spec) -> Vec<String> {
    match s {
        Spec::TypeSpec(t) => vec![t.name.0.clone()],
        Spec::ValueSpec(v) => v.names.iter().map(|n| n.0.clone()).collect(),
        Spec::ImportSpec(_) => Vec::new(),
    }
}

/// Removes a piece and returns it as a declaration of its own.
pub(crate) fn take(case: &mut TestCase, a: Address) -> Option<Decl> {
    let decls = &mut case.packages.get_mut(a.package)?.files.get_mut(a.file)?.tree.decls;
    match decls.get_mut(a.decl)? {
        Decl::GenDecl(g) if g.specs.len() > 1 => {
            if a.spec >= g.specs.len() {
                return None;
            }
            let spec = g.specs.remove(a.spec);
            Some(Decl::GenDecl(gen_decl(g.tok, spec)))
        }
        _ => Some(decls.remove(a.decl)),
    }
}

/// A copy of a piece, as a declaration of its own.
pub(crate) fn copy(case: &TestCase, a: Address) -> Option<Decl> {
    match decl(case, a)? {
        Decl::GenDecl(g) => {
            let spec = g.specs.get(a.spec)?.clone();
            Some(Decl::GenDecl(gen_decl(g.tok, spec)))
        }
        d => Some(d.clone()),
    }
}

/// Appends declarations to the first file of a package.
pub(crate) fn append(
    case: &mut TestCase,
    package: usize,
    file: usize,
    decls: impl IntoIterator<Item = Decl>,
) {
    if let Some(f) = case.packages.get_mut(package).and_then(|p| p.files.get_mut(file)) {
        f.tree.decls.extend(decls);
    }
}

/// The name by which a file knows another package; imports it if need be.
/// `None` if that would close an import cycle.
pub(crate) fn ensure_import(
    case: &mut TestCase,
    symbols: &Symbols,
    package: usize,
    file: usize,
    target: usize,
) -> Option<String> {
    if symbols.depends(target, package) {
        return None;
    }
    let known = &symbols.packages[package].files.get(file)?.packages;
    if let Some((name, _)) = known.iter().find(|(_, p)| **p == target) {
        return Some(name.clone());
    }
    let own = &symbols.packages[target].name;
    let taken = symbols.packages[package].scope.objects.contains_key(own)
        || known.contains_key(own)
        || is_exported(own);
    let local = taken.then(|| symbols.fresh(own));
    let path = symbols.packages[target].path.clone();
    let decls = &mut case.packages.get_mut(package)?.files.get_mut(file)?.tree.decls;
    decls.insert(0, import_decl(local.as_deref(), &path));
    Some(local.unwrap_or_else(|| own.clone()))
}

/// The base type's identifier in a receiver's type.
pub(crate) fn receiver_ident_mut(typ: &mut Expr) -> Option<&mut Ident> {
    match typ {
        Expr::Ident(id) => Some(id),
        Expr::StarExpr(s) => receiver_ident_mut(&mut s.x),
        Expr::ParenExpr(p) => receiver_ident_mut(&mut p.x),
        Expr::IndexExpr(i) => receiver_ident_mut(&mut i.x),
        Expr::IndexListExpr(i) => receiver_ident_mut(&mut i.x),
        _ => None,
    }
}

/// Whether a declaration imports.
pub(crate) fn is_import(d: &Decl) -> bool {
    matches!(d, Decl::GenDecl(g) if g.tok == DeclTok::Import)
}
