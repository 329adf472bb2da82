//! What constraints ask for, and types that satisfy them.

use std::collections::{BTreeMap, BTreeSet};

use super::super::build::{ident, interface_of, map_of, selector, slice_of, star};
use super::super::env::{Env, Found};
use super::methods::with_methods;
use super::{basic, is_any, some_type};
use crate::goast::scope::{BASIC_TYPES, ObjectKind, is_exported};
use crate::goast::{ChanType, Expr, Token};
use crate::rng::Rng;

/// What a constraint asks for.
#[derive(Debug, Default)]
pub(super) struct Demands {
    /// Types of its terms, if it has some, with the package they stand in.
    pub terms: Vec<(usize, Expr)>,
    /// Methods with their types and where these stand, if that is known.
    pub methods: BTreeMap<String, Option<(usize, Expr)>>,
    /// Type parameters that the methods' types may name.
    pub params: BTreeSet<String>,
    pub comparable: bool,
}

pub(super) fn demands(
    env: &Env<'_>,
    home: usize,
    c: &Expr,
    depth: u32,
    out: &mut Demands,
) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    match c {
        Expr::Ident(id) if id.0 == "any" => Some(()),
        Expr::Ident(id) if id.0 == "comparable" => {
            out.comparable = true;
            Some(())
        }
        Expr::Ident(id) if id.0 == "error" => {
            out.methods.insert("Error".to_owned(), None);
            Some(())
        }
        Expr::Ident(id) => match env.symbols.object(home, &id.0) {
            Some(o) if matches!(o.typ, Some(Expr::InterfaceType(_))) => {
                out.params.extend(o.type_params.iter().map(|(n, _)| n.clone()));
                demands(env, home, o.typ.as_ref()?, depth, out)
            }
            // A generic type without arguments is no term.
            Some(o) if !o.type_params.is_empty() => None,
            Some(_) => {
                out.terms.push((home, c.clone()));
                Some(())
            }
            None if BASIC_TYPES.binary_search(&id.0.as_str()).is_ok() => {
                out.terms.push((home, c.clone()));
                Some(())
            }
            None => None,
        },
        Expr::IndexExpr(i) => demands(env, home, &i.x, depth, out),
        Expr::IndexListExpr(i) => demands(env, home, &i.x, depth, out),
        Expr::ParenExpr(p) => demands(env, home, &p.x, depth, out),
        Expr::SelectorExpr(s) => match env.resolve(c) {
            Some(Found::Object(p, _)) => demands(env, p, &Expr::Ident(s.sel.clone()), depth, out),
            _ => None,
        },
        Expr::UnaryExpr(u) if u.op == Token::Tilde => {
            out.terms.push((home, (*u.x).clone()));
            Some(())
        }
        Expr::BinaryExpr(b) => {
            demands(env, home, &b.x, depth, out)?;
            demands(env, home, &b.y, depth, out)
        }
        Expr::InterfaceType(i) => {
            for m in &i.methods {
                match m.names.first() {
                    Some(n) => {
                        out.methods.insert(n.0.clone(), Some((home, m.typ.clone())));
                    }
                    None => demands(env, home, &m.typ, depth, out)?,
                }
            }
            Some(())
        }
        _ => {
            out.terms.push((home, c.clone()));
            Some(())
        }
    }
}

/// A type that satisfies a constraint of package `home`; `None` if none is
/// seen.
pub(crate) fn satisfying(
    env: &Env<'_>,
    home: usize,
    constraint: &Expr,
    rng: &mut Rng,
    depth: u32,
) -> Option<Expr> {
    if is_any(constraint) {
        return Some(some_type(env, rng, depth.min(2)));
    }
    let mut want = Demands::default();
    demands(env, home, constraint, 8, &mut want)?;
    if !want.methods.is_empty() {
        return with_methods(env, &want, rng);
    }
    if want.terms.is_empty() {
        return Some(if want.comparable { basic(rng) } else { interface_of(Vec::new()) });
    }
    let fits: Vec<Expr> = want.terms.iter().filter_map(|(p, t)| carried(env, *p, t)).collect();
    rng.choose(&fits).cloned()
}

/// A type of another package as it is written here, if it can be.
fn carried(env: &Env<'_>, home: usize, typ: &Expr) -> Option<Expr> {
    match typ {
        Expr::Ident(id) => {
            if home == env.package {
                let known = env.lookup(&id.0)?;
                return (known.kind() != Some(ObjectKind::TypeParam)).then(|| typ.clone());
            }
            if env.symbols.object(home, &id.0).is_none() {
                // A type parameter of the declaration is not carried.
                return crate::goast::scope::universe(&id.0).map(|_| typ.clone());
            }
            let (local, _) = env.imports()?.packages.iter().find(|(_, p)| **p == home)?;
            is_exported(&id.0).then(|| selector(ident(local), &id.0))
        }
        Expr::StarExpr(s) => Some(star(carried(env, home, &s.x)?)),
        Expr::ArrayType(a) if a.len.is_none() => Some(slice_of(carried(env, home, &a.elt)?)),
        Expr::MapType(m) => {
            Some(map_of(carried(env, home, &m.key)?, carried(env, home, &m.value)?))
        }
        Expr::ChanType(c) => {
            let value = Box::new(carried(env, home, &c.value)?);
            Some(Expr::ChanType(ChanType { dir: c.dir, value }))
        }
        _ => None,
    }
}

/// Names of the methods that an interface asks for.
pub(crate) fn asked_methods(env: &Env<'_>, home: usize, interface: &Expr) -> BTreeSet<String> {
    let mut want = Demands::default();
    // What is not seen is left out.
    let _ = demands(env, home, interface, 8, &mut want);
    want.methods.into_keys().collect()
}
