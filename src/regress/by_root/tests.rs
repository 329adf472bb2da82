//! The output formats with findings that have roots.

use super::*;
use crate::finding::test_support::fatal;
use crate::finding::{Finding, Kind, Known, Root, RootBy};
use crate::regress::{
    Baseline, CaseRun, Changed, ColumnReport, Report, Sample, Seen, compare, github, junit,
    overview, sarif, settle, text,
};

fn finding(signature: &str, root: Option<&str>) -> Finding {
    let root = root.map(|id| Root {
        id: id.to_owned(),
        title: format!("race that {id} stands for"),
        issues: vec![79035],
        by: RootBy::Patch,
        tried: Vec::new(),
    });
    let mut f = Finding { kind: Kind::DataRace, class: Class::Bug, root, ..fatal("x") };
    (f.id, f.signature, f.title) = (signature.into(), signature.into(), signature.into());
    f
}

fn column(go: &str, findings: &[(u32, Finding)]) -> ColumnReport {
    let seen = findings.iter().map(|(hits, finding)| Seen {
        hits: *hits,
        finding: finding.clone(),
        report: "WARNING: DATA RACE".to_owned(),
    });
    let case = CaseRun {
        case: "corpus/a.txtar".to_owned(),
        runs: 21,
        seen: seen.collect(),
        ..CaseRun::default()
    };
    let cases = vec![case];
    ColumnReport {
        label: go.to_owned(),
        go_version: go.to_owned(),
        goroot: "/go".into(),
        patched: false,
        patches: Vec::new(),
        verdict: compare(&cases, &Baseline::default(), &Known::shipped(), go),
        cases,
        seconds: 1.5,
    }
}

/// Three signatures of a root, and one finding without a root.
fn report() -> Report {
    let of_root = |s: &str| finding(s, Some("R3"));
    let new = [
        (4, of_root("data-race: a / b")),
        (20, of_root("data-race: c / d")),
        (1, of_root("data-race: e / f")),
        (2, finding("data-race: g / h", None)),
    ];
    let columns = vec![column("go1.26.8", &new[..1]), column("go1.27.3", &new)];
    Report::new(21, Vec::new(), columns)
}

#[test]
fn a_root_is_one_alarm_in_every_format() {
    let report = report();
    let name = "R3, golang/go#79035 (open), #81138 (open): race that R3 stands for";
    let text = github::annotations(&report);
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(text.contains("data-race: c / d, 20 of 21 runs, 3 signatures"), "{text}");
    let xml = junit::junit(&report);
    assert_eq!(xml.matches("<failure ").count(), 2, "{xml}");
    assert_eq!(xml.matches("data-race: g / h (bug), 2 of 21").count(), 1, "{xml}");
    assert!(xml.contains(&format!("{name} (bug), 20 of 21, 3 signatures")), "{xml}");
    assert!(xml.contains("data-race: a / b\ndata-race: c / d\ndata-race: e / f\n"), "{xml}");
    let document = sarif::sarif(&report);
    let results = document["runs"][1]["results"].as_array().unwrap();
    assert_eq!(results.len(), 2, "{document:#}");
    let fingerprints = &results[0]["partialFingerprints"];
    assert_eq!(fingerprints["typeraceRoot/v1"], "R3");
    assert_eq!(fingerprints["typeraceSignature/v1"], "data-race: c / d");
    assert_eq!(results[0]["properties"]["signatures"].as_array().unwrap().len(), 3);
    assert!(results[1]["partialFingerprints"].get("typeraceRoot/v1").is_none());
}

/// Races without a root that write at one place are one alarm, and count as one root.
#[test]
fn races_that_write_at_one_place_are_one_alarm() {
    let race = |read: &str| {
        let mut f = finding(&format!("data-race: w / {read}"), None);
        f.title = format!("data race: write in w / read in {read}");
        f
    };
    let new = [(4, race("a")), (20, race("b")), (2, finding("hang: h", None))];
    let report = Report::new(21, Vec::new(), vec![column("go1.27.3", &new)]);
    let text = github::annotations(&report);
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.contains("data races with a write in w (bug)"), "{text}");
    let xml = junit::junit(&report);
    assert_eq!(xml.matches("<failure ").count(), 1, "{xml}");
    assert!(xml.contains("hang: h (bug), 2 of 21"), "{xml}");
    assert!(xml.contains("data races with a write in w (bug), 20 of 21, 2 signatures"), "{xml}");
    let document = sarif::sarif(&report);
    let results = document["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 2, "{document:#}");
    assert_eq!(results[0]["partialFingerprints"]["typeraceWrite/v1"], "w");
    let text = overview(&report);
    assert!(text.starts_with("FAILED: 2 new roots on go1.27.3\n"), "{text}");
    assert!(text.contains("NEW 20/21  data races with a write in w (bug)\n"), "{text}");
    assert!(text.contains("\ngo1.27.3: 2 new roots (3 signatures), 0 worse,"), "{text}");
}

/// The case that shows a root most often fails; the others say where it is a failure.
#[test]
fn a_root_is_a_failure_of_one_case() {
    let seen = |hits, case: &str| {
        let one = column("go1.27.3", &[(hits, finding("data-race: a / b", Some("R3")))]);
        CaseRun { case: case.to_owned(), ..one.cases[0].clone() }
    };
    let cases = vec![seen(3, "a.txtar"), seen(20, "b.txtar")];
    let verdict = compare(&cases, &Baseline::default(), &Known::shipped(), "go1.27.3");
    let column = ColumnReport { cases, verdict, ..column("go1.27.3", &[]) };
    let xml = junit::junit(&Report::new(21, Vec::new(), vec![column]));
    assert!(xml.contains("tests=\"2\" failures=\"1\""), "{xml}");
    let (a, b) = xml.split_once("name=\"b.txtar\"").unwrap();
    assert!(a.contains("3 of 21: data-race: a / b (a failure of b.txtar)"), "{xml}");
    assert!(!a.contains("<failure ") && b.matches("<failure ").count() == 1, "{xml}");
}

/// Another signature of a listed root may not show; the root does.
#[test]
fn a_listed_root_counts_once() {
    let race = |signature: &str, root| (1, finding(signature, root));
    let all = [
        race("data-race: a / b", Some("R3")),
        race("data-race: c / d", Some("R3")),
        race("data-race: e / f", None),
    ];
    let mut baseline = Baseline::default();
    baseline.add(&[column("go1.27.3", &all)], true);
    let now = column("go1.27.3", &all[..1]);
    let verdict = compare(&now.cases, &baseline, &Known::shipped(), "go1.27.3");
    let text = overview(&Report::new(21, Vec::new(), vec![ColumnReport { verdict, ..now }]));
    let counts = "0 new roots, 0 worse, 1 listed, 0 gone, 1 listed that did not show; 21 runs";
    assert!(text.contains(counts), "{text}");
}

#[test]
fn one_screen() {
    insta::assert_snapshot!(overview(&report()));
}

#[test]
fn a_campaign_of_crash_directories_fits_on_a_screen() {
    let many: Vec<(u32, Finding)> =
        (0..200).map(|n| (3, finding(&format!("data-race: f{n} / g"), None))).collect();
    let text = overview(&Report::new(21, Vec::new(), vec![column("go1.27.3", &many)]));
    assert!(text.lines().count() <= 40, "{text}");
    assert!(text.starts_with("FAILED: 200 new roots on go1.27.3\n"), "{text}");
    assert!(text.ends_with("\nFAILED\n") && text.contains(" more: --verbose\n"), "{text}");
    let none = overview(&Report::new(21, Vec::new(), vec![column("go1.27.3", &[])]));
    assert!(none.starts_with("passed\n") && none.ends_with("passed\n"), "{none}");
}

/// What is new has a line each, and one command, however much else there is.
#[test]
fn every_new_root_has_a_line() {
    let long = Sample {
        path: "regress-findings/x".into(),
        program: "type T int\n".repeat(30),
        command: "typerace reproduce regress-findings/x".to_owned(),
    };
    let new: Vec<_> =
        (0..8).map(|n| (20, finding(&format!("data-race: new{n} / x"), None))).collect();
    let mut change = column("go1.27.3 + a.json", &new);
    for j in &mut change.verdict.findings {
        j.sample = Some(long.clone());
    }
    let mut base = column("go1.27.3", &[]);
    for c in [&mut base, &mut change] {
        c.cases[0].notes.push("not run".to_owned());
    }
    let changed = (0..40).map(|n| Changed {
        function: format!("f{n}"),
        file: "f.go".to_owned(),
        line: 1,
        end: 2,
        counters: None,
    });
    let columns = vec![base, change];
    let report = Report::compared(21, Vec::new(), columns, true, changed.collect());
    let text = overview(&report);
    for n in 0..8 {
        assert!(text.contains(&format!("  data-race: new{n} / x (bug)\n")), "{text}");
    }
    assert!(text.contains("    again: typerace reproduce regress-findings/x\n"), "{text}");
    assert!(text.lines().count() <= 40, "{text}");
    let notes = "1 of 1 cases did not run on go1.27.3 and on go1.27.3 + a.json, or only in part";
    assert_eq!(text.matches("or only in part").count(), 1, "{text}");
    assert!(text.contains(notes), "{text}");
}

/// What is in a function that changed comes first, and is made smaller first.
#[test]
fn changed_functions_come_first() {
    let all =
        ["data-race: go/types.a / go/types.b", "data-race: go/types.c / go/types.(*Named).unpack"];
    let seen: Vec<_> = all.iter().map(|s| (20, finding(s, None))).collect();
    let (base, mut change) = (column("go1.27.3", &[]), column("go1.27.3 + a.json", &seen));
    let changed = Changed {
        function: "(*Named).unpack".to_owned(),
        file: "src/go/types/named.go".to_owned(),
        line: 1,
        end: 2,
        counters: None,
    };
    assert!(!changed.is("go/types.(*Named).unpacked") && !changed.is("unpack"));
    change.verdict.prefer(std::slice::from_ref(&changed));
    let report = Report::compared(21, Vec::new(), vec![base, change], true, vec![changed]);
    for text in [overview(&report), github::annotations(&report)] {
        let places: Vec<_> = all.iter().map(|s| text.find(s).unwrap()).collect();
        assert!(places[1] < places[0], "{text}");
    }
    assert_eq!(report.effects[0].signature, all[1]);
}

/// A root that two columns show with two classes has the graver one wherever it is named.
#[test]
fn the_class_is_the_same_everywhere() {
    let of = |class| vec![(20, Finding { class, ..finding("data-race: a / b", None) })];
    let columns =
        vec![column("go1.26.8", &of(Class::Bug)), column("go1.27.3", &of(Class::Unstated))];
    let report = Report::new(21, Vec::new(), columns);
    let all = [
        overview(&report),
        text::text(&report),
        github::annotations(&report).replace("%3A", ":"),
        junit::junit(&report),
        sarif::sarif(&report).to_string(),
    ];
    for text in all {
        assert!(text.contains("data-race: a / b (bug)"), "{text}");
        assert!(!text.contains("unstated"), "{text}");
    }
}

/// The numbers of what a change breaks are those that decided, not those of one case.
#[test]
fn what_breaks_has_the_numbers_of_all_cases() {
    let (mut base, mut change) = (column("go1.27.3", &[]), column("go1.27.3 + a.json", &[]));
    base.cases[0].runs = 40;
    let seen = column("x", &[(1, finding("data-race: a / b", None))]).cases.remove(0);
    change.cases =
        vec![CaseRun { runs: 1, ..seen.clone() }, CaseRun { case: "b".into(), runs: 21, ..seen }];
    change.cases[1].seen[0].hits = 11;
    change.cases[0].seen[0].finding.class = Class::Unstated;
    base.cases.push(CaseRun { case: "b".into(), runs: 30, ..CaseRun::default() });
    change.verdict = compare(&change.cases, &Baseline::default(), &Known::shipped(), "go1.27.3");
    settle(&mut change.verdict, &change.cases, Some(&base.cases));
    let report = Report::compared(21, Vec::new(), vec![base, change], true, Vec::new());
    let text = overview(&report);
    assert!(text.contains("BREAKS data-race: a / b: 0/70 without, 12/22 with it"), "{text}");
}
