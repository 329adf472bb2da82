//! Declared types that have the methods that a constraint asks for.

use super::demands::Demands;
use crate::edit::env::Env;
use crate::goast::Expr;
use crate::goast::build::star;
use crate::goast::scope::ObjectKind;
use crate::rng::Rng;

/// A declared type without parameters that has the methods asked for.
pub(super) fn with_methods(env: &Env<'_>, want: &Demands, rng: &mut Rng) -> Option<Expr> {
    let mut fits = Vec::new();
    for c in env.choices() {
        let Some((p, o)) = c.object else { continue };
        if c.kind != ObjectKind::TypeName || c.arity > 0 || c.constraint || o.alias {
            continue;
        }
        let name = match &c.expr {
            Expr::Ident(id) => &id.0,
            Expr::SelectorExpr(s) => &s.sel.0,
            _ => continue,
        };
        let has = env.symbols.packages[p].scope.methods.get(name);
        let (mut all, mut pointer) = (true, false);
        for (m, typ) in &want.methods {
            match has.and_then(|h| h.get(m)) {
                Some(own) => {
                    pointer |= own.pointer;
                    all &= typ.as_ref().is_none_or(|(home, t)| {
                        alike(t, &own.typ, want, *home == p, name, own.pointer)
                    });
                }
                None => all = false,
            }
        }
        let listed = |m: &String| match &o.typ {
            Some(Expr::InterfaceType(i)) => {
                i.methods.iter().any(|f| f.names.first().is_some_and(|n| n.0 == *m))
            }
            _ => false,
        };
        if all {
            fits.push(if pointer { star(c.expr) } else { c.expr });
        } else if want.methods.keys().all(listed) && want.params.is_empty() {
            fits.push(c.expr);
        }
    }
    rng.choose(&fits).cloned()
}

/// Whether a method's type is what an interface asks for, as far as the
/// declarations show it. A type parameter stands for the type itself.
fn alike(asked: &Expr, own: &Expr, want: &Demands, same: bool, name: &str, pointer: bool) -> bool {
    let (Expr::FuncType(a), Expr::FuncType(b)) = (asked, own) else { return false };
    let lists = [(&a.params, &b.params), (&a.results, &b.results)];
    lists.into_iter().all(|(x, y)| {
        let types = |l: &[crate::goast::Field]| -> Vec<Expr> {
            l.iter().flat_map(|f| vec![f.typ.clone(); f.names.len().max(1)]).collect()
        };
        let (x, y) = (types(x), types(y));
        x.len() == y.len() && x.iter().zip(&y).all(|(x, y)| fits(x, y, want, same, name, pointer))
    })
}

fn fits(asked: &Expr, own: &Expr, want: &Demands, same: bool, name: &str, pointer: bool) -> bool {
    let itself = |e: &Expr| matches!(e, Expr::Ident(id) if id.0 == name);
    match asked {
        Expr::Ident(id) if crate::goast::scope::universe(&id.0).is_some() => asked == own,
        // A name that the package does not declare is a type parameter.
        Expr::Ident(id) if want.params.contains(&id.0) || !same => match own {
            Expr::StarExpr(s) => pointer && itself(&s.x),
            e => !pointer && itself(e),
        },
        Expr::Ident(_) => asked == own || (!pointer && itself(own)),
        _ => asked == own,
    }
}
