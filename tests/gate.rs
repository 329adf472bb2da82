//! The gate for somebody who changes go/types, through the real harness: two sides, the finding's
//! subject, and what is said when the change is no Go.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use typerace::harness::{GoOptions, Toolchain};

const CASE: &str = include_str!("../corpus/fixedbugs/issue61561.txtar");

fn typerace(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_typerace"));
    command.args(args).current_dir(dir).stdin(Stdio::null()).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

#[track_caller]
fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}\n{}", said(output)))
}

fn go() -> Toolchain {
    Toolchain::locate(&GoOptions::default(), &mut |_| ()).unwrap()
}

/// Writes an overlay that changes a file of go/types, and returns its path.
#[track_caller]
fn overlay(dir: &Path, name: &str, file: &str, old: &str, new: &str) -> PathBuf {
    let from = go().goroot.join("src/go/types").join(file);
    let source = fs::read_to_string(&from).unwrap();
    assert!(source.contains(old), "{} has no {old:?}", from.display());
    let changed = dir.join(format!("{name}.go"));
    fs::write(&changed, source.replacen(old, new, 1)).unwrap();
    let json = serde_json::json!({ "Replace": { from.to_str().unwrap(): changed } });
    let path = dir.join(format!("{name}.json"));
    fs::write(&path, json.to_string()).unwrap();
    path
}

fn corpus(dir: &Path) {
    fs::create_dir_all(dir.join("corpus/fixedbugs")).unwrap();
    fs::write(dir.join("corpus/fixedbugs/issue61561.txtar"), CASE).unwrap();
}

/// The fix of golang/go#61561 taken out: substitution leaves interfaces to their first reader.
fn broken(dir: &Path) -> PathBuf {
    let old = "if subst.check == nil { // golang/go#61561: all newly created interfaces must be completed\n\t\t\t\tiface.typeSet()";
    let new = "if subst.check == nil { // golang/go#61561: all newly created interfaces must be completed\n\t\t\t\t_ = iface";
    overlay(dir, "broken", "subst.go", old, new)
}

const SIDES: [&str; 7] =
    ["regress", "--corpus", "corpus", "--time", "40s", "--overlay", "broken.json"];

/// From the change to the verdict, and from there to the same race without any option.
#[test]
fn what_a_change_breaks_is_new_and_shows_again() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    corpus(dir);
    broken(dir);
    let output = typerace(dir, &[&SIDES[..], &["--against-overlay", "none", "--json"]].concat());
    let report = json(&output);
    assert_eq!(output.status.code(), Some(1), "{report:#}");
    assert_eq!(report["against"], true);
    let findings = report["columns"][1]["verdict"]["findings"].as_array().unwrap();
    let new: Vec<&Value> = findings.iter().filter(|j| j["status"] == "new").collect();
    assert!(!new.is_empty(), "{report:#}");
    for j in &new {
        let signature = j["signature"].as_str().unwrap();
        assert!(signature.contains("computeInterfaceTypeSet"), "{signature}");
        assert!(j["why"].as_str().unwrap().contains("runs without the change"), "{j:#}");
    }
    // What the first side shows fails nothing.
    let base = report["columns"][0]["verdict"]["findings"].as_array().unwrap();
    assert!(base.iter().all(|j| j["status"] != "new" && j["status"] != "worse"), "{base:#?}");
    // Every finding of either side is accounted for.
    let effects = report["effects"].as_array().unwrap();
    for j in findings.iter().chain(base).filter(|j| j["id"] != "") {
        assert!(effects.iter().any(|e| e["signature"] == j["signature"]), "{j:#}");
    }
    let changed = &report["changed"][0];
    assert_eq!(changed["function"], "(*subster).typ", "{report:#}");
    if cfg!(target_arch = "x86_64") {
        assert!(changed["counters"][0].as_u64().unwrap() > 0, "{changed:#}");
    }

    let sample = new.iter().find_map(|j| j["sample"].as_object()).expect("a small program");
    let crash = dir.join(sample["path"].as_str().unwrap());
    assert!(sample["program"].as_str().unwrap().contains("package"), "{sample:#?}");
    let finding: Value =
        serde_json::from_str(&fs::read_to_string(crash.join("finding.json")).unwrap()).unwrap();
    let subject = &finding["subject"];
    assert_eq!(subject["overlay"][0]["file"], "src/go/types/subst.go", "{subject:#}");

    // The user's files may be gone.
    fs::remove_file(dir.join("broken.json")).unwrap();
    fs::remove_file(dir.join("broken.go")).unwrap();
    let crash_arg = crash.to_str().unwrap();
    let again = typerace(dir, &["reproduce", crash_arg, "--json"]);
    assert!(json(&again)["reproduced"][0].as_u64().unwrap() > 0, "{}", said(&again));
    assert!(said(&again).contains("with src/go/types/subst.go replaced"), "{}", said(&again));
    // A choice of Go counts more.
    let plain = go().go;
    let without =
        typerace(dir, &["reproduce", crash_arg, "--json", "--go", plain.to_str().unwrap()]);
    assert_eq!(json(&without)["reproduced"][0], 0, "{}", said(&without));

    // For people: the command in the program, and quotations of the changed file.
    let main = fs::read_to_string(crash.join("repro/main.go")).unwrap();
    // An overlay names the files of one GOROOT, so the command is that of this GOROOT.
    let run = "/bin/go run -overlay ../subject/overlay.json -race .";
    assert!(main.contains(run), "{main}");
    let issue = fs::read_to_string(crash.join("issue.md")).unwrap();
    assert!(issue.contains(run) && issue.contains("was not that of the release"), "{issue}");
    let mut go = Command::new(&plain);
    go.args(run.split(' ').skip(1)).current_dir(crash.join("repro"));
    let output = go.env("GOFLAGS", "").env("GOTOOLCHAIN", "local").output().unwrap();
    assert!(said(&output).contains("WARNING: DATA RACE"), "{}", said(&output));
}

/// The other way round, the change is a fix. And a change that no case enters is no proof.
#[test]
fn a_fix_passes_and_an_unseen_function_is_named() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    corpus(dir);
    broken(dir);
    let old = "func (check *Checker) reportCycle(cycle []Object) {\n";
    overlay(dir, "unseen", "initorder.go", old, &format!("{old}\t_ = len(cycle)\n"));
    let base = ["regress", "--corpus", "corpus", "--time", "40s", "--overlay", "unseen.json"];
    let output = typerace(dir, &[&base[..], &["--against-overlay", "broken.json"]].concat());
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(text.contains("fixes"), "{text}");
    if cfg!(target_arch = "x86_64") {
        let verdict = "passed; 1 of 2 changed functions was never entered\n";
        assert!(text.starts_with(verdict) && text.ends_with(verdict), "{text}");
        assert!(
            text.contains("(*Checker).reportCycle") && text.contains("NEVER ENTERED"),
            "{text}"
        );
    }
    assert!(!dir.join("regress-findings").exists());

    let output = typerace(dir, &[&base[..], &["--against-overlay", "unseen.json"]].concat());
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("there is no change to look at"), "{}", said(&output));
}

#[test]
fn a_change_that_is_no_go_is_blamed_by_file_and_line() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    corpus(dir);
    let old = "func (check *Checker) reportCycle(cycle []Object) {\n";
    let path = overlay(dir, "bad", "initorder.go", old, &format!("{old}\tnosuch()\n"));
    let text = fs::read_to_string(dir.join("bad.go")).unwrap();
    let line = text.lines().position(|l| l == "\tnosuch()").unwrap() + 1;
    for command in ["regress", "fuzz"] {
        let output = typerace(dir, &[command, "--overlay", path.to_str().unwrap()]);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        let place = format!("{}:{line}:", dir.join("bad.go").display());
        assert!(said.contains(&place) && said.contains("nosuch"), "{place} in {said}");
        assert!(!said.contains("x/tools") && !said.contains("probes"), "{said}");
        assert!(said.contains("correct the lines above"), "{said}");
    }
}

#[test]
fn a_tree_that_is_not_built_needs_make_bash() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    fs::create_dir_all(dir.join("tree/src")).unwrap();
    fs::write(dir.join("tree/src/make.bash"), "").unwrap();
    for (goroot, want) in [("tree", "tree/src && ./make.bash"), ("none", "--goroot the root")] {
        for command in
            [&["doctor"][..], &["regress"], &["fuzz"], &["overlay", "--git", ".", "HEAD"]]
        {
            if command[0] == "overlay" {
                let made = Command::new("git").args(["init", "-q", "."]).current_dir(dir).status();
                assert!(made.unwrap().success());
            }
            let output = typerace(dir, &[command, &["--goroot", goroot]].concat());
            assert_eq!(output.status.code(), Some(3), "{command:?}: {}", said(&output));
            assert!(said(&output).contains(want), "{command:?}: {}", said(&output));
        }
    }
}

/// From a checkout to the overlay.
#[test]
fn a_checkout_gives_an_overlay() {
    let tmp = tempfile::tempdir().unwrap();
    let (dir, repo) = (tmp.path(), tmp.path().join("repo"));
    let git = |args: &[&str]| {
        let settings = ["-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false"];
        let done = Command::new("git").arg("-C").arg(&repo).args(settings).args(args).output();
        assert!(done.as_ref().unwrap().status.success(), "{args:?}: {}", said(&done.unwrap()));
    };
    let file = repo.join("src/go/types/subst.go");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    let source = fs::read_to_string(go().goroot.join("src/go/types/subst.go")).unwrap();
    fs::write(&file, &source).unwrap();
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "base"]);
    fs::write(&file, source + "\nfunc added() {}\n").unwrap();
    let output = typerace(dir, &["overlay", "--git", "repo", "HEAD"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    // A file that git no longer tracks is one file.
    git(&["rm", "-q", "--cached", "src/go/types/subst.go"]);
    let untracked = typerace(dir, &["overlay", "--git", "repo", "HEAD"]);
    assert_eq!(String::from_utf8_lossy(&untracked.stdout), text, "{}", said(&untracked));
    let next =
        "now: typerace regress --overlay typerace-overlay/overlay.json --against-overlay none";
    assert!(text.contains("src/go/types/subst.go") && text.contains(next), "{text}");
    let overlay = fs::read_to_string(dir.join("typerace-overlay/overlay.json")).unwrap();
    assert!(overlay.contains(file.canonicalize().unwrap().to_str().unwrap()), "{overlay}");
    for (args, want) in [(["HEAD~9"], "HEAD~9 is not a revision"), (["-x"], "unexpected argument")]
    {
        let output = typerace(dir, &[&["overlay", "--git", "repo"], &args[..]].concat());
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains(want), "{}", said(&output));
    }
}
