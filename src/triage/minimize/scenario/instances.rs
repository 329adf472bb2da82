//! Instances made by hand instead of what reaches them.

use super::super::reducer::{Edit, Reducer};
use crate::goast::{Decl, Spec};
use crate::scenario::{INSTANCES, Operation, Order, Query, Target};
use crate::testcase::TestCase;

/// Has two goroutines ask about an instance that was made before, in the place of
/// everything that they did: the shortest way to a type that is completed when it is
/// first asked, from whatever test case it was found with.
#[derive(Clone, Copy, Debug)]
pub struct Instances;

/// The generic types of all packages, with the number of their parameters.
fn generic(case: &TestCase) -> Vec<(Target, usize)> {
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
                out.push((Target { package, object }, n));
            }
        }
    }
    out
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
                let (target, args) = (target.clone(), vec!["int".to_owned(); n]);
                out.push(Box::new(move |case| {
                    let (target, args) = (target.clone(), args.clone());
                    let s = &mut case.scenario;
                    let before = s.clone();
                    s.before = vec![Operation::Instantiate { target, args, context: false }];
                    let package = INSTANCES.to_owned();
                    let walk = Operation::Walk { query, package, order: Order::Declared };
                    s.go = vec![vec![walk.clone()], vec![walk]];
                    let changed = *s != before;
                    // What reached the instance is not needed any more.
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
