//! Instances made by hand, instead of the code that reaches them.

use super::super::reducer::{Edit, Reducer};
use crate::goast::{Decl, Spec};
use crate::scenario::{INSTANCES, ObjectRef, Operation, Order, Query};
use crate::testcase::TestCase;

/// Lets two goroutines only ask about an instance that was made before. This is the
/// shortest way to a type that is completed when it is first asked.
#[derive(Clone, Copy, Debug)]
pub struct Instances;

/// The generic types of all packages, with the number of their parameters.
fn generic(case: &TestCase) -> Vec<(ObjectRef, usize)> {
    let mut out = Vec::new();
    for package in &case.packages {
        let decls = package.files.iter().flat_map(|f| &f.tree.decls);
        let specs = decls.flat_map(|d| match d {
            Decl::GenDecl(g) => &g.specs[..],
            Decl::FuncDecl(_) => &[],
        });
        for spec in specs {
            let Spec::TypeSpec(t) = spec else { continue };
            let n = t.type_params.iter().map(|f| f.names.len()).sum();
            if n > 0 {
                let (package, object) = (package.path.clone(), t.name.0.clone());
                out.push((ObjectRef { package, object }, n));
            }
        }
    }
    out
}

/// Sets the scenario.
fn ask(case: &mut TestCase, target: ObjectRef, args: Vec<String>, query: Query) {
    let package = INSTANCES.to_owned();
    let walk = Operation::Walk { query, package, order: Order::Declared };
    case.scenario.before = vec![Operation::Instantiate { object: target, args, context: false }];
    case.scenario.go = vec![vec![walk.clone()], vec![walk]];
}

/// The same with nothing declared but that type and its methods.
fn alone(target: &ObjectRef, n: usize, query: Query) -> Edit {
    let (target, args) = (target.clone(), vec!["int".to_owned(); n]);
    Box::new(move |case| {
        let before = case.clone();
        ask(case, target.clone(), args.clone(), query);
        case.packages.retain(|p| p.path == target.package);
        for file in case.packages.iter_mut().flat_map(|p| &mut p.files) {
            for decl in &mut file.tree.decls {
                if let Decl::GenDecl(g) = decl {
                    g.specs.retain(|s| matches!(s, Spec::TypeSpec(t) if t.name.0 == target.object));
                }
            }
            file.tree.decls.retain(|d| match d {
                Decl::FuncDecl(f) => query == Query::Methods && f.recv.is_some(),
                Decl::GenDecl(g) => !g.specs.is_empty(),
            });
        }
        *case != before
    })
}

impl Reducer for Instances {
    fn name(&self) -> &'static str {
        "ask about instances"
    }

    fn edits(&self, case: &TestCase) -> Vec<Edit> {
        let mut out: Vec<Edit> = Vec::new();
        for (target, n) in generic(case) {
            for query in [Query::Underlying, Query::Methods, Query::Typeset] {
                let methods = query == Query::Methods;
                out.push(alone(&target, n, query));
                let (target, args) = (target.clone(), vec!["int".to_owned(); n]);
                out.push(Box::new(move |case| {
                    let before = case.scenario.clone();
                    ask(case, target.clone(), args.clone(), query);
                    let changed = case.scenario != before;
                    // The code that reached the instance is not needed any more.
                    for file in case.packages.iter_mut().flat_map(|p| &mut p.files) {
                        file.tree.decls.retain(|d| match d {
                            Decl::FuncDecl(f) => methods && f.recv.is_some(),
                            Decl::GenDecl(_) => true,
                        });
                    }
                    changed
                }));
            }
        }
        out
    }
}
