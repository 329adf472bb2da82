//! Erase the type of a variable, so that it is inferred, or write it out.

use super::super::{Context, Operator};
use crate::edit::walk::change_stmts;
use crate::goast::build::{ident, star};
use crate::goast::{Decl, DeclTok, Expr, GenDecl, Spec, Stmt, Token, ValueSpec};
use crate::rng::Rng;
use crate::testcase::TestCase;

/// `var x T = v` becomes `var x = v`, and back where the value shows its type:
/// a literal, `&T{}`, `new(T)`, `make(T)`; `x := v` becomes `var x T = v`.
#[derive(Clone, Copy, Debug)]
pub struct InferType;

impl Operator for InferType {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        if cx.rng.chance(70) && of_package(case, cx.rng) {
            return true;
        }
        let count = |list: &[Stmt]| list.iter().filter(|s| applies(s)).count();
        change_stmts(
            case,
            cx.rng,
            |list| count(list) as u32,
            |list, rng| {
                let n = rng.below(count(list));
                list.iter_mut().filter(|s| applies(s)).nth(n).is_some_and(local)
            },
        )
    }
}

/// Changes a variable of a package.
fn of_package(case: &mut TestCase, rng: &mut Rng) -> bool {
    let files = case.packages.iter_mut().flat_map(|p| &mut p.files);
    let mut specs: Vec<&mut ValueSpec> = files
        .flat_map(|f| &mut f.tree.decls)
        .filter_map(|d| match d {
            Decl::GenDecl(g) if g.tok == DeclTok::Var => Some(&mut g.specs),
            _ => None,
        })
        .flatten()
        .filter_map(|s| match s {
            Spec::ValueSpec(v) if may_change(v) => Some(v),
            _ => None,
        })
        .collect();
    let n = rng.below(specs.len());
    specs.get_mut(n).is_some_and(|v| change(v))
}

/// Whether the values show the type.
fn may_change(v: &ValueSpec) -> bool {
    match (&v.typ, &v.values[..]) {
        (Some(_), [_, ..]) => true,
        (None, [value]) => v.names.len() == 1 && type_of(value).is_some(),
        _ => false,
    }
}

fn change(v: &mut ValueSpec) -> bool {
    v.typ = match v.typ {
        Some(_) => None,
        None => v.values.first().and_then(type_of),
    };
    true
}

fn applies(s: &Stmt) -> bool {
    match s {
        Stmt::DeclStmt(g) if g.tok == DeclTok::Var => {
            g.specs.iter().any(|s| matches!(s, Spec::ValueSpec(v) if may_change(v)))
        }
        Stmt::AssignStmt(a) => match (&a.lhs[..], &a.rhs[..]) {
            ([Expr::Ident(_)], [value]) => a.tok == Token::Define && type_of(value).is_some(),
            _ => false,
        },
        _ => false,
    }
}

fn local(s: &mut Stmt) -> bool {
    match s {
        Stmt::DeclStmt(g) => g.specs.iter_mut().any(|s| match s {
            Spec::ValueSpec(v) if may_change(v) => change(v),
            _ => false,
        }),
        Stmt::AssignStmt(a) => {
            let (Some(Expr::Ident(name)), Some(value)) = (a.lhs.pop(), a.rhs.pop()) else {
                return false;
            };
            let spec = ValueSpec { names: vec![name], typ: type_of(&value), values: vec![value] };
            let specs = vec![Spec::ValueSpec(spec)];
            *s = Stmt::DeclStmt(GenDecl { tok: DeclTok::Var, grouped: false, specs });
            true
        }
        _ => false,
    }
}

/// The type of a value, if the value shows it.
fn type_of(value: &Expr) -> Option<Expr> {
    match value {
        Expr::CompositeLit(c) => c.typ.as_deref().cloned(),
        Expr::FuncLit(f) => Some(Expr::FuncType(f.typ.clone())),
        Expr::ParenExpr(p) => type_of(&p.x),
        Expr::UnaryExpr(u) if u.op == Token::And => match &*u.x {
            Expr::CompositeLit(c) => c.typ.as_deref().cloned().map(star),
            _ => None,
        },
        Expr::CallExpr(c) => match (&*c.fun, c.args.first()) {
            (f, Some(t)) if *f == ident("new") => Some(star(t.clone())),
            (f, Some(t)) if *f == ident("make") => Some(t.clone()),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
-	var s lib.Shape = lib.Square{}
+	var s = lib.Square{}
"#;
        example(&InferType, 1, want);
    }
}
