//! Names declared twice in one scope.

use std::collections::BTreeSet;

use crate::edit::members::field_names;
use crate::edit::symbols::Symbols;
use crate::edit::walk::{Next, Site, walk};
use crate::goast::FieldRole;
use crate::goast::scope::{PackageScope, method_base};
use crate::goast::{Decl, Expr, Field, Ident, Spec};
use crate::testcase::TestCase;

/// Renames the second declaration of a name. Drops the second method, field or
/// interface method of a name, and methods that have a field's name.
pub(super) fn rename(case: &mut TestCase) {
    let symbols = Symbols::new(case);
    let mut extra = 0;
    for (p, package) in case.packages.iter_mut().enumerate() {
        let (mut seen, mut methods) = (BTreeSet::new(), BTreeSet::new());
        let scope = &symbols.packages[p].scope;
        let imported: BTreeSet<&String> =
            symbols.packages[p].files.iter().flat_map(|f| f.packages.keys()).collect();
        let mut fresh = |id: &mut Ident| {
            let fixed = matches!(id.0.as_str(), "_" | "init");
            if !fixed && (imported.contains(&id.0) || !seen.insert(id.0.clone())) {
                let stem = id.0.clone();
                while seen.contains(&id.0) || scope.objects.contains_key(&id.0) {
                    extra += 1;
                    id.0 = format!("{stem}d{extra}");
                }
                seen.insert(id.0.clone());
            }
        };
        for file in &mut package.files {
            file.tree.decls.retain_mut(|d| match d {
                Decl::FuncDecl(f) => match method_base(f) {
                    Some(base) => {
                        let base = declared(scope, base);
                        let field = scope.objects.get(base).is_some_and(|o| match &o.typ {
                            Some(Expr::StructType(s)) => {
                                s.fields.iter().any(|x| field_names(x).any(|n| n == f.name.0))
                            }
                            _ => false,
                        });
                        let new = methods.insert((base.to_owned(), f.name.0.clone()));
                        f.name.0 == "_" || (new && !field)
                    }
                    None => {
                        fresh(&mut f.name);
                        true
                    }
                },
                Decl::GenDecl(g) => {
                    for s in &mut g.specs {
                        match s {
                            Spec::TypeSpec(t) => fresh(&mut t.name),
                            Spec::ValueSpec(v) => v.names.iter_mut().for_each(&mut fresh),
                            Spec::ImportSpec(_) => {}
                        }
                    }
                    true
                }
            });
        }
    }
    walk(case, &symbols, |site, _| {
        if let Site::Fields(fields, list) = site {
            once(fields, list);
        }
        Next::In
    });
}

/// The type that a receiver's name stands for, after following aliases.
fn declared<'a>(scope: &'a PackageScope, mut base: &'a str) -> &'a str {
    for _ in 0..8 {
        match scope.objects.get(base).filter(|o| o.alias).and_then(|o| o.typ.as_ref()) {
            Some(Expr::Ident(id)) => base = &id.0,
            _ => break,
        }
    }
    base
}

/// Drops fields whose names are taken; names such parameters `_`.
fn once(fields: &mut Vec<Field>, list: FieldRole) {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    match list {
        FieldRole::Struct => fields.retain(|f| {
            let names: Vec<&str> = field_names(f).collect();
            let new = names.iter().all(|n| *n == "_" || !seen.contains(*n));
            seen.extend(names.into_iter().map(str::to_owned));
            new
        }),
        FieldRole::Interface => {
            fields.retain(|f| f.names.iter().all(|n| n.0 != "_" && seen.insert(n.0.clone())));
        }
        FieldRole::Receiver | FieldRole::Param | FieldRole::Result | FieldRole::TypeParam => {
            for f in fields {
                for n in &mut f.names {
                    if n.0 != "_" && !seen.insert(n.0.clone()) {
                        n.0 = "_".to_owned();
                    }
                }
            }
        }
    }
}
