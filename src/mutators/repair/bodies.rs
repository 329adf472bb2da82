//! Code whose meaning a mutation took away.
//!
//! A changed declaration breaks the code that uses it, and a look at names
//! does not tell how to mend that code. So the statements that mention what
//! was changed go, the rest stays, and a function that lacks its end panics.

use std::collections::{BTreeMap, BTreeSet};

use crate::goast::{Decl, Expr, FuncDecl, Ident, Spec, Stmt};
use crate::mutators::build::{panics, zero};
use crate::mutators::env::Env;
use crate::mutators::symbols::Symbols;
use crate::mutators::walk::{Go, Role, Signature, Site, walk};
use crate::testcase::TestCase;

/// Drops statements and initial values that mention an object, field or
/// method whose declaration is not what it was before.
pub(super) fn drop_broken(case: &mut TestCase, before: &TestCase) {
    let changed = changed_names(case, before);
    if changed.is_empty() {
        return;
    }
    drop_where(case, &|name| changed.contains(name));
}

/// Declarations by what they are called, with what they say.
fn declared(case: &TestCase) -> BTreeMap<(String, String), Vec<String>> {
    let mut out: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for p in &case.packages {
        for d in p.files.iter().flat_map(|f| &f.tree.decls) {
            match d {
                Decl::FuncDecl(f) => {
                    let key = (p.path.clone(), f.name.0.clone());
                    let says = format!(
                        "{:?}{:?}",
                        f.recv.as_ref().map(|r| r.iter().map(|x| &x.typ).collect::<Vec<_>>()),
                        f.typ
                    );
                    out.entry(key).or_default().push(says);
                }
                Decl::GenDecl(g) => {
                    for s in &g.specs {
                        match s {
                            Spec::TypeSpec(t) => {
                                let key = (p.path.clone(), t.name.0.clone());
                                out.entry(key).or_default().push(format!("{t:?}"));
                                members(&t.typ, &p.path, &mut out);
                            }
                            Spec::ValueSpec(v) => {
                                for n in &v.names {
                                    let key = (p.path.clone(), n.0.clone());
                                    out.entry(key).or_default().push(format!("{:?}", v.typ));
                                }
                            }
                            Spec::ImportSpec(_) => {}
                        }
                    }
                }
            }
        }
    }
    out
}

/// Fields and interface methods of a type.
fn members(t: &Expr, path: &str, out: &mut BTreeMap<(String, String), Vec<String>>) {
    let fields = match t {
        Expr::StructType(s) => &s.fields,
        Expr::InterfaceType(i) => &i.methods,
        _ => return,
    };
    for f in fields {
        for n in &f.names {
            let key = (path.to_owned(), n.0.clone());
            out.entry(key).or_default().push(format!("{:?}", f.typ));
        }
        members(&f.typ, path, out);
    }
}

/// Names whose declarations differ. A type whose members alone differ counts
/// by its members and by its own name.
fn changed_names(case: &TestCase, before: &TestCase) -> BTreeSet<String> {
    let (new, old) = (declared(case), declared(before));
    let differ = |(key, says): (&(String, String), &Vec<String>)| {
        let was = old.get(key)?;
        (was != says).then(|| key.1.clone())
    };
    let gone = |(key, _): (&(String, String), &Vec<String>)| {
        (!new.contains_key(key)).then(|| key.1.clone())
    };
    new.iter().filter_map(differ).chain(old.iter().filter_map(gone)).collect()
}

/// Drops code in which a name is unknown.
pub(super) fn drop_unknown(case: &mut TestCase) {
    drop_where(case, &|_| false);
}

fn drop_where(case: &mut TestCase, bad: &dyn Fn(&str) -> bool) {
    let symbols = Symbols::new(case);
    walk(case, &symbols, |site, env| {
        if let Site::Stmts(list) = site {
            // What a dropped statement declared is unknown to the next ones.
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
        Go::In
    });
    initial_values(case, &symbols, bad);
    ends(case, &symbols);
}

/// Whether a statement itself, without the lists in it, mentions what is bad
/// or unknown. Declares in `scope` what the statement declares.
fn is_broken(s: &mut Stmt, scope: &mut Env<'_>, bad: &dyn Fn(&str) -> bool) -> bool {
    let mut broken = false;
    crate::mutators::walk::walk_stmt(s, scope, |site, env| {
        match site {
            Site::Stmts(_) => return Go::Past,
            Site::Expr(e, role) => broken |= mentions(e, role, env, bad),
            _ => {}
        }
        Go::In
    });
    broken
}

fn mentions(e: &Expr, role: Role, env: &Env<'_>, bad: &dyn Fn(&str) -> bool) -> bool {
    match e {
        Expr::Ident(Ident(name)) => {
            if env.locals.iter().any(|l| l.name == *name) {
                return false;
            }
            let placeholder = name == "_" && matches!(role, Role::Target | Role::TypeArg);
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

/// Package variables lose an initial value that is broken, if they have a
/// type; else the value becomes one of a basic type. Constants likewise.
fn initial_values(case: &mut TestCase, symbols: &Symbols, bad: &dyn Fn(&str) -> bool) {
    for (p, package) in case.packages.iter_mut().enumerate() {
        for (f, file) in package.files.iter_mut().enumerate() {
            for d in &mut file.tree.decls {
                let Decl::GenDecl(g) = d else { continue };
                let constant = g.tok == crate::goast::DeclTok::Const;
                for spec in &mut g.specs {
                    let Spec::ValueSpec(v) = spec else { continue };
                    let mut broken = false;
                    let mut scope = Env::new(symbols, p, f);
                    for value in &mut v.values {
                        let mut s = Stmt::ExprStmt(value.clone());
                        broken |= is_broken(&mut s, &mut scope, bad);
                    }
                    if !broken {
                        continue;
                    }
                    match (constant, &v.typ) {
                        (false, Some(_)) => v.values.clear(),
                        (false, None) => {
                            let int = crate::mutators::build::ident("int");
                            v.values = v.names.iter().map(|_| zero(int.clone())).collect();
                        }
                        (true, _) => {
                            v.typ = None;
                            v.values =
                                v.names.iter().map(|_| crate::mutators::build::int(1)).collect();
                        }
                    }
                }
            }
        }
    }
}

/// A function with results ends in a panic where its last statement went.
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
            Site::Signature(_, Signature::FuncLit) => {}
            _ => {}
        }
        Go::In
    });
}

/// Whether a statement may be a terminating one: those with parts are taken
/// at their word.
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
