//! A walk over a test case that knows at every place what role the node plays
//! and which names are in scope.
//!
//! It stands on [`goast::walk`](crate::goast::walk): the same visitor, roles and
//! lists of children. That walk sees one tree, in source order. This one sees
//! all packages, and with names in scope it tells a type from a value: a
//! conversion from a call, an instance from an index. It visits in the order
//! in which names are declared, so the right side of `:=` comes before the left,
//! and does not visit names that are only declared. It can stop.

mod expr;
mod stmt;
mod walker;

use super::env::Env;
use super::symbols::Symbols;
use crate::goast::{
    Decl, Expr, Field, FieldRole, FuncDecl, FuncRole, FuncType, Role, Stmt, VisitorMut,
};
use crate::rng::Rng;
use crate::testcase::TestCase;

use walker::Walker;

/// A place in a test case.
#[derive(Debug)]
pub(crate) enum Site<'a> {
    Expr(&'a mut Expr, Role),
    Fields(&'a mut Vec<Field>, FieldRole),
    Signature(&'a mut FuncType, FuncRole),
    /// A statement list.
    Stmts(&'a mut Vec<Stmt>),
    /// A function or method with its body.
    Func(&'a mut FuncDecl),
}

/// Where a walk goes after a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Into the node.
    In,
    /// Past the node.
    Past,
    /// Nowhere: the walk ends.
    Stop,
}

/// Visits every place of the test case, outer ones first.
pub(crate) fn walk<F>(case: &mut TestCase, symbols: &Symbols, visit: F)
where
    F: FnMut(Site<'_>, &Env<'_>) -> Next,
{
    let env = Env::new(symbols, 0, 0);
    let mut w = Walker::new(env, visit);
    for (p, package) in case.packages.iter_mut().enumerate() {
        for (f, file) in package.files.iter_mut().enumerate() {
            (w.env.package, w.env.file) = (p, f);
            for (d, decl) in file.tree.decls.iter_mut().enumerate() {
                w.env.decl = d;
                w.env.locals.clear();
                w.env.owner = None;
                w.decl(decl);
                if w.stopped {
                    return;
                }
            }
        }
    }
}

/// Visits every place of one declaration.
pub(crate) fn walk_decl<F>(decl: &mut Decl, symbols: &Symbols, at: (usize, usize), visit: F)
where
    F: FnMut(Site<'_>, &Env<'_>) -> Next,
{
    let env = Env::new(symbols, at.0, at.1);
    Walker::new(env, visit).decl(decl);
}

/// Visits every place of one statement. What it declares for the statements
/// after it is declared in `env` then.
pub(crate) fn walk_stmt<F>(stmt: &mut Stmt, env: &mut Env<'_>, visit: F)
where
    F: FnMut(Site<'_>, &Env<'_>) -> Next,
{
    let mut w = Walker::new(env.clone(), visit);
    w.stmt(stmt);
    env.locals = w.env.locals;
}

/// Changes one place, chosen by the weights that `want` gives. False if no
/// place is wanted or `act` declines.
pub(crate) fn at_random(
    case: &mut TestCase,
    symbols: &Symbols,
    rng: &mut Rng,
    mut want: impl FnMut(&Site<'_>, &Env<'_>) -> u32,
    act: impl FnOnce(Site<'_>, &Env<'_>, &mut Rng) -> bool,
) -> bool {
    let mut weights = Vec::new();
    walk(case, symbols, |site, env| {
        weights.push(want(&site, env));
        Next::In
    });
    let Some(chosen) = rng.weighted(&weights) else { return false };
    let (mut n, mut act, mut changed) = (0, Some(act), false);
    walk(case, symbols, |site, env| {
        n += 1;
        if n <= chosen {
            return Next::In;
        }
        if let Some(act) = act.take() {
            changed = act(site, env, rng);
        }
        Next::Stop
    });
    changed
}

/// [`at_random`] for expressions: `want` weighs each, and `change` gets the chosen one.
pub(crate) fn change_expr(
    case: &mut TestCase,
    rng: &mut Rng,
    mut want: impl FnMut(&Expr, Role, &Env<'_>) -> u32,
    change: impl FnOnce(&mut Expr, Role, &Env<'_>, &mut Rng) -> bool,
) -> bool {
    let symbols = Symbols::new(case);
    let want = |site: &Site<'_>, env: &Env<'_>| match site {
        Site::Expr(e, role) => want(e, *role, env),
        _ => 0,
    };
    at_random(case, &symbols, rng, want, |site, env, rng| match site {
        Site::Expr(e, role) => change(e, role, env, rng),
        _ => false,
    })
}

/// [`at_random`] for lists of fields, such as those of structs and interfaces.
pub(crate) fn change_fields(
    case: &mut TestCase,
    rng: &mut Rng,
    mut want: impl FnMut(&[Field], FieldRole, &Env<'_>) -> u32,
    change: impl FnOnce(&mut Vec<Field>, FieldRole, &Env<'_>, &mut Rng) -> bool,
) -> bool {
    let symbols = Symbols::new(case);
    let want = |site: &Site<'_>, env: &Env<'_>| match site {
        Site::Fields(fields, role) => want(fields, *role, env),
        _ => 0,
    };
    at_random(case, &symbols, rng, want, |site, env, rng| match site {
        Site::Fields(fields, role) => change(fields, role, env, rng),
        _ => false,
    })
}

/// [`at_random`] for lists of statements.
pub(crate) fn change_stmts(
    case: &mut TestCase,
    rng: &mut Rng,
    mut want: impl FnMut(&[Stmt]) -> u32,
    change: impl FnOnce(&mut Vec<Stmt>, &mut Rng) -> bool,
) -> bool {
    let symbols = Symbols::new(case);
    let want = |site: &Site<'_>, _: &Env<'_>| match site {
        Site::Stmts(list) => want(list),
        _ => 0,
    };
    at_random(case, &symbols, rng, want, |site, _, rng| match site {
        Site::Stmts(list) => change(list, rng),
        _ => false,
    })
}
