//! The roles of expressions, fields, functions and names, as far as syntax
//! shows them.

use super::super::Expr;

/// What an expression is for. Parentheses pass their role on. The scoped walk in
/// `edit` uses the same roles, and replaces those that syntax leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// A value.
    Value,
    /// A type.
    Type,
    /// The right-hand side of a type declaration; true for an alias.
    Rhs(bool),
    /// A type argument.
    TypeArg,
    /// The key of a map type.
    MapKey,
    /// A type whose values code makes or tests: `make(T)`, `x.(T)`, `T(x)`.
    Used,
    /// A value or a type argument: what `x[…]` contains where a value may
    /// stand.
    Either,
    /// A type parameter's constraint, and the terms of its union: a type or
    /// `~T`.
    Constraint,
    /// An embedded element of an interface, and the terms of its union.
    InterfaceElem,
    /// What is called, or the type converted to.
    Callee,
    /// The call of `go` and `defer`.
    Call,
    /// What stands before a selector or an index: a value, a type, or a
    /// package's name.
    Operand,
    /// What is instantiated: the name of a generic type or function.
    Generic,
    /// The type of a composite literal: a name, an instance, or an array,
    /// slice, map or struct type.
    LitType,
    /// An element of a composite literal: a value, a key with a value, a
    /// literal without a type.
    LitElem,
    /// A key in a composite literal: a field's name or a value.
    LitKey,
    /// An embedded field: a type's name or instance, or a pointer to one.
    Embedded,
    /// A receiver's type.
    Receiver,
    /// An array's length: a constant or `...`.
    Len,
    /// What is assigned to.
    Lhs,
    /// A name that `:=` declares.
    Def,
    /// The type of an interface's method: always a function type.
    Method,
}

impl Role {
    /// Whether only a type may stand here.
    #[must_use]
    pub fn is_type(self) -> bool {
        use Role::{Embedded, LitType, Method, Receiver};
        self.takes_any_type()
            || self.is_constraint()
            || matches!(self, LitType | Embedded | Receiver | Method)
    }

    /// Whether an interface's element or a type parameter's constraint stands
    /// here.
    #[must_use]
    pub fn is_constraint(self) -> bool {
        matches!(self, Role::Constraint | Role::InterfaceElem)
    }

    /// Whether a type stands here, and syntax lets it be any type.
    #[must_use]
    pub fn takes_any_type(self) -> bool {
        matches!(self, Role::Type | Role::Rhs(_) | Role::TypeArg | Role::MapKey | Role::Used)
    }
}

/// Which list a [`Field`](super::super::Field) is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FieldRole {
    /// The receiver of a method.
    Receiver,
    /// Parameters.
    Param,
    /// Results.
    Result,
    /// Type parameters.
    TypeParam,
    /// The fields of a struct.
    Struct,
    /// The elements of an interface.
    Interface,
}

impl FieldRole {
    pub(super) fn name_role(self) -> NameRole {
        match self {
            FieldRole::Receiver | FieldRole::Param | FieldRole::Result => NameRole::Param,
            FieldRole::TypeParam => NameRole::TypeParam,
            FieldRole::Struct => NameRole::Field,
            FieldRole::Interface => NameRole::Method,
        }
    }

    pub(crate) fn type_role(self, embedded: bool) -> Role {
        match (self, embedded) {
            (FieldRole::Receiver, _) => Role::Receiver,
            (FieldRole::Param | FieldRole::Result, _) | (FieldRole::Struct, false) => Role::Type,
            (FieldRole::Struct, true) => Role::Embedded,
            (FieldRole::TypeParam, _) => Role::Constraint,
            (FieldRole::Interface, true) => Role::InterfaceElem,
            (FieldRole::Interface, false) => Role::Method,
        }
    }
}

/// What a function's type belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FuncRole {
    /// The declaration of a function.
    Func,
    /// The declaration of a method.
    Method,
    /// A method of an interface.
    InterfaceMethod,
    /// A function literal.
    FuncLit,
    /// A type expression.
    FuncType,
}

/// What a name that is not an expression is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NameRole {
    /// The name in the package clause.
    Package,
    /// The local name of an import, `.` or `_`.
    Import,
    /// Declares a constant or a variable.
    Value,
    /// Declares a type.
    Type,
    /// Declares a function.
    Func,
    /// Declares a method, on a type or in an interface.
    Method,
    /// Declares a field of a struct.
    Field,
    /// Declares a receiver, parameter or result.
    Param,
    /// Declares a type parameter.
    TypeParam,
    /// What a selector selects.
    Selector,
    /// Declares a label.
    Label,
    /// The label of a branch.
    LabelUse,
}

/// The role of what is indexed.
pub(super) fn operand_role(role: Role) -> Role {
    if role.is_type() { Role::Generic } else { Role::Operand }
}

/// The role of what a `*` applies to.
pub(super) fn inherit(role: Role) -> Role {
    match role {
        Role::Embedded | Role::Receiver | Role::Either => role,
        Role::LitType | Role::Method => Role::Type,
        _ if role.takes_any_type() || role.is_constraint() => Role::Type,
        // `(*T)(x)` and `(*T).m`: what stands in the parentheses.
        Role::Callee | Role::Operand => Role::Either,
        _ => Role::Value,
    }
}

/// The role of a call's first argument: `make` and `new` take a type. The
/// second one also takes a value since Go 1.26.
pub(super) fn arg_role(fun: &Expr) -> Role {
    match fun {
        Expr::Ident(f) if f.0 == "make" => Role::Used,
        Expr::Ident(f) if f.0 == "new" => Role::Either,
        _ => Role::Value,
    }
}
