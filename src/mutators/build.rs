//! Short constructors of nodes, for operators that insert code.

use crate::goast::{
    ArrayType, AssignStmt, BasicLit, BlockStmt, CallExpr, Decl, DeclTok, Expr, Field, FuncType,
    GenDecl, Ident, ImportSpec, IndexExpr, IndexListExpr, InterfaceType, LitKind, MapType,
    SelectorExpr, Spec, StarExpr, Stmt, StructType, Token, TypeSpec, ValueSpec,
};

pub(crate) fn ident(name: &str) -> Expr {
    Expr::Ident(Ident(name.to_owned()))
}

pub(crate) fn star(x: Expr) -> Expr {
    Expr::StarExpr(StarExpr { x: Box::new(x) })
}

pub(crate) fn slice_of(elt: Expr) -> Expr {
    Expr::ArrayType(ArrayType { len: None, elt: Box::new(elt) })
}

pub(crate) fn array_of(len: usize, elt: Expr) -> Expr {
    Expr::ArrayType(ArrayType { len: Some(Box::new(int(len))), elt: Box::new(elt) })
}

pub(crate) fn map_of(key: Expr, value: Expr) -> Expr {
    Expr::MapType(MapType { key: Box::new(key), value: Box::new(value) })
}

pub(crate) fn struct_of(fields: Vec<Field>) -> Expr {
    Expr::StructType(StructType { fields })
}

pub(crate) fn interface_of(methods: Vec<Field>) -> Expr {
    Expr::InterfaceType(InterfaceType { methods })
}

pub(crate) fn func_of(params: Vec<Expr>, results: Vec<Expr>) -> FuncType {
    let fields = |list: Vec<Expr>| list.into_iter().map(unnamed).collect();
    FuncType { type_params: Vec::new(), params: fields(params), results: fields(results) }
}

pub(crate) fn int(n: usize) -> Expr {
    Expr::BasicLit(BasicLit { kind: LitKind::Int, value: n.to_string() })
}

pub(crate) fn selector(x: Expr, sel: &str) -> Expr {
    Expr::SelectorExpr(SelectorExpr { x: Box::new(x), sel: Ident(sel.to_owned()) })
}

pub(crate) fn call(fun: Expr, args: Vec<Expr>) -> Expr {
    Expr::CallExpr(CallExpr { fun: Box::new(fun), args, ellipsis: false })
}

/// `*new(T)`: a value of any type whatever, and no constant.
pub(crate) fn zero(typ: Expr) -> Expr {
    star(call(ident("new"), vec![typ]))
}

pub(crate) fn panics() -> Stmt {
    Stmt::ExprStmt(call(ident("panic"), vec![int(0)]))
}

pub(crate) fn panic_body() -> BlockStmt {
    BlockStmt { list: vec![panics()] }
}

pub(crate) fn discard(x: Expr) -> Stmt {
    Stmt::AssignStmt(AssignStmt { lhs: vec![ident("_")], tok: Token::Assign, rhs: vec![x] })
}

/// `generic[args…]`, or `generic` alone without arguments.
pub(crate) fn instance(generic: Expr, mut args: Vec<Expr>) -> Expr {
    let x = Box::new(generic);
    match args.len() {
        0 => *x,
        1 => Expr::IndexExpr(IndexExpr { x, index: Box::new(args.remove(0)) }),
        _ => Expr::IndexListExpr(IndexListExpr { x, indices: args }),
    }
}

/// The generic name and the arguments of what may be an instance.
pub(crate) fn split_instance(e: &Expr) -> (&Expr, Vec<&Expr>) {
    match e {
        Expr::IndexExpr(i) => (&i.x, vec![&*i.index]),
        Expr::IndexListExpr(i) => (&i.x, i.indices.iter().collect()),
        _ => (e, Vec::new()),
    }
}

pub(crate) fn unnamed(typ: Expr) -> Field {
    Field { names: Vec::new(), typ, tag: None }
}

pub(crate) fn field(name: &str, typ: Expr) -> Field {
    Field { names: vec![Ident(name.to_owned())], typ, tag: None }
}

pub(crate) fn type_decl(spec: TypeSpec) -> Decl {
    gen_decl(DeclTok::Type, Spec::TypeSpec(spec))
}

pub(crate) fn var_decl(name: &str, typ: Option<Expr>, values: Vec<Expr>) -> Decl {
    let spec = ValueSpec { names: vec![Ident(name.to_owned())], typ, values };
    gen_decl(DeclTok::Var, Spec::ValueSpec(spec))
}

pub(crate) fn import_decl(name: Option<&str>, path: &str) -> Decl {
    let spec = ImportSpec { name: name.map(|n| Ident(n.to_owned())), path: path.to_owned() };
    gen_decl(DeclTok::Import, Spec::ImportSpec(spec))
}

fn gen_decl(tok: DeclTok, spec: Spec) -> Decl {
    Decl::GenDecl(GenDecl { tok, grouped: false, specs: vec![spec] })
}
