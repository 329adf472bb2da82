//! Roots with a real harness: two findings are run under the patches that could end them. A
//! finding is minimized on a patched go/types.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use typerace::finding::{Finding, Kind, Origin, RootBy, Trial};
use typerace::harness::{BuiltHarness, GoOptions, Harness, HarnessConfig, RunRequest};
use typerace::store::{Store, read};
use typerace::testcase::SourceCase;
use typerace::triage::Judge;

/// How often a test case is run until it shows something.
const TRIES: u32 = 50;

fn typerace(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_typerace"));
    command.args(args).current_dir(dir).stdin(Stdio::null()).output().unwrap()
}

fn json(output: &Output) -> Value {
    let err = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}\n{err}"))
}

/// Stores what a reproducer of a known issue shows, as a campaign does.
fn found(store: &Store, harness: &mut Harness, kind: Kind, issue: u32) -> Finding {
    let path = format!("{}/corpus/fixedbugs/issue{issue}.txtar", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).unwrap();
    let case = SourceCase::from_txtar(&text).unwrap();
    let scenario = case.scenario.clone().unwrap();
    let judge = Judge::new(Origin::default());
    let request = RunRequest::new(&scenario, &case.packages);
    for _ in 0..TRIES {
        let (outcome, judgement) = judge.examine(harness, &request).unwrap();
        let mut of_kind = judgement.findings.clone();
        of_kind.retain(|f| f.kind == kind);
        judge.try_alone(harness, &request, &mut of_kind).unwrap();
        if let Some(finding) = of_kind.into_iter().next() {
            store.save(&finding, &text, &judgement.report(&outcome, &finding), &[]).unwrap();
            return finding;
        }
    }
    panic!("issue {issue} does not show");
}

#[test]
fn each_finding_ends_under_the_patch_of_its_root() {
    let tmp = tempfile::tempdir().unwrap();
    let built = BuiltHarness::get(&GoOptions::default(), &mut |line| eprintln!("{line}")).unwrap();
    if built.toolchain.minor < 26 {
        return;
    }
    let mut harness = Harness::start(HarnessConfig::new(&built.path)).unwrap();
    let store = Store::open(&tmp.path().join("crashes")).unwrap();
    let alias = found(&store, &mut harness, Kind::DataRace, 79035);
    let cycle = found(&store, &mut harness, Kind::Panic, 78296);

    let output = typerace(tmp.path(), &["report", "--roots", "--json"]);
    let err = String::from_utf8_lossy(&output.stderr);
    for (finding, root) in [(&alias, "R3"), (&cycle, "R6")] {
        let told = read(&store.path(&finding.id)).unwrap().root.expect(&err);
        assert_eq!((&*told.id, told.by), (root, RootBy::Patch), "{told:?}\n{err}");
        let own = told.tried.iter().find(|t| t.patch == root).unwrap();
        assert!(own.seen == 0 && own.runs > 1, "{told:?}");
        let others: Vec<_> = told.tried.iter().filter(|t| t.patch != root).collect();
        // A patch may change where the fault shows, and then it is not the one.
        let goes_on = |t: &&Trial| t.seen > 0 || !t.others.is_empty();
        assert!(others.len() > 1 && others.iter().all(goes_on), "{told:?}");
        assert!(err.contains(&format!("{}: {root} (patch)", finding.id)), "{err}");
    }
    // What is settled is not run again.
    let again = typerace(tmp.path(), &["report", "--roots", "--json"]);
    let err = String::from_utf8_lossy(&again.stderr);
    assert!(!err.contains(&alias.id) && !err.contains(&cycle.id), "{err}");

    // On a go/types without the root there is nothing to minimize. Another patch changes nothing,
    // except that the root then cannot be that one's.
    let dir = format!("crashes/{}", alias.id);
    let output = typerace(tmp.path(), &["minimize", &dir, "--json", "--patch", "R3"]);
    assert_eq!((output.status.code(), &json(&output)["shown"]), (Some(0), &Value::from(false)));
    let args = ["minimize", &dir, "--json", "--patch", "N3", "--time", "20s", "--runs", "5"];
    let output = typerace(tmp.path(), &args);
    let report = json(&output);
    assert_eq!(output.status.code(), Some(1), "{report:#}");
    assert_eq!((&report["patched"][0], &report["root"]["id"]), (&"N3".into(), &"R3".into()));
    assert!(report["lines"].as_u64().unwrap() <= 12, "{report:#}");
    assert!(report["standalone"]["reproduced"][0].as_u64().unwrap() > 0, "{report:#}");
}
