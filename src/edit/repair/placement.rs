//! Types where they may not stand.

use crate::edit::env::{Env, Found};
use crate::edit::symbols::Symbols;
use crate::edit::types::comparable;
use crate::edit::walk::{Next, Site, walk};
use crate::goast::build::{ident, slice_of, split_instance};
use crate::goast::scope::ObjectKind;
use crate::goast::{Decl, Expr, Token};
use crate::goast::{FieldRole, Role};
use crate::testcase::TestCase;

/// Fixes constraints where values are declared, type parameters as right-hand
/// sides or embedded fields, keys that cannot be compared, and terms that are
/// not their own underlying types.
pub(super) fn fix(case: &mut TestCase) {
    let symbols = Symbols::new(case);
    walk(case, &symbols, |site, env| {
        match site {
            Site::Expr(e, role) => expr(e, role, env),
            Site::Fields(fields, FieldRole::Struct) => {
                for (i, f) in fields.iter_mut().enumerate() {
                    // An embedded type parameter, or pointer to a pointer or interface.
                    if f.names.is_empty() && !may_embed(&f.typ, env) {
                        f.names.push(crate::goast::Ident(format!("E{i}")));
                    }
                }
            }
            Site::Fields(elements, FieldRole::Interface) => {
                elements.retain(|m| !m.names.is_empty() || !is_param(&m.typ, env));
            }
            _ => {}
        }
        Next::In
    });
    for package in &mut case.packages {
        for file in &mut package.files {
            for d in &mut file.tree.decls {
                func_body(d);
            }
        }
    }
}

/// Gives a body to a function that has none: nothing implements it elsewhere.
fn func_body(d: &mut Decl) {
    if let Decl::FuncDecl(f) = d
        && f.body.is_none()
    {
        f.body = Some(crate::goast::build::panic_body());
    }
}

fn is_param(e: &Expr, env: &Env<'_>) -> bool {
    matches!(e, Expr::Ident(id) if env.lookup(&id.0).and_then(|f| f.kind())
        == Some(ObjectKind::TypeParam))
}

fn expr(e: &mut Expr, role: Role, env: &Env<'_>) {
    match role {
        Role::Rhs(_) if is_param(e, env) => *e = slice_of(e.clone()),
        Role::Rhs(true)
            if constraint(e, env) && !matches!(e, Expr::Ident(_) | Expr::InterfaceType(_)) =>
        {
            *e = ident("any");
        }
        Role::Type | Role::TypeArg | Role::Used | Role::LitType if constraint(e, env) => {
            *e = ident("any");
        }
        Role::MapKey if constraint(e, env) || !comparable(e, env, 6) => *e = ident("string"),
        Role::Constraint if is_param(e, env) => *e = ident("any"),
        Role::Constraint | Role::InterfaceElem => terms(e, env),
        _ => {}
    }
}

/// In `~T`, T must be its own underlying type. A union cannot contain a type
/// parameter or `comparable`.
fn terms(e: &mut Expr, env: &Env<'_>) {
    match e {
        Expr::UnaryExpr(u) if u.op == Token::Tilde => {
            let named = match split_instance(&u.x).0 {
                Expr::Ident(id) => {
                    !matches!(env.lookup(&id.0), Some(Found::Universe(_)))
                        || matches!(id.0.as_str(), "any" | "error" | "comparable")
                }
                Expr::SelectorExpr(_) => true,
                Expr::InterfaceType(_) => true,
                _ => false,
            };
            if named {
                *u.x = ident("int");
            }
        }
        Expr::BinaryExpr(b) => {
            for x in [&mut b.x, &mut b.y] {
                if is_param(x, env) || matches!(&**x, Expr::Ident(id) if id.0 == "comparable") {
                    **x = ident("int");
                }
            }
        }
        _ => {}
    }
}

/// Whether the type is an interface that only constraints may be.
fn constraint(e: &Expr, env: &Env<'_>) -> bool {
    match split_instance(e).0 {
        Expr::Ident(id) if id.0 == "comparable" => {
            matches!(env.lookup(&id.0), Some(Found::Universe(_)))
        }
        g @ (Expr::Ident(_) | Expr::SelectorExpr(_)) => {
            matches!(env.resolve(g), Some(Found::Object(_, o)) if o.constraint)
        }
        Expr::InterfaceType(_) => env.package().scope.only_constraint(e),
        _ => false,
    }
}

/// Whether a field of this type may be embedded.
fn may_embed(typ: &Expr, env: &Env<'_>) -> bool {
    let (pointer, inner) = match typ {
        Expr::StarExpr(s) => (true, &*s.x),
        e => (false, e),
    };
    let mut generic = split_instance(inner).0.clone();
    for _ in 0..6 {
        match env.resolve(&generic) {
            Some(Found::Local(l)) if l.kind == ObjectKind::TypeParam => return false,
            Some(Found::Object(_, o)) => match &o.typ {
                Some(Expr::StarExpr(_)) => return false,
                Some(Expr::InterfaceType(_)) => return !pointer,
                Some(t) => {
                    let next = split_instance(t).0.clone();
                    if !matches!(next, Expr::Ident(_)) {
                        return true;
                    }
                    generic = next;
                }
                None => return true,
            },
            Some(Found::Universe(_)) => {
                let interface =
                    matches!(&generic, Expr::Ident(id) if id.0 == "error" || id.0 == "any");
                return !(interface && pointer);
            }
            _ => return true,
        }
    }
    false
}
