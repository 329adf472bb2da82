//! Standalone programs: one for every golden scenario compiles, is as gofmt
//! prints it, and those of known races race.

use std::fs;
use std::path::Path;
use std::process::Command;

use typerace::harness::{GoOptions, Toolchain, source_file};
use typerace::testcase::SourceCase;
use typerace::triage::standalone::{Options, program};

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

/// One module with a program for each golden scenario, for one `go vet`.
#[test]
fn every_element_becomes_a_program_that_compiles() {
    let go = toolchain();
    for go_minor in [go.minor, 23] {
        let dir = tempfile::tempdir().unwrap();
        let options = Options { attempts: 2, info: go_minor == 23, go_minor };
        for (name, case) in scenarios() {
            let p = program(&case, case.scenario.as_ref().unwrap(), None, &options);
            assert!(!p.main_go.contains("typerace"), "{name}");
            assert!(p.go_mod.starts_with("module repro\n"), "{name}");
            let at = dir.path().join(&name);
            fs::create_dir(&at).unwrap();
            fs::write(at.join("main.go"), p.main_go).unwrap();
        }
        // One module for all: that of those that need x/tools.
        let module = source_file("xtools26.mod").unwrap().replace("typerace/harness", "repro");
        fs::write(dir.path().join("go.mod"), module).unwrap();
        fs::write(dir.path().join("go.sum"), source_file("xtools26.sum").unwrap()).unwrap();
        run(go.command().args(["vet", "./..."]).current_dir(dir.path()));
        let gofmt = go.goroot.join("bin/gofmt");
        let unformatted = run(Command::new(gofmt).args(["-l", "."]).current_dir(dir.path()));
        assert_eq!(unformatted, "");
    }
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}{error}");
    said
}

#[test]
fn dumped() {
    // For people who change the generator: TYPERACE_DUMP=DIR keeps all programs.
    let Some(dir) = std::env::var_os("TYPERACE_DUMP") else { return };
    for (name, case) in scenarios() {
        let options = Options { attempts: 100, info: false, go_minor: 26 };
        let p = program(&case, case.scenario.as_ref().unwrap(), None, &options);
        let at = Path::new(&dir).join(name);
        fs::create_dir_all(&at).unwrap();
        fs::write(at.join("main.go"), p.main_go).unwrap();
    }
}
