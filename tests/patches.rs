//! The patches: each applies, builds, silences its root's programs and leaves the others.

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;
use typerace::harness::{GoOptions, Toolchain};
use typerace::patches::{Patch, built_in};

#[path = "patches/matrix.rs"]
mod matrix;
use matrix::{NAMES, Programs, Shown, is_of, overlay};

fn go() -> Toolchain {
    let toolchain = std::env::var("TYPERACE_TOOLCHAIN").ok();
    let options = GoOptions { toolchain, ..GoOptions::default() };
    Toolchain::find(&options, &mut |_| ()).unwrap()
}

/// The patches for a Go release.
fn patches(go: &Toolchain) -> Vec<Patch> {
    let mut all = built_in().unwrap();
    all.retain(|p| p.variant(&go.version).is_some());
    assert!(all.len() > 4, "{}: {} patches", go.version, all.len());
    all
}

#[test]
fn a_patch_ends_its_root_and_no_other() {
    let go = go();
    let plain = Programs::build(&go, None).unwrap();
    // Issue 61561 is fixed in releases that compute type sets early.
    let before: Vec<(&str, Shown)> = NAMES
        .map(|n| (n, plain.shows(n)))
        .into_iter()
        .filter(|(_, shown)| *shown != Shown::Nothing)
        .collect();
    for patch in patches(&go) {
        let id = &*patch.id;
        assert!(before.iter().any(|(n, _)| is_of(n, id)), "{id} shows nothing: {before:?}");
        let built = Programs::build(&go, overlay(&go, &[id]).as_deref()).unwrap();
        for &(name, was) in &before {
            if is_of(name, id) {
                assert_eq!(
                    built.run(name),
                    Shown::Nothing,
                    "{id}: {name}, before: {}",
                    was.as_str()
                );
            } else if was != Shown::Stuck && !patch.also_ends.iter().any(|other| is_of(name, other))
            {
                // A program that is stuck takes its whole time limit, once for each patch.
                assert_ne!(
                    built.shows(name),
                    Shown::Nothing,
                    "{id}: {name}, before: {}",
                    was.as_str()
                );
            }
        }
    }
}

#[test]
fn all_of_them_together_silence_all() {
    let go = go();
    let all = patches(&go);
    let ids: Vec<&str> = all.iter().map(|p| &*p.id).collect();
    let built = Programs::build(&go, overlay(&go, &ids).as_deref()).unwrap();
    for name in NAMES {
        assert_eq!(built.run(name), Shown::Nothing, "{name}");
    }
}

fn typerace(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_typerace")).args(args).output().unwrap()
}

#[test]
fn the_command_lists_what_applies() {
    let output = typerace(&["patches", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let version = json["go_version"].as_str().unwrap();
    let rows = json["patches"].as_array().unwrap();
    assert_eq!(rows.len(), built_in().unwrap().len());
    let r3 = rows.iter().find(|r| r["id"] == "R3").unwrap();
    assert_eq!((r3["class"].as_str(), &r3["issues"][0]), (Some("bug"), &Value::from(79035)));
    for row in rows {
        assert_eq!(row["applies"].as_bool().unwrap(), row["why"].is_null(), "{row}");
    }
    let text = String::from_utf8(typerace(&["patches"]).stdout).unwrap();
    let starts = |line: &str| line.starts_with("R3 ") && line.contains("when goroutines ask for");
    assert!(text.lines().any(starts), "{text}");
    assert!(text.contains(&format!("applies to {version}")), "{text}");
    let one = String::from_utf8(typerace(&["patches", "--patch", "r3-unalias"]).stdout).unwrap();
    assert!(one.contains("\n1 of 1 apply") || one.contains("\n0 of 1 apply"), "{one}");
}

/// A folder with one patch, and what is wrong with it.
fn folder(dir: &tempfile::TempDir, from: &str, to: &str) -> String {
    let good = "id = \"Own\"\ntitle = \"t\"\nissues = []\nclass = \"bug\"\nkinds = []\n\
                [[variant]]\nreleases = \"1.21-1.99\"\n[[variant.edit]]\n\
                file = \"go/types/context.go\"\nold = \"\\th.typ(orig)\\n\"\nnew = \"\"\n";
    assert!(good.contains(from), "{from}");
    let path: PathBuf = dir.path().join("own.toml");
    std::fs::write(path, good.replace(from, to)).unwrap();
    dir.path().to_str().unwrap().to_owned()
}

#[test]
fn what_cannot_be_used_is_an_error_of_usage() {
    let dir = tempfile::tempdir().unwrap();
    let own = |from: &str, to: &str| folder(&dir, from, to);
    let run = |args: &[&str]| {
        let output = typerace(&[&["patches", "--json"], args].concat());
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let says = |args: &[&str], what: &str| {
        let (code, text) = run(args);
        assert_eq!(code, Some(2), "{args:?}: {text}");
        assert!(text.contains(what), "{args:?}: {text}");
    };
    says(&["--patch", "R99"], "there is no patch \"R99\"");
    says(&["--patch", "R1,,R2"], "write known, none, or names");
    says(&["--patches", "/nonexistent"], "cannot read /nonexistent");
    says(&["--patches", &own("title", "titel")], "own.toml: TOML parse error");
    says(&["--patches", &own("title", "titel")], "unknown field `titel`");
    says(&["--patches", &own("1.21-1.99", "1.99-1.21")], "not a range of releases");
    // A patch that was requested by name has to apply.
    let patches = own("h.typ(orig)", "no such text");
    let case = dir.path().join("case.go");
    std::fs::write(&case, "package p\n").unwrap();
    let case = case.to_str().unwrap();
    let named = typerace(&["reproduce", case, "--patches", &patches, "--patch", "own"]);
    let text = String::from_utf8(named.stderr).unwrap();
    assert_eq!(named.status.code(), Some(2), "{text}");
    assert!(text.contains("own.toml: Own does not apply to go1."), "{text}");
    assert!(text.contains("go/types/context.go does not have the text that begins"), "{text}");
    let alone = typerace(&["reproduce", case, "--patches", &patches]);
    let text = String::from_utf8(alone.stderr).unwrap();
    assert_eq!(alone.status.code(), Some(2), "{text}");
    assert!(text.contains("needs --patch known"), "{text}");
}

/// R4's program on go/types with and without its patch.
#[test]
fn a_harness_is_built_with_patches() {
    let dir = tempfile::tempdir().unwrap();
    let case = dir.path().join("case.go");
    let source = "package p\n\ntype T[P A[P]] int\n\ntype A[P any] = interface{ T[int] }\n";
    std::fs::write(&case, source).unwrap();
    let run = |args: &[&str]| {
        let more = ["--runs", "2", "--fresh-runs", "0", "--json"];
        let head = ["reproduce", case.to_str().unwrap()];
        let output = typerace(&[&head[..], &more, args].concat());
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), json, String::from_utf8(output.stderr).unwrap())
    };
    let (code, json, _) = run(&[]);
    assert_eq!((code, json["patched"].as_array().map(Vec::len)), (Some(1), Some(0)), "{json}");
    assert!(json["findings"][0]["origin"].get("patched").is_none(), "{json}");
    let (code, json, said) = run(&["--patch", "r4-hash"]);
    assert_eq!((code, &json["patched"]), (Some(0), &serde_json::json!(["R4"])), "{json}");
    assert!(said.contains("go/types is patched: R4"), "{said}");
    let (code, json, said) = run(&["--patch", "known"]);
    assert_eq!(code, Some(0), "{json}");
    assert!(json["patched"].as_array().unwrap().len() > 4, "{json}");
    assert!(said.contains("; left out: N5 (it is for Go 1.27)") || !said.contains("left out"));
}
