//! Lazy-state search against a real harness: what reading changes is named, a getter
//! that stalls costs no campaign, and a race says which field it is on.

use std::process::Command;

use typerace::harness::{BuiltHarness, GoOptions, Harness, HarnessConfig, RunFlags, RunRequest};
use typerace::testcase::SourceCase;

const ALIAS: &str = "before check lib ; instantiate lib.Set string\n\
    go walk unalias instances\ngo walk unalias instances\n\
    -- lib/lib.go --\npackage lib\n\ntype Set[K comparable] = map[K]struct{}\n\n\
    type Box[T any] struct{ Val T }\n\nfunc (Box[T]) Get() (t T) { return }\n\nvar Ints Box[int]\n\n\
    -- a/a.go --\npackage a\n\nimport \"lib\"\n\nvar X = lib.Ints.Get()\n";

fn built() -> BuiltHarness {
    let options =
        GoOptions { toolchain: std::env::var("TYPERACE_TOOLCHAIN").ok(), ..Default::default() };
    BuiltHarness::get(&options, &mut |line| eprintln!("{line}")).unwrap()
}

#[test]
fn what_reading_changes_is_named_and_so_is_a_raced_field() {
    let mut harness = Harness::start(HarnessConfig::new(&built().path)).unwrap();
    let case = SourceCase::from_txtar(ALIAS).unwrap();
    let scenario = case.scenario.unwrap();
    let mut fields = std::collections::BTreeSet::new();
    // A quarter of the queries each.
    for id in 0..4 {
        let request = RunRequest { id, ..RunRequest::new(&scenario, &case.packages) };
        let reply = harness.lazy(&request).unwrap().expect("a reply");
        assert!(reply.nodes > 20 && reply.operations >= 4, "{reply:?}");
        fields.extend(reply.changes.into_iter().map(|c| c.field));
    }
    assert!(fields.iter().any(|f| f.starts_with("Named.")), "{fields:?}");

    // Where two readers race on an alias's field, that is the field that is named.
    let flags = RunFlags { raced: true, ..RunFlags::default() };
    let request = RunRequest::new(&scenario, &case.packages).with_flags(flags);
    let outcome = harness.run(&request).unwrap();
    let reply = outcome.reply.expect("a reply");
    if reply.races > 0 {
        assert!(reply.raced.iter().any(|f| f.starts_with("Alias.")), "{:?}", reply.raced);
    }
}

#[test]
fn programs_with_errors_are_surveyed_too() {
    let mut harness = Harness::start(HarnessConfig::new(&built().path)).unwrap();
    for text in [
        "go check a\ngo check a\n-- a/a.go --\npackage a\n\nvar x T = \n",
        "go check a\ngo walk fields a\n-- a/a.go --\npackage a\n\nimport \"a\"\n\ntype T [len(x)]T\nvar x T\n",
        "before walk fields instances\ngo walk fields instances\ngo eval a x\n-- a/a.go --\n",
        "share info\nshare checker\nshare unfinished\nbefore check a\ngo check a\ngo check b\n\
         -- a/a.go --\npackage a\n\nimport \"b\"\n-- b/b.go --\npackage b\n\nimport \"a\"\n",
    ] {
        let case = SourceCase::from_txtar(text).unwrap();
        let scenario = case.scenario.unwrap();
        let reply = harness.lazy(&RunRequest::new(&scenario, &case.packages)).unwrap();
        assert!(reply.is_some(), "no reply to\n{text}");
    }
    assert_eq!(harness.starts(), 1);
}

#[test]
fn a_report_says_what_names_became() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("case.txtar");
    let case = "share interface\nmeet start\nbefore check lib\n\
        go fields lib.Nosuch ; walk typeset instances\ngo walk typeset instances\n\
        -- lib/lib.go --\npackage lib\n\ntype T struct{ F int }\n\ntype I interface{ M() }\n";
    std::fs::write(&file, case).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_typerace"));
    command.args(["reproduce", "--runs", "20", "--json"]).arg(&file);
    if let Ok(toolchain) = std::env::var("TYPERACE_TOOLCHAIN") {
        command.args(["--toolchain", &toolchain]);
    }
    let out = command.output().unwrap();
    assert_eq!(out.status.code(), Some(1), "{}", String::from_utf8_lossy(&out.stderr));
    let text = String::from_utf8_lossy(&out.stdout);
    assert!(
        text.contains(
            "name resolved in goroutine 1, operation 0, query fields: lib.Nosuch is lib."
        ),
        "{text}"
    );
}
