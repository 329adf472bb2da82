//! The sequential oracle with a real harness: a go/types that answers wrongly when two goroutines
//! ask at the same time is detected, and a correct one is not accused.

use std::fs;
use std::path::Path;
use std::process::Command;

use typerace::finding::{Finding, Kind, Origin};
use typerace::harness::{BuiltHarness, GoOptions, Harness, HarnessConfig, RunRequest};
use typerace::scenario::Class;
use typerace::testcase::SourceCase;
use typerace::triage::Judge;

const CASE: &str = "meet start\noracle sequential\nbefore check lib\n\
    go comparable lib.T ; comparable lib.U\ngo comparable lib.T ; comparable lib.U\n\
    -- lib/lib.go --\npackage lib\n\ntype T struct{ F int }\n\ntype U [3]T\n";

fn built(overlay: Option<&Path>) -> BuiltHarness {
    let options = GoOptions {
        toolchain: std::env::var("TYPERACE_TOOLCHAIN").ok(),
        overlay: overlay.map(Path::to_owned),
        ..Default::default()
    };
    BuiltHarness::get(&options, &mut |line| eprintln!("{line}")).unwrap()
}

/// An overlay in which `types.Comparable` returns false if it is called twice at the same time,
/// without a data race.
fn faulty(dir: &Path, goroot: &Path) -> std::path::PathBuf {
    let package = goroot.join("src/go/types");
    let original = fs::read_to_string(package.join("predicates.go")).unwrap();
    let head = "func Comparable(T Type) bool {\n";
    assert!(original.contains(head), "this Go's types.Comparable is not as expected");
    let patched =
        original.replace(head, &format!("{head}\tif overlaps() {{\n\t\treturn false\n\t}}\n"));
    let (patch, addition) = (dir.join("predicates.go"), dir.join("overlap.go"));
    fs::write(&patch, patched).unwrap();
    fs::write(&addition, include_str!("planted/overlap.go.txt")).unwrap();
    let replace = serde_json::json!({"Replace": {
        package.join("predicates.go").to_str().unwrap(): patch,
        package.join("overlap.go").to_str().unwrap(): addition,
    }});
    let overlay = dir.join("overlay.json");
    fs::write(&overlay, replace.to_string()).unwrap();
    overlay
}

/// The findings of `runs` executions, and the last report.
fn examine(harness: &mut Harness, txtar: &str, runs: u64) -> (Vec<Finding>, String) {
    let case = SourceCase::from_txtar(txtar).unwrap();
    let scenario = case.scenario.unwrap();
    let judge = Judge::new(Origin::default());
    let (mut findings, mut report) = (Vec::new(), String::new());
    for id in 0..runs {
        let request = RunRequest { id, ..RunRequest::new(&scenario, &case.packages) };
        let (outcome, judgement) = judge.examine(harness, &request).unwrap();
        if let Some(finding) = judgement.findings.first() {
            report = judgement.report(&outcome, finding);
        }
        findings.extend(judgement.findings);
    }
    (findings, report)
}

#[test]
fn an_answer_that_concurrency_changes_is_a_mismatch() {
    let dir = tempfile::tempdir().unwrap();
    let goroot = built(None).toolchain.goroot;
    let overlay = faulty(dir.path(), &goroot);
    let built = built(Some(&overlay));
    let mut harness = Harness::start(HarnessConfig::new(&built.path)).unwrap();

    let (findings, report) = examine(&mut harness, CASE, 5);
    assert!(!findings.is_empty());
    for f in &findings {
        assert_eq!((f.kind, f.class, f.sequential), (Kind::Mismatch, Class::Bug, false));
        assert_eq!(f.signature, "mismatch: comparable: true became false");
        assert!(f.title.starts_with("mismatch: comparable of lib."), "{}", f.title);
    }
    assert!(report.contains("MISMATCH in goroutine 1, operation 0 (comparable lib.T)"), "{report}");

    // A scenario without the oracle reports nothing, and neither does one that breaks a rule.
    let silent = CASE.replace("oracle sequential\n", "");
    assert!(examine(&mut harness, &silent, 3).0.is_empty());
    let breach = CASE.replace("meet start\n", "meet start\nshare info\n");
    assert!(examine(&mut harness, &breach, 3).0.is_empty());

    // The command shows it too.
    let file = dir.path().join("case.txtar");
    fs::write(&file, CASE).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_typerace"));
    command.args(["reproduce", "--runs", "3", "--json", "--overlay"]).arg(&overlay).arg(&file);
    if let Ok(toolchain) = std::env::var("TYPERACE_TOOLCHAIN") {
        command.args(["--toolchain", &toolchain]);
    }
    let out = command.output().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(out.status.code(), Some(1), "{json}");
    assert_eq!(json["findings"][0]["kind"], "mismatch");
    assert!(json["findings"][0]["report"].as_str().unwrap().contains("one after another: true"));
}

/// An identical instance has the spelling of the goroutine that made it first, and a bounded walk
/// ends at different places. Neither is a mismatch.
#[test]
fn what_the_documentation_leaves_open_is_no_mismatch() {
    let mut harness = Harness::start(HarnessConfig::new(built(None).path)).unwrap();
    let case = "share context\nmeet start\noracle sequential\nbefore check lib\n\
        go instantiate lib.G lib.A context ; walk fields instances ; walk string instances ; check a\n\
        go instantiate lib.G lib.B context ; walk fields instances reversed ; walk underlying lib ; check a\n\
        -- lib/lib.go --\npackage lib\n\ntype B struct{ F int }\n\ntype A = B\n\n\
        type G[P any] struct{ F *G[[]P] }\n\n\
        -- a/a.go --\npackage a\n\nimport \"lib\"\n\nvar X int = lib.G[lib.A]{}\nvar Y = Z\n";
    let (findings, report) = examine(&mut harness, case, 20);
    let mismatches: Vec<_> = findings.iter().filter(|f| f.kind == Kind::Mismatch).collect();
    assert!(mismatches.is_empty(), "{mismatches:?}\n{report}");
}
