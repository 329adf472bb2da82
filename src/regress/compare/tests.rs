use super::*;
use crate::finding::{Frame, Root, RootBy};
use crate::regress::{Expected, Seen, Sighting};

fn finding(kind: Kind, class: Class, signature: &str, function: &str) -> Finding {
    let frame = Frame { function: function.to_owned(), ..Frame::default() };
    let text = serde_json::json!({
        "version": 1, "id": format!("{kind}-x"), "kind": kind, "class": class,
        "signature": signature, "title": signature, "blame": "go/types", "sequential": false,
        "stacks": [{"of": "write", "frames": [frame]}], "rules": [],
    });
    let mut f: Finding = serde_json::from_value(text).unwrap();
    f.id = signature.to_owned();
    f
}

fn case(name: &str, runs: u32, seen: &[(u32, Finding)]) -> CaseRun {
    let seen = seen
        .iter()
        .map(|(hits, f)| Seen { hits: *hits, finding: f.clone(), report: String::new() })
        .collect();
    CaseRun { case: name.to_owned(), runs, seen, ..CaseRun::default() }
}

fn listed(kind: Kind, class: Class, signature: &str, hits: u32) -> Baseline {
    let sighting = Sighting { case: "c".to_owned(), hits, runs: 21 };
    Baseline {
        go: vec!["go1".to_owned()],
        findings: vec![Expected {
            kind,
            class,
            signature: signature.to_owned(),
            root: None,
            seen: [("go1".to_owned(), sighting)].into(),
        }],
        ..Baseline::default()
    }
}

fn statuses(cases: &[CaseRun], baseline: &Baseline) -> Vec<(Status, String)> {
    let verdict = compare(cases, baseline, &Known::shipped(), "go1");
    verdict.findings.into_iter().map(|j| (j.status, j.signature)).collect()
}

#[test]
fn each_status() {
    use Kind::{DataRace, Fatal, Hang};
    let race = |class| finding(DataRace, class, "data-race: go/types.f / go/types.g", "go/types.f");
    let known = listed(DataRace, Class::Bug, "data-race: go/types.f / go/types.g", 20);
    let one = |cases: &[CaseRun], baseline: &Baseline| {
        let mut all = statuses(cases, baseline);
        assert!(!all.is_empty());
        all.remove(0).0
    };
    let none = Baseline::default();
    assert_eq!(one(&[case("c", 21, &[(1, race(Class::Bug))])], &none), Status::New);
    assert_eq!(one(&[case("c", 21, &[(1, race(Class::Unstated))])], &none), Status::New);
    assert_eq!(one(&[case("c", 21, &[(1, race(Class::Breach))])], &none), Status::Contract);
    assert_eq!(one(&[case("c", 21, &[(1, race(Class::Bug))])], &known), Status::Listed);
    // A crash where there was a race, and a race elsewhere.
    let fatal = |f| finding(Fatal, Class::Bug, &format!("fatal: boom: {f}"), f);
    let seen = [(1, fatal("go/types.f")), (2, race(Class::Bug))];
    assert_eq!(one(&[case("c", 21, &seen)], &known), Status::Worse);
    assert_eq!(one(&[case("c", 21, &[(1, fatal("go/types.ff"))])], &known), Status::New);
    // A breach of contract that became a bug.
    let breach = listed(DataRace, Class::Breach, "data-race: go/types.f / go/types.g", 20);
    assert_eq!(one(&[case("c", 21, &[(1, race(Class::Bug))])], &breach), Status::Worse);
    // Busy machines.
    let hang = finding(Hang, Class::Bug, "hang", "go/types.h");
    assert_eq!(one(&[case("c", 21, &[(1, hang.clone())])], &none), Status::Unconfirmed);
    assert_eq!(one(&[case("c", 21, &[(2, hang)])], &none), Status::New);
    // Not seen: by chance, or gone.
    assert_eq!(one(&[case("c", 21, &[])], &known), Status::Gone);
    assert_eq!(one(&[case("other", 21, &[])], &known), Status::Listed);
    let rare = listed(DataRace, Class::Bug, "data-race: x", 2);
    assert_eq!(one(&[case("c", 21, &[])], &rare), Status::Listed);
}

#[test]
fn a_bug_is_not_hidden_by_a_breach_that_shows_it_too() {
    let race = |class| finding(Kind::DataRace, class, "data-race: f / g", "f");
    let cases = [
        case("breach", 21, &[(21, race(Class::Breach))]),
        case("legal", 21, &[(3, race(Class::Bug))]),
    ];
    let verdict = compare(&cases, &Baseline::default(), &Known::shipped(), "go1");
    let [j] = &verdict.findings[..] else { panic!("{verdict:?}") };
    assert_eq!((j.status, j.class), (Status::New, Class::Bug));
    assert_eq!(j.shown[0], Shown { case: "legal".to_owned(), hits: 3, runs: 21 });
    assert!(!verdict.passed());
}

fn with_root(f: Finding, id: &str, by: RootBy) -> Finding {
    let root = Root {
        id: id.to_owned(),
        title: "it happens".to_owned(),
        issues: Vec::new(),
        by,
        tried: Vec::new(),
    };
    Finding { root: Some(root), ..f }
}

#[test]
fn what_shows_without_the_change_is_no_news() {
    let race = |signature| finding(Kind::DataRace, Class::Bug, signature, "f");
    let judged = |cases: &[CaseRun]| compare(cases, &Baseline::default(), &Known::shipped(), "go1");
    let status = |with: Finding, without: Option<Finding>| {
        let mut verdict = judged(&[case("a", 21, &[(9, with)])]);
        let without: Vec<_> = without.into_iter().map(|f| (3, f)).collect();
        let without = [case("a", 21, &without)];
        let mut base = judged(&without);
        base.list();
        assert!(base.passed(), "what a change is compared with fails nothing");
        verdict.excuse(&without, &base);
        let j = verdict.findings.remove(0);
        (j.status, j.why)
    };
    let of = |signature, id| with_root(race(signature), id, RootBy::Patch);
    let (f, g) = ("data-race: f / g", "data-race: f / h");
    assert_eq!(status(race(f), None).0, Status::New);
    assert_eq!(status(race(f), Some(race(g))).0, Status::New);
    let listed = |why: &str| (Status::Listed, why.to_owned());
    assert_eq!(status(race(f), Some(race(f))), listed("in 3 of 21 runs without the change"));
    // Another signature of the same root, and of another one.
    let r1 = status(of(f, "R1"), Some(of(g, "R1")));
    assert_eq!(r1, listed("R1 shows without the change, too"));
    assert_eq!(status(of(f, "R1"), Some(of(g, "R2"))).0, Status::New);
    let breach = Finding { class: Class::Breach, ..of(g, "R1") };
    assert_eq!(status(of(f, "R1"), Some(breach)).0, Status::New);
}

/// What the test case of a root shows besides is no news, unless it is graver, or another case shows
/// it, too.
#[test]
fn the_test_case_of_a_root_is_judged_by_its_root() {
    let root = |seen: &[(u32, Finding)]| CaseRun { is_root: true, ..case("r1", 21, seen) };
    let of = |kind, signature| finding(kind, Class::Bug, signature, "f");
    let (race, other) = (of(Kind::DataRace, "race f / g"), of(Kind::DataRace, "race f / h"));
    let status = |with: &[CaseRun], without: &[CaseRun]| {
        let judged =
            |runs: &[CaseRun]| compare(runs, &Baseline::default(), &Known::shipped(), "go1");
        let mut verdict = judged(with);
        verdict.excuse(without, &judged(without));
        verdict.findings.iter().map(|j| j.status).min()
    };
    let with = [root(&[(9, race.clone())])];
    let without = [root(&[(21, other.clone())])];
    assert_eq!(status(&with, &without), Some(Status::Listed));
    assert_eq!(status(&with, &[root(&[])]), Some(Status::New), "the change breaks it");
    let breach = Finding { class: Class::Breach, ..other.clone() };
    assert_eq!(status(&with, &[root(&[(21, breach)])]), Some(Status::New));
    assert_eq!(status(&with, &[case("r1", 21, &[(21, other)])]), Some(Status::New), "no root's");
    let crash = [root(&[(9, of(Kind::Fatal, "fatal: f"))])];
    assert_eq!(status(&crash, &without), Some(Status::New), "graver");
    let elsewhere = [with[0].clone(), case("c", 21, &[(1, race)])];
    assert_eq!(status(&elsewhere, &without), Some(Status::New));
    let mut verdict = compare(&with, &Baseline::default(), &Known::shipped(), "go1");
    assert!(verdict.findings[0].is_of_roots(&without));
    verdict.findings[0].in_changed = true;
    assert!(!verdict.findings[0].is_of_roots(&without), "the change races where it is");
}

#[test]
fn the_case_that_shows_it_for_sure_stands_first() {
    let race = || finding(Kind::DataRace, Class::Bug, "data-race: f / g", "f");
    let cases = [case("once", 1, &[(1, race())]), case("often", 21, &[(11, race())])];
    let verdict = compare(&cases, &Baseline::default(), &Known::shipped(), "go1");
    let names: Vec<_> = verdict.findings[0].shown.iter().map(|s| &*s.case).collect();
    assert_eq!(names, ["often", "once"]);
}

#[test]
fn a_new_signature_of_a_listed_root_is_no_alarm() {
    let race = |class| finding(Kind::DataRace, class, "data-race: f / g", "f");
    let one = |f: Finding, baseline: &Baseline| {
        let verdict = compare(&[case("c", 21, &[(9, f)])], baseline, &Known::shipped(), "go1");
        let j = verdict.findings.into_iter().find(|j| j.signature == "data-race: f / g").unwrap();
        (j.status, j.why)
    };
    let patch = |class| with_root(race(class), "R2", RootBy::Patch);
    let by_id = Baseline { roots: vec!["R2".to_owned()], ..Baseline::default() };
    let mut by_finding = listed(Kind::DataRace, Class::Unstated, "data-race: x / y", 20);
    by_finding.findings[0].root = Some("R2".to_owned());
    assert_eq!(one(patch(Class::Bug), &Baseline::default()).0, Status::New);
    assert_eq!(one(patch(Class::Bug), &by_id), (Status::Listed, "R2 is listed".to_owned()));
    assert_eq!(one(patch(Class::Unstated), &by_finding).0, Status::Listed);
    // It was unstated, and is a bug now.
    assert_eq!(one(patch(Class::Bug), &by_finding).0, Status::Worse);
    // Without a root, only the signature counts; another root is an alarm.
    assert_eq!(one(race(Class::Bug), &by_id).0, Status::New);
    assert_eq!(one(with_root(race(Class::Bug), "R1", RootBy::Patch), &by_id).0, Status::New);
    // A file of before roots: the list of known issues says which one its finding has.
    let unpack = "data-race: go/types.(*Checker).isComplete / go/types.(*Named).unpack";
    let old = listed(Kind::DataRace, Class::Bug, unpack, 20);
    assert_eq!(one(patch(Class::Bug), &old).0, Status::Listed);
}
