//! The gate's corpus through the real harness: made from test cases, and run by the gate.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// Shows a race on every release since 1.24.
const RACE: &str = include_str!("../corpus/fixedbugs/issue79035.txtar");
const SILENT: &str = "# Silent.\nimport source\nbefore check lib\ngo check a ; walk methods lib\n\
                      -- lib/lib.go --\npackage lib\n\ntype T struct{ f int }\n\n\
                      func (T) M() {}\n\
                      -- a/a.go --\npackage a\n\nimport \"lib\"\n\nvar X lib.T\n";

fn typerace(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_typerace"));
    command.args(args).current_dir(dir).stdin(Stdio::null()).output().unwrap()
}

#[track_caller]
fn json(output: &Output) -> Value {
    let err = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}\n{err}"))
}

fn names(dir: &Path) -> Vec<String> {
    let name = |e: std::io::Result<fs::DirEntry>| e.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<String> = fs::read_dir(dir).unwrap().map(name).collect();
    names.sort();
    names
}

#[test]
fn the_gates_corpus_is_silent_and_runs_last() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    fs::create_dir(dir.join("seeds")).unwrap();
    fs::write(dir.join("seeds/race.txtar"), RACE).unwrap();
    fs::write(dir.join("seeds/silent.txtar"), SILENT).unwrap();
    let breach = SILENT.replace("import source", "share info\nimport source");
    fs::write(dir.join("seeds/breach.txtar"), breach).unwrap();
    fs::create_dir(dir.join("corpus")).unwrap();
    fs::write(dir.join("corpus/seed.txtar"), SILENT).unwrap();

    let output = typerace(dir, &["corpus", "gate", "seeds", "--out", "corpus/gate", "--json"]);
    let making = json(&output);
    assert_eq!(making["read"], 3, "{making:#}");
    assert!(making["loud"].as_u64().unwrap() > 0, "{making:#}");
    if cfg!(target_arch = "x86_64") {
        assert!(making["reached"]["counters_twice"].as_u64().unwrap() > 100, "{making:#}");
    }
    assert_eq!(making["reached"]["counters"], making["reached_before"]["counters"], "{making:#}");
    let entries = names(&dir.join("corpus/gate"));
    assert!(entries.len() > 1 && entries.contains(&"made.json".to_owned()), "{entries:?}");
    for name in entries.iter().filter(|n| *n != "made.json") {
        let text = fs::read_to_string(dir.join("corpus/gate").join(name)).unwrap();
        assert!(text.starts_with("# New: ") && !text.contains("share info"), "{text}");
        // What one operation does alone, another goroutine does too.
        assert!(name.starts_with('0'), "{name}");
    }
    // It is no place for campaigns to start from.
    let listed = json(&typerace(dir, &["corpus", "list", "corpus", "--json"]));
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed:#}");

    let args = ["regress", "--corpus", "corpus", "--runs", "5", "--json"];
    let output = typerace(dir, &args);
    let report = json(&output);
    assert_eq!(output.status.code(), Some(0), "{report:#}");
    let cases = report["columns"][0]["cases"].as_array().unwrap();
    assert_eq!(cases.len(), entries.len(), "{report:#}");
    assert_eq!(cases[0]["case"], "corpus/seed.txtar");
    assert!(cases.iter().all(|c| c["runs"] == 5), "{cases:#?}");

    // Older releases have faults that the corpus was not made for.
    let made = dir.join("corpus/gate/made.json");
    let mut text: Value = serde_json::from_str(&fs::read_to_string(&made).unwrap()).unwrap();
    text["since"] = 99.into();
    fs::write(&made, text.to_string()).unwrap();
    let report = json(&typerace(dir, &args));
    let cases = report["columns"][0]["cases"].as_array().unwrap();
    assert!(cases[1..].iter().all(|c| c["runs"] == 0), "{cases:#?}");
    assert!(cases[1]["notes"][0].as_str().unwrap().contains("go1.99"), "{cases:#?}");
    fs::write(&made, "{").unwrap();
    let output = typerace(dir, &args);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}
