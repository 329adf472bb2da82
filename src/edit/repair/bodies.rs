//! Code that a mutation has made meaningless.
//!
//! A changed declaration breaks the code that uses it, and names do not show
//! how to repair that code. So statements that mention a changed declaration
//! are dropped, and a function that has lost its return panics.

use std::collections::{BTreeMap, BTreeSet};

use crate::edit::env::Env;
use crate::edit::references::mentions_any;
use crate::edit::symbols::Symbols;
use crate::edit::walk::{Next, Site, walk};
use crate::goast::build::{int, panic_body, panics};
use crate::goast::scope::flatten;
use crate::goast::{Decl, DeclTok, Expr, Field, FuncDecl, FuncType, Ident, Spec, Stmt, TypeSpec};
use crate::goast::{FuncRole, Role};
use crate::testcase::TestCase;

/// Drops statements and initial values that mention an object, field or method
/// if its declaration, or that of its type, has changed.
pub(super) fn drop_broken(case: &mut TestCase, before: &TestCase) {
    let (changed, results) = changed_names(case, before);
    if changed.is_empty() {
        return;
    }
    // A body cannot stay when the types of parameters or results change.
    for package in &mut case.packages {
        for d in package.files.iter_mut().flat_map(|f| &mut f.tree.decls) {
            if let Decl::FuncDecl(f) = d
                && f.body.is_some()
                && results.contains(&f.name.0)
            {
                f.body = Some(panic_body());
            }
        }
    }
    drop_where(case, &|name| changed.contains(name));
}

/// What a package declares under a name.
#[derive(Debug, Default, PartialEq)]
struct Says<'a> {
    /// Types and receivers in the declaration.
    parts: Vec<&'a Expr>,
    funcs: Vec<&'a FuncType>,
    /// A type declaration, its type parameters and whether it is an alias.
    specs: Vec<&'a TypeSpec>,
}

type Declared<'a> = BTreeMap<(&'a str, &'a str), Says<'a>>;

/// Declarations by package and name; methods and fields by theirs.
fn declared(case: &TestCase) -> Declared<'_> {
    let mut out = Declared::new();
    for p in &case.packages {
        let path = p.path.as_str();
        for d in p.files.iter().flat_map(|f| &f.tree.decls) {
            match d {
                Decl::FuncDecl(f) => {
                    let says = out.entry((path, &f.name.0)).or_default();
                    says.funcs.push(&f.typ);
                    says.parts.extend(f.recv.iter().flatten().map(|r| &r.typ));
                }
                Decl::GenDecl(g) => g.specs.iter().for_each(|s| match s {
                    Spec::TypeSpec(t) => {
                        out.entry((path, &t.name.0)).or_default().specs.push(t);
                        members(&t.typ, path, &mut out);
                    }
                    Spec::ValueSpec(v) => {
                        for n in &v.names {
                            out.entry((path, &n.0)).or_default().parts.extend(&v.typ);
                        }
                    }
                    Spec::ImportSpec(_) => {}
                }),
            }
        }
    }
    out
}

/// Fields and interface methods of a type.
fn members<'a>(t: &'a Expr, path: &'a str, out: &mut Declared<'a>) {
    let fields = match t {
        Expr::StructType(s) => &s.fields,
        Expr::InterfaceType(i) => &i.methods,
        _ => return,
    };
    for f in fields {
        for n in &f.names {
            out.entry((path, &n.0)).or_default().parts.push(&f.typ);
        }
        members(&f.typ, path, out);
    }
}

/// First, the names whose declarations changed, and the values whose types
/// mention a changed type. Second, the functions whose old parameters or results
/// changed.
fn changed_names(case: &TestCase, before: &TestCase) -> (BTreeSet<String>, BTreeSet<String>) {
    let (new, old) = (declared(case), declared(before));
    let mut out: BTreeSet<String> = BTreeSet::new();
    let mut types: BTreeSet<String> = BTreeSet::new();
    let mut results: BTreeSet<String> = BTreeSet::new();
    for (key, says) in &new {
        let Some(was) = old.get(key) else { continue };
        if was != says && !grown(was, says) {
            if !was.funcs.iter().zip(&says.funcs).all(|(a, b)| same_inside(a, b)) {
                results.insert(key.1.to_owned());
            }
            out.insert(key.1.to_owned());
            if !says.specs.is_empty() {
                types.insert(key.1.to_owned());
            }
        }
    }
    out.extend(old.keys().filter(|k| !new.contains_key(*k)).map(|k| k.1.to_owned()));
    if types.is_empty() {
        return (out, results);
    }
    let is = |n: &str| types.contains(n);
    let in_fields = |l: &[Field]| l.iter().any(|f| mentions_any(&f.typ, &is));
    for (key, says) in &new {
        let through = says.parts.iter().any(|t| mentions_any(t, &is))
            || says.funcs.iter().any(|f| in_fields(&f.params) || in_fields(&f.results));
        if through && says.specs.is_empty() {
            out.insert(key.1.to_owned());
        }
    }
    (out, results)
}

/// Whether a function can keep its body: the results are the same, and the old
/// parameters have kept their types.
fn same_inside(was: &FuncType, is: &FuncType) -> bool {
    let now = flatten(&is.params);
    was.results == is.results
        && flatten(&was.params).iter().all(|(n, t)| now.iter().all(|(m, u)| m != n || t == u))
}

/// Whether the only change is new fields in a struct. Code that uses the old
/// ones stays valid.
fn grown(was: &Says<'_>, is: &Says<'_>) -> bool {
    let ([a], [b]) = (&was.specs[..], &is.specs[..]) else { return false };
    let (Expr::StructType(x), Expr::StructType(y)) = (&a.typ, &b.typ) else { return false };
    a.type_params == b.type_params
        && a.assign == b.assign
        && was.funcs == is.funcs
        && !x.fields.is_empty()
        && x.fields.iter().all(|f| y.fields.contains(f))
}

/// Drops code in which a name is unknown.
pub(super) fn drop_unknown(case: &mut TestCase) {
    drop_where(case, &|_| false);
}

fn drop_where(case: &mut TestCase, bad: &dyn Fn(&str) -> bool) {
    // Dropping a variable breaks its uses; a few rounds settle this.
    for _ in 0..4 {
        let symbols = Symbols::new(case);
        walk(case, &symbols, |site, env| {
            if let Site::Stmts(list) = site {
                // Later statements do not know what a dropped statement declared.
                let mut scope = env.clone();
                list.retain_mut(|s| {
                    let outer = scope.locals.clone();
                    let broken = is_broken(s, &mut scope, bad);
                    if broken {
                        scope.locals = outer;
                    }
                    !broken
                });
            }
            Next::In
        });
        let again = initial_values(case, &symbols, bad);
        ends(case, &symbols);
        if !again {
            return;
        }
    }
}

/// Whether a statement mentions a bad or unknown name, not counting the
/// statement lists inside it. Adds what the statement declares to `scope`.
fn is_broken(s: &mut Stmt, scope: &mut Env<'_>, bad: &dyn Fn(&str) -> bool) -> bool {
    let mut broken = false;
    crate::edit::walk::walk_stmt(s, scope, |site, env| {
        match site {
            Site::Stmts(_) => return Next::Past,
            Site::Expr(e, role) => broken |= mentions(e, role, env, bad),
            _ => {}
        }
        Next::In
    });
    broken
}

fn mentions(e: &Expr, role: Role, env: &Env<'_>, bad: &dyn Fn(&str) -> bool) -> bool {
    match e {
        Expr::Ident(Ident(name)) => {
            if let Some(l) = env.locals.iter().rev().find(|l| l.name == *name) {
                return l.typ.as_ref().is_some_and(|t| mentions_any(t, bad));
            }
            let placeholder = name == "_" && matches!(role, Role::Lhs | Role::TypeArg);
            bad(name) || (!placeholder && env.lookup(name).is_none())
        }
        Expr::SelectorExpr(s) => {
            let package = matches!(&*s.x, Expr::Ident(x) if env.lookup(&x.0).is_some_and(|f| {
                f.kind() == Some(crate::goast::scope::ObjectKind::PkgName)
            }));
            bad(&s.sel.0) || (package && env.resolve(e).is_none())
        }
        Expr::KeyValueExpr(kv) => matches!(&*kv.key, Expr::Ident(id) if bad(&id.0)),
        _ => false,
    }
}

/// Drops broken initial values of package variables. A variable without a type
/// is dropped altogether. Constants become 1. True if a variable was dropped.
fn initial_values(case: &mut TestCase, symbols: &Symbols, bad: &dyn Fn(&str) -> bool) -> bool {
    let mut dropped = false;
    for (p, package) in case.packages.iter_mut().enumerate() {
        for (f, file) in package.files.iter_mut().enumerate() {
            for d in &mut file.tree.decls {
                let Decl::GenDecl(g) = d else { continue };
                let constant = g.tok == DeclTok::Const;
                g.specs.retain_mut(|spec| {
                    let Spec::ValueSpec(v) = spec else { return true };
                    // If a variable's type has changed, its value no longer fits.
                    let mut broken = v.names.iter().any(|n| bad(&n.0)) && !v.values.is_empty();
                    let mut scope = Env::new(symbols, p, f);
                    for value in &mut v.values {
                        let mut s = Stmt::ExprStmt(value.clone());
                        broken |= is_broken(&mut s, &mut scope, bad);
                    }
                    if broken && constant {
                        v.typ = None;
                        v.values = v.names.iter().map(|_| int(1)).collect();
                    } else if broken {
                        v.values.clear();
                        dropped |= v.typ.is_none();
                        return v.typ.is_some();
                    }
                    true
                });
            }
        }
    }
    dropped
}

/// Adds a panic to functions with results that have lost their return.
fn ends(case: &mut TestCase, symbols: &Symbols) {
    let end = |typ: &crate::goast::FuncType, body: &mut Vec<Stmt>| {
        if !typ.results.is_empty() && !body.last().is_some_and(terminates) {
            body.push(panics());
        }
    };
    walk(case, symbols, |site, _| {
        match site {
            Site::Func(FuncDecl { typ, body: Some(body), .. }) => end(typ, &mut body.list),
            Site::Expr(Expr::FuncLit(f), _) => end(&f.typ, &mut f.body.list),
            Site::Signature(_, FuncRole::FuncLit) => {}
            _ => {}
        }
        Next::In
    });
}

/// Whether a statement may be a terminating one. It does not look for `break`.
fn terminates(s: &Stmt) -> bool {
    match s {
        Stmt::ReturnStmt(_) => true,
        Stmt::BranchStmt(b) => b.tok == crate::goast::BranchTok::Goto,
        Stmt::BlockStmt(b) => b.list.last().is_some_and(terminates),
        Stmt::IfStmt(i) => {
            i.body.list.last().is_some_and(terminates)
                && i.els.as_ref().is_some_and(|e| terminates(e))
        }
        Stmt::ForStmt(f) => f.cond.is_none(),
        Stmt::LabeledStmt(l) => terminates(&l.stmt),
        Stmt::SwitchStmt(x) => clauses(&x.body),
        Stmt::TypeSwitchStmt(x) => clauses(&x.body),
        Stmt::SelectStmt(x) => x.body.iter().all(|c| c.body.last().is_some_and(terminates)),
        Stmt::ExprStmt(Expr::CallExpr(c)) => {
            matches!(&*c.fun, Expr::Ident(id) if id.0 == "panic")
        }
        _ => false,
    }
}

fn clauses(body: &[crate::goast::CaseClause]) -> bool {
    body.iter().any(|c| c.list.is_empty())
        && body.iter().all(|c| c.body.last().is_some_and(terminates))
}
