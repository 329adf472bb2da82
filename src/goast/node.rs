//! The nodes of a Go syntax tree, with the names and the shape of `go/ast`.
//!
//! Positions and comments are left out: a tree holds the program's content, and the printer decides
//! the layout. As in `go/ast`, types are expressions. A missing part is `None` or an empty list,
//! never a placeholder node.
//!
//! The serde form is externally tagged with go/ast's names
//! (`{"CallExpr":{"Fun":…,"Args":[…]}}`); the harness writes it when it
//! imports source, see `harness_go/internal/tree`.

use serde::{Deserialize, Serialize};

use super::token::{BranchTok, ChanDir, DeclTok, LitKind, Token};

/// One source file: `go/ast.File`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct File {
    /// The name in the package clause.
    pub name: Ident,
    /// The language version that a `//go:build` line asks for: `go1.22`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub go_version: Option<String>,
    /// Declarations in source order, imports first as the language demands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decls: Vec<Decl>,
}

/// An identifier.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ident(pub String);

/// A top-level declaration, or one inside a [`Stmt::DeclStmt`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Decl {
    /// `import`, `const`, `type` or `var`.
    GenDecl(GenDecl),
    /// A function or a method.
    FuncDecl(FuncDecl),
}

/// `import`, `const`, `type` or `var` with its specs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GenDecl {
    /// Which of the four.
    pub tok: DeclTok,
    /// Whether the specs stand in parentheses. Always true unless there is exactly one spec.
    #[serde(default, skip_serializing_if = "is_false")]
    pub grouped: bool,
    /// The specs, all of the kind that `tok` names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub specs: Vec<Spec>,
}

/// One line of a [`GenDecl`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Spec {
    /// `name "path"`
    ImportSpec(ImportSpec),
    /// `a, b T = x, y` of a `const` or `var`
    ValueSpec(ValueSpec),
    /// `T[P any] = U`
    TypeSpec(TypeSpec),
}

/// `name "path"`
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ImportSpec {
    /// The local name, `.` or `_`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Ident>,
    /// The import path, unquoted.
    pub path: String,
}

/// `a, b T = x, y`
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ValueSpec {
    /// At least one name.
    pub names: Vec<Ident>,
    /// The type, if the source gives one.
    #[serde(rename = "Type", default, skip_serializing_if = "Option::is_none")]
    pub typ: Option<Expr>,
    /// The values, if any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Expr>,
}

/// `T[P any] U`, or `T[P any] = U` for an alias.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TypeSpec {
    /// The declared name.
    pub name: Ident,
    /// Type parameters; empty if the type is not generic.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub type_params: Vec<Field>,
    /// Whether there is a `=`: an alias declaration.
    #[serde(default, skip_serializing_if = "is_false")]
    pub assign: bool,
    /// The right-hand side.
    #[serde(rename = "Type")]
    pub typ: Expr,
}

/// A function or method declaration.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FuncDecl {
    /// The receiver list of a method. Valid code has exactly one field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recv: Option<Vec<Field>>,
    /// The declared name.
    pub name: Ident,
    /// Type parameters, parameters and results.
    #[serde(rename = "Type")]
    pub typ: FuncType,
    /// The body; `None` for a function implemented elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<BlockStmt>,
}

/// One field of a struct, method or embedded element of an interface,
/// parameter, result or type parameter.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Field {
    /// Names that share the type; empty for an embedded field or an unnamed
    /// parameter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<Ident>,
    /// The type. For a method of an interface it is an [`Expr::FuncType`].
    #[serde(rename = "Type")]
    pub typ: Expr,
    /// A struct field's tag as written, quotes included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
}

/// An expression or a type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Expr {
    /// `x`
    Ident(Ident),
    /// `...T` in a parameter list, `...` as an array's length.
    Ellipsis(Ellipsis),
    /// `1`, `"s"`
    BasicLit(BasicLit),
    /// `func(…) { … }`
    FuncLit(FuncLit),
    /// `T{…}`
    CompositeLit(CompositeLit),
    /// `(x)`
    ParenExpr(ParenExpr),
    /// `x.sel`
    SelectorExpr(SelectorExpr),
    /// `x[i]`, and an instance with one type argument.
    IndexExpr(IndexExpr),
    /// `x[i, j]`: an instance with two type arguments or more.
    IndexListExpr(IndexListExpr),
    /// `x[a:b:c]`
    SliceExpr(SliceExpr),
    /// `x.(T)`; `x.(type)` has no type.
    TypeAssertExpr(TypeAssertExpr),
    /// `f(x, y...)`
    CallExpr(CallExpr),
    /// `*x`
    StarExpr(StarExpr),
    /// `-x`, `&x`, `<-x`, `~T`
    UnaryExpr(UnaryExpr),
    /// `x + y`, `A | B`
    BinaryExpr(BinaryExpr),
    /// `k: v` in a composite literal.
    KeyValueExpr(KeyValueExpr),
    /// `[n]T`; without a length, `[]T`.
    ArrayType(ArrayType),
    /// `struct { … }`
    StructType(StructType),
    /// `func(…) …`
    FuncType(FuncType),
    /// `interface { … }`
    InterfaceType(InterfaceType),
    /// `map[K]V`
    MapType(MapType),
    /// `chan T`, `<-chan T`, `chan<- T`
    ChanType(ChanType),
}

/// `...T`
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Ellipsis {
    /// The element type of a variadic parameter; none in `[...]T`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elt: Option<Box<Expr>>,
}

/// A literal of a basic type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BasicLit {
    /// `INT`, `FLOAT`, `IMAG`, `CHAR` or `STRING`.
    pub kind: LitKind,
    /// The literal as written, quotes included.
    pub value: String,
}

/// A function literal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FuncLit {
    /// Its type; never with type parameters.
    #[serde(rename = "Type")]
    pub typ: FuncType,
    /// Its body.
    pub body: BlockStmt,
}

/// `T{…}`; inside another literal the type may be missing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CompositeLit {
    /// The literal's type.
    #[serde(rename = "Type", default, skip_serializing_if = "Option::is_none")]
    pub typ: Option<Box<Expr>>,
    /// Elements, all or none of them [`Expr::KeyValueExpr`] in a struct.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elts: Vec<Expr>,
}

/// `(x)`
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ParenExpr {
    /// The expression in the parentheses.
    pub x: Box<Expr>,
}

/// `x.sel`
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SelectorExpr {
    /// The operand: a value, a type or a package name.
    pub x: Box<Expr>,
    /// The selected name.
    pub sel: Ident,
}

/// `x[index]`
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct IndexExpr {
    /// The operand.
    pub x: Box<Expr>,
    /// The index, or the one type argument.
    pub index: Box<Expr>,
}

/// `x[i, j]`
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct IndexListExpr {
    /// The generic type or function.
    pub x: Box<Expr>,
    /// Two type arguments or more.
    pub indices: Vec<Expr>,
}

/// `x[low:high:max]`
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SliceExpr {
    /// The operand.
    pub x: Box<Expr>,
    /// Lower bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<Box<Expr>>,
    /// Upper bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<Box<Expr>>,
    /// Capacity bound; if there is one, so is `high`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Box<Expr>>,
}

/// `x.(T)`
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TypeAssertExpr {
    /// The operand.
    pub x: Box<Expr>,
    /// The type; `None` is `x.(type)` of a type switch.
    #[serde(rename = "Type", default, skip_serializing_if = "Option::is_none")]
    pub typ: Option<Box<Expr>>,
}

/// A call or a conversion.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CallExpr {
    /// The function, or the type converted to.
    pub fun: Box<Expr>,
    /// Arguments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<Expr>,
    /// Whether `...` follows the last argument.
    #[serde(default, skip_serializing_if = "is_false")]
    pub ellipsis: bool,
}

/// `*x`: an indirection or a pointer type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StarExpr {
    /// The operand or base type.
    pub x: Box<Expr>,
}

/// A unary operation other than `*x`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UnaryExpr {
    /// `+ - ! ^ & <- ~`
    pub op: Token,
    /// The operand.
    pub x: Box<Expr>,
}

/// A binary operation, or a union of constraint elements.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BinaryExpr {
    /// Left operand.
    pub x: Box<Expr>,
    /// The operator.
    pub op: Token,
    /// Right operand.
    pub y: Box<Expr>,
}

/// `k: v`
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct KeyValueExpr {
    /// The key.
    pub key: Box<Expr>,
    /// The value.
    pub value: Box<Expr>,
}

/// An array or slice type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ArrayType {
    /// The length, [`Expr::Ellipsis`] for `[...]T`, `None` for a slice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub len: Option<Box<Expr>>,
    /// The element type.
    pub elt: Box<Expr>,
}

/// A struct type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StructType {
    /// Fields, embedded ones without names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
}

/// A function's type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FuncType {
    /// Type parameters; only in declarations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub type_params: Vec<Field>,
    /// Parameters: all named or none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<Field>,
    /// Results: all named or none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<Field>,
}

/// An interface type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InterfaceType {
    /// Methods (one name, an [`Expr::FuncType`]) and embedded elements (no
    /// name; a type, a `~T` or a union).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<Field>,
}

/// `map[K]V`
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MapType {
    /// Key type.
    pub key: Box<Expr>,
    /// Element type.
    pub value: Box<Expr>,
}

/// A channel type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChanType {
    /// Both ways, send only or receive only.
    pub dir: ChanDir,
    /// Element type.
    pub value: Box<Expr>,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Stmt {
    /// `var x int` in a body.
    DeclStmt(GenDecl),
    /// Nothing. Unlike go/ast there is no implicit one.
    EmptyStmt,
    /// `L: stmt`
    LabeledStmt(LabeledStmt),
    /// An expression on its own.
    ExprStmt(Expr),
    /// `ch <- x`
    SendStmt(SendStmt),
    /// `x++`
    IncDecStmt(IncDecStmt),
    /// `x = y`, `x := y`, `x += y`
    AssignStmt(AssignStmt),
    /// `go f()`
    GoStmt(Expr),
    /// `defer f()`
    DeferStmt(Expr),
    /// `return x, y`
    ReturnStmt(Vec<Expr>),
    /// `break`, `continue`, `goto`, `fallthrough`
    BranchStmt(BranchStmt),
    /// `{ … }`
    BlockStmt(BlockStmt),
    /// `if … { … } else …`
    IfStmt(IfStmt),
    /// `switch … { … }`
    SwitchStmt(SwitchStmt),
    /// `switch x := y.(type) { … }`
    TypeSwitchStmt(TypeSwitchStmt),
    /// `select { … }`
    SelectStmt(SelectStmt),
    /// `for …; …; … { … }`
    ForStmt(ForStmt),
    /// `for k, v := range x { … }`
    RangeStmt(RangeStmt),
}

/// `L: stmt`
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LabeledStmt {
    /// The label.
    pub label: Ident,
    /// The labelled statement.
    pub stmt: Box<Stmt>,
}

/// `ch <- value`
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SendStmt {
    /// The channel.
    pub chan: Expr,
    /// The value sent.
    pub value: Expr,
}

/// `x++`, `x--`
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct IncDecStmt {
    /// The operand.
    pub x: Expr,
    /// `++` or `--`.
    pub tok: Token,
}

/// An assignment or a short variable declaration.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssignStmt {
    /// Left-hand sides.
    pub lhs: Vec<Expr>,
    /// `=`, `:=` or an assignment operation.
    pub tok: Token,
    /// Right-hand sides.
    pub rhs: Vec<Expr>,
}

/// `break L`
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BranchStmt {
    /// Which kind.
    pub tok: BranchTok,
    /// The label, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Ident>,
}

/// `{ … }`
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BlockStmt {
    /// The statements.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub list: Vec<Stmt>,
}

/// `if init; cond { … } else …`
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct IfStmt {
    /// A simple statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub init: Option<Box<Stmt>>,
    /// The condition.
    pub cond: Expr,
    /// Taken if the condition holds.
    pub body: BlockStmt,
    /// A [`Stmt::BlockStmt`] or [`Stmt::IfStmt`].
    #[serde(rename = "Else", default, skip_serializing_if = "Option::is_none")]
    pub els: Option<Box<Stmt>>,
}

/// An expression switch.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SwitchStmt {
    /// A simple statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub init: Option<Box<Stmt>>,
    /// The tag expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<Expr>,
    /// The clauses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub body: Vec<CaseClause>,
}

/// A type switch.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TypeSwitchStmt {
    /// A simple statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub init: Option<Box<Stmt>>,
    /// `x := y.(type)` or `y.(type)`.
    pub assign: Box<Stmt>,
    /// The clauses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub body: Vec<CaseClause>,
}

/// `case x, y:` or, with an empty list, `default:`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CaseClause {
    /// Expressions or types; empty is `default`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub list: Vec<Expr>,
    /// The statements.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub body: Vec<Stmt>,
}

/// A select statement.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SelectStmt {
    /// The clauses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub body: Vec<CommClause>,
}

/// `case x := <-ch:`; without a statement, `default:`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CommClause {
    /// A send or a receive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comm: Option<Box<Stmt>>,
    /// The statements.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub body: Vec<Stmt>,
}

/// `for init; cond; post { … }`
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ForStmt {
    /// A simple statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub init: Option<Box<Stmt>>,
    /// The condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cond: Option<Expr>,
    /// A simple statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<Box<Stmt>>,
    /// The loop's body.
    pub body: BlockStmt,
}

/// `for key, value := range x { … }`
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RangeStmt {
    /// First iteration variable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Expr>,
    /// Second iteration variable; if there is one, so is `key`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Expr>,
    /// Whether the variables are declared (`:=`) or assigned (`=`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub define: bool,
    /// The operand of `range`.
    pub x: Expr,
    /// The loop's body.
    pub body: BlockStmt,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde's signature
fn is_false(b: &bool) -> bool {
    !*b
}
