//! The result of each reducer on a test case: the text before and after. All of the results must be
//! smaller.

use std::fmt::Write as _;

use super::names::{name_files, renamings};
use super::tidy::tidy;
use super::{Size, apply, reducers};
use crate::edit::test_support::{diff, sample, text};
use crate::goast::build::{ident, instance, var_decl};
use crate::testcase::TestCase;

/// The sample, extended for reducers of scenarios and files.
fn rich() -> TestCase {
    let mut case = sample();
    let mut scenario = crate::scenario::Scenario::parse(
        "share context\nshare importer\nimport export\nmeet import\nprocs 2\nrounds 8\ngodebug gotypesalias=0\n\
         schedule seed 7\noracle sequential\n",
    )
    .unwrap()
    .unwrap();
    scenario.before.clone_from(&case.scenario.before);
    scenario.go.clone_from(&case.scenario.go);
    let third = scenario.go[0].clone();
    scenario.go.push(third);
    case.scenario = scenario;
    // An instance that is a variable's type.
    let list = instance(ident("List"), vec![ident("int")]);
    let lib = case.packages.iter_mut().find(|p| p.path == "lib").unwrap();
    lib.files[0].tree.decls.insert(1, var_decl("Cached", list));
    let mut second = case.packages[0].files[0].clone();
    second.name = "second.go".to_owned();
    second.tree.decls = vec![case.packages[0].files[0].tree.decls.pop().unwrap()];
    case.packages[0].files.push(second);
    case
}

fn of(case: &TestCase) -> Size {
    Size::of(case, &text(case))
}

#[test]
fn every_reducer_has_an_example_and_only_makes_smaller() {
    let mut case = rich();
    tidy(&mut case);
    // The reducers that find nothing in it are about evaluations.
    let mut evaluating = case.clone();
    let evaluation = crate::scenario::Operation::Eval {
        package: "lib".to_owned(),
        place: Some(3),
        expr: "func(p List[int]) { _ = p; _ = []Shape{} }".to_owned(),
    };
    evaluating.scenario.go[0].push(evaluation);
    let mut names = std::collections::BTreeSet::new();
    for reducer in reducers() {
        assert!(names.insert(reducer.name()), "two are called {}", reducer.name());
        let case = if reducer.edits(&case).is_empty() { &evaluating } else { &case };
        let before = text(case);
        let edits = reducer.edits(case);
        let smaller: Vec<TestCase> = edits.iter().filter_map(|e| apply(case, e)).collect();
        assert!(!smaller.is_empty(), "{} finds nothing in:\n{before}", reducer.name());
        for new in &smaller {
            assert!(of(new) < of(case), "{}:\n{}", reducer.name(), text(new));
        }
        // The same edits give the same result, so the choice of a search can be repeated.
        let again = reducer.edits(case);
        assert_eq!(again.len(), edits.len());
        assert_eq!(again.iter().find_map(|e| apply(case, e)).as_ref(), smaller.first());
        let mut out = String::new();
        for i in [0, smaller.len() / 2] {
            writeln!(out, "{} of {}:\n{}", i + 1, smaller.len(), diff(&before, &text(&smaller[i])))
                .unwrap();
        }
        insta::assert_snapshot!(reducer.name().replace(' ', "_"), out);
    }
}

#[test]
fn a_cut_takes_along_what_hangs_on_it() {
    let mut case = rich();
    // Without its first package, everything that needs it dangles; tidying finishes in one pass.
    case.packages.remove(0);
    tidy(&mut case);
    let once = case.clone();
    tidy(&mut case);
    assert_eq!(text(&case), text(&once));
    for (path, _) in case.imports() {
        assert!(case.packages.iter().any(|p| p.path == path));
    }
}

#[test]
fn names_become_short() {
    let case = sample();
    let mut new = case.clone();
    for renaming in renamings(&case) {
        renaming(&mut new);
    }
    name_files(&mut new);
    insta::assert_snapshot!("names", diff(&text(&case), &text(&new)));
    // A second pass changes nothing.
    let mut again = new.clone();
    for renaming in renamings(&new) {
        renaming(&mut again);
    }
    assert_eq!(text(&again), text(&new));
}
