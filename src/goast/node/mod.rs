//! The nodes of a Go syntax tree, with the names and the shape of `go/ast`.
//!
//! Positions and comments are left out: a tree holds the program's content, and the printer decides
//! the layout. As in `go/ast`, types are expressions. A missing part is `None` or an empty list,
//! never a placeholder node.
//!
//! The serde form is externally tagged with go/ast's names
//! (`{"CallExpr":{"Fun":…,"Args":[…]}}`); the harness writes it when it
//! imports source, see `harness_go/internal/tree`.

mod expr;
mod stmt;

use serde::{Deserialize, Serialize};

pub use self::expr::*;
pub use self::stmt::*;
use super::token::DeclTok;

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

#[allow(clippy::trivially_copy_pass_by_ref)] // serde's signature
fn is_false(b: &bool) -> bool {
    !*b
}
