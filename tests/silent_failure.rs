//! A campaign that cannot find anything says so and stops with exit code 3.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use typerace::harness::{BuiltHarness, GoOptions};

/// An overlay that inserts `addition` into the function of go/types or the runtime that starts with
/// `head`.
fn overlay(dir: &Path, file: &str, head: &str, addition: &str, also: &str) -> PathBuf {
    let say = &mut |line: &str| eprintln!("{line}");
    let options =
        GoOptions { toolchain: std::env::var("TYPERACE_TOOLCHAIN").ok(), ..Default::default() };
    let goroot = BuiltHarness::get(&options, say).unwrap().toolchain.goroot;
    let path = goroot.join("src").join(file);
    let original = fs::read_to_string(&path).unwrap();
    assert!(original.contains(head), "this Go's {file} has no {head}");
    let patch = dir.join(path.file_name().unwrap());
    fs::write(&patch, original.replace(head, &format!("{head}{addition}")) + also).unwrap();
    let json = serde_json::json!({"Replace": {path.to_str().unwrap(): patch}});
    let overlay = dir.join("overlay.json");
    fs::write(&overlay, json.to_string()).unwrap();
    overlay
}

fn fuzz(dir: &Path, overlay: &Path, execs: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_typerace"));
    command.args(["fuzz", "--plain", "--no-seeds", "--seed", "1", "--execs", execs, "--overlay"]);
    command.arg(overlay).current_dir(dir).env("TMPDIR", dir).stdin(Stdio::null());
    if let Ok(toolchain) = std::env::var("TYPERACE_TOOLCHAIN") {
        command.args(["--toolchain", &toolchain]);
    }
    command.output().unwrap()
}

#[track_caller]
fn stops_with(output: &Output, text: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains(text), "{said}");
}

/// The detector works at first, and then stops reporting.
#[test]
fn a_detector_that_falls_silent_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let head = "func RaceErrors() int {\n";
    let silent = "\tif raceAsked++; raceAsked > 40 {\n\t\treturn 7\n\t}\n";
    let also = "\nvar raceAsked int\n";
    let overlay = overlay(dir.path(), "runtime/race.go", head, silent, also);
    let output = fuzz(dir.path(), &overlay, "400");
    stops_with(&output, "missed the planted race after 100 executions");
}

/// Every execution ends the process.
#[test]
#[ignore = "builds another harness: make faults"]
fn a_harness_that_restarts_in_a_loop_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let head = "func (check *Checker) checkFiles(files []*ast.File) {\n";
    let dies = "\tgo func() { panic(\"planted death\") }()\n\tfor {\n\t}\n";
    let overlay = overlay(dir.path(), "go/types/check.go", head, dies, "");
    let output = fuzz(dir.path(), &overlay, "300");
    stops_with(&output, "restarts in a loop");
    // Findings made until then are stored.
    let stored = fs::read_dir(dir.path().join("crashes")).unwrap().map(|e| e.unwrap().path());
    assert!(stored.filter(|at| at.is_dir()).count() > 0);
}

/// Nothing type-checks.
#[test]
#[ignore = "builds another harness: make faults"]
fn a_checker_that_accepts_nothing_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let head = "func (check *Checker) checkFiles(files []*ast.File) {\n";
    let wrong = "\tfor _, f := range files {\n\t\tcheck.errorf(f.Name, DuplicateDecl, \"planted error\")\n\t}\n";
    let overlay = overlay(dir.path(), "go/types/check.go", head, wrong, "");
    let output = fuzz(dir.path(), &overlay, "1500");
    stops_with(&output, "none of the last 1000 inputs type-checks");
}
