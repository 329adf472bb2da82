//! Dependencies checked from source.

use super::super::reducer::{Edit, Reducer};
use crate::edit::address;
use crate::edit::symbols::Symbols;
use crate::goast::build::{
    call, field, func_of, ident, instance, panic_body, selector, split_instance, star, struct_of,
    type_decl,
};
use crate::goast::{Decl, Expr, FuncDecl, Ident, Role, Spec, TypeSpec, VisitorMut, walk};
use crate::scenario::Import;
use crate::testcase::TestCase;

/// Replaces an importer that builds packages by hand, or reads export data, by one that
/// checks source. There, an instance that a variable has is expanded while it is
/// checked; so the variable gets a type whose field, or method's result, comes to be that
/// instance by substitution, and is expanded by who asks first.
#[derive(Clone, Copy, Debug)]
pub struct Source;

/// How the instance is reached.
#[derive(Clone, Copy)]
enum Through {
    Field,
    Pointer,
    Result,
}

fn wrapper(name: &str, generic: &Expr, args: usize, through: Through) -> Vec<Decl> {
    let inner = instance(generic.clone(), vec![ident("P"); args]);
    let typ = match through {
        Through::Field => struct_of(vec![field("F", inner.clone())]),
        Through::Pointer => struct_of(vec![field("F", star(inner.clone()))]),
        Through::Result => ident("int"),
    };
    let mut out = vec![type_decl(TypeSpec {
        name: Ident(name.to_owned()),
        type_params: vec![field("P", ident("any"))],
        assign: false,
        typ,
    })];
    if matches!(through, Through::Result) {
        out.push(Decl::FuncDecl(FuncDecl {
            recv: Some(vec![field("_", instance(ident(name), vec![ident("P")]))]),
            name: Ident("F".to_owned()),
            typ: func_of(Vec::new(), vec![inner]),
            body: Some(panic_body()),
        }));
    }
    out
}

/// Puts the way to the instance behind every use of the variable, told by its name: where
/// another object has it, the candidate is no good, and nothing is lost.
struct Uses<'a> {
    name: &'a str,
    /// Whether it is the variable's own package.
    own: bool,
    through: Through,
}

impl VisitorMut for Uses<'_> {
    fn expr(&mut self, e: &mut Expr, role: Role) {
        // What is inside first, as it is inside the new expression too.
        walk::walk_expr_mut(self, e, role);
        let is = match e {
            Expr::Ident(id) => self.own && role != Role::LitKey && id.0 == self.name,
            Expr::SelectorExpr(s) => {
                !self.own && s.sel.0 == self.name && matches!(*s.x, Expr::Ident(_))
            }
            _ => false,
        };
        if is {
            let f = selector(e.clone(), "F");
            *e = match self.through {
                Through::Result => call(f, Vec::new()),
                _ => f,
            };
        }
    }
}

impl Reducer for Source {
    fn name(&self) -> &'static str {
        "import from source"
    }

    fn edits(&self, case: &TestCase) -> Vec<Edit> {
        let mut out: Vec<Edit> = Vec::new();
        if case.scenario.import == Import::Source {
            return out;
        }
        for at in address::all(case) {
            let Some(Decl::GenDecl(g)) = address::decl(case, at) else { continue };
            let Some(Spec::ValueSpec(v)) = g.specs.get(at.spec) else { continue };
            let ([name], Some(typ)) = (&v.names[..], &v.typ) else { continue };
            let (generic, args) = split_instance(typ);
            let Some(arg) = args.first().map(|a| (*a).clone()) else { continue };
            for through in [Through::Field, Through::Pointer, Through::Result] {
                let (name, generic, n, arg) =
                    (name.0.clone(), generic.clone(), args.len(), arg.clone());
                out.push(Box::new(move |case| {
                    let symbols = Symbols::new(case);
                    let wrap = match symbols.object(at.package, "W") {
                        None => "W".to_owned(),
                        Some(_) => symbols.fresh("W"),
                    };
                    for (p, package) in case.packages.iter_mut().enumerate() {
                        let own = p == at.package;
                        let mut uses = Uses { name: &name, own, through };
                        package
                            .files
                            .iter_mut()
                            .for_each(|f| walk::walk_file_mut(&mut uses, &mut f.tree));
                    }
                    let Some(Decl::GenDecl(g)) = address::decl_mut(case, at) else { return false };
                    let Some(Spec::ValueSpec(v)) = g.specs.get_mut(at.spec) else { return false };
                    v.typ = Some(instance(ident(&wrap), vec![arg.clone()]));
                    v.values.clear();
                    let decls = wrapper(&wrap, &generic, n, through);
                    case.packages[at.package].files[at.file].tree.decls.extend(decls);
                    case.scenario.import = Import::Source;
                    true
                }));
            }
        }
        out
    }
}
