//! Types that fit a place: names in scope, instances whose arguments satisfy
//! the constraints as far as a look at the declarations can tell.

use std::collections::{BTreeMap, BTreeSet};

use super::build::{
    array_of, ident, instance, interface_of, map_of, selector, slice_of, split_instance, star,
};
use super::env::{Choice, Env, Found};
use crate::goast::scope::{BASIC_TYPES, ObjectKind, is_exported};
use crate::goast::{ArrayType, ChanDir, ChanType, Expr, Token};
use crate::rng::Rng;

/// Basic types that are comparable and ordered by no more than their name.
const PLAIN: &[&str] = &["int", "string", "bool", "byte", "float64", "int8", "uint"];

/// A predeclared type.
pub(crate) fn basic(rng: &mut Rng) -> Expr {
    ident(rng.choose(PLAIN).copied().unwrap_or("int"))
}

/// A type that may stand where values are declared.
pub(crate) fn some_type(env: &Env<'_>, rng: &mut Rng, depth: u32) -> Expr {
    if depth > 0 && rng.chance(20) {
        let elt = some_type(env, rng, depth - 1);
        return wrapped(elt, env, rng);
    }
    if rng.chance(25) {
        return basic(rng);
    }
    named_type(env, rng, depth).unwrap_or_else(|| basic(rng))
}

/// A declared type or type parameter that is in scope, instantiated.
pub(crate) fn named_type(env: &Env<'_>, rng: &mut Rng, depth: u32) -> Option<Expr> {
    let owner = env.owner.as_deref();
    let choices: Vec<Choice<'_>> = env
        .choices()
        .into_iter()
        .filter(|c| c.kind.is_type() && !c.constraint && (depth > 0 || c.arity == 0))
        .collect();
    let choice = rng.choose(&choices)?;
    let typ = instantiate(env, choice, rng, depth.saturating_sub(1))?;
    // A type that contains itself as it is, is no type.
    let own = matches!(&choice.expr, Expr::Ident(id) if Some(id.0.as_str()) == owner);
    Some(if own && !env.in_body { star(typ) } else { typ })
}

/// The choice with type arguments if it is generic.
pub(crate) fn instantiate(
    env: &Env<'_>,
    choice: &Choice<'_>,
    rng: &mut Rng,
    depth: u32,
) -> Option<Expr> {
    match choice.object {
        Some((home, o)) if !o.type_params.is_empty() => {
            let args = args_for(env, home, &o.type_params, rng, depth)?;
            Some(instance(choice.expr.clone(), args))
        }
        _ if choice.arity > 0 => {
            let args = (0..choice.arity).map(|_| basic(rng)).collect();
            Some(instance(choice.expr.clone(), args))
        }
        _ => Some(choice.expr.clone()),
    }
}

/// Type arguments for these type parameters, declared in package `home`.
pub(crate) fn args_for(
    env: &Env<'_>,
    home: usize,
    params: &[(String, Expr)],
    rng: &mut Rng,
    depth: u32,
) -> Option<Vec<Expr>> {
    params.iter().map(|(_, c)| satisfying(env, home, c, rng, depth)).collect()
}

/// A type with `elt` inside.
pub(crate) fn wrapped(elt: Expr, env: &Env<'_>, rng: &mut Rng) -> Expr {
    match rng.below(8) {
        0 | 1 => star(elt),
        2 => slice_of(elt),
        3 => map_of(ident("string"), elt),
        4 => {
            let dir = rng.choose(ChanDir::ALL).copied().unwrap_or(ChanDir::Both);
            Expr::ChanType(ChanType { dir, value: Box::new(elt) })
        }
        5 => Expr::FuncType(super::build::func_of(vec![elt], Vec::new())),
        6 => array_of(rng.between(1, 4), elt),
        _ => {
            // A generic type of the program around it, an alias for choice.
            let generic: Vec<_> = env
                .choices()
                .into_iter()
                .filter(|c| c.arity == 1 && c.kind == ObjectKind::TypeName && !c.constraint)
                .filter(|c| c.object.is_some_and(|(_, o)| unconstrained(o)))
                .collect();
            match rng.choose(&generic) {
                Some(c) => star(instance(c.expr.clone(), vec![elt])),
                None => star(elt),
            }
        }
    }
}

fn unconstrained(o: &crate::goast::scope::Object) -> bool {
    o.type_params.iter().all(|(_, c)| is_any(c))
}

/// Whether a constraint lets every type pass.
pub(crate) fn is_any(constraint: &Expr) -> bool {
    match constraint {
        Expr::Ident(id) => id.0 == "any",
        Expr::InterfaceType(i) => i.methods.is_empty(),
        _ => false,
    }
}

/// What a constraint asks for.
#[derive(Debug, Default)]
struct Demands {
    /// Types of its terms, if it has some, with the package they stand in.
    terms: Vec<(usize, Expr)>,
    /// Methods with their types and where these stand, if that is known.
    methods: BTreeMap<String, Option<(usize, Expr)>>,
    /// Type parameters that the methods' types may name.
    params: BTreeSet<String>,
    comparable: bool,
}

fn demands(env: &Env<'_>, home: usize, c: &Expr, depth: u32, out: &mut Demands) -> Option<()> {
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
pub(crate) fn carried(env: &Env<'_>, home: usize, typ: &Expr) -> Option<Expr> {
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

fn with_methods(env: &Env<'_>, want: &Demands, rng: &mut Rng) -> Option<Expr> {
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

/// Whether a method's type is what an interface asks for, where that can be
/// seen: type parameters stand for the type itself.
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
        // A name that is no object of the package is a type parameter.
        Expr::Ident(id) if want.params.contains(&id.0) || !same => match own {
            Expr::StarExpr(s) => pointer && itself(&s.x),
            e => !pointer && itself(e),
        },
        Expr::Ident(_) => asked == own || (!pointer && itself(own)),
        _ => asked == own,
    }
}

/// Whether an argument is seen not to satisfy a constraint of package `home`.
pub(crate) fn violates(env: &Env<'_>, home: usize, constraint: &Expr, arg: &Expr) -> bool {
    if is_any(constraint) {
        return false;
    }
    let param = match arg {
        Expr::Ident(id) => match env.lookup(&id.0) {
            Some(Found::Local(l)) if l.kind == ObjectKind::TypeParam => Some(l),
            _ => None,
        },
        _ => None,
    };
    let mut want = Demands::default();
    if demands(env, home, constraint, 8, &mut want).is_none() {
        return false;
    }
    if let Some(param) = param {
        // A parameter satisfies what it is constrained by; more is not seen.
        return match &param.typ {
            Some(c) => is_any(c),
            None => false,
        };
    }
    if want.comparable && !comparable(arg, env, 6) {
        return true;
    }
    let mut arg = arg.clone();
    for _ in 0..6 {
        match env.resolve(&arg) {
            Some(Found::Object(p, o)) if o.alias && p == env.package => match &o.typ {
                Some(t) if o.type_params.is_empty() => arg = t.clone(),
                _ => break,
            },
            _ => break,
        }
    }
    let arg = &arg;
    let literal = |e: &Expr| match split_instance(e).0 {
        Expr::Ident(id) => matches!(env.lookup(&id.0), Some(Found::Universe(_))),
        Expr::SelectorExpr(_) => false,
        _ => true,
    };
    let bare = literal(arg) && !matches!(arg, Expr::InterfaceType(_));
    let error = matches!(arg, Expr::Ident(id) if id.0 == "error" || id.0 == "any");
    if !want.methods.is_empty() {
        let pointer = matches!(arg, Expr::StarExpr(_));
        return (bare && !pointer && !error) || named_lacks(env, &want, arg);
    }
    let basic_terms = want.terms.iter().all(|(_, t)| literal(t));
    !want.terms.is_empty() && basic_terms && bare && !want.terms.iter().any(|(_, t)| t == arg)
}

/// Whether a declared type has not the methods that are asked for, by name.
fn named_lacks(env: &Env<'_>, want: &Demands, arg: &Expr) -> bool {
    let (pointer, base) = match arg {
        Expr::StarExpr(s) => (true, &*s.x),
        e => (false, e),
    };
    let Some(Found::Object(p, o)) = env.resolve(split_instance(base).0) else { return false };
    // Methods may come by embedding or through the aliased type.
    let plain = match &o.typ {
        Some(Expr::StructType(s)) => s.fields.iter().all(|f| !f.names.is_empty()),
        Some(Expr::InterfaceType(_) | Expr::SelectorExpr(_)) | None => false,
        Some(_) => true,
    };
    if o.alias || !plain {
        return false;
    }
    let name = match split_instance(base).0 {
        Expr::Ident(id) => &id.0,
        Expr::SelectorExpr(s) => &s.sel.0,
        _ => return false,
    };
    let has = env.symbols.packages[p].scope.methods.get(name);
    !want
        .methods
        .keys()
        .all(|m| has.and_then(|h| h.get(m)).is_some_and(|own| pointer || !own.pointer))
}

/// Whether values of the type can be compared: false if they are seen not to
/// be.
pub(crate) fn comparable(e: &Expr, env: &Env<'_>, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return true };
    match e {
        Expr::ArrayType(a) => a.len.is_some() && comparable(&a.elt, env, depth),
        Expr::MapType(_) | Expr::FuncType(_) => false,
        Expr::StructType(s) => s.fields.iter().all(|f| comparable(&f.typ, env, depth)),
        Expr::ParenExpr(p) => comparable(&p.x, env, depth),
        Expr::Ident(_) | Expr::SelectorExpr(_) | Expr::IndexExpr(_) | Expr::IndexListExpr(_) => {
            match env.resolve(split_instance(e).0) {
                Some(Found::Local(l)) if l.kind == ObjectKind::TypeParam => {
                    !l.typ.as_ref().is_some_and(is_any)
                }
                Some(Found::Object(p, o)) if p == env.package && o.type_params.is_empty() => {
                    o.typ.as_ref().is_none_or(|t| comparable(t, env, depth))
                }
                Some(Found::Object(_, o)) => !matches!(
                    &o.typ,
                    Some(
                        Expr::MapType(_)
                            | Expr::FuncType(_)
                            | Expr::ArrayType(ArrayType { len: None, .. })
                    )
                ),
                _ => true,
            }
        }
        _ => true,
    }
}

/// Names of the methods that an interface asks for.
pub(crate) fn asked_methods(env: &Env<'_>, home: usize, interface: &Expr) -> BTreeSet<String> {
    let mut want = Demands::default();
    // What is not seen is left out.
    let _ = demands(env, home, interface, 8, &mut want);
    want.methods.into_keys().collect()
}
