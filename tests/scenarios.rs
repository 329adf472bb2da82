//! The golden test cases of tests/scenarios, one for every element of the vocabulary. The tests
//! here check that each exists and uses the element that it is named for. The harness's end-to-end
//! tests (TestGoldenScenarios) run them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

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
            // Only the check can tell that a dependency is faulty: see TestGoldenScenarios.
            ElementKind::Pattern if e.name == Pattern::Faulty.name() => !scenario.before.is_empty(),
            ElementKind::Pattern => scenario.patterns().iter().any(|p| p.name() == e.name),
            ElementKind::Meet => scenario.meet.iter().any(|m| m.name() == e.name),
            _ => scenario.elements().iter().any(|u| u.kind == e.kind && u.name == e.name),
        };
        assert!(uses, "{path} does not use {}", e.name);
        // An element's class must not be hidden by that of another element.
        assert_eq!(scenario.class(), e.class, "{path}");
    }
}

#[test]
fn every_quote_of_go_types_stands_there() {
    let output = Command::new("go").args(["env", "GOROOT"]).output().expect("go on PATH");
    let goroot = String::from_utf8(output.stdout).unwrap();
    let quotes: BTreeSet<_> = ELEMENTS.iter().map(|e| (e.rule.place, e.rule.says)).collect();
    let mut checked = 0;
    for package in ["go/types", "go/token"] {
        let text = comments(&Path::new(goroot.trim()).join("src").join(package));
        for (place, says) in quotes.iter().filter(|(p, _)| p.starts_with(package)) {
            // Info's rule is quoted from another document, which its place names.
            assert!(text.contains(&says.replace(['[', ']'], "")), "{place}: {says}");
            checked += 1;
        }
    }
    assert!(checked >= 9, "{checked} quotes");
}

/// A package's comments with single spaces and without the brackets of links.
fn comments(dir: &Path) -> String {
    let mut words = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "go") {
            let text = fs::read_to_string(&path).unwrap();
            for line in text.lines().filter_map(|l| l.trim().strip_prefix("//")) {
                words.extend(line.replace(['[', ']'], "").split_whitespace().map(str::to_owned));
            }
        }
    }
    words.join(" ")
}
