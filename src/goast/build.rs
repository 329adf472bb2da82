//! Builders: the one set of short functions that make nodes, for the
//! generator, the mutators and the minimizer.

use super::{
    ArrayType, AssignStmt, BasicLit, BinaryExpr, BlockStmt, CallExpr, ChanDir, ChanType,
    CompositeLit, Decl, DeclTok, Expr, Field, FuncType, GenDecl, Ident, ImportSpec, IndexExpr,
    IndexListExpr, InterfaceType, KeyValueExpr, LitKind, MapType, ParenExpr, SelectorExpr, Spec,
    StarExpr, Stmt, StructType, Token, TypeSpec, UnaryExpr, ValueSpec,
};

/// `name`
pub fn ident(name: impl Into<String>) -> Expr {
    Expr::Ident(Ident(name.into()))
}

/// A literal as it is written.
#[must_use]
pub fn lit(kind: LitKind, value: &str) -> Expr {
    Expr::BasicLit(BasicLit { kind, value: value.to_owned() })
}

/// A decimal integer.
#[must_use]
pub fn int(n: u64) -> Expr {
    lit(LitKind::Int, &n.to_string())
}

/// `x.sel`
pub fn selector(x: Expr, sel: impl Into<String>) -> Expr {
    Expr::SelectorExpr(SelectorExpr { x: Box::new(x), sel: Ident(sel.into()) })
}

/// `*x`
#[must_use]
pub fn star(x: Expr) -> Expr {
    Expr::StarExpr(StarExpr { x: Box::new(x) })
}

/// `(x)`
#[must_use]
pub fn paren(x: Expr) -> Expr {
    Expr::ParenExpr(ParenExpr { x: Box::new(x) })
}

/// `op x`
#[must_use]
pub fn unary(op: Token, x: Expr) -> Expr {
    Expr::UnaryExpr(UnaryExpr { op, x: Box::new(x) })
}

/// `x op y`
#[must_use]
pub fn binary(x: Expr, op: Token, y: Expr) -> Expr {
    Expr::BinaryExpr(BinaryExpr { x: Box::new(x), op, y: Box::new(y) })
}

/// `f(args…)`
#[must_use]
pub fn call(fun: Expr, args: Vec<Expr>) -> Expr {
    Expr::CallExpr(CallExpr { fun: Box::new(fun), args, ellipsis: false })
}

/// `t(x)`, with parentheses where the grammar requires them.
#[must_use]
pub fn convert(t: Expr, x: Expr) -> Expr {
    call(operand_type(t), vec![x])
}

/// A type where an operand may stand: in a conversion or a method expression.
#[must_use]
pub fn operand_type(t: Expr) -> Expr {
    match t {
        Expr::StarExpr(_) | Expr::FuncType(_) | Expr::ChanType(_) => paren(t),
        _ => t,
    }
}

/// `new(t)`
#[must_use]
pub fn new(t: Expr) -> Expr {
    call(ident("new"), vec![t])
}

/// `*new(t)`: a value of any type, and not a constant.
#[must_use]
pub fn zero(t: Expr) -> Expr {
    star(new(t))
}

/// `typ{elts…}`
#[must_use]
pub fn composite(typ: Expr, elts: Vec<Expr>) -> Expr {
    Expr::CompositeLit(CompositeLit { typ: Some(Box::new(typ)), elts })
}

/// `key: value`
#[must_use]
pub fn key_value(key: Expr, value: Expr) -> Expr {
    Expr::KeyValueExpr(KeyValueExpr { key: Box::new(key), value: Box::new(value) })
}

/// `x[i]`
#[must_use]
pub fn index(x: Expr, i: Expr) -> Expr {
    Expr::IndexExpr(IndexExpr { x: Box::new(x), index: Box::new(i) })
}

/// `generic[args…]`; `generic` alone if there are no arguments.
#[must_use]
pub fn instance(generic: Expr, mut args: Vec<Expr>) -> Expr {
    match args.len() {
        0 => generic,
        1 => index(generic, args.remove(0)),
        _ => Expr::IndexListExpr(IndexListExpr { x: Box::new(generic), indices: args }),
    }
}

/// The reverse of [`instance`]: the generic name and the arguments of what may
/// be an instance.
#[must_use]
pub fn split_instance(e: &Expr) -> (&Expr, Vec<&Expr>) {
    match e {
        Expr::IndexExpr(i) => (&i.x, vec![&*i.index]),
        Expr::IndexListExpr(i) => (&i.x, i.indices.iter().collect()),
        _ => (e, Vec::new()),
    }
}

/// `[]elt`
#[must_use]
pub fn slice_of(elt: Expr) -> Expr {
    Expr::ArrayType(ArrayType { len: None, elt: Box::new(elt) })
}

/// `[len]elt`
#[must_use]
pub fn array_of(len: Expr, elt: Expr) -> Expr {
    Expr::ArrayType(ArrayType { len: Some(Box::new(len)), elt: Box::new(elt) })
}

/// `map[key]value`
#[must_use]
pub fn map_of(key: Expr, value: Expr) -> Expr {
    Expr::MapType(MapType { key: Box::new(key), value: Box::new(value) })
}

/// `chan value`
#[must_use]
pub fn chan_of(value: Expr) -> Expr {
    Expr::ChanType(ChanType { dir: ChanDir::Both, value: Box::new(value) })
}

/// `struct{ fields… }`
#[must_use]
pub fn struct_of(fields: Vec<Field>) -> Expr {
    Expr::StructType(StructType { fields })
}

/// `interface{ methods… }`
#[must_use]
pub fn interface_of(methods: Vec<Field>) -> Expr {
    Expr::InterfaceType(InterfaceType { methods })
}

/// `func(params…) results…`
#[must_use]
pub fn func_type(params: Vec<Field>, results: Vec<Field>) -> FuncType {
    FuncType { type_params: Vec::new(), params, results }
}

/// `func(params…) results…`, without names.
#[must_use]
pub fn func_of(params: Vec<Expr>, results: Vec<Expr>) -> FuncType {
    let fields = |list: Vec<Expr>| list.into_iter().map(unnamed).collect();
    func_type(fields(params), fields(results))
}

/// A field or parameter: `name T`
pub fn field(name: impl Into<String>, typ: Expr) -> Field {
    Field { names: vec![Ident(name.into())], typ, tag: None }
}

/// A field, parameter or element without a name.
#[must_use]
pub fn unnamed(typ: Expr) -> Field {
    Field { names: Vec::new(), typ, tag: None }
}

/// `{ list… }`
#[must_use]
pub fn block(list: Vec<Stmt>) -> BlockStmt {
    BlockStmt { list }
}

/// `lhs tok rhs`
#[must_use]
pub fn assign(lhs: Vec<Expr>, tok: Token, rhs: Vec<Expr>) -> Stmt {
    Stmt::AssignStmt(AssignStmt { lhs, tok, rhs })
}

/// `name := value`
#[must_use]
pub fn define(name: &str, value: Expr) -> Stmt {
    assign(vec![ident(name)], Token::Define, vec![value])
}

/// `_ = x`
#[must_use]
pub fn discard(x: Expr) -> Stmt {
    assign(vec![ident("_")], Token::Assign, vec![x])
}

/// `panic(0)`
#[must_use]
pub fn panics() -> Stmt {
    Stmt::ExprStmt(call(ident("panic"), vec![int(0)]))
}

/// `{ panic(0) }`
#[must_use]
pub fn panic_body() -> BlockStmt {
    block(vec![panics()])
}

/// `name T = value`
pub fn value_spec(name: impl Into<String>, typ: Option<Expr>, value: Option<Expr>) -> ValueSpec {
    ValueSpec { names: vec![Ident(name.into())], typ, values: value.into_iter().collect() }
}

/// [`value_spec`] as a spec.
pub fn var_spec(name: impl Into<String>, typ: Option<Expr>, value: Option<Expr>) -> Spec {
    Spec::ValueSpec(value_spec(name, typ, value))
}

/// `tok spec`, in a body.
#[must_use]
pub fn gen_decl(tok: DeclTok, spec: Spec) -> GenDecl {
    GenDecl { tok, grouped: false, specs: vec![spec] }
}

/// `tok spec`, in a file.
#[must_use]
pub fn decl(tok: DeclTok, spec: Spec) -> Decl {
    Decl::GenDecl(gen_decl(tok, spec))
}

/// `type spec`
#[must_use]
pub fn type_decl(spec: TypeSpec) -> Decl {
    decl(DeclTok::Type, Spec::TypeSpec(spec))
}

/// `var name T`
pub fn var_decl(name: impl Into<String>, typ: Expr) -> Decl {
    decl(DeclTok::Var, var_spec(name, Some(typ), None))
}

/// `import name "path"`
#[must_use]
pub fn import_decl(name: Option<&str>, path: &str) -> Decl {
    let spec = ImportSpec { name: name.map(Ident::from), path: path.to_owned() };
    decl(DeclTok::Import, Spec::ImportSpec(spec))
}
