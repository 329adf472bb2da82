//! What a deletion takes with it: methods go with their type, operations with the objects
//! that they name, packages and imports with their last use.

use std::collections::BTreeSet;

use crate::edit::symbols::Symbols;
use crate::goast::scope::method_base;
use crate::goast::{Decl, Spec};
use crate::scenario::{INSTANCES, ObjectRef, Operand, Operation, Scenario};
use crate::testcase::TestCase;

/// Removes what refers to something that is gone.
pub(crate) fn tidy(case: &mut TestCase) {
    drop_methods(case);
    for file in case.packages.iter_mut().flat_map(|p| &mut p.files) {
        for decl in &mut file.tree.decls {
            if let Decl::GenDecl(g) = decl {
                g.grouped &= g.specs.len() != 1;
            }
        }
        file.tree.decls.retain(|d| !matches!(d, Decl::GenDecl(g) if g.specs.is_empty()));
    }
    drop_operations(case);
    crate::edit::repair::drop_unused_imports(case);
    drop_packages(case);
    drop_imports_of_nothing(case);
    for package in &mut case.packages {
        let whole = package.files.iter().any(|f| !f.tree.decls.is_empty());
        if whole {
            package.files.retain(|f| !f.tree.decls.is_empty());
        } else {
            package.files.truncate(1);
        }
    }
    case.packages.retain(|p| !p.files.is_empty());
}

fn drop_methods(case: &mut TestCase) {
    let symbols = Symbols::new(case);
    for (package, symbols) in case.packages.iter_mut().zip(&symbols.packages) {
        for file in &mut package.files {
            file.tree.decls.retain(|d| match d {
                Decl::FuncDecl(f) if f.recv.is_some() => {
                    method_base(f).is_some_and(|t| symbols.scope.objects.contains_key(t))
                }
                _ => true,
            });
        }
    }
}

/// The declared types that are not generic.
fn plain_types(case: &TestCase) -> BTreeSet<ObjectRef> {
    let mut out = BTreeSet::new();
    for package in &case.packages {
        for decl in package.files.iter().flat_map(|f| &f.tree.decls) {
            let Decl::GenDecl(g) = decl else { continue };
            for spec in &g.specs {
                if let Spec::TypeSpec(t) = spec
                    && t.type_params.is_empty()
                {
                    let (package, object) = (package.path.clone(), t.name.0.clone());
                    out.insert(ObjectRef { package, object });
                }
            }
        }
    }
    out
}

fn drop_operations(case: &mut TestCase) {
    let symbols = Symbols::new(case);
    let package = |path: &str| symbols.package(path);
    let object =
        |t: &ObjectRef| package(&t.package).is_some_and(|p| symbols.object(p, &t.object).is_some());
    let plain = plain_types(case);
    let stands = |op: &Operation| {
        op.objects().iter().all(object)
            && op.operands().into_iter().all(|operand| match operand {
                Operand::Walked(p) => p == INSTANCES || package(p).is_some(),
                Operand::Source(p) | Operand::Package(p) | Operand::Home(p) => package(p).is_some(),
                // The harness would silently take another object.
                Operand::Generic(t) => !plain.contains(t),
                _ => true,
            })
    };
    case.scenario.before.retain(stands);
    for operations in &mut case.scenario.go {
        operations.retain(stands);
    }
    case.scenario.go.retain(|operations| !operations.is_empty());
}

/// The packages that a scenario names.
pub(crate) fn named(scenario: &Scenario) -> BTreeSet<String> {
    scenario.operations().flat_map(Operation::packages).map(str::to_owned).collect()
}

/// Packages that no operation reaches do nothing.
fn drop_packages(case: &mut TestCase) {
    let mut reached = named(&case.scenario);
    let imports = case.imports();
    loop {
        let more: Vec<String> = imports
            .iter()
            .filter(|(p, _)| reached.contains(p))
            .flat_map(|(_, deps)| deps.iter().cloned())
            .filter(|d| !reached.contains(d))
            .collect();
        if more.is_empty() {
            break;
        }
        reached.extend(more);
    }
    if case.packages.iter().any(|p| reached.contains(&p.path)) {
        case.packages.retain(|p| reached.contains(&p.path));
    }
}

fn drop_imports_of_nothing(case: &mut TestCase) {
    let paths: BTreeSet<String> = case.packages.iter().map(|p| p.path.clone()).collect();
    for package in &mut case.packages {
        let own = package.path.clone();
        for file in &mut package.files {
            for decl in &mut file.tree.decls {
                if let Decl::GenDecl(g) = decl {
                    g.specs.retain(|s| match s {
                        Spec::ImportSpec(i) => {
                            i.path == "unsafe" || i.path != own && paths.contains(&i.path)
                        }
                        _ => true,
                    });
                }
            }
            file.tree.decls.retain(|d| !matches!(d, Decl::GenDecl(g) if g.specs.is_empty()));
        }
    }
}
