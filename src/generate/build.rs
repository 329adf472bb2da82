//! Short ways to write syntax trees.

use crate::goast::{
    ArrayType, AssignStmt, BasicLit, BinaryExpr, BlockStmt, CallExpr, CompositeLit, Decl, DeclTok,
    Expr, Field, FuncType, GenDecl, Ident, IndexExpr, IndexListExpr, KeyValueExpr, LitKind,
    ParenExpr, SelectorExpr, Spec, StarExpr, Stmt, Token, UnaryExpr, ValueSpec,
};

pub(super) fn ident(name: &str) -> Ident {
    Ident(name.to_owned())
}

pub(super) fn id(name: &str) -> Expr {
    Expr::Ident(ident(name))
}

pub(super) fn int(n: u64) -> Expr {
    lit(LitKind::Int, &n.to_string())
}

pub(super) fn lit(kind: LitKind, value: &str) -> Expr {
    Expr::BasicLit(BasicLit { kind, value: value.to_owned() })
}

pub(super) fn sel(x: Expr, name: &str) -> Expr {
    Expr::SelectorExpr(SelectorExpr { x: Box::new(x), sel: ident(name) })
}

pub(super) fn star(x: Expr) -> Expr {
    Expr::StarExpr(StarExpr { x: Box::new(x) })
}

pub(super) fn paren(x: Expr) -> Expr {
    Expr::ParenExpr(ParenExpr { x: Box::new(x) })
}

pub(super) fn unary(op: Token, x: Expr) -> Expr {
    Expr::UnaryExpr(UnaryExpr { op, x: Box::new(x) })
}

pub(super) fn binary(x: Expr, op: Token, y: Expr) -> Expr {
    Expr::BinaryExpr(BinaryExpr { x: Box::new(x), op, y: Box::new(y) })
}

pub(super) fn call(fun: Expr, args: Vec<Expr>) -> Expr {
    Expr::CallExpr(CallExpr { fun: Box::new(fun), args, ellipsis: false })
}

/// `t(x)`, with parentheses where the grammar wants them.
pub(super) fn convert(t: Expr, x: Expr) -> Expr {
    call(operand_type(t), vec![x])
}

/// A type where an operand may stand: in a conversion or method expression.
pub(super) fn operand_type(t: Expr) -> Expr {
    match t {
        Expr::StarExpr(_) | Expr::FuncType(_) | Expr::ChanType(_) => paren(t),
        _ => t,
    }
}

pub(super) fn composite(typ: Expr, elts: Vec<Expr>) -> Expr {
    Expr::CompositeLit(CompositeLit { typ: Some(Box::new(typ)), elts })
}

pub(super) fn key_value(key: Expr, value: Expr) -> Expr {
    Expr::KeyValueExpr(KeyValueExpr { key: Box::new(key), value: Box::new(value) })
}

pub(super) fn index(x: Expr, i: Expr) -> Expr {
    Expr::IndexExpr(IndexExpr { x: Box::new(x), index: Box::new(i) })
}

/// An instance: `x[i]`, `x[i, j]`, or `x` without arguments.
pub(super) fn instance(x: Expr, mut args: Vec<Expr>) -> Expr {
    match args.len() {
        0 => x,
        1 => index(x, args.remove(0)),
        _ => Expr::IndexListExpr(IndexListExpr { x: Box::new(x), indices: args }),
    }
}

/// `new(t)`
pub(super) fn new(t: Expr) -> Expr {
    call(id("new"), vec![t])
}

pub(super) fn array(len: Option<Expr>, elt: Expr) -> Expr {
    Expr::ArrayType(ArrayType { len: len.map(Box::new), elt: Box::new(elt) })
}

/// A field or parameter with at most one name.
pub(super) fn field(name: Option<&str>, typ: Expr) -> Field {
    Field { names: name.map(ident).into_iter().collect(), typ, tag: None }
}

pub(super) fn func_type(params: Vec<Field>, results: Vec<Field>) -> FuncType {
    FuncType { type_params: Vec::new(), params, results }
}

pub(super) fn block(list: Vec<Stmt>) -> BlockStmt {
    BlockStmt { list }
}

pub(super) fn assign(lhs: Vec<Expr>, tok: Token, rhs: Vec<Expr>) -> Stmt {
    Stmt::AssignStmt(AssignStmt { lhs, tok, rhs })
}

pub(super) fn define(name: &str, value: Expr) -> Stmt {
    assign(vec![id(name)], Token::Define, vec![value])
}

/// `_ = x`
pub(super) fn discard(x: Expr) -> Stmt {
    assign(vec![id("_")], Token::Assign, vec![x])
}

/// `var name T = value`
pub(super) fn var_spec(name: &str, typ: Option<Expr>, value: Option<Expr>) -> Spec {
    Spec::ValueSpec(ValueSpec {
        names: vec![ident(name)],
        typ,
        values: value.into_iter().collect(),
    })
}

pub(super) fn gen_decl(tok: DeclTok, spec: Spec) -> GenDecl {
    GenDecl { tok, grouped: false, specs: vec![spec] }
}

pub(super) fn decl(tok: DeclTok, spec: Spec) -> Decl {
    Decl::GenDecl(gen_decl(tok, spec))
}
