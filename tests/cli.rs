//! The command line with hostile input: exit codes, messages, and no stray output on stdout.

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
    check(&output, 3, &["/nonexistent is not a go command", "help: "]);
    check(&run(&fuzz, &[("CC", "/bin/false")]), 3, &["does not build", "help: "]);
}

/// Unusual but legal programs run and leave no trace.
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

/// What is installed beside the program, and which one it is.
#[test]
fn version_completions_and_manual() {
    let tmp = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        let output = typerace(tmp.path(), args).output().unwrap();
        check(&output, 0, &[]);
        text(&output.stdout)
    };
    let version = run(&["--version"]);
    let rest = version.trim_end().strip_prefix(concat!("typerace ", env!("CARGO_PKG_VERSION")));
    match rest.unwrap_or_else(|| panic!("{version}")) {
        // A package of sources without a commit.
        "" => {}
        commit => {
            let hash = commit.strip_prefix(" (").and_then(|c| c.strip_suffix(')')).unwrap();
            assert!(hash.len() == 12 && hash.bytes().all(|b| b.is_ascii_hexdigit()), "{version}");
        }
    }
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(&["completions", shell]);
        assert!(script.contains("minimize") && script.contains("until-finding"), "{shell}");
    }
    let bash = run(&["completions", "bash"]);
    let file = tmp.path().join("completions");
    fs::write(&file, &bash).unwrap();
    let script = "source ./completions; COMP_WORDS=(typerace mini); COMP_CWORD=1; \
                  _typerace typerace mini typerace; echo \"${COMPREPLY[@]}\"";
    let output =
        Command::new("bash").args(["-c", script]).current_dir(tmp.path()).output().unwrap();
    assert_eq!(text(&output.stdout).trim(), "minimize", "{}", text(&output.stderr));

    let page = run(&["man"]);
    assert!(page.contains(".TH typerace 1") && page.contains("minimize"), "{page}");
    let page = run(&["man", "corpus", "merge"]);
    assert!(page.contains(".TH typerace-corpus-merge 1") && page.contains("OUT"), "{page}");
    let output = typerace(tmp.path(), &["man", "corpse"]).output().unwrap();
    check(&output, 2, &["no command 'corpse'", "minimize"]);
    let output = typerace(tmp.path(), &["completions", "tcl"]).output().unwrap();
    check(&output, 2, &["tcl", "bash"]);
}

/// Nobody sits before a silent terminal: here, a go command takes its time.
#[test]
fn a_wait_is_explained() {
    let tmp = tempfile::tempdir().unwrap();
    let go = tmp.path().join("go");
    fs::write(&go, "#!/bin/sh\nsleep 3\nexit 1\n").unwrap();
    fs::set_permissions(&go, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let output = typerace(tmp.path(), &["patches", "--go", "./go"]).output().unwrap();
    check(&output, 3, &["typerace: looking for Go … 2 s"]);
}

/// A temporary folder that cannot be used is not a fault of the command line.
#[test]
fn an_unusable_tmpdir_is_the_environments_fault() {
    let tmp = tempfile::tempdir().unwrap();
    let args = ["fuzz", "--no-seeds", "--seed", "1", "--execs", "1"];
    let missing = tmp.path().join("missing");
    let output = typerace(tmp.path(), &args).env("TMPDIR", &missing).output().unwrap();
    check(&output, 3, &["missing", "TMPDIR"]);
    assert!(!text(&output.stderr).contains("work directory"), "{}", text(&output.stderr));
}
