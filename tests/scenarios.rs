//! The golden test cases of tests/scenarios, one for every element of the
//! vocabulary. Here: there is one, and it says what it is named for. The
//! harness's end-to-end tests (TestGoldenScenarios) run them.

use std::fs;

use typerace::scenario::{ELEMENTS, Element, ElementKind, Pattern};
use typerace::testcase::SourceCase;

fn path(e: &Element) -> String {
    format!("tests/scenarios/{}_{}.txtar", e.kind.as_str(), e.name.replace(' ', "_"))
}

#[test]
fn every_element_has_a_golden_case_that_uses_it() {
    for e in &ELEMENTS {
        let path = path(e);
        let text = fs::read_to_string(&path).unwrap_or_else(|err| panic!("{path}: {err}"));
        let case = SourceCase::from_txtar(&text).unwrap_or_else(|err| panic!("{path}: {err}"));
        let scenario = case.scenario.unwrap();
        let uses = match e.kind {
            ElementKind::Order => scenario.orders().iter().any(|o| o.name() == e.name),
            ElementKind::Setting => scenario.settings().iter().any(|s| s.name() == e.name),
            // That a dependency is faulty, its check says: see TestGoldenScenarios.
            ElementKind::Pattern if e.name == Pattern::Faulty.name() => !scenario.before.is_empty(),
            ElementKind::Pattern => scenario.patterns().iter().any(|p| p.name() == e.name),
            ElementKind::Meet => scenario.meet.iter().any(|m| m.name() == e.name),
            _ => scenario.elements().iter().any(|u| u.kind == e.kind && u.name == e.name),
        };
        assert!(uses, "{path} does not use {}", e.name);
        // An element's class is not hidden by another one's.
        assert_eq!(scenario.class(), e.class, "{path}");
    }
}
