//! The gate and bisection through the real harness.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

mod json_schema;
mod junit_xml;

use serde_json::Value;
use typerace::harness::{GoOptions, Toolchain};

/// OASIS, Static Analysis Results Interchange Format 2.1.0, errata 01.
const SARIF_SCHEMA: &str = include_str!("fixtures/sarif-schema-2.1.0.json");

fn typerace(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_typerace"));
    command.args(args).current_dir(dir).stdin(Stdio::null()).output().unwrap()
}

#[track_caller]
fn json(output: &Output) -> Value {
    let err = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}\n{err}"))
}

/// Readers of an alias instance that is created by substitution race on every release since 1.24.
/// Two checkers on one `types.Info` race on every release if they meet: up to Go 1.26, an atomic
/// orders two that do not overlap.
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
    assert!(junit_xml::faults(&junit).is_empty(), "{:?}\n{junit}", junit_xml::faults(&junit));
    assert_sarif(&serde_json::from_str(&fs::read_to_string(dir.join("s.json")).unwrap()).unwrap());

    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains(
            "wrote b.json, which lists 1 finding now, of which 1 was not there: 1 was seen"
        ),
        "{said}"
    );
    let listed: Value =
        serde_json::from_str(&fs::read_to_string(dir.join("b.json")).unwrap()).unwrap();
    assert_eq!(listed["findings"][0]["root"], "R3", "{listed:#}");

    // A baseline can name the root alone.
    let by_root = "{\"version\":1,\"go\":[],\"roots\":[\"R3\"],\"findings\":[]}";
    fs::write(dir.join("root.json"), by_root).unwrap();
    let gate = |baseline: &str, more: &[&str]| {
        let args = ["regress", "--corpus", "corpus", "--runs", "5", "--baseline", baseline];
        let output = typerace(dir, &[&args[..], more].concat());
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, out) = gate("root.json", &[]);
    assert_eq!(code, Some(0), "{out}");

    // For people: the verdict first and last, on one screen.
    let (code, out) = gate("none.json", &[]);
    assert_eq!(code, Some(1), "{out}");
    assert!(out.starts_with("FAILED: 1 new root on go1.") && out.ends_with("FAILED\n"), "{out}");
    assert!(out.contains("  R3, golang/go#79035 (open), #81138 (open): "), "{out}");
    assert!(out.contains("corpus/fixedbugs/unalias.txtar") && out.lines().count() <= 40, "{out}");
    assert!(!out.contains("WARNING: DATA RACE"), "{out}");
    let (_, whole) = gate("none.json", &["--verbose"]);
    assert!(whole.contains("WARNING: DATA RACE") && whole.contains("\n    -- "), "{whole}");

    // Once it is listed, the gate opens again, and says so for people too.
    let text =
        typerace(dir, &["regress", "--corpus", "corpus", "--baseline", "b.json", "--github"]);
    let out = String::from_utf8_lossy(&text.stdout);
    assert_eq!(text.status.code(), Some(0), "{out}");
    assert!(out.contains("0 new roots, 0 worse, 1 listed") && out.ends_with("passed\n"), "{out}");
    assert!(!out.contains("::error"), "{out}");
}

/// Tests the format checks themselves: they must find errors.
#[test]
fn formats_that_are_wrong_are_seen() {
    let schema: Value = serde_json::from_str(SARIF_SCHEMA).unwrap();
    let good = serde_json::json!({ "version": "2.1.0", "runs": [{
        "tool": { "driver": { "name": "t" } },
        "results": [{ "message": { "text": "m" }, "level": "error", "locations": [{
            "physicalLocation": { "artifactLocation": { "uri": "a" }, "region": { "startLine": 1 } },
        }] }],
    }] });
    assert_eq!(json_schema::faults(&schema, &good), Vec::<String>::new());
    for (place, value, want) in [
        ("/version", "2.0.0".into(), "none of"),
        ("/runs/0/tool", Value::Null, "is no"),
        ("/runs/0/tool/driver", serde_json::json!({}), "no name"),
        ("/runs/0/results/0/level", "fatal".into(), "none of"),
        ("/runs/0/results/0/message", serde_json::json!({ "txt": "m" }), "not in the schema"),
        (
            "/runs/0/results/0/locations/0/physicalLocation/region/startLine",
            0.into(),
            "beyond minimum",
        ),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(place).unwrap() = value;
        let faults = json_schema::faults(&schema, &bad);
        assert!(faults.iter().any(|f| f.contains(want)), "{place}: {faults:?}");
    }

    let suite = |inner: &str| {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites><testsuite name=\"s\" tests=\"1\" \
             failures=\"0\" errors=\"0\">{inner}</testsuite></testsuites>\n"
        )
    };
    let case = "<testcase name=\"a\" classname=\"b\">";
    assert_eq!(junit_xml::faults(&suite(&format!("{case}</testcase>"))), Vec::<String>::new());
    for (inner, want) in [
        (String::new(), "tests is 1, and there are 0"),
        (format!("{case}<failure/></testcase>"), "failures is 0"),
        ("<testcase name=\"a\"/>".to_owned(), "without classname"),
        (format!("{case}<oops/></testcase>"), "oops in"),
        (format!("{case}a & b</testcase>"), "'&'"),
        (case.to_owned(), "ends in"),
    ] {
        let faults = junit_xml::faults(&suite(&inner));
        assert!(faults.iter().any(|f| f.contains(want)), "{inner}: {faults:?}");
    }
}

/// The parts of SARIF 2.1.0 that its readers rely on.
fn assert_sarif(document: &Value) {
    assert_eq!(document["version"], "2.1.0");
    let schema: Value = serde_json::from_str(SARIF_SCHEMA).unwrap();
    assert_eq!(json_schema::faults(&schema, document), Vec::<String>::new());
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
    // It is an existing place.
    let file = Path::new(goroot.strip_prefix("file://").unwrap()).join("src/go/types/alias.go");
    let line = place["region"]["startLine"].as_u64().unwrap() as usize;
    assert!(fs::read_to_string(file).unwrap().lines().nth(line - 1).unwrap().contains("actual"));
    let case = result["relatedLocations"].as_array().unwrap().last().unwrap();
    assert_eq!(
        case["physicalLocation"]["artifactLocation"]["uri"],
        "corpus/fixedbugs/unalias.txtar"
    );
    assert_eq!(case["physicalLocation"]["region"]["startLine"], 9);
    assert_eq!(result["stacks"].as_array().unwrap().len(), 2);
}

/// An overlay in which `unalias` caches nothing: it fixes that race and no other.
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

/// The verdict and the other files do not depend on one that cannot be written.
#[test]
fn a_full_disk_does_not_hide_the_verdict() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    fs::create_dir(dir.join("one")).unwrap();
    fs::write(dir.join("one/a.go"), "package a\n").unwrap();
    let args = ["regress", "--corpus", "one", "--runs", "1", "--junit", "/dev/full"];
    let output = typerace(dir, &[&args[..], &["--sarif", "s.sarif"]].concat());
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{err}");
    assert!(err.contains("error: cannot write /dev/full: No space left"), "{err}");
    assert!(err.contains("help: free some disk space"), "{err}");
    assert!(String::from_utf8_lossy(&output.stdout).ends_with("passed\n"), "{output:?}");
    assert!(dir.join("s.sarif").is_file());
    let html = typerace(dir, &["report", "--crashes", ".", "--html", "/dev/full"]);
    assert_eq!(html.status.code(), Some(3), "{html:?}");
}

#[test]
fn unusable_input_is_a_usage_error() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    cases(dir);
    fs::write(dir.join("bad.json"), "{\"version\": 9}").unwrap();
    let odd = "{\"version\": 1, \"go\": [],\n \"findings\": [\n  {\"kind\": 7}]}\n";
    fs::write(dir.join("odd.json"), odd).unwrap();
    fs::write(dir.join("a.go"), "package a\n").unwrap();
    fs::write(dir.join("empty"), "").unwrap();
    for (args, code, want) in [
        (&["regress", "--corpus", "none"][..], 2, "none"),
        (&["regress", "--crashes", "none"], 2, "none"),
        (&["regress", "--baseline", "bad.json"], 2, "version 9"),
        (&["regress", "--baseline", "none.json"], 2, "none.json"),
        (&["regress", "--only", "nosuchcase"], 2, "nosuchcase"),
        (&["regress", "--baseline", "odd.json"], 2, "line 3"),
        (&["regress", "--overlay", "none.json"], 2, "none.json"),
        (&["regress", "--overlay", "bad.json"], 2, "Replace"),
        (&["regress", "--harness", "none"], 2, "docs/TARGETS.md"),
        (&["regress", "--junit", "/proc/x/j.xml"], 2, "/proc/x/j.xml"),
        (&["regress", "--runs", "0"], 2, "--runs"),
        (&["regress", "--toolchain", "nonsense"], 3, "go1.25.3"),
        (&["regress", "--toolchain", "go1.25.5,go1.26.8", "--overlay", "x"], 2, "one Go"),
        (&["regress", "--goroot", "none"], 3, "none/bin/go"),
        (&["bisect", "none"], 2, "none"),
        (&["bisect", "a.go", "--releases", "nonsense"], 3, "no release could be tried"),
        (&["bisect", "a.go", "--repo", ".", "--good", "a", "--bad", "b"], 2, "git"),
        (&["bisect", "a.go", "--repo", "."], 2, "--good"),
        (&["report", "--html", "p.html"], 2, "crashes"),
        (&["report", "--crashes", ".", "--html", "/proc/x/p.html"], 2, "/proc/x/p.html"),
        (
            &["report", "--crashes", ".", "--html", "p.html", "--samples", "bad.json"],
            2,
            "bad.json, line 1: it is not a line of fuzz --jsonl",
        ),
        (
            &["report", "--crashes", ".", "--html", "p.html", "--samples", "none.jsonl"],
            2,
            "none.jsonl",
        ),
        (
            &["report", "--crashes", ".", "--html", "p.html", "--samples", "empty"],
            0,
            "no curves from empty: no samples; fuzz --jsonl FILE",
        ),
        (
            &["report", "--crashes", ".", "--html", "p.html", "--cover", "--cover-corpus", "none"],
            2,
            "none",
        ),
        (&["report", "--crashes", ".", "--html", "p.html", "--matrix", "a.go"], 2, "a.go, line 1"),
    ] {
        let output = typerace(dir, args);
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {err}");
        assert!(err.contains(want) && !err.contains("panicked"), "{args:?}: {err}");
    }
}

/// The shell script in docs/ci, run as a CI runs it without further settings: over the built-in
/// corpus with the installed go command and the default number of runs.
#[test]
fn the_gate_of_docs_ci() {
    let tmp = tempfile::tempdir().unwrap();
    let go = Toolchain::locate(&GoOptions::default(), &mut |_| ()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ci/gate.sh");
    let gate = |goroots: &str| {
        let output = Command::new("sh")
            .arg(&script)
            .current_dir(tmp.path())
            .env("TYPERACE", env!("CARGO_BIN_EXE_typerace"))
            .env("GITHUB_ACTIONS", "true")
            .env("GOROOTS", goroots)
            .env("OUT", "reports")
            .env("TIME", "3m")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        (output.status.code(), said)
    };
    let (code, said) = gate(&format!("{} /nonexistent", go.goroot.display()));
    // The second tree is unusable, which does not hide the result of the first.
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("passed\n") && said.contains("/nonexistent/bin/go"), "{said}");
    let report = |name: &str| fs::read_to_string(tmp.path().join("reports").join(name)).unwrap();
    assert_eq!(junit_xml::faults(&report("junit-1.xml")), Vec::<String>::new());
    let schema: Value = serde_json::from_str(SARIF_SCHEMA).unwrap();
    let sarif: Value = serde_json::from_str(&report("typerace-1.sarif")).unwrap();
    assert_eq!(json_schema::faults(&schema, &sarif), Vec::<String>::new());
}

/// A browser lays out the page: on a phone nothing is wider than the screen, on a desktop both
/// stacks are side by side, dark mode is dark, nothing is loaded, and every part is present. Uses
/// Debian's chromium; without it the test says so and passes (`make test` repeats the message).
#[test]
fn a_browser_reads_the_page() {
    let found = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|c| Command::new(c).arg("--version").output().is_ok_and(|o| o.status.success()));
    let Some(browser) = found else {
        eprintln!("skipped: there is no chromium; apt-get install chromium");
        return;
    };
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    page(dir);
    // Frames with the width of a phone and of a desktop, and a measuring script outside the page.
    let frame = r#"<iframe id=p src=page.html width=390 height=800></iframe>
<iframe id=d src=page.html width=1280 height=800></iframe><script>onload = () => {
const wrong = [], is = (ok, what) => { if (!ok) wrong.push(what) };
const [p, d] = [f('p'), f('d')];
function f(id) { return document.getElementById(id).contentDocument }
for (const [doc, width] of [[p, 390], [d, 1280]]) {
  is(doc.documentElement.scrollWidth <= width, 'wider than ' + width + ': ' + doc.documentElement.scrollWidth);
  is(doc.querySelectorAll('section').length === 5, 'sections');
  is(doc.querySelectorAll('section .none').length === 0, 'a part is missing');
  is(doc.styleSheets.length === 1, 'style');
  is(doc.querySelectorAll('[src], link, img, object').length === 0, 'something to load');
  is(doc.querySelectorAll('script').length === 1, 'scripts');
  is(doc.defaultView.performance.getEntriesByType('resource').length === 0, 'something was loaded');
}
const tops = doc => [...doc.querySelector('.sides').children].map(e => e.getBoundingClientRect().top);
is(tops(d).length === 2 && tops(d)[0] === tops(d)[1], 'side by side: ' + tops(d));
is(tops(p)[0] < tops(p)[1], 'one above the other: ' + tops(p));
is(d.querySelector('a.known').href === 'https://go.dev/issue/81122', 'issue');
is(d.querySelectorAll('.file').length === 2, 'files');
is(d.querySelectorAll('.files .cold').length === 1, 'cold squares');
is(d.querySelectorAll('polyline').length === 4, 'curves');
// The one script filters cards.
const ask = (doc, name, value) => {
  doc.getElementById(name).value = value;
  doc.getElementById('filter').dispatchEvent(new Event('input'));
  return [...doc.querySelectorAll('.card')].filter(card => !card.hidden).length;
};
is(!d.getElementById('filter').hidden, 'no filter');
is(d.querySelectorAll('.card').length === 1, 'cards');
is(ask(d, 'words', 'unpack r2') === 1, 'search by function and root');
is(ask(d, 'words', 'nosuchword') === 0, 'search');
ask(d, 'words', '');
is(ask(d, 'by-function', 'iscomplete') === 1 && ask(d, 'by-function', 'nosuch') === 0, 'by function');
ask(d, 'by-function', '');
is(ask(d, 'by-kind', 'data-race') === 1 && ask(d, 'by-class', 'bug') === 1, 'by kind and class');
const colour = d.defaultView.getComputedStyle(d.body).backgroundColor;
document.title = wrong.length ? 'wrong: ' + wrong.join('; ') : 'good on ' + colour;
}</script>"#;
    fs::write(dir.join("frame.html"), frame).unwrap();
    let look = |more: &[&str]| {
        let output = Command::new(browser)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"])
            .args(["--virtual-time-budget=5000", "--dump-dom"])
            .args(more)
            .arg(format!("--user-data-dir={}", dir.join("profile").display()))
            .arg(format!("file://{}", dir.join("frame.html").display()))
            .output()
            .unwrap();
        let dom = String::from_utf8_lossy(&output.stdout).into_owned();
        let title = dom.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
        title.map_or_else(|| format!("no title: {dom}"), |(title, _)| title.to_owned())
    };
    assert_eq!(look(&[]), "good on rgb(255, 255, 255)");
    // 0 is dark.
    let dark = look(&["--blink-settings=preferredColorScheme=0"]);
    assert_eq!(dark, "good on rgb(15, 20, 25)");
}

/// A page with every part, for one crash directory.
fn page(dir: &Path) {
    let crash = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/crash-v1");
    let to = dir.join("crashes/data-race-1");
    fs::create_dir_all(&to).unwrap();
    for file in ["finding.json", "report.txt", "testcase.txtar"] {
        fs::copy(crash.join(file), to.join(file)).unwrap();
    }
    let sample = |n: u32| {
        serde_json::json!({ "seconds": n, "execs": 70 * n, "corpus": n, "coverage": 900 + n,
                            "counters": 8000, "findings": 1 })
        .to_string()
    };
    fs::write(dir.join("samples"), (1..9).map(|n| sample(n) + "\n").collect::<String>()).unwrap();
    let summary = serde_json::json!({ "execs": 560, "seconds": 8.0, "operators": [
        { "name": "splice declaration", "made": 9, "new_coverage": 3, "findings": 1 },
    ] });
    fs::write(dir.join("summary"), summary.to_string()).unwrap();
    let long = "corpus/fixedbugs/a_name_that_is_much_too_long_for_the_width_of_any_phone.txtar";
    let column = |n: u32| serde_json::json!({ "label": format!("go1.{n}.0"), "cases": [{ "case": long, "runs": 21 }] });
    let matrix = serde_json::json!({ "columns": (21..28).map(column).collect::<Vec<_>>() });
    fs::write(dir.join("matrix"), matrix.to_string()).unwrap();
    let coverage = "go/types/alias.go:60:\tNewAlias\t100.0%\ngo/types/named.go:105:\t\
                    (*Named).unpack\t0.0%\ntotal:\t(statements)\t50.0%\n";
    fs::write(dir.join("coverage"), coverage).unwrap();
    let args = ["report", "--html", "page.html", "--samples", "samples", "--summary", "summary"];
    let made =
        typerace(dir, &[&args[..], &["--matrix", "matrix", "--coverage", "coverage"]].concat());
    assert_eq!(made.status.code(), Some(0), "{}", String::from_utf8_lossy(&made.stderr));
}

/// A report that was written is a success, whatever it says; `--exit-code` is for those who want
/// to know from the code.
#[test]
fn a_report_that_was_written_is_a_success() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    page(dir);
    fs::create_dir(dir.join("none")).unwrap();
    for format in [&[][..], &["--json"], &["--markdown"], &["--bugs"], &["--html", "p.html"]] {
        let code = |more: &[&str]| {
            let output = typerace(dir, &[&["report"], format, more].concat());
            output.status.code()
        };
        assert_eq!(code(&[]), Some(0), "{format:?}");
        assert_eq!(code(&["--exit-code"]), Some(1), "{format:?}");
        assert_eq!(code(&["--exit-code", "--crashes", "none"]), Some(0), "{format:?}");
        assert_eq!(code(&["--crashes", "missing"]), Some(2), "{format:?}");
    }
    let output = typerace(dir, &["report"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.starts_with("1 known root:\n  R2, golang/go#81122 (open): "), "{text}");
    let document = json(&typerace(dir, &["report", "--json"]));
    assert_eq!(document["roots"][0]["id"], "R2", "{document:#}");
    assert_eq!(document["findings"][0]["heading"], "R2");
    let bugs = typerace(dir, &["report", "--bugs"]);
    let bugs = String::from_utf8_lossy(&bugs.stdout);
    assert!(bugs.contains("+++ b/src/go/types/") && bugs.contains("golang/go#75757"), "{bugs}");
}

/// The heat map is measured with Go's own coverage, in a separate build.
#[test]
fn coverage_is_measured() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    fs::create_dir_all(dir.join("corpus")).unwrap();
    fs::create_dir_all(dir.join("crashes")).unwrap();
    fs::write(dir.join("corpus/info.txtar"), SHARED_INFO).unwrap();
    fs::write(dir.join("corpus/bad.go"), "packag x\n").unwrap();
    // An input that kills its process when it runs as written.
    let deadly = "rounds 300\nshare info\nmeet start\ngo check a\ngo check a\ngo check a\n\
                  -- a/a.go --\npackage a\n\nvar A, B, C, D = 1, 2, 3, 4\n";
    fs::write(dir.join("corpus/deadly.txtar"), deadly).unwrap();
    let args = ["report", "--html", "page.html", "--cover", "--cover-corpus", "corpus"];
    let output = typerace(dir, &args);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("2 inputs on go1.") && said.contains("1 more did not"), "{said}");
    let page = fs::read_to_string(dir.join("page.html")).unwrap();
    let map = page.split_once("id=\"coverage\"").unwrap().1;
    // A function that checking a variable reaches, and one that only an instance reaches.
    for (function, reached) in
        [("(*Checker).checkFiles", true), ("NewChecker", true), ("(*subster).typ", false)]
    {
        let place = map
            .find(&format!("<code>{}</code></td>", function))
            .unwrap_or_else(|| panic!("{function} is not there"));
        let figure = &map[place..place + 120];
        assert_eq!(!figure.contains(">0 %<"), reached, "{function}: {figure}");
    }
}
