//! What campaigns and `reproduce` make of faults that are not a test case's alone: misuse
//! of go/types by the harness, heaps over the cap and heaps that grow, races of other
//! people's code. The real command line over a harness with planted faults.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use typerace::finding::Finding;
use typerace::harness::{BuiltHarness, GoOptions};
use typerace::store::Store;

#[path = "planted/overlay.rs"]
mod planted;

fn options() -> GoOptions {
    GoOptions { toolchain: std::env::var("TYPERACE_TOOLCHAIN").ok(), ..GoOptions::default() }
}

fn overlay() -> &'static Path {
    static OVERLAY: OnceLock<PathBuf> = OnceLock::new();
    OVERLAY.get_or_init(|| {
        let say = &mut |line: &str| eprintln!("{line}");
        planted::overlay(&BuiltHarness::get(&options(), say).unwrap().toolchain.goroot)
    })
}

fn typerace(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_typerace"));
    command.args(args).current_dir(dir).env("TMPDIR", dir).stdin(Stdio::null());
    if let Some(toolchain) = options().toolchain {
        command.args(["--toolchain", &toolchain]);
    }
    command.output().unwrap()
}

fn planted(dir: &Path, args: &[&str]) -> Output {
    typerace(dir, &[args, &["--overlay", overlay().to_str().unwrap()]].concat())
}

/// A scenario over a package that declares a type of that name.
fn case(dir: &Path, scenario: &str, name: &str) {
    let file = format!("-- a/a.go --\npackage a\n\ntype {name} struct{{ F int }}\n");
    fs::create_dir(dir.join("seeds")).unwrap();
    fs::write(dir.join("seeds/a.txtar"), format!("meet start\n{scenario}\n{file}")).unwrap();
}

fn stored(dir: &Path) -> Vec<(PathBuf, Finding)> {
    let Ok(store) = Store::existing(&dir.join("crashes")) else { return Vec::new() };
    let listing = store.list().unwrap();
    assert!(listing.problems.is_empty(), "torn: {:?}", listing.problems);
    listing.findings
}

/// The harness gives go/types what the documentation forbids: an error of the harness, by
/// the panic that go/types itself raises.
#[test]
fn a_harness_that_misuses_go_types_is_no_finding() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    case(dir, "before check a\ngo set a.FaultMisuse method\ngo check a", "FaultMisuse");
    let fuzz = ["fuzz", "--plain", "--corpus", "seeds", "--seed", "1", "--execs", "5"];
    for args in [&["reproduce", "seeds/a.txtar"][..], &fuzz] {
        let output = planted(dir, args);
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{args:?}: {err}");
        let said = "misused go/types, which is its own fault and no finding";
        assert!(err.contains(said), "{args:?}: {err}");
        assert!(err.contains("variadic function must have at least one parameter"), "{err}");
        assert!(err.contains("engine.(*goroutine).set"), "it does not say where: {err}");
        assert!(stored(dir).is_empty(), "{:?}", stored(dir));
    }
}

/// What is over the cap, and what grows over executions, is stored with a heap profile.
#[test]
fn a_heap_is_stored_with_its_profile() {
    // A megabyte is left behind by each, until there are 64 more than at first.
    for (name, cases, title, function, memory) in [
        ("FaultMemory", 1, "memory over the cap", "go/types.plantedHeap", "64"),
        ("FaultGrowthFast", 90, "memory grows by", "go/types.plantedFault", "2048"),
    ] {
        let tmp = tempfile::tempdir().unwrap();
        let dir = tmp.path();
        fs::create_dir(dir.join("seeds")).unwrap();
        for i in 0..cases {
            let text = format!(
                "meet start\n{}-- a/a.go --\npackage a\n\ntype {name} struct{{ F{i} int }}\n",
                "go check a\n".repeat(4)
            );
            fs::write(dir.join(format!("seeds/{i}.txtar")), text).unwrap();
        }
        let execs = cases.to_string();
        let args = ["fuzz", "--plain", "--corpus", "seeds", "--seed", "1", "--execs", &execs];
        let more = ["--memory", memory, "--minimize-percent", "0"];
        let output = planted(dir, &[args.as_slice(), &more].concat());
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{err}");
        let all = stored(dir);
        let found = all.iter().find(|(_, f)| f.title.contains(title));
        let (path, f) = found.unwrap_or_else(|| panic!("{name}: {all:#?}\n{err}"));
        assert!(f.signature.ends_with(function), "{}", f.signature);
        assert!(f.confirmed, "{f:#?}\n{err}");
        let heap = fs::read_to_string(path.join("heap.txt")).unwrap();
        assert!(heap.contains("heap profile:") && heap.contains(function), "{heap}");
        let report = fs::read_to_string(path.join("report.txt")).unwrap();
        assert!(report.contains("bytes"), "{report}");
    }
}

/// The races of a test case, in each of several runs: id and finding.
#[track_caller]
fn races(output: &Output) -> Vec<Value> {
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}\n{}", String::from_utf8_lossy(&output.stderr)));
    assert_eq!(output.status.code(), Some(1), "{report:#}");
    report["findings"].as_array().unwrap().clone()
}

/// Race of a site with itself: its class, whose it is, and how its stacks begin.
#[track_caller]
fn is_race_of(found: &[Value], site: &str, class: &str, blame: &str) {
    let signature = format!("data-race: {site} / {site}");
    let race = found.iter().find(|f| f["signature"] == signature.as_str());
    let race = race.unwrap_or_else(|| panic!("{found:#?}"));
    assert_eq!((race["class"].as_str(), race["blame"].as_str()), (Some(class), Some(blame)));
}

/// Two goroutines write to one map of golang.org/x/tools, which is safe for readers only.
const TOOLS: &str = r#"package tools

import (
	"go/types"

	"golang.org/x/tools/go/types/typeutil"
	"typerace/harness/target"
)

func init() {
	target.Register(target.Operation{
		Name: "tools-map", Does: "adds a type to a map that all share", Class: target.Contract,
		Rule: "Read-only map operations ([Map.At], [Map.Len], and so on) may safely be called concurrently.",
		Place: "golang.org/x/tools/go/types/typeutil, type Map", Run: run,
	})
}

var shared typeutil.Map

func run(*target.Input) (string, error) {
	for i := 0; i < 100; i++ {
		shared.Set(types.Typ[types.Int+types.BasicKind(i%8)], i)
	}
	return "", nil
}
"#;

#[test]
fn a_race_in_other_code_is_blamed_on_it() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    // A map of the harness's own, which a scenario may leave without a lock.
    let text = "share importer unlocked\nmeet start import\ngo check a ; check b\ngo check b ; check a\n\
                -- a/a.go --\npackage a\n\nimport \"c\"\n\nvar X c.T\n\
                -- b/b.go --\npackage b\n\nimport \"c\"\n\nvar X c.T\n\
                -- c/c.go --\npackage c\n\ntype T int\n";
    fs::write(dir.join("importer.txtar"), text).unwrap();
    let found = races(&typerace(dir, &["reproduce", "importer.txtar", "--runs", "20", "--json"]));
    let importer = "typerace/harness/internal/engine.(*sharedImporter).get";
    is_race_of(&found, importer, "contract", "harness");
    // The same breach races in go/types too, and that is not the harness's.
    assert!(found.iter().any(|f| f["blame"] == "go/types"), "{found:#?}");

    let module = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/targets/ssa");
    let go = BuiltHarness::get(&options(), &mut |_| ()).unwrap().toolchain;
    let got = go.command().args(["mod", "download"]).current_dir(&module).output().unwrap();
    if !got.status.success() {
        // No way to the module proxy, or a Go older than it wants.
        eprintln!("skipped: x/tools: {}", String::from_utf8_lossy(&got.stderr));
        return;
    }
    fs::create_dir(dir.join("tools")).unwrap();
    for file in ["go.mod", "go.sum"] {
        fs::copy(module.join(file), dir.join("tools").join(file)).unwrap();
    }
    fs::write(dir.join("tools/tools.go"), TOOLS).unwrap();
    let text = "meet start\ngo check a ; target tools-map a\ngo check a ; target tools-map a\n\
                -- a/a.go --\npackage a\n";
    fs::write(dir.join("tools.txtar"), text).unwrap();
    let args = ["reproduce", "tools.txtar", "--harness", "tools", "--runs", "20", "--json"];
    let found = races(&typerace(dir, &args));
    let set = "golang.org/x/tools/go/types/typeutil.(*Map).Set";
    is_race_of(&found, set, "contract", "x/tools");
    assert!(found.iter().all(|f| f["blame"] == "x/tools"), "{found:#?}");
}
