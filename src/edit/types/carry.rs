//! Types of one package, written in another.

use crate::edit::env::Env;
use crate::goast::build::{ident, map_of, selector, slice_of, star};
use crate::goast::scope::{ObjectKind, is_exported};
use crate::goast::{ChanType, Expr};

/// A type of package `home`, as this file writes it; `None` if it cannot.
pub(super) fn carried(env: &Env<'_>, home: usize, typ: &Expr) -> Option<Expr> {
    match typ {
        Expr::Ident(id) => {
            if home == env.package {
                let known = env.lookup(&id.0)?;
                return (known.kind() != Some(ObjectKind::TypeParam)).then(|| typ.clone());
            }
            if env.symbols.object(home, &id.0).is_none() {
                // A type parameter means nothing outside its declaration.
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
