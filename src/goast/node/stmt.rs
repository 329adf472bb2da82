//! Statements.

use serde::{Deserialize, Serialize};

use super::{Expr, GenDecl, Ident, is_false};
use crate::goast::token::{BranchTok, Token};

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
