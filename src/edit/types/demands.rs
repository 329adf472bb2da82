//! What constraints ask for.

use std::collections::{BTreeMap, BTreeSet};

use crate::edit::env::{Env, Found};
use crate::goast::scope::BASIC_TYPES;
use crate::goast::{Expr, Token};

/// What a constraint asks for.
#[derive(Debug, Default)]
pub(super) struct Demands {
    /// The types of its terms, if any, each with the package it is written in.
    pub terms: Vec<(usize, Expr)>,
    /// Methods with their types and the package these are written in, if known.
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
            // A generic type without arguments cannot be a term.
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

/// Names of the methods that an interface asks for.
pub(crate) fn asked_methods(env: &Env<'_>, home: usize, interface: &Expr) -> BTreeSet<String> {
    let mut want = Demands::default();
    // Methods of unknown interfaces are left out.
    let _ = demands(env, home, interface, 8, &mut want);
    want.methods.into_keys().collect()
}
