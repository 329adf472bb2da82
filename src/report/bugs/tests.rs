use std::cell::OnceCell;

use super::*;
use crate::finding::test_support::fatal;
use crate::finding::{Finding, Instead, Kind, OnRelease, Root as FindingRoot, RootBy};
use crate::scenario::Class;

fn entry(id: &str, root: Option<&str>, known: &Known) -> Entry {
    let mut f = Finding { kind: Kind::Panic, ..fatal("x") };
    (f.id, f.signature) = (id.to_owned(), format!("panic: {id}: go/types.f"));
    (f.title, f.class) = (format!("panic: {id}"), Class::Bug);
    f.origin.go_version = "go1.27.3".to_owned();
    f.confirmed = true;
    f.root = root.map(|id| FindingRoot {
        id: id.to_owned(),
        title: format!("crash when {id} happens"),
        issues: Vec::new(),
        by: RootBy::Patch,
        tried: serde_json::from_value(serde_json::json!([{ "patch": id, "seen": 0, "runs": 10 }]))
            .unwrap(),
    });
    let on = |go: &str, hits, instead: Option<&str>, not_run: Option<&str>| OnRelease {
        go_version: go.to_owned(),
        reproduced: [hits, if not_run.is_some() { 0 } else { 21 }],
        instead: instead.map(|s| Instead { signature: s.to_owned(), hits: 21 }),
        not_run: not_run.map(str::to_owned),
    };
    if root.is_some() {
        f.releases = vec![
            on("go1.23.12", 0, None, Some("package p does not parse")),
            on("go1.25.5", 0, None, None),
            on("go1.26.8", 0, Some("panic: nil: go/types.g"), None),
            on("go1.27.3", 21, None, None),
        ];
    }
    let heading = known.heading(&f);
    Entry {
        path: format!("crashes/{id}").into(),
        finding: f,
        known: None,
        heading,
        crash: OnceCell::new(),
    }
}

#[test]
fn a_section_for_each_root() {
    let known = Known::shipped();
    let entries = [
        entry("a", Some("R7"), &known),
        entry("b", Some("R7"), &known),
        entry("c", None, &known),
        Entry { heading: known.heading(&fatal("y")), ..entry("breach", None, &known) },
    ];
    let mut entries = entries.to_vec();
    entries[3].finding.class = Class::Breach;
    let patches = crate::patches::built_in().unwrap();
    // Without sources: the diff has no line numbers, which differ between patch releases.
    let text = bugs(&entries, &Bugs { known: &known, patches: &patches, goroot: &|_| None });
    insta::assert_snapshot!(text);
}
