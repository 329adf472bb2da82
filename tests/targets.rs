//! Targets: a user's own Go package in the harness, from the command line to findings.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use typerace::harness::{GoOptions, Toolchain};

fn typerace(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_typerace"));
    command.args(args).current_dir(dir).stdin(Stdio::null()).output().unwrap()
}

fn both(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

#[track_caller]
fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}\n{}", both(output)))
}

/// A package outside any module: one operation that races although its class forbids it, and one
/// that does not.
const LOOSE: &str = r#"package loose

import (
	"strings"

	"typerace/harness/target"
)

func init() {
	target.Register(target.Operation{
		Name: "count", Does: "counts its calls", Class: target.Bug,
		Rule: "It may be called by several goroutines.", Place: "loose.go", Run: count,
	})
	target.Register(target.Operation{Name: "names", Does: "names of a scope", Run: names})
}

var calls int

func count(*target.Input) (string, error) {
	calls++
	return "", nil
}

func names(in *target.Input) (string, error) {
	if in.Object != nil {
		return in.Object.String(), nil
	}
	return strings.Join(in.Package.Scope().Names(), " "), nil
}
"#;

const COUNT: &str = "import source\nmeet start\nbefore check a\n\
                     go     target count a ; target names a T\n\
                     go     target names a ; target count a T\n\
                     -- a/a.go --\npackage a\n\ntype T int\n\ntype U T\n";

fn loose(dir: &Path) {
    fs::create_dir(dir.join("own")).unwrap();
    fs::write(dir.join("own/loose.go"), LOOSE).unwrap();
    // Neither file is part of the package.
    fs::write(dir.join("own/loose_test.go"), "package loose\n\nimport _ \"nowhere\"\n").unwrap();
    fs::write(dir.join("own/README"), "text").unwrap();
    fs::write(dir.join("count.txtar"), COUNT).unwrap();
}

#[test]
fn a_race_in_a_target_is_found_and_blamed_on_it() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    loose(dir);

    let output = typerace(dir, &["scenarios", "--harness", "own", "--json"]);
    let table = json(&output);
    let own: Vec<(&str, &str, &str)> = table
        .as_array()
        .unwrap()
        .iter()
        .filter(|e| e["kind"] == "target")
        .map(|e| {
            let text = |v: &'static str| e[v].as_str().unwrap();
            (text("name"), text("class"), e["rule"]["place"].as_str().unwrap())
        })
        .collect();
    assert_eq!(own, [("count", "bug", "loose.go"), ("names", "unstated", "")]);

    let output = typerace(dir, &["reproduce", "count.txtar", "--harness", "own", "--json"]);
    assert_eq!(output.status.code(), Some(1), "{}", both(&output));
    let found = json(&output);
    assert_eq!(found["notes"].as_array().map(Vec::len), Some(0), "{found:#}");
    let finding = &found["findings"][0];
    assert_eq!(
        finding["signature"],
        "data-race: typerace/harness/loosetarget.count / typerace/harness/loosetarget.count"
    );
    assert_eq!((&finding["blame"], &finding["class"]), (&"target".into(), &"unstated".into()));

    // Half of the scenario is unnecessary, and without the target the rest cannot be run.
    let args = ["minimize", "count.txtar", "--harness", "own", "--time", "30s"];
    let output = typerace(dir, &args);
    let said = both(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("target count") && !said.contains("target names"), "{said}");
}

/// The generator and the mutators use the operations that a target registers, and findings are
/// stored so that they can be run again.
#[test]
fn a_campaign_uses_targets() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    loose(dir);
    let args = ["fuzz", "--no-seeds", "--seed", "2", "--execs", "200", "--json"];
    let more = ["--minimize-percent", "0", "--harness", "own"];
    let output = typerace(dir, &[&args[..], &more].concat());
    let summary = json(&output);
    for name in ["target count", "target names"] {
        let n = summary["elements"][name].as_u64();
        assert!(n.is_some_and(|n| n > 0), "{name}: {n:?}, {}", both(&output));
    }
    let race = "data-race: typerace/harness/loosetarget.count / typerace/harness/loosetarget.count";
    let findings = summary["findings"].as_array().unwrap();
    let path = findings.iter().find(|f| f["signature"] == race).map(|f| f["path"].as_str());
    let crash = path.flatten().unwrap_or_else(|| panic!("{findings:#?}"));
    let again = typerace(dir, &["reproduce", crash, "--harness", "own"]);
    assert_eq!(again.status.code(), Some(1), "{}", both(&again));
    assert!(
        !dir.join(crash).join("repro").exists(),
        "a program that cannot be run without the target"
    );
    // The gate and the page can read it without the target too.
    let page = typerace(dir, &["report", "--html", "p.html"]);
    assert_eq!(page.status.code(), Some(0), "{}", both(&page));
    let gate = typerace(dir, &["regress", "--corpus", ".", "--crashes", "crashes"]);
    assert_eq!(gate.status.code(), Some(2), "{}", both(&gate));
    assert!(both(&gate).contains("--harness"), "{}", both(&gate));
}

/// A module with two targets, one package without operations, and what editors need of the harness.
fn linter(dir: &Path) {
    let target = |name: &str, state: &str| {
        format!(
            "package {name}\n\nimport \"typerace/harness/target\"\n\n{state}\nfunc init() {{\n\t\
             target.Register(target.Operation{{Name: \"{name}\", Does: \"counts\", Run: run}})\n}}\n"
        )
    };
    let races =
        "var calls int\n\nfunc run(*target.Input) (string, error) { calls++; return \"\", nil }\n";
    let other = "func run(*target.Input) (string, error) { return \"\", nil }\n";
    for (path, text) in [
        ("fuzza/a.go", target("fuzza", other)),
        ("fuzzb/b.go", target("fuzzb", races)),
        ("plain/c.go", "package plain\n".to_owned()),
    ] {
        let path = dir.join("two").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let wrote = typerace(dir, &["harness", "--write", "typerace-harness"]);
    let said = both(&wrote);
    assert_eq!(wrote.status.code(), Some(0), "{said}");
    let wanted: Vec<&str> =
        said.lines().filter(|l| l.starts_with("require ") || l.starts_with("replace ")).collect();
    assert_eq!(wanted.len(), 2, "{said}");
    let go_mod = format!("module example.org/two\n\ngo 1.21\n\n{}\n", wanted.join("\n"));
    fs::write(dir.join("two/go.mod"), go_mod).unwrap();
}

/// Each package of a module is a target of its own, and a finding of one becomes a Go test that
/// its author can keep.
#[test]
fn a_finding_becomes_a_test_in_the_targets_module() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    linter(dir);
    let again = typerace(dir, &["harness", "--write", "typerace-harness"]);
    assert_eq!(again.status.code(), Some(2), "it would mix two versions: {}", both(&again));
    for name in ["fuzza", "fuzzb"] {
        let folder = format!("two/{name}");
        let output = typerace(dir, &["scenarios", "--harness", &folder, "--json"]);
        let table = json(&output);
        let table = table.as_array().unwrap().iter().filter(|e| e["kind"] == "target");
        assert_eq!(table.map(|e| e["name"].as_str().unwrap()).collect::<Vec<_>>(), [name]);
    }
    let output = typerace(dir, &["scenarios", "--harness", "two/plain"]);
    assert_eq!(output.status.code(), Some(2), "{}", both(&output));
    assert!(both(&output).contains("registers no operation"), "{}", both(&output));

    fs::create_dir(dir.join("seeds")).unwrap();
    let seed = "import source\nmeet start\nbefore check a\n\
                go     target fuzzb a ; walk string a\n\
                go     walk string a ; target fuzzb a T\n\
                -- a/a.go --\npackage a\n\ntype T int\n";
    fs::write(dir.join("seeds/x.txtar"), seed).unwrap();
    let args = ["fuzz", "--corpus", "seeds", "--seed", "1", "--execs", "20", "--json"];
    let more = ["--minimize-percent", "0", "--harness", "two/fuzzb"];
    let summary = json(&typerace(dir, &[&args[..], &more].concat()));
    let findings = summary["findings"].as_array().unwrap();
    let of = |f: &&Value| f["signature"].as_str().is_some_and(|s| s.contains("two/fuzzb.run"));
    let found = findings.iter().find(of).unwrap_or_else(|| panic!("{findings:#?}"));
    let crash = dir.join(found["path"].as_str().unwrap());
    let test = fs::read_to_string(crash.join("target_test.go")).unwrap();
    assert!(test.contains("folder of example.org/two/fuzzb,"), "{test}");

    // As the comment in it says. The test of another finding stands beside it.
    let name = test.split_once(", as ").unwrap().1.split_once(" for example,").unwrap().0;
    fs::write(dir.join("two/fuzzb").join(name), &test).unwrap();
    let id = &found["id"].as_str().unwrap()["data-race-".len()..];
    let function = test.split_once("\nfunc ").unwrap().1.split_once('(').unwrap().0;
    assert!(name.contains(id) && function.to_lowercase().contains(id), "{test}");
    let other = test.replace(function, "TestDataRaceOther");
    fs::write(dir.join("two/fuzzb").join(name.replace(id, "other")), other).unwrap();
    let go = Toolchain::locate(&GoOptions::default(), &mut |_| ()).unwrap();
    let run = test.lines().find_map(|l| l.strip_prefix("//\tgo test ")).unwrap();
    let run = format!("test {run}");
    let mut command = go.command();
    command.args(run.split(' ')).env("CGO_ENABLED", "1").current_dir(dir.join("two/fuzzb"));
    let said = both(&command.output().unwrap());
    assert!(said.contains("--- FAIL: TestDataRace") && said.contains("two/fuzzb.run"), "{said}");
    let mut gofmt = go.command();
    let vetted = gofmt.args(["vet", "."]).current_dir(dir.join("two/fuzzb")).output().unwrap();
    assert!(vetted.status.success(), "{}", both(&vetted));
}

/// Unusable targets are reported with advice, and are the user's to fix.
#[test]
fn unusable_targets() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    fs::write(dir.join("count.txtar"), COUNT).unwrap();
    let package = |name: &str, text: &str| {
        fs::create_dir(dir.join(name)).unwrap();
        fs::write(dir.join(name).join("x.go"), text).unwrap();
    };
    fs::create_dir(dir.join("empty")).unwrap();
    package("nothing", "package x\n");
    package("broken", "package x\n\nfunc f() int { return \"\" }\n");
    package("program", "package main\n\nfunc main() {}\n");
    package(
        "twice",
        "package x\n\nimport \"typerace/harness/target\"\n\nfunc init() {\n\t\
         op := target.Operation{Name: \"a\", Does: \"x\", Run: func(*target.Input) (string, error) { return \"\", nil }}\n\t\
         target.Register(op)\n\ttarget.Register(op)\n}\n",
    );
    package("newer", "package x\n");
    fs::write(dir.join("newer/go.mod"), "module example.org/x\n\ngo 1.99\n").unwrap();
    for (name, want) in [
        ("missing", "No such file"),
        ("empty", "no Go files"),
        ("nothing", "registers no operation"),
        ("broken", "x.go:3"),
        ("program", "is a program"),
        ("twice", "registered twice"),
        ("newer", "go >= 1.99"),
    ] {
        let output = typerace(dir, &["scenarios", "--harness", name]);
        let said = both(&output);
        assert_eq!(output.status.code(), Some(2), "{name}: {said}");
        assert!(said.contains(want) && said.contains("docs/TARGETS.md"), "{name}: {said}");
    }
    let missing = "no target registered the operation 'count'";
    for args in [
        &["reproduce", "count.txtar"][..],
        &["minimize", "count.txtar"],
        &["regress", "--corpus", "."],
        &["fuzz", "--corpus", ".", "--execs", "5"],
        &["bisect", "count.txtar", "--releases", "go1.26.8"],
    ] {
        let output = typerace(dir, args);
        let said = both(&output);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains(missing) && said.contains("--harness"), "{args:?}: {said}");
    }
}

/// The two examples behave as docs/TARGETS.md says. They need golang.org/x/tools.
#[test]
fn the_examples_run() {
    let go = Toolchain::locate(&GoOptions::default(), &mut |_| ()).unwrap();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/targets");
    for (name, package, operations) in [
        ("ssa", "ssa", &["ssa-build", "ssa-methods", "ssa-program"][..]),
        ("linter", "linter/fuzz", &["lint"]),
    ] {
        let module = examples.join(name);
        let mut download = go.command();
        let got = download.args(["mod", "download"]).current_dir(&module).output().unwrap();
        if !got.status.success() {
            // The module proxy is unreachable, or Go is older than these require.
            eprintln!("skipped: {name}: {}", String::from_utf8_lossy(&got.stderr));
            continue;
        }
        let tmp = tempfile::tempdir().unwrap();
        let folder = examples.join(package).display().to_string();
        let case = module.join("example.txtar").display().to_string();
        let args = ["reproduce", &case, "--harness", &folder, "--runs", "20", "--json"];
        let output = typerace(tmp.path(), &args);
        let report = json(&output);
        assert_eq!(output.status.code(), Some(0), "{report:#}\n{}", both(&output));
        assert_eq!(report["notes"].as_array().map(Vec::len), Some(0), "{report:#}");

        let args = ["fuzz", "--harness", &folder, "--seed", "1", "--execs", "60", "--json"];
        let output = typerace(tmp.path(), &[&args[..], &["--profile", "safe"]].concat());
        let summary = json(&output);
        for operation in operations {
            let n = summary["elements"][format!("target {operation}")].as_u64();
            assert!(n.is_some_and(|n| n > 0), "{operation}: {n:?} {}", both(&output));
        }
    }
}
