//! What the generator knows about the types it has made.
//!
//! Types are hash-consed: the same structure has the same [`TypeId`], so type
//! identity is a comparison of numbers once aliases are resolved.

use std::rc::Rc;

use crate::goast::ChanDir;

/// A name from the pools of [`super::names`].
pub(super) type Name = &'static str;

/// A type in the [`World`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct TypeId(pub u32);

/// A type declaration in the [`World`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct DeclId(pub u32);

/// A type parameter in the [`World`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ParamId(pub u32);

/// The predeclared types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub(super) enum Basic {
    Bool,
    Int,
    Int8,
    Int32,
    Int64,
    Uint,
    Uint8,
    Float64,
    Complex128,
    String,
    Byte,
    Rune,
    /// `any`: an interface, predeclared.
    Any,
    /// `error`: an interface, predeclared.
    Error,
    /// `comparable`: a constraint only.
    Comparable,
}

impl Basic {
    /// The predeclared name.
    pub fn name(self) -> &'static str {
        match self {
            Basic::Bool => "bool",
            Basic::Int => "int",
            Basic::Int8 => "int8",
            Basic::Int32 => "int32",
            Basic::Int64 => "int64",
            Basic::Uint => "uint",
            Basic::Uint8 => "uint8",
            Basic::Float64 => "float64",
            Basic::Complex128 => "complex128",
            Basic::String => "string",
            Basic::Byte => "byte",
            Basic::Rune => "rune",
            Basic::Any => "any",
            Basic::Error => "error",
            Basic::Comparable => "comparable",
        }
    }

    /// Whether it is an interface.
    pub fn is_interface(self) -> bool {
        matches!(self, Basic::Any | Basic::Error | Basic::Comparable)
    }

    /// Whether `+` and `<` are defined on it.
    pub fn is_ordered(self) -> bool {
        !self.is_interface() && !matches!(self, Basic::Bool | Basic::Complex128)
    }

    /// Whether it has integer values.
    pub fn is_integer(self) -> bool {
        use Basic::{Byte, Int, Int8, Int32, Int64, Rune, Uint, Uint8};
        matches!(self, Int | Int8 | Int32 | Int64 | Uint | Uint8 | Byte | Rune)
    }
}

/// An array's length: how it is written, and its value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Len {
    /// A literal.
    Lit(u64),
    /// A package's constant, by package and index.
    Const(u8, u8),
    /// `unsafe.Sizeof((*T)(nil))`: 8 whatever `T` is.
    SizeofPointer(TypeId),
}

/// The structure of a type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Type {
    Basic(Basic),
    Param(ParamId),
    /// A declared type, or an instance of one; aliases too.
    Named(DeclId, Rc<[TypeId]>),
    Pointer(TypeId),
    Slice(TypeId),
    Array(Len, TypeId),
    Map(TypeId, TypeId),
    Chan(ChanDir, TypeId),
    Func(Rc<Sig>),
    Struct(Rc<[FieldVar]>),
    Interface(Rc<Iface>),
}

/// A function's parameters and results.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Sig {
    /// The last one is a slice if `variadic`.
    pub params: Vec<TypeId>,
    pub results: Vec<TypeId>,
    pub variadic: bool,
}

/// A field of a struct.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct FieldVar {
    pub name: Name,
    pub typ: TypeId,
    pub embedded: bool,
}

/// An interface.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Iface {
    pub methods: Vec<(Name, Rc<Sig>)>,
    /// Embedded interfaces.
    pub embeds: Vec<TypeId>,
    /// A union of terms, `~` or not; empty for none.
    pub terms: Vec<(bool, TypeId)>,
}

/// A type parameter.
#[derive(Clone, Debug)]
pub(super) struct Param {
    pub name: &'static str,
    /// An interface.
    pub constraint: TypeId,
}

/// The form of a declared type, known before its right-hand side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Struct,
    Interface,
    /// An interface that is a constraint only.
    Constraint,
    Basic,
    Pointer,
    Slice,
    Array,
    Map,
    Chan,
    Func,
    /// `type B A`
    Copy,
    Alias,
}

/// A declared type.
#[derive(Clone, Debug)]
pub(super) struct TypeDecl {
    pub package: u8,
    pub name: Name,
    pub kind: Kind,
    pub params: Rc<[ParamId]>,
    /// `None` until the right-hand side is made.
    pub rhs: Option<TypeId>,
    /// Whether its values may be compared, given comparable type arguments. This is decided before
    /// the right-hand side is made, which then complies with it.
    pub comparable: bool,
    /// Type arguments that grow (`L[[]P]`) go to lower levels only, so that no
    /// instantiation cycle arises.
    pub level: u8,
    pub methods: Vec<Method>,
}

/// A declared method; its signature is in terms of the type's own parameters.
#[derive(Clone, Debug)]
pub(super) struct Method {
    pub name: Name,
    pub pointer: bool,
    pub sig: Rc<Sig>,
    /// Type parameters of its own (Go 1.27).
    pub params: Vec<ParamId>,
}

/// A package-level function.
#[derive(Clone, Debug)]
pub(super) struct Function {
    pub package: u8,
    pub name: Name,
    pub params: Vec<ParamId>,
    pub sig: Rc<Sig>,
    /// Whether inference finds the type arguments from typed arguments.
    pub inferable: bool,
}

/// A package-level variable.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub package: u8,
    pub name: Name,
    pub typ: TypeId,
}

/// A package-level integer constant.
#[derive(Clone, Debug)]
pub(super) struct Constant {
    pub name: Name,
    pub value: u64,
}
