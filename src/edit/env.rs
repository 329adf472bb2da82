//! The names that are in scope at a place in a test case.

use super::symbols::{Imports, PackageSymbols, Symbols};
use crate::goast::Expr;
use crate::goast::build::{ident, selector};
use crate::goast::scope::{Object, ObjectKind, is_exported, universe};

/// A name declared inside a declaration.
#[derive(Clone, Debug)]
pub(crate) struct Local {
    pub name: String,
    pub kind: ObjectKind,
    /// A type parameter's constraint, a variable's type where it is written.
    pub typ: Option<Expr>,
    /// How many type parameters a local type has.
    pub arity: usize,
}

/// Where a walk is, and which names it sees there.
#[derive(Clone, Debug)]
pub(crate) struct Env<'s> {
    pub symbols: &'s Symbols,
    pub package: usize,
    pub file: usize,
    /// Index of the declaration in its file.
    pub decl: usize,
    /// Innermost last.
    pub locals: Vec<Local>,
    /// Whether the place is in a function's body.
    pub in_body: bool,
    /// The name of the type, function, method or interface method whose
    /// declaration it is.
    pub owner: Option<String>,
    /// How many expressions and statement lists are around the place.
    pub depth: usize,
}

/// What a name refers to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Found<'a> {
    Local(&'a Local),
    /// An object of the package of that index.
    Object(usize, &'a Object),
    Package(usize),
    /// A package, or an object of one, outside the test case.
    Foreign,
    Universe(ObjectKind),
}

impl Found<'_> {
    /// What sort of thing it is; `None` if that cannot be known.
    pub fn kind(&self) -> Option<ObjectKind> {
        match self {
            Found::Local(l) => Some(l.kind),
            Found::Object(_, o) => Some(o.kind),
            Found::Package(_) => Some(ObjectKind::PkgName),
            Found::Foreign => None,
            Found::Universe(k) => Some(*k),
        }
    }

    /// How many type parameters it has.
    pub fn arity(&self) -> usize {
        match self {
            Found::Local(l) => l.arity,
            Found::Object(_, o) => o.type_params.len(),
            _ => 0,
        }
    }
}

/// A name in scope, and how to write it.
#[derive(Clone, Debug)]
pub(crate) struct Choice<'a> {
    /// The name, qualified where it must be, without type arguments.
    pub expr: Expr,
    /// Package and object; `None` for locals and the universe.
    pub object: Option<(usize, &'a Object)>,
    pub kind: ObjectKind,
    pub arity: usize,
    /// Whether it may be used only as a constraint.
    pub constraint: bool,
}

impl<'s> Env<'s> {
    pub fn new(symbols: &'s Symbols, package: usize, file: usize) -> Self {
        let locals = Vec::new();
        Self { symbols, package, file, decl: 0, locals, in_body: false, owner: None, depth: 0 }
    }

    pub fn package(&self) -> &'s PackageSymbols {
        &self.symbols.packages[self.package]
    }

    pub fn imports(&self) -> Option<&'s Imports> {
        self.package().files.get(self.file)
    }

    /// What an identifier refers to.
    pub fn lookup(&self, name: &str) -> Option<Found<'_>> {
        if let Some(l) = self.locals.iter().rev().find(|l| l.name == name) {
            return Some(Found::Local(l));
        }
        if let Some(o) = self.package().scope.objects.get(name) {
            return Some(Found::Object(self.package, o));
        }
        if let Some(imports) = self.imports() {
            if let Some(&p) = imports.packages.get(name) {
                return Some(Found::Package(p));
            }
            if imports.foreign.contains_key(name) {
                return Some(Found::Foreign);
            }
            for &p in &imports.dots {
                if let Some(o) = self.symbols.object(p, name).filter(|_| is_exported(name)) {
                    return Some(Found::Object(p, o));
                }
            }
        }
        universe(name).map(Found::Universe)
    }

    /// What `x` or `p.x` refers to; `None` if it is neither or unknown.
    pub fn resolve(&self, e: &Expr) -> Option<Found<'_>> {
        match e {
            Expr::Ident(id) => self.lookup(&id.0),
            Expr::ParenExpr(p) => self.resolve(&p.x),
            Expr::SelectorExpr(s) => {
                let Expr::Ident(x) = &*s.x else { return None };
                match self.lookup(&x.0)? {
                    Found::Package(p) => {
                        let o = self.symbols.object(p, &s.sel.0)?;
                        is_exported(&s.sel.0).then_some(Found::Object(p, o))
                    }
                    Found::Foreign => Some(Found::Foreign),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Whether an expression stands for a type.
    pub fn is_type(&self, e: &Expr) -> bool {
        match e {
            Expr::Ident(_) | Expr::SelectorExpr(_) => match self.resolve(e) {
                Some(Found::Foreign) => {
                    matches!(e, Expr::SelectorExpr(s) if s.sel.0 == "Pointer")
                }
                Some(found) => found.kind().is_some_and(ObjectKind::is_type),
                None => false,
            },
            Expr::ParenExpr(p) => self.is_type(&p.x),
            Expr::StarExpr(s) => self.is_type(&s.x),
            Expr::IndexExpr(i) => self.is_type(&i.x),
            Expr::IndexListExpr(i) => self.is_type(&i.x),
            Expr::ArrayType(_)
            | Expr::StructType(_)
            | Expr::FuncType(_)
            | Expr::InterfaceType(_)
            | Expr::MapType(_)
            | Expr::ChanType(_) => true,
            _ => false,
        }
    }

    /// Every name in scope except packages and predeclared names, locals first.
    /// The order is fixed.
    pub fn choices(&self) -> Vec<Choice<'s>> {
        let mut out: Vec<Choice<'s>> = Vec::new();
        let mut shadowed: Vec<&str> = Vec::new();
        for l in self.locals.iter().rev() {
            if l.name == "_" || shadowed.contains(&l.name.as_str()) {
                continue;
            }
            shadowed.push(&l.name);
            out.push(Choice {
                expr: ident(&l.name),
                object: None,
                kind: l.kind,
                arity: l.arity,
                constraint: false,
            });
        }
        let choice = |p: usize, o: &'s Object, expr: Expr| Choice {
            expr,
            object: Some((p, o)),
            kind: o.kind,
            arity: o.type_params.len(),
            constraint: o.constraint,
        };
        for (name, o) in &self.package().scope.objects {
            if !shadowed.contains(&name.as_str()) {
                out.push(choice(self.package, o, ident(name)));
            }
        }
        if let Some(imports) = self.imports() {
            for (local, &p) in &imports.packages {
                if shadowed.contains(&local.as_str()) {
                    continue;
                }
                let objects = &self.symbols.packages[p].scope.objects;
                for (name, o) in objects.iter().filter(|(n, _)| is_exported(n)) {
                    out.push(choice(p, o, selector(ident(local), name)));
                }
            }
        }
        out
    }
}
