//! Makes a tree parse as Go, whatever operators did to it.
//!
//! Ill-typed programs are useful, but text that does not parse never reaches
//! the type checker.

use super::symbols::Symbols;
use super::walk::{Next, Site, walk};
use crate::go_release;
use crate::goast::build::{ident, unnamed};
use crate::goast::{Decl, Expr, Field, FuncType, Ident};
use crate::goast::{FieldRole, FuncRole, Role};
use crate::testcase::TestCase;

/// Fixes what a Go parser rejects.
pub(crate) fn tidy(case: &mut TestCase, go_minor: u32) {
    for package in &mut case.packages {
        for file in &mut package.files {
            let decls = &mut file.tree.decls;
            decls.retain(|d| !matches!(d, Decl::GenDecl(g) if g.specs.is_empty()));
            // The sort is stable: imports come first, everything else keeps its order.
            decls.sort_by_key(|d| !super::address::is_import(d));
        }
    }
    let symbols = Symbols::new(case);
    walk(case, &symbols, |site, _| {
        match site {
            Site::Signature(typ, whose) => signature(typ, whose, go_minor),
            Site::Fields(fields, list) => fields_of(fields, list),
            Site::Expr(e, role) => expr(e, role),
            Site::Func(f) => {
                if let Some(recv) = &mut f.recv {
                    recv.truncate(1);
                    if recv.is_empty() {
                        f.recv = None;
                    }
                }
            }
            Site::Stmts(_) => {}
        }
        Next::In
    });
}

fn signature(typ: &mut FuncType, whose: FuncRole, go_minor: u32) {
    let generic = match whose {
        FuncRole::Func => true,
        // Go 1.27 brought methods with type parameters.
        FuncRole::Method => go_release::has_generic_methods(go_minor),
        _ => false,
    };
    if !generic {
        typ.type_params.clear();
    }
    let last = typ.params.len().saturating_sub(1);
    for (i, f) in typ.params.iter_mut().enumerate() {
        if i != last || f.names.len() > 1 {
            no_ellipsis(&mut f.typ);
        }
    }
    for f in &mut typ.results {
        no_ellipsis(&mut f.typ);
    }
}

/// `...T` becomes `[]T` anywhere but at the last parameter.
fn no_ellipsis(typ: &mut Expr) {
    if let Expr::Ellipsis(e) = typ {
        let elt = e.elt.take().map_or_else(|| ident("int"), |e| *e);
        *typ = crate::goast::build::slice_of(elt);
    }
}

fn fields_of(fields: &mut [Field], list: FieldRole) {
    match list {
        FieldRole::Receiver => {}
        FieldRole::Param | FieldRole::Result => {
            // Either all have names or none has.
            if fields.iter().any(|f| !f.names.is_empty()) {
                for f in fields.iter_mut().filter(|f| f.names.is_empty()) {
                    f.names.push(Ident("_".to_owned()));
                }
            }
        }
        FieldRole::TypeParam => {
            for f in fields.iter_mut().filter(|f| f.names.is_empty()) {
                f.names.push(Ident("_".to_owned()));
            }
        }
        FieldRole::Struct => {
            for (i, f) in fields.iter_mut().enumerate() {
                if f.names.is_empty() && !embeddable(&f.typ) {
                    f.names.push(Ident(format!("E{i}")));
                }
            }
        }
        FieldRole::Interface => {
            for f in fields.iter_mut() {
                if !f.names.is_empty() && !matches!(f.typ, Expr::FuncType(_)) {
                    // A field that was moved here from a struct.
                    *f = unnamed(f.typ.clone());
                }
                f.names.truncate(1);
            }
        }
    }
    if list != FieldRole::Struct {
        fields.iter_mut().for_each(|f| f.tag = None);
    }
}

/// Whether it may be an embedded field: `T`, `*T`, `p.T`, `T[A]`.
fn embeddable(typ: &Expr) -> bool {
    let named = |e: &Expr| match crate::goast::build::split_instance(e).0 {
        Expr::Ident(_) => true,
        Expr::SelectorExpr(s) => matches!(*s.x, Expr::Ident(_)),
        _ => false,
    };
    match typ {
        Expr::StarExpr(s) => named(&s.x),
        e => named(e),
    }
}

fn expr(e: &mut Expr, role: Role) {
    let value = matches!(role, Role::Value | Role::Callee | Role::Lhs | Role::Len);
    match e {
        // `~T` and unions are allowed only in constraints.
        Expr::UnaryExpr(u) if role.takes_any_type() && u.op == crate::goast::Token::Tilde => {
            let x = std::mem::replace(&mut *u.x, ident("int"));
            *e = x;
        }
        Expr::BinaryExpr(b) if role.takes_any_type() => {
            let x = std::mem::replace(&mut *b.x, ident("int"));
            *e = x;
            expr(e, role);
        }
        Expr::Ellipsis(_) if !value && role != Role::Len => no_ellipsis(e),
        Expr::SliceExpr(s) if s.max.is_some() && s.high.is_none() => s.high = s.max.take(),
        _ => {}
    }
}
