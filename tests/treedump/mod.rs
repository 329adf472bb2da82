//! Runs harness_go's treedump, which parses Go with go/parser.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A line of treedump's output.
pub struct Dump {
    /// `ok`, `error` or `gofmt`.
    pub status: String,
    /// The tree, or the error.
    pub text: String,
}

/// The go command, in the harness's module.
pub fn go() -> Command {
    let mut c = Command::new("go");
    c.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/harness_go"));
    c
}

/// Builds treedump into a folder.
pub fn build(dir: &Path) -> PathBuf {
    let tool = dir.join("treedump");
    let built = go()
        .arg("build")
        .arg("-o")
        .arg(&tool)
        .arg("./internal/tree/cmd/treedump")
        .output()
        .expect("the go command is on PATH");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    tool
}

/// Runs treedump over files; the result has a dump for each, in order.
pub fn dump(tool: &Path, args: &[&str], files: &[PathBuf]) -> Vec<Dump> {
    let mut child = Command::new(tool)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("treedump starts");
    let names: String = files.iter().map(|f| format!("{}\n", f.display())).collect();
    let mut stdin = child.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || stdin.write_all(names.as_bytes()));
    let out = child.wait_with_output().expect("treedump ends");
    writer.join().expect("no panic").expect("treedump reads its input");
    assert!(out.status.success());
    let text = String::from_utf8(out.stdout).expect("UTF-8");
    let dumps: Vec<_> = text
        .lines()
        .map(|line| {
            let mut columns = line.splitn(3, '\t').skip(1).map(str::to_owned);
            let mut next = || columns.next().expect("three columns");
            Dump { status: next(), text: next() }
        })
        .collect();
    assert_eq!(dumps.len(), files.len());
    dumps
}

/// Adds the Go files of a folder, sorted.
pub fn collect(dir: &Path, into: &mut Vec<PathBuf>, deep: bool) {
    let entries = std::fs::read_dir(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
    let mut paths: Vec<_> = entries.map(|e| e.expect("an entry").path()).collect();
    paths.sort();
    for p in paths {
        if p.is_dir() && deep {
            collect(&p, into, deep);
        } else if p.extension().is_some_and(|e| e == "go") {
            into.push(p);
        }
    }
}

/// GOROOT/src
pub fn goroot_src() -> PathBuf {
    let out = go().args(["env", "GOROOT"]).output().expect("the go command is on PATH");
    PathBuf::from(String::from_utf8(out.stdout).expect("UTF-8").trim()).join("src")
}
