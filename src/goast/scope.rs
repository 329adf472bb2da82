//! What names mean: the universe, the objects of a package, the names that a
//! file imports.
//!
//! This is a table of declarations, not a type checker: it knows kinds,
//! arities and right-hand sides, which is what it takes to pick a name that
//! fits a place.

use std::collections::BTreeMap;

use super::{Decl, DeclTok, Expr, Field, File, FuncDecl, Spec, Token, TypeSpec};

/// What sort of thing a name is, as `go/types` objects are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    /// A type, defined or alias.
    TypeName,
    /// A type parameter.
    TypeParam,
    /// A function.
    Func,
    /// A variable, parameter or result.
    Var,
    /// A constant.
    Const,
    /// An imported package.
    PkgName,
    /// A built-in function.
    Builtin,
    /// `nil`.
    Nil,
}

impl ObjectKind {
    /// Whether the name stands for a type.
    #[must_use]
    pub fn is_type(self) -> bool {
        matches!(self, ObjectKind::TypeName | ObjectKind::TypeParam)
    }

    /// Whether the name stands for a value that an expression can use.
    #[must_use]
    pub fn is_value(self) -> bool {
        matches!(self, ObjectKind::Func | ObjectKind::Var | ObjectKind::Const | ObjectKind::Nil)
    }
}

/// An object in a package's scope.
#[derive(Clone, Debug)]
pub struct Object {
    /// What it is.
    pub kind: ObjectKind,
    /// Whether it is an alias declaration.
    pub alias: bool,
    /// Its type parameters, one entry a name: name and constraint.
    pub type_params: Vec<(String, Expr)>,
    /// The right-hand side of a type, the written type of a variable or
    /// constant, the function type of a function.
    pub typ: Option<Expr>,
    /// Whether it is an interface that only a constraint may be.
    pub constraint: bool,
    /// The indices of its file and declaration.
    pub at: (usize, usize),
}

/// The objects of one package, and the methods declared on its types.
#[derive(Clone, Debug, Default)]
pub struct PackageScope {
    /// By name.
    pub objects: BTreeMap<String, Object>,
    /// Methods by receiver base type and name.
    pub methods: BTreeMap<String, BTreeMap<String, Method>>,
}

/// A declared method.
#[derive(Clone, Debug)]
pub struct Method {
    /// Its function type.
    pub typ: Expr,
    /// Whether the receiver is a pointer.
    pub pointer: bool,
}

/// Predeclared types that are neither constraints nor generic.
pub const BASIC_TYPES: &[&str] = &[
    "any",
    "bool",
    "byte",
    "complex128",
    "complex64",
    "error",
    "float32",
    "float64",
    "int",
    "int16",
    "int32",
    "int64",
    "int8",
    "rune",
    "string",
    "uint",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "uintptr",
];

const BUILTINS: &[&str] = &[
    "append", "cap", "clear", "close", "complex", "copy", "delete", "imag", "len", "make", "max",
    "min", "new", "panic", "print", "println", "real", "recover",
];

/// What a name means in the universe scope.
#[must_use]
pub fn universe(name: &str) -> Option<ObjectKind> {
    match name {
        "comparable" => Some(ObjectKind::TypeName),
        "true" | "false" | "iota" => Some(ObjectKind::Const),
        "nil" => Some(ObjectKind::Nil),
        _ if BASIC_TYPES.binary_search(&name).is_ok() => Some(ObjectKind::TypeName),
        _ if BUILTINS.binary_search(&name).is_ok() => Some(ObjectKind::Builtin),
        _ => None,
    }
}

/// Whether other packages see the name.
#[must_use]
pub fn is_exported(name: &str) -> bool {
    name.chars().next().is_some_and(char::is_uppercase)
}

/// The base type's name of a receiver `T`, `*T`, `T[P]`, `*T[P, Q]`.
#[must_use]
pub fn receiver_base(typ: &Expr) -> Option<&str> {
    match typ {
        Expr::Ident(id) => Some(&id.0),
        Expr::StarExpr(s) => receiver_base(&s.x),
        Expr::ParenExpr(p) => receiver_base(&p.x),
        Expr::IndexExpr(i) => receiver_base(&i.x),
        Expr::IndexListExpr(i) => receiver_base(&i.x),
        _ => None,
    }
}

/// The names that a receiver gives to its type's parameters.
#[must_use]
pub fn receiver_type_params(typ: &Expr) -> Vec<String> {
    let name = |e: &Expr| match e {
        Expr::Ident(id) => Some(id.0.clone()),
        _ => None,
    };
    match typ {
        Expr::StarExpr(s) => receiver_type_params(&s.x),
        Expr::ParenExpr(p) => receiver_type_params(&p.x),
        Expr::IndexExpr(i) => name(&i.index).into_iter().collect(),
        Expr::IndexListExpr(i) => i.indices.iter().filter_map(name).collect(),
        _ => Vec::new(),
    }
}

/// The base type's name of a method; `None` of a function.
#[must_use]
pub fn method_base(f: &FuncDecl) -> Option<&str> {
    receiver_base(&f.recv.as_ref()?.first()?.typ)
}

/// One entry for each name of a field list.
#[must_use]
pub fn flatten(fields: &[Field]) -> Vec<(String, Expr)> {
    let each = |f: &Field| f.names.iter().map(|n| (n.0.clone(), f.typ.clone())).collect::<Vec<_>>();
    fields.iter().flat_map(each).collect()
}

/// How many parameters a field list declares, named or not.
#[must_use]
pub fn count(fields: &[Field]) -> usize {
    fields.iter().map(|f| f.names.len().max(1)).sum()
}

impl PackageScope {
    /// The scope of a package of these files. Of two declarations of a name
    /// the first counts.
    #[must_use]
    pub fn new<'a>(files: impl IntoIterator<Item = &'a File>) -> Self {
        let mut scope = Self::default();
        for (f, file) in files.into_iter().enumerate() {
            for (d, decl) in file.decls.iter().enumerate() {
                scope.declare(decl, (f, d));
            }
        }
        scope.find_constraints();
        scope
    }

    fn declare(&mut self, decl: &Decl, at: (usize, usize)) {
        let plain = |kind, typ: Option<Expr>| Object {
            kind,
            alias: false,
            type_params: Vec::new(),
            typ,
            constraint: false,
            at,
        };
        match decl {
            Decl::FuncDecl(f) if f.recv.is_some() => {
                if let Some(base) = method_base(f) {
                    let methods = self.methods.entry(base.to_owned()).or_default();
                    let recv = f.recv.iter().flatten().next();
                    let pointer = recv.is_some_and(|r| matches!(r.typ, Expr::StarExpr(_)));
                    let method = Method { typ: Expr::FuncType(f.typ.clone()), pointer };
                    methods.insert(f.name.0.clone(), method);
                }
            }
            Decl::FuncDecl(f) => {
                if f.name.0 != "init" && f.name.0 != "_" {
                    let object = Object {
                        type_params: flatten(&f.typ.type_params),
                        ..plain(ObjectKind::Func, Some(Expr::FuncType(f.typ.clone())))
                    };
                    self.objects.entry(f.name.0.clone()).or_insert(object);
                }
            }
            Decl::GenDecl(g) => {
                for spec in &g.specs {
                    match spec {
                        Spec::ImportSpec(_) => {}
                        Spec::TypeSpec(t) if t.name.0 != "_" => {
                            let object = type_object(t, at);
                            self.objects.entry(t.name.0.clone()).or_insert(object);
                        }
                        Spec::TypeSpec(_) => {}
                        Spec::ValueSpec(v) => {
                            let kind = if g.tok == DeclTok::Const {
                                ObjectKind::Const
                            } else {
                                ObjectKind::Var
                            };
                            for name in v.names.iter().filter(|n| n.0 != "_") {
                                let object = plain(kind, v.typ.clone());
                                self.objects.entry(name.0.clone()).or_insert(object);
                            }
                        }
                    }
                }
            }
        }
    }

    /// Interfaces become constraints through what they embed: repeated until
    /// nothing changes.
    fn find_constraints(&mut self) {
        loop {
            let found: Vec<String> = self
                .objects
                .iter()
                .filter(|(_, o)| o.kind == ObjectKind::TypeName && !o.constraint)
                .filter(|(_, o)| o.typ.as_ref().is_some_and(|t| self.only_constraint(t)))
                .map(|(n, _)| n.clone())
                .collect();
            if found.is_empty() {
                return;
            }
            for name in found {
                if let Some(o) = self.objects.get_mut(&name) {
                    o.constraint = true;
                }
            }
        }
    }

    /// Whether a type expression is an interface that only constraints may be.
    #[must_use]
    pub fn only_constraint(&self, typ: &Expr) -> bool {
        match typ {
            Expr::Ident(id) => {
                id.0 == "comparable" || self.objects.get(&id.0).is_some_and(|o| o.constraint)
            }
            Expr::ParenExpr(p) => self.only_constraint(&p.x),
            Expr::IndexExpr(i) => self.only_constraint(&i.x),
            Expr::IndexListExpr(i) => self.only_constraint(&i.x),
            Expr::BinaryExpr(b) => b.op == Token::Or,
            Expr::UnaryExpr(u) => u.op == Token::Tilde,
            Expr::InterfaceType(i) => i
                .methods
                .iter()
                .filter(|m| m.names.is_empty())
                .any(|m| self.only_constraint(&m.typ) || !self.may_be_interface(&m.typ, 8)),
            _ => false,
        }
    }

    /// Whether a type may be an interface: unknown names count as ones.
    fn may_be_interface(&self, typ: &Expr, depth: u32) -> bool {
        match typ {
            Expr::Ident(id) => match self.objects.get(&id.0) {
                Some(o) if depth > 0 => {
                    o.typ.as_ref().is_none_or(|t| self.may_be_interface(t, depth - 1))
                }
                Some(_) => true,
                None => {
                    BASIC_TYPES.binary_search(&id.0.as_str()).is_err()
                        || matches!(id.0.as_str(), "any" | "error")
                }
            },
            Expr::ParenExpr(p) => self.may_be_interface(&p.x, depth),
            Expr::IndexExpr(i) => self.may_be_interface(&i.x, depth),
            Expr::IndexListExpr(i) => self.may_be_interface(&i.x, depth),
            Expr::SelectorExpr(_) | Expr::InterfaceType(_) => true,
            _ => false,
        }
    }
}

fn type_object(t: &TypeSpec, at: (usize, usize)) -> Object {
    Object {
        kind: ObjectKind::TypeName,
        alias: t.assign,
        type_params: flatten(&t.type_params),
        typ: Some(t.typ.clone()),
        constraint: false,
        at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(BASIC_TYPES.is_sorted());
        assert!(BUILTINS.is_sorted());
    }

    #[test]
    fn universe_knows_kinds() {
        assert_eq!(universe("int"), Some(ObjectKind::TypeName));
        assert_eq!(universe("comparable"), Some(ObjectKind::TypeName));
        assert_eq!(universe("nil"), Some(ObjectKind::Nil));
        assert_eq!(universe("make"), Some(ObjectKind::Builtin));
        assert_eq!(universe("Foo"), None);
    }
}
