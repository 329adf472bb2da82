//! Minimization with a real harness: of a stored crash directory and of text that shows nothing.
//! The text of every candidate goes through go/parser.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use typerace::finding::Finding;
use typerace::harness::{BuiltHarness, GoOptions, Harness, HarnessConfig};
use typerace::testcase::SourceCase;
use typerace::triage::minimize::{Options, Status, apply, minimize, reducers};
use typerace::triage::{load_case, origin_of};

/// A crash directory as written by the first version of the format. It never changes, because later
/// versions must open it.
const ID: &str = "data-race-6ea19949a30e";

fn fixture() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crash_v1").join(ID)
}

fn copy(to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(fixture()).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[track_caller]
fn run_minimize(dir: &Path, args: &[&str]) -> (Option<i32>, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_typerace"));
    command.args(["minimize", "--json"]).args(args).current_dir(dir).stdin(Stdio::null());
    let output = command.output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    let json = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}\n{err}"));
    (output.status.code(), json)
}

fn built() -> BuiltHarness {
    let options =
        GoOptions { toolchain: std::env::var("TYPERACE_TOOLCHAIN").ok(), ..Default::default() };
    BuiltHarness::get(&options, &mut |line| eprintln!("{line}")).unwrap()
}

fn harness() -> Harness {
    Harness::start(HarnessConfig::new(&built().path)).unwrap()
}

/// With a seed for its schedule, a test case is cut on the strength of a few runs. Whether the
/// result really shows the finding is looked at afterwards.
#[test]
fn a_seeded_case_is_cut_before_it_is_made_sure() {
    let (mut source, expected) = load_case(&fixture()).unwrap();
    source.scenario.as_mut().unwrap().schedule = Some(1);
    let built = built();
    let options = Options {
        patched: None,
        harness: HarnessConfig::new(&built.path),
        origin: origin_of(&built),
        go_minor: built.toolchain.minor,
        jobs: 2,
        time: None,
        runs: 3,
        stop: Default::default(),
        percent: 100,
        neighbours: Vec::new(),
        tries: Default::default(),
    };
    let mut steps: Vec<Status> = Vec::new();
    let minimized = minimize(&source, expected.as_ref(), &options, &mut |s| steps.push(*s));
    assert!(minimized.unwrap().unwrap().info.lines <= 15);
    let sure = steps.iter().position(|s| s.doing == "making sure that it still shows");
    let sure = sure.unwrap_or_else(|| panic!("{steps:?}"));
    assert!(steps[sure].lines < source.lines(), "nothing was cut before: {steps:?}");
    // The steps before the first cut have names, too: nobody waits without knowing for what.
    assert_eq!(steps[0].doing, "measuring how often it shows");
    assert!(steps.iter().filter(|s| s.tried == 0).count() > 4, "{steps:?}");
}

#[test]
fn a_stored_finding_becomes_small_and_still_shows() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path().join(ID);
    copy(&dir);
    let (code, report) = run_minimize(tmp.path(), &[ID, "--time", "120s", "--runs", "10"]);
    assert_eq!(code, Some(1), "{report:#}");
    assert_eq!(report["id"], ID);
    let at_most = |field: &str, n: u64| {
        assert!(report[field].as_u64().unwrap() <= n, "{field}: {report:#}");
    };
    at_most("lines", 15);
    at_most("goroutines", 2);
    at_most("operations", 3);
    assert!(report["reproduced"][0].as_u64().unwrap() > 0, "{report:#}");
    let text = fs::read_to_string(dir.join("minimized.txtar")).unwrap();
    assert_eq!(text, report["text"].as_str().unwrap());
    let small = SourceCase::from_txtar(&text).unwrap();
    assert_eq!(small.lines() as u64, report["lines"].as_u64().unwrap());
    let finding = Finding::from_json(&fs::read_to_string(dir.join("finding.json")).unwrap());
    assert_eq!(finding.unwrap().minimized.unwrap().lines, small.lines());
    // Everyone can see the race, in a program that a person could have written.
    let standalone = &report["standalone"];
    assert!(standalone["reproduced"][0].as_u64().unwrap() > 0, "{report:#}");
    let main = fs::read_to_string(dir.join("repro/main.go")).unwrap();
    assert_eq!(main.lines().count() as u64, standalone["lines"].as_u64().unwrap());
    assert!(main.lines().count() <= 60, "{main}");
    assert!(fs::read_to_string(dir.join("issue.md")).unwrap().contains(&main));
    // The smallest test case stays as it is, and is a test case like any other.
    fs::write(dir.join("testcase.txtar"), &text).unwrap();
    let args = [ID, "--time", "120s", "--runs", "1", "--no-verify"];
    let (code, again) = run_minimize(tmp.path(), &args);
    assert_eq!(code, Some(1), "{again:#}");
    assert!(again["lines"].as_u64() <= report["lines"].as_u64(), "{again:#}");
}

fn files(dir: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(dir).unwrap().map(|e| e.unwrap().path());
    let mut files: Vec<_> = entries
        .map(|p| (p.file_name().unwrap().to_string_lossy().into_owned(), p))
        .map(|(name, p)| (name, fs::read_to_string(p).unwrap_or_default()))
        .collect();
    files.sort();
    files
}

/// A renamed copy, with the original beside it, of a finding from another machine: the copy gets
/// everything, and the original nothing.
#[test]
fn a_renamed_copy_is_worked_on_and_not_the_original() {
    let tmp = tempfile::tempdir().unwrap();
    let (copied, original) = (tmp.path().join("copied from ci"), tmp.path().join(ID));
    copy(&original);
    copy(&copied);
    let json = copied.join("finding.json");
    let text = fs::read_to_string(&json).unwrap();
    fs::write(&json, text.replace("/usr/", "/home/elsewhere/")).unwrap();
    let before = files(&original);
    let args = ["copied from ci", "--time", "20s", "--runs", "2", "--no-verify"];
    let (code, report) = run_minimize(tmp.path(), &args);
    assert_eq!(code, Some(1), "{report:#}");
    assert_eq!(report["path"], "copied from ci/minimized.txtar");
    assert_eq!(files(&original), before, "the original was changed");
    let read = || Finding::from_json(&fs::read_to_string(&json).unwrap()).unwrap();
    assert!(read().minimized.is_some() && copied.join("repro/main.go").exists());
    fs::remove_dir_all(&original).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_typerace"));
    command.args(["report", "--verify", "1", "--crashes", "."]).current_dir(tmp.path());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(read().standalone.is_some(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// In a folder that cannot be written, the result is printed, and the command says so first.
#[test]
fn a_read_only_crash_directory_is_minimized_too() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path().join("archive");
    copy(&dir);
    let before = files(&dir);
    let script = "mount --bind archive archive && mount -o remount,bind,ro archive || exit 99
        exec \"$0\" minimize archive --time 15s --runs 2";
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", script, env!("CARGO_BIN_EXE_typerace")]);
    let output = command.current_dir(tmp.path()).output();
    let Some(output) = output.ok().filter(|o| ![Some(99), None].contains(&o.status.code())) else {
        eprintln!("skipped: this system allows no mount in a namespace");
        return;
    };
    let [out, err] = [&output.stdout, &output.stderr].map(|b| String::from_utf8_lossy(b));
    if err.contains("unshare failed") {
        eprintln!("skipped: {err}");
        return;
    }
    assert_eq!(output.status.code(), Some(1), "{err}");
    let first = err.lines().next().unwrap_or_default();
    assert!(first.contains("cannot write in ") && first.contains("not stored"), "{err}");
    assert!(out.contains("-- ") && !out.contains("stored in"), "{out}");
    assert_eq!(files(&dir), before);
}

/// A finding that the original rarely shows is searched for in the small program of another finding
/// in the same store.
#[test]
fn a_race_that_hides_is_found_in_a_neighbours_program() {
    let tmp = tempfile::tempdir().unwrap();
    let (dir, beside) = (tmp.path().join(ID), tmp.path().join("data-race-000000000001"));
    copy(&dir);
    copy(&beside);
    fs::rename(beside.join("testcase.txtar"), beside.join("minimized.txtar")).unwrap();
    let small = "go check a\n-- a/a.go --\npackage a\n";
    fs::write(beside.join("testcase.txtar"), small).unwrap();
    // Two checks that share nothing, in a program that is not small.
    let hidden = "go check a\ngo check a\n-- a/a.go --\npackage a\n".to_owned()
        + &(0..200).map(|i| format!("\ntype T{i} struct{{}}\n")).collect::<String>();
    fs::write(dir.join("testcase.txtar"), hidden).unwrap();
    let (code, report) = run_minimize(tmp.path(), &[ID, "--time", "120s", "--no-verify"]);
    assert_eq!((code, report["original"][0].as_u64()), (Some(1), Some(0)), "{report:#}");
    assert_eq!(report["id"], ID);
    assert!(report["lines"].as_u64().unwrap() <= 15, "{report:#}");
    assert!(report["reproduced"][0].as_u64().unwrap() > 0, "{report:#}");
}

/// Another program and another scenario with the race of [`ID`].
const OTHER: &str = "\
share context
import source
meet start
before check lib
go check app ; walk methods lib ; walk string lib reversed
go walk unalias lib ; check app ; walk underlying lib shuffled 7
go check app
-- lib/lib.go --
package lib

type Pair[K comparable, V any] struct {
	Key K
	Val V
}

type Map[K comparable, V any] = map[K]Pair[K, V]

type Set[T comparable] struct{ m Map[T, struct{}] }

func (s *Set[T]) All() Map[T, struct{}] { return s.m }

func (s *Set[T]) Add(x T) bool {
	_, ok := s.m[x]
	return !ok
}

var Names *Set[string]
-- app/app.go --
package app

import \"lib\"

type Index struct {
	lib.Set[int]
	n int
}

func (i Index) Len() int { return i.n + len(i.All()) }
";

#[test]
fn two_originals_of_one_finding_end_alike() {
    let tmp = tempfile::tempdir().unwrap();
    let mut small = Vec::new();
    let original = fs::read_to_string(fixture().join("testcase.txtar")).unwrap();
    for (name, text) in [("one", original.as_str()), ("two", OTHER)] {
        let dir = tmp.path().join(name).join(ID);
        fs::create_dir(tmp.path().join(name)).unwrap();
        copy(&dir);
        fs::write(dir.join("testcase.txtar"), text).unwrap();
        let args = [dir.to_str().unwrap(), "--time", "120s", "--runs", "5", "--no-verify"];
        let (code, report) = run_minimize(tmp.path(), &args);
        assert_eq!((code, &report["id"]), (Some(1), &Value::from(ID)), "{name}: {report:#}");
        assert_eq!(report["complete"], true, "{name}: {report:#}");
        let text = report["text"].as_str().unwrap();
        small.push((
            report["lines"].as_u64(),
            report["goroutines"].as_u64(),
            report["operations"].as_u64(),
            // The scenarios may differ in the settings that make the race likely.
            text.split_once("-- ").unwrap().1.to_owned(),
        ));
    }
    assert_eq!(small[0], small[1]);
}

#[test]
fn what_shows_nothing_is_not_minimized() {
    let tmp = tempfile::tempdir().unwrap();
    let quiet = "go check a\n-- a/a.go --\npackage a\n";
    fs::write(tmp.path().join("quiet.txtar"), quiet).unwrap();
    let (code, report) = run_minimize(tmp.path(), &["quiet.txtar"]);
    assert_eq!((code, &report["shown"]), (Some(0), &Value::Bool(false)));
    assert_eq!(report["text"], Value::Null);
}

#[test]
fn rates_of_each_way_to_run_have_intervals() {
    let tmp = tempfile::tempdir().unwrap();
    let reproduce = |file: &str, args: &[&str]| -> Value {
        let mut command = Command::new(env!("CARGO_BIN_EXE_typerace"));
        command.args(["reproduce", "--json", file]).args(args).current_dir(tmp.path());
        let output = command.stdin(Stdio::null()).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}\n{err}"))
    };
    let crash = tmp.path().join(ID);
    copy(&crash);
    let original = fs::read_to_string(crash.join("testcase.txtar")).unwrap();
    let seed = original.lines().find(|l| l.starts_with("schedule seed")).unwrap();
    fs::write(crash.join("testcase.txtar"), original.replace(&format!("{seed}\n"), "")).unwrap();
    let report = reproduce(ID, &["--fresh-runs", "3"]);
    let rates = &report["rates"];
    assert_eq!(rates["schedule"], Value::Null, "{rates}");
    assert_eq!(rates["fresh"]["runs"], 3, "{rates}");
    // It always shows, so twenty runs are unnecessary.
    let rate = |r: &Value, key: &str| r[key].as_f64().unwrap();
    let persistent = &rates["persistent"];
    assert!(rate(persistent, "seen") > 0.0 && rate(persistent, "runs") <= 20.0, "{rates}");
    assert_eq!(report["reproduced"][1], persistent["runs"]);
    for r in [persistent, &rates["fresh"]] {
        let share = rate(r, "seen") / rate(r, "runs");
        assert!(
            rate(r, "low") <= share && share <= rate(r, "high") && rate(r, "low") < rate(r, "high")
        );
    }
    // With a seed, the rate under the seed comes first.
    fs::write(tmp.path().join("seeded.txtar"), original).unwrap();
    let report = reproduce("seeded.txtar", &["--runs", "4", "--fresh-runs", "0"]);
    assert_eq!(report["rates"]["schedule"]["runs"], 4, "{report:#}");
    assert_eq!(report["rates"]["fresh"], Value::Null, "{report:#}");
}

#[test]
fn a_crash_directory_of_the_first_format_opens() {
    let (case, finding) = load_case(&fixture()).unwrap();
    let finding = finding.unwrap();
    assert_eq!((finding.id.as_str(), &finding.minimized), (ID, &None));
    assert!(case.scenario.is_some());
}

#[test]
fn an_instance_comes_by_substitution_where_source_is_imported() {
    let mut harness = harness();
    let text = "import synthetic\nbefore check p\ngo check a\ngo check a\n-- p/p.go --\npackage p\n\ntype T[P any] []int\n\nvar X T[int]\n-- a/a.go --\npackage a\n\nimport \"p\"\n\nvar X = p.X[0]\n";
    let case = harness.import(&SourceCase::from_txtar(text).unwrap()).unwrap();
    let all = reducers();
    let reducer = all.iter().find(|r| r.name() == "import from source").unwrap();
    let made: Vec<String> = reducer
        .edits(&case)
        .iter()
        .filter_map(|e| apply(&case, e))
        .map(|new| new.to_source().to_txtar())
        .collect();
    assert!(made.iter().all(|t| t.contains("import source") && t.contains("var X W[int]")));
    for part in ["type W[P any] struct{ F T[P] }", "var X = p.X.F[0]", "var X = p.X.F()[0]"] {
        assert!(made.iter().any(|t| t.contains(part)), "{part}: {made:#?}");
    }
}

#[test]
fn every_candidate_is_go() {
    let mut harness = harness();
    let source = load_case(&fixture()).unwrap().0;
    let case = harness.import(&source).unwrap();
    let mut candidates = 0;
    for reducer in reducers() {
        for edit in reducer.edits(&case) {
            let Some(new) = apply(&case, &edit) else { continue };
            candidates += 1;
            for (name, text) in new.to_source().packages.into_iter().flat_map(|p| p.files) {
                if let Err(errors) = harness.parse(&name, &text).unwrap() {
                    panic!("{}: {errors:?}\n{text}", reducer.name());
                }
            }
        }
    }
    assert!(candidates > 50, "{candidates}");
}
