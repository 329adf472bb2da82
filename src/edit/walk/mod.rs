//! A walk over a test case that knows at every place what role the node
//! plays and which names are in scope.
//!
//! The tree alone does not tell a type from a value, nor an embedded field
//! from a parameter; operators need both to change a program and keep it
//! Go.

mod decl;
mod expr;
mod stmt;

use std::ops::ControlFlow;

use super::env::Env;
use super::symbols::Symbols;
use crate::goast::{Decl, Expr, Field, FuncDecl, FuncType, Stmt};
use crate::rng::Rng;
use crate::testcase::TestCase;

use decl::Walker;

/// What an expression is at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The right-hand side of a type declaration; true for an alias.
    Rhs(bool),
    /// A type.
    Type,
    /// A type argument.
    TypeArg,
    /// The generic type or function of an instance.
    Generic,
    /// The key of a map type.
    Key,
    /// The type of an embedded field.
    Embedded,
    /// An embedded element of an interface.
    Element,
    /// A type parameter's constraint.
    Constraint,
    /// The type of a receiver.
    Receiver,
    /// The type of a composite literal.
    Literal,
    /// A type whose values code makes or tests: `make(T)`, `x.(T)`, `T(x)`.
    Used,
    /// The length of an array.
    Len,
    /// A value.
    Value,
    /// The called function.
    Callee,
    /// The left-hand side of an assignment.
    Target,
}

impl Role {
    /// Whether any type may stand there, as far as syntax says.
    pub fn is_type(self) -> bool {
        matches!(self, Role::Rhs(_) | Role::Type | Role::TypeArg | Role::Key | Role::Used)
    }
}

/// What a field list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
    TypeParams,
    Params,
    Results,
    Struct,
    Interface,
}

/// Whose signature it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signature {
    Func,
    Method,
    InterfaceMethod,
    FuncLit,
    FuncType,
}

/// A place in a test case.
#[derive(Debug)]
pub(crate) enum Site<'a> {
    Expr(&'a mut Expr, Role),
    Fields(&'a mut Vec<Field>, List),
    Signature(&'a mut FuncType, Signature),
    /// A statement list.
    Stmts(&'a mut Vec<Stmt>),
    /// A function or method with its body.
    Func(&'a mut FuncDecl),
}

/// What a walk does after a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Go {
    /// On into the node.
    In,
    /// Past the node.
    Past,
    /// No further.
    Stop,
}

type Flow = ControlFlow<()>;

/// Visits every place of the test case, outer ones first.
pub(crate) fn walk<F>(case: &mut TestCase, symbols: &Symbols, visit: F)
where
    F: FnMut(Site<'_>, &Env<'_>) -> Go,
{
    let env = Env::new(symbols, 0, 0);
    let mut w = Walker { env, visit };
    for (p, package) in case.packages.iter_mut().enumerate() {
        for (f, file) in package.files.iter_mut().enumerate() {
            (w.env.package, w.env.file) = (p, f);
            for (d, decl) in file.tree.decls.iter_mut().enumerate() {
                w.env.decl = d;
                w.env.locals.clear();
                w.env.owner = None;
                if w.decl(decl).is_break() {
                    return;
                }
            }
        }
    }
}

/// Visits every place of one declaration.
pub(crate) fn walk_decl<F>(decl: &mut Decl, symbols: &Symbols, at: (usize, usize), visit: F)
where
    F: FnMut(Site<'_>, &Env<'_>) -> Go,
{
    let env = Env::new(symbols, at.0, at.1);
    // Where the walk stopped says nothing to the caller.
    let _ = Walker { env, visit }.decl(decl);
}

/// Visits every place of one statement. What it declares for the statements
/// after it is declared in `env` then.
pub(crate) fn walk_stmt<F>(stmt: &mut Stmt, env: &mut Env<'_>, visit: F)
where
    F: FnMut(Site<'_>, &Env<'_>) -> Go,
{
    let mut w = Walker { env: env.clone(), visit };
    // Where the walk stopped says nothing to the caller.
    let _ = w.stmt(stmt);
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
        Go::In
    });
    let Some(chosen) = rng.weighted(&weights) else { return false };
    let (mut n, mut act, mut changed) = (0, Some(act), false);
    walk(case, symbols, |site, env| {
        n += 1;
        if n <= chosen {
            return Go::In;
        }
        if let Some(act) = act.take() {
            changed = act(site, env, rng);
        }
        Go::Stop
    });
    changed
}
