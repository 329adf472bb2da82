//! The gate and bisection through the real harness.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use typerace::harness::{GoOptions, Toolchain};

fn typerace(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_typerace"));
    command.args(args).current_dir(dir).stdin(Stdio::null()).output().unwrap()
}

#[track_caller]
fn json(output: &Output) -> Value {
    let err = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}\n{err}"))
}

/// Readers of an alias instance that comes into being by substitution race on
/// every release since 1.24; two checkers on one `types.Info` race everywhere, if they
/// meet: up to Go 1.26 an atomic orders two that do not overlap.
const UNALIAS: &str = include_str!("../corpus/fixedbugs/issue79035.txtar");
const SHARED_INFO: &str = "# Breaks a rule.\nshare info\nimport source\nmeet import\n\
                           before check lib\ngo check a\ngo check a\n\
                           -- lib/lib.go --\npackage lib\n\nvar A, B, C = 1, 2, 3\n\
                           -- a/a.go --\npackage a\n\nimport \"lib\"\n\n\
                           func f() int { return lib.A + lib.B + lib.C }\n";

fn cases(dir: &Path) {
    let corpus = dir.join("corpus/fixedbugs");
    fs::create_dir_all(&corpus).unwrap();
    fs::write(corpus.join("unalias.txtar"), UNALIAS).unwrap();
    fs::write(dir.join("corpus/info.txtar"), SHARED_INFO).unwrap();
}

fn with_status(report: &Value, column: usize, status: &str) -> Vec<String> {
    let findings = report["columns"][column]["verdict"]["findings"].as_array().unwrap();
    let of = findings.iter().filter(|j| j["status"] == status);
    of.map(|j| j["signature"].as_str().unwrap().to_owned()).collect()
}

const RACE: &str = "data-race: go/types.unalias / go/types.unalias";

#[test]
fn the_gate_shuts_for_what_the_baseline_does_not_list() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    cases(dir);
    fs::write(dir.join("none.json"), "{\"version\":1,\"go\":[],\"findings\":[]}").unwrap();
    let base = ["regress", "--corpus", "corpus", "--json", "--write-baseline", "b.json"];
    let files = ["--baseline", "none.json", "--junit", "j.xml", "--sarif", "s.json"];
    let output = typerace(dir, &[&base[..], &files[..]].concat());
    let report = json(&output);
    assert_eq!(output.status.code(), Some(1), "{report:#}");
    assert_eq!(with_status(&report, 0, "new"), [RACE]);
    assert!(!with_status(&report, 0, "contract").is_empty(), "{report:#}");
    assert_eq!(report["runs"], 21);

    let junit = fs::read_to_string(dir.join("j.xml")).unwrap();
    assert!(junit.contains("failures=\"1\"") && junit.contains("<failure type=\"data-race\""));
    assert_sarif(&serde_json::from_str(&fs::read_to_string(dir.join("s.json")).unwrap()).unwrap());

    // What is listed opens it again, and says so for people too.
    let text =
        typerace(dir, &["regress", "--corpus", "corpus", "--baseline", "b.json", "--github"]);
    let out = String::from_utf8_lossy(&text.stdout);
    assert_eq!(text.status.code(), Some(0), "{out}");
    assert!(out.contains("0 new, 0 worse, 1 listed") && out.ends_with("passed\n"), "{out}");
    assert!(!out.contains("::error"), "{out}");
}

/// The parts of SARIF 2.1.0 that readers of it rely on.
fn assert_sarif(document: &Value) {
    assert_eq!(document["version"], "2.1.0");
    let run = &document["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let result = &run["results"][0];
    assert_eq!(rules[result["ruleIndex"].as_u64().unwrap() as usize]["id"], result["ruleId"]);
    assert_eq!((&result["level"], &result["baselineState"]), (&"error".into(), &"new".into()));
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "src/go/types/alias.go");
    assert_eq!(place["artifactLocation"]["uriBaseId"], "GOROOT");
    let goroot = run["originalUriBaseIds"]["GOROOT"]["uri"].as_str().unwrap();
    assert!(goroot.starts_with("file:///") && goroot.ends_with('/'));
    // It is a real place.
    let file = Path::new(goroot.strip_prefix("file://").unwrap()).join("src/go/types/alias.go");
    let line = place["region"]["startLine"].as_u64().unwrap() as usize;
    assert!(fs::read_to_string(file).unwrap().lines().nth(line - 1).unwrap().contains("actual"));
    let case = result["relatedLocations"].as_array().unwrap().last().unwrap();
    assert_eq!(
        case["physicalLocation"]["artifactLocation"]["uri"],
        "corpus/fixedbugs/unalias.txtar"
    );
    assert_eq!(case["physicalLocation"]["region"]["startLine"], 8);
    assert_eq!(result["stacks"].as_array().unwrap().len(), 2);
}

/// An overlay in which `unalias` keeps nothing: it mends its race and no other.
#[test]
fn an_overlay_fixes_what_it_fixes() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    cases(dir);
    let go = Toolchain::find(&GoOptions::default(), &mut |_| ()).unwrap();
    let from = go.goroot.join("src/go/types/alias.go");
    let source = fs::read_to_string(&from).unwrap();
    let store = regex::Regex::new(r"(?m)^\ta0\.actual = t$").unwrap();
    assert!(store.is_match(&source), "{} has no such store", from.display());
    fs::write(dir.join("alias.go"), store.replace_all(&source, "\t_ = t").as_ref()).unwrap();
    let overlay =
        serde_json::json!({ "Replace": { from.to_str().unwrap(): dir.join("alias.go") } });
    fs::write(dir.join("fix.json"), overlay.to_string()).unwrap();
    let args = ["regress", "--corpus", "corpus", "--json", "--overlay", "fix.json"];
    let output = typerace(dir, &args);
    let report = json(&output);
    // The column with the overlay decides.
    assert_eq!(output.status.code(), Some(0), "{report:#}");
    assert_eq!(report["columns"].as_array().unwrap().len(), 2);
    let effects = report["effects"].as_array().unwrap();
    let of = |change: &str| -> Vec<&str> {
        let some = effects.iter().filter(|e| e["change"] == change);
        some.map(|e| e["signature"].as_str().unwrap()).collect()
    };
    assert_eq!(of("fixed"), [RACE], "{effects:#?}");
    assert!(of("broken").is_empty(), "{effects:#?}");
    assert!(!of("same").is_empty(), "{effects:#?}");
}

#[test]
fn unusable_input_is_a_usage_error() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    cases(dir);
    fs::write(dir.join("bad.json"), "{\"version\": 9}").unwrap();
    fs::write(dir.join("a.go"), "package a\n").unwrap();
    for (args, code, want) in [
        (&["regress", "--corpus", "none"][..], 2, "none"),
        (&["regress", "--crashes", "none"], 2, "none"),
        (&["regress", "--baseline", "bad.json"], 2, "version 9"),
        (&["regress", "--baseline", "none.json"], 2, "none.json"),
        (&["regress", "--only", "nosuchcase"], 2, "nosuchcase"),
        (&["regress", "--junit", "/proc/x/j.xml"], 2, "/proc/x/j.xml"),
        (&["regress", "--runs", "0"], 2, "--runs"),
        (&["regress", "--toolchain", "nonsense"], 3, "go1.25.3"),
        (&["regress", "--toolchain", "go1.25.5,go1.26.8", "--overlay", "x"], 2, "one Go"),
        (&["regress", "--goroot", "none"], 3, "none/bin/go"),
        (&["bisect", "none"], 2, "none"),
        (&["bisect", "a.go", "--releases", "nonsense"], 3, "none could be tried"),
        (&["bisect", "a.go", "--repo", ".", "--good", "a", "--bad", "b"], 2, "git"),
        (&["bisect", "a.go", "--repo", "."], 2, "--good"),
        (&["report", "--html", "p.html"], 2, "crashes"),
        (&["report", "--crashes", ".", "--html", "/proc/x/p.html"], 2, "/proc/x/p.html"),
        (&["report", "--crashes", ".", "--html", "p.html", "--samples", "bad.json"], 0, ""),
        (&["report", "--crashes", ".", "--html", "p.html", "--matrix", "a.go"], 2, "a.go, line 1"),
    ] {
        let output = typerace(dir, args);
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {err}");
        assert!(err.contains(want) && !err.contains("panicked"), "{args:?}: {err}");
    }
}

/// A browser lays the page out: nothing is wider than a phone, and the parts
/// are there. Debian's chromium; the test says so and passes where there is none.
#[test]
fn a_browser_reads_the_page() {
    let found = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|c| Command::new(c).arg("--version").output().is_ok_and(|o| o.status.success()));
    let Some(browser) = found else {
        eprintln!("skipped: there is no chromium; apt install chromium");
        return;
    };
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    fs::create_dir(dir.join("crashes")).unwrap();
    let made = typerace(dir, &["report", "--html", "page.html"]);
    assert_eq!(made.status.code(), Some(0));
    // A frame of a phone's width, and a script outside the page that measures it.
    let frame = "<iframe id=f src=page.html width=390 height=800></iframe><script>onload=()=>{\
                 const d=f.contentDocument;document.title=d.documentElement.scrollWidth<=390&&\
                 d.querySelectorAll('section').length===5&&d.styleSheets.length===1\
                 ?'good':'bad '+d.documentElement.scrollWidth}</script>";
    fs::write(dir.join("frame.html"), frame).unwrap();
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"])
        .args(["--virtual-time-budget=5000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", dir.join("profile").display()))
        .arg(format!("file://{}", dir.join("frame.html").display()))
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&output.stdout);
    assert!(dom.contains("<title>good</title>"), "{dom}");
}
