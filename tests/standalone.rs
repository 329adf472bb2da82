//! Standalone programs: the program of every golden scenario compiles and has gofmt's format, and
//! those of known races race.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::AtomicBool;

use typerace::finding::Known;
use typerace::generate;
use typerace::harness::{GoOptions, Toolchain, source_file};
use typerace::report::{collect, json, markdown, text};
use typerace::rng::Rng;
use typerace::scenario::Profile;
use typerace::testcase::SourceCase;
use typerace::triage::standalone::{Crash, Options, Runner, program, write};

fn toolchain() -> Toolchain {
    Toolchain::find(&GoOptions::default(), &mut |_| ()).unwrap()
}

fn scenarios() -> Vec<(String, SourceCase)> {
    let mut all: Vec<_> = fs::read_dir("tests/scenarios")
        .unwrap()
        .map(|e| e.unwrap().path())
        .map(|p| {
            let name = p.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, SourceCase::from_txtar(&fs::read_to_string(p).unwrap()).unwrap())
        })
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

/// One module for all programs in a folder: the module of those that need x/tools.
fn one_module(dir: &Path) {
    let module = source_file("xtools26.mod").unwrap().replace("typerace/harness", "repro");
    fs::write(dir.join("go.mod"), module).unwrap();
    fs::write(dir.join("go.sum"), source_file("xtools26.sum").unwrap()).unwrap();
}

/// One module with a program for each golden scenario, for one `go vet`.
#[test]
fn every_element_becomes_a_program_that_compiles() {
    let go = toolchain();
    for go_minor in [go.minor, 23] {
        let dir = tempfile::tempdir().unwrap();
        let options = Options { attempts: 2, info: go_minor == 23, go_minor, ..Options::default() };
        for (name, case) in scenarios() {
            let p = program(&case, case.scenario.as_ref().unwrap(), None, &options);
            assert!(!p.main_go.contains("typerace"), "{name}");
            assert!(p.go_mod.starts_with("module repro\n"), "{name}");
            let at = dir.path().join(&name);
            fs::create_dir(&at).unwrap();
            fs::write(at.join("main.go"), p.main_go).unwrap();
        }
        one_module(dir.path());
        run(go.command().args(["vet", "./..."]).current_dir(dir.path()));
        let gofmt = go.goroot.join("bin/gofmt");
        let unformatted = run(Command::new(gofmt).args(["-l", "."]).current_dir(dir.path()));
        assert_eq!(unformatted, "");
    }
}

/// Fuzzing and minimizing produce scenarios that no person would write: tests whole scenarios, and
/// single operations without anything before them.
#[test]
fn programs_of_generated_scenarios_compile() {
    let go = toolchain();
    let dir = tempfile::tempdir().unwrap();
    let mut n = 0;
    for seed in 0..160 {
        let profile = if seed % 2 == 0 { Profile::Safe } else { Profile::All };
        let case = generate::test_case(&mut Rng::new(seed), &Default::default(), profile);
        let mut cases = vec![case.clone()];
        for op in case.scenario.go.iter().flatten().take(3) {
            let mut one = case.clone();
            one.scenario.before.clear();
            one.scenario.go = vec![vec![op.clone()]];
            cases.push(one);
        }
        for case in cases.iter().filter(|c| !c.scenario.uses_targets()) {
            n += 1;
            let options = Options {
                attempts: 1 + n % 2,
                info: n % 3 == 0,
                meet: n % 5 == 0,
                probe: n % 7 == 0,
                go_minor: go.minor,
                ..Options::default()
            };
            let p = program(&case.to_source(), &case.scenario, None, &options);
            let at = dir.path().join(format!("p{n}"));
            fs::create_dir(&at).unwrap();
            fs::write(at.join("main.go"), p.main_go).unwrap();
            fs::write(at.join("case.txtar"), case.to_source().to_txtar()).unwrap();
        }
    }
    assert!(n > 400, "{n}");
    one_module(dir.path());
    let mut vet = go.command();
    let output = vet.args(["vet", "./..."]).current_dir(dir.path()).output().unwrap();
    if !output.status.success() {
        let kept = dir.keep();
        let said = String::from_utf8_lossy(&output.stderr);
        panic!("{}: {said}", kept.display());
    }
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}{error}");
    said
}

/// Everyone can see the race: the program is built and run as `go run -race .` does.
#[test]
fn programs_of_races_race() {
    let go = toolchain();
    let stop = AtomicBool::new(false);
    let cases = [
        ("share_info", "(*Checker).record"),
        ("setter_method", "(*Named).AddMethod"),
        ("setter_insert", "(*Scope).insert"),
    ];
    for (name, site) in cases {
        let text = fs::read_to_string(format!("tests/scenarios/{name}.txtar")).unwrap();
        let case = SourceCase::from_txtar(&text).unwrap();
        let options =
            Options { attempts: 20, info: false, go_minor: go.minor, ..Options::default() };
        let p = program(&case, case.scenario.as_ref().unwrap(), None, &options);
        let runner = Runner::build(&p, &go, true, &AtomicBool::new(false)).unwrap();
        let shown = runner.run(&fixture().finding, 2, 0, &stop).unwrap();
        let expected = |s: &String| s.starts_with("data-race: ") && s.contains(site);
        assert!(shown.others.iter().any(expected), "{name}: {shown:?}\n{}", p.main_go);
        // The signature of another finding is not this finding's.
        assert_eq!((shown.hits, shown.runs), (0, 2));
    }
}

fn fixture() -> Crash {
    Crash::read(Path::new("tests/fixtures/crash-v1")).unwrap()
}

/// A crash directory in the first version of the format.
#[test]
fn an_old_crash_directory_opens() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path().join("data-race-a7910f68f752");
    fs::create_dir(&dir).unwrap();
    for name in ["finding.json", "testcase.txtar", "report.txt"] {
        fs::copy(Path::new("tests/fixtures/crash-v1").join(name), dir.join(name)).unwrap();
    }
    let report = collect(tmp.path(), &Known::shipped()).unwrap();
    assert!(report.problems.is_empty());
    let [entry] = &report.entries[..] else { panic!("{:?}", report.entries) };
    assert_eq!(entry.known.as_ref().unwrap().issue.to_string(), "golang/go#81122");
    assert_eq!((entry.finding.standalone.as_ref(), entry.finding.version), (None, 1));
    let markdown = markdown(&report);
    assert!(
        markdown.contains("Known: golang/go#81122 (open)") && markdown.contains("-- b/b.go --")
    );
    assert!(
        text(&report, false).contains("1 known root:\n  R2, golang/go#81122 (open): go/types: data race between (*Named).unpack and")
    );
    assert!(text(&report, true).contains("data race: write in (*Named).unpack"));
    assert!(json(&report).unwrap().contains("\"known\":1"));
    write(&dir).unwrap();
    let main = fs::read_to_string(dir.join("repro/main.go")).unwrap();
    assert!(main.starts_with("// go/types: data race: write in (*Named).unpack"), "{main}");
    let issue = fs::read_to_string(dir.join("issue.md")).unwrap();
    assert!(issue.contains("go1.27.3") && issue.contains(&main), "{issue}");
    // A smaller test case replaces the program; a broken one does not.
    fs::write(dir.join("minimized.txtar"), "go check a\n-- a/a.go --\npackage small\n").unwrap();
    write(&dir).unwrap();
    assert!(fs::read_to_string(dir.join("repro/main.go")).unwrap().contains("package small"));
    fs::write(dir.join("minimized.txtar"), "frob\n").unwrap();
    write(&dir).unwrap();
    assert_eq!(fs::read_to_string(dir.join("repro/main.go")).unwrap(), main);
}

#[test]
fn dumped() {
    // For developers of the generator: TYPERACE_DUMP=DIR keeps all programs.
    let Some(dir) = std::env::var_os("TYPERACE_DUMP") else { return };
    for (name, case) in scenarios() {
        let options = Options::default();
        let p = program(&case, case.scenario.as_ref().unwrap(), None, &options);
        let at = Path::new(&dir).join(name);
        fs::create_dir_all(&at).unwrap();
        fs::write(at.join("main.go"), p.main_go).unwrap();
    }
}
