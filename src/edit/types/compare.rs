//! Which types can be compared.

use super::basic::is_any;
use crate::edit::env::{Env, Found};
use crate::goast::build::split_instance;
use crate::goast::scope::ObjectKind;
use crate::goast::{ArrayType, Expr};

/// Whether values of the type can be compared; true in case of doubt.
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
