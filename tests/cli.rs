//! The command line against hostile input: exit codes, messages, and nothing
//! on stdout that does not belong there.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn typerace(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_typerace"));
    command.args(args).current_dir(dir).stdin(Stdio::null());
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[track_caller]
fn check(output: &Output, code: i32, wanted: &[&str]) {
    let err = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{err}");
    for want in wanted {
        assert!(err.contains(want), "no {want:?} in:\n{err}");
    }
    assert!(!err.contains("Backtrace") && !err.contains("panicked"), "{err}");
}

#[test]
fn unusable_input_is_a_usage_error() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    let write = |path: &str, text: &[u8]| {
        let path = dir.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("file", b"");
    write("syntax/x.go", b"package p\nfunc {\n");
    write("directive/x.txtar", b"go check a\nfrob\n-- a/a.go --\npackage a\n");
    write("escape/x.txtar", b"-- a/../../x.go --\npackage a\n");
    write("nul/x.go", b"package p\nvar x = \"\0\"\n");
    write("crash/testcase.txtar", b"go check a\n-- a/a.go --\npackage a\n");
    write("crash/finding.json", b"{");
    write("utf8.go", b"package p\nvar x = \"\xff\"\n");
    let deep = format!("package p\nvar x = {}1{}\n", "(".repeat(10_000), ")".repeat(10_000));
    write("deep/x.go", deep.as_bytes());
    fs::create_dir(dir.join("empty")).unwrap();
    let fuzz = |more: &[&str]| {
        let mut args = vec!["fuzz", "--execs", "1", "--seed", "1", "--json"];
        args.extend_from_slice(more);
        typerace(dir, &args).output().unwrap()
    };
    for (args, wanted) in [
        (["--corpus", "empty"], &["empty holds no .txtar"][..]),
        (["--corpus", "missing"], &["cannot read missing"]),
        (["--corpus", "file"], &["file is a file, not a folder"]),
        (["--corpus", "syntax"], &["syntax/x.go", "line 2:6"]),
        (["--corpus", "nul"], &["nul/x.go", "illegal character NUL"]),
        (["--corpus", "deep"], &["deep/x.go", "500 nodes deep"]),
        (["--corpus", "directive"], &["directive/x.txtar: line 2", "'frob'", "valid: share"]),
        (["--corpus", "escape"], &["escape/x.txtar: line 1", "write folder/file.go"]),
        (["--crashes", "file"], &["file is not a directory"]),
        (["--crashes", "/proc/typerace"], &["cannot write in /proc/typerace", "help: "]),
        (["--work", "file"], &["file is not a folder"]),
        (["--work", "/proc/typerace"], &["work directory /proc/typerace"]),
    ] {
        let output = fuzz(&args);
        check(&output, 2, wanted);
        assert_eq!(text(&output.stdout), "", "{args:?}");
    }
    for (path, wanted) in [
        ("missing", "cannot read missing"),
        ("missing.txtar", "cannot read missing.txtar"),
        ("empty", "no testcase.txtar"),
        ("crash", "crash/finding.json"),
        ("utf8.go", "utf8.go, line 2: not UTF-8"),
        ("directive/x.txtar", "x.txtar, line 2: unknown directive"),
        ("syntax/x.go", "cannot use syntax/x.go"),
    ] {
        check(&typerace(dir, &["reproduce", path]).output().unwrap(), 2, &[wanted]);
    }
}

#[test]
fn an_environment_that_cannot_work_says_what_to_do() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    // A fresh cache: nothing is built yet.
    let run = |args: &[&str], env: &[(&str, &str)]| {
        let mut command = typerace(dir, args);
        command.env("XDG_CACHE_HOME", dir.join("cache")).envs(env.iter().copied());
        command.output().unwrap()
    };
    let fuzz = ["fuzz", "--execs", "1"];
    let output = run(&["fuzz", "--execs", "1", "--go", "/nonexistent"], &[]);
    check(&output, 3, &["/nonexistent is no go command", "help: "]);
    check(&run(&fuzz, &[("CC", "/bin/false")]), 3, &["does not build", "help: "]);
}

/// What is odd but legal runs, and leaves no trace.
#[test]
fn odd_programs_do_no_harm() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    let cases = [
        ("-- a/a.go --\npackage a\n\n//line /etc/passwd:1\nvar X int = \"s\"\n", "not type-check"),
        ("-- a/a.go --\npackage a\n\nimport \"C\"\n\nvar X C.int\n", "could not import C"),
        ("-- a/a.go --\npackage a\n\nimport \"a\"\n\nvar X = a.X\n", "package a does not"),
        ("-- a/a.go --\npackage a\n\nimport \"/etc/passwd\"\n", "package a does not"),
        ("-- unsafe/u.go --\npackage unsafe\n\ntype Pointer int\n", "0 of 1"),
        ("go check a\r\n-- a/a.go --\r\npackage a\r\n\r\nvar X = `\r\n`\r\n", "0 of 1"),
    ];
    for (i, (case, wanted)) in cases.into_iter().enumerate() {
        let name = format!("{i}.txtar");
        fs::write(dir.join(&name), case).unwrap();
        let output = typerace(dir, &["reproduce", "--runs", "1", &name]).output().unwrap();
        check(&output, 0, &[]);
        let out = text(&output.stdout);
        assert!(out.contains(wanted), "{case}\n{out}");
    }
}
