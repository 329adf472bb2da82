//! The golden set: real reports of Go 1.21 to 1.27, with one file in tests/golden for each race,
//! fatal error or panic. They were sorted by hand, by the variable that the two source lines of a
//! report access, and not by signature. Reports in one file must have the same signature, and
//! reports in different files must not. tests/golden/README.md says how they were made.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use typerace::finding::{End, Exit, Finding, Observed, Origin, Panic, findings};
use typerace::scenario::Scenario;

struct Report {
    group: String,
    /// `go1.27.3`
    go: String,
    text: String,
}

fn reports() -> Vec<Report> {
    let mut files: Vec<_> =
        fs::read_dir("tests/golden").unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    let mut all = Vec::new();
    for path in files.iter().filter(|p| p.extension().is_some_and(|e| e == "txt")) {
        let group = path.file_stem().unwrap().to_str().unwrap().to_owned();
        for part in fs::read_to_string(path).unwrap().split("-- go1.").skip(1) {
            let (head, text) = part.split_once(" --\n").unwrap();
            let go = format!("go1.{}", head.split(' ').next().unwrap());
            all.push(Report { group: group.clone(), go, text: text.to_owned() });
        }
    }
    all
}

fn read(report: &Report) -> Vec<Finding> {
    let scenario = Scenario::default();
    let origin = Origin::default();
    let text = report.text.as_str();
    let framed = format!("==================\n{text}==================\n");
    let (value, stack) =
        text.strip_prefix("panic: ").and_then(|t| t.split_once("\n\n")).unwrap_or_default();
    let panics = [Panic { goroutine: 1, operation: 0, value, stack }];
    let kind = report.group.split('-').next().unwrap();
    findings(&Observed {
        reports: if kind == "race" { &framed } else { "" },
        end: match kind {
            "fatal" => End::Died { exit: Exit::Code(2), output: text },
            _ => End::Replied,
        },
        panics: if kind == "panic" { &panics } else { &[] },
        scenario: &scenario,
        sequential: false,
        origin: &origin,
    })
}

#[test]
fn no_false_merge_and_no_false_split() {
    let all = reports();
    let mut signatures: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut groups: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for r in &all {
        let seen = read(r);
        assert_eq!(seen.len(), 1, "{} {}: {seen:?}", r.group, r.go);
        signatures.entry(&r.group).or_default().insert(seen[0].signature.clone());
        groups.entry(seen[0].signature.clone()).or_default().insert(&r.group);
    }
    let split: Vec<_> = signatures.iter().filter(|(_, s)| s.len() > 1).collect();
    let merged: Vec<_> = groups.iter().filter(|(_, g)| g.len() > 1).collect();
    assert!(split.is_empty() && merged.is_empty(), "split: {split:#?}\nmerged: {merged:#?}");
    // The set must be large enough.
    let releases: BTreeSet<_> = all.iter().map(|r| r.go.as_str()).collect();
    let several = signatures
        .keys()
        .filter(|g| {
            all.iter().filter(|r| r.group == **g).map(|r| &r.go).collect::<BTreeSet<_>>().len() > 1
        })
        .count();
    assert!(all.len() >= 80 && releases.len() >= 7, "{} reports, {releases:?}", all.len());
    assert!(signatures.len() >= 40 && several >= 30, "{} groups, {several}", signatures.len());
}

/// Whatever was recovered before a fatal error, the error belongs to its own goroutine.
#[test]
fn nothing_of_go_types_is_blamed_on_the_harness() {
    for r in reports() {
        for f in read(&r) {
            assert_eq!(f.blame.as_str(), "go/types", "{} {}: {}", r.group, r.go, f.signature);
        }
    }
}
