//! The named objects of given packages, as scenarios refer to them. They are
//! read off the trees, so that mutated and imported programs have them too.

use crate::goast::{Decl, DeclTok, Expr, Field, Spec, Token};
use crate::testcase::Package;

/// What a scenario can name in a package.
#[derive(Clone, Debug, Default)]
pub(super) struct Objects {
    pub path: String,
    /// Whether another package of the program imports it.
    pub imported: bool,
    pub types: Vec<Generic>,
    pub funcs: Vec<Generic>,
    /// Variables, and functions without type parameters.
    pub values: Vec<String>,
}

/// An object with its type parameters' constraints, if it has any.
#[derive(Clone, Debug)]
pub(super) struct Generic {
    pub name: String,
    pub params: Vec<Constraint>,
}

/// What the syntax of a constraint shows.
#[derive(Clone, Debug)]
pub(super) enum Constraint {
    Any,
    Comparable,
    /// This type is in its type set.
    Basic(String),
    /// Methods, or a declared constraint.
    Methods,
}

/// The objects of each package.
pub(super) fn objects(packages: &[Package]) -> Vec<Objects> {
    packages.iter().map(|p| of_package(p, packages)).collect()
}

fn of_package(p: &Package, all: &[Package]) -> Objects {
    let imported =
        all.iter().flat_map(|q| &q.files).any(|f| f.tree.imports().any(|i| i.path == p.path));
    let mut out = Objects { path: p.path.clone(), imported, ..Objects::default() };
    for d in p.files.iter().flat_map(|f| &f.tree.decls) {
        match d {
            Decl::GenDecl(g) => {
                for s in &g.specs {
                    match s {
                        Spec::TypeSpec(t) if t.name.0 != "_" => out.types.push(Generic {
                            name: t.name.0.clone(),
                            params: constraints(&t.type_params),
                        }),
                        Spec::ValueSpec(v) if g.tok == DeclTok::Var => {
                            let named = v.names.iter().filter(|n| n.0 != "_");
                            out.values.extend(named.map(|n| n.0.clone()));
                        }
                        _ => {}
                    }
                }
            }
            Decl::FuncDecl(f) if f.recv.is_none() && f.name.0 != "_" && f.name.0 != "init" => {
                let params = constraints(&f.typ.type_params);
                if params.is_empty() {
                    out.values.push(f.name.0.clone());
                }
                out.funcs.push(Generic { name: f.name.0.clone(), params });
            }
            Decl::FuncDecl(_) => {}
        }
    }
    out
}

fn constraints(params: &[Field]) -> Vec<Constraint> {
    params.iter().flat_map(|f| f.names.iter().map(|_| constraint(&f.typ))).collect()
}

fn constraint(e: &Expr) -> Constraint {
    match e {
        Expr::Ident(n) if n.0 == "any" => Constraint::Any,
        Expr::Ident(n) if n.0 == "comparable" => Constraint::Comparable,
        Expr::BinaryExpr(x) if x.op == Token::Or => constraint(&x.x),
        Expr::UnaryExpr(x) if x.op == Token::Tilde => match &*x.x {
            Expr::Ident(n) => Constraint::Basic(n.0.clone()),
            Expr::ArrayType(_) => Constraint::Basic("[]int".to_owned()),
            _ => Constraint::Any,
        },
        Expr::InterfaceType(i) => match &i.methods[..] {
            [] => Constraint::Any,
            [only] if only.names.is_empty() => constraint(&only.typ),
            _ => Constraint::Methods,
        },
        Expr::Ident(n) if n.0.starts_with(|c: char| c.is_ascii_lowercase()) => {
            Constraint::Basic(n.0.clone())
        }
        _ => Constraint::Methods,
    }
}
