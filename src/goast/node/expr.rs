//! Expressions and types.

use serde::{Deserialize, Serialize};

use super::{BlockStmt, Field, Ident, is_false};
use crate::goast::token::{ChanDir, LitKind, Token};

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
