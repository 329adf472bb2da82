//! The sense for shared writes, from a campaign on the Go of PATH to the list of suspects.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use typerace::harness::{GoOptions, Toolchain};

fn typerace(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_typerace"));
    command.args(args).current_dir(dir).env("TMPDIR", dir).stdin(Stdio::null());
    command.output().unwrap()
}

#[track_caller]
fn json(output: &Output) -> Value {
    let err = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}\n{err}"))
}

/// N1: Eval adds a scope to the scope tree of a completed package. The other goroutine does
/// something else, so nothing races until the sense tries Eval against itself.
const SEED: &str = "\
before check lib
go     eval lib func(int)
go     string lib.T
-- lib/lib.go --
package lib

type T int
";

#[test]
#[cfg_attr(not(target_arch = "x86_64"), ignore = "the sense is for amd64")]
fn a_shared_write_is_tried_at_once_and_listed() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    std::fs::create_dir(dir.join("seeds")).unwrap();
    std::fs::write(dir.join("seeds/eval.txtar"), SEED).unwrap();
    let campaign = ["fuzz", "--json", "--corpus", "seeds", "--seed", "1", "--execs", "6"];
    let fuzz = |more: &[&str]| json(&typerace(dir, &[&campaign, more].concat()));
    let found = |summary: &Value| {
        let all = summary["findings"].as_array().unwrap().clone();
        all.iter().any(|f| f["signature"].as_str().is_some_and(|s| s.contains("NewScope")))
    };

    let without = fuzz(&["--no-sense", "--crashes", "without"]);
    assert_eq!((&without["sense"], &without["suspects"]), (&Value::Null, &Value::from([0; 0])));
    let with = fuzz(&["--crashes", "with"]);
    assert!(with["sense"]["runs"].as_u64() >= Some(1), "{}", with["sense"]);
    assert!(with["sense"]["tried"].as_u64() >= Some(1), "{}", with["sense"]);
    assert!(found(&with), "{:#}", with["findings"]);
    let suspects = with["suspects"].as_array().unwrap();
    let scope = suspects.iter().find(|s| s["function"] == "go/types.NewScope");
    let scope = scope.unwrap_or_else(|| panic!("{suspects:#?}"));
    assert_eq!((&scope["file"], &scope["raced"]), (&"scope.go".into(), &true.into()));
    assert!(scope["code"].as_str().unwrap().contains("children"), "{scope}");
    assert!(scope["operations"].as_array().unwrap().contains(&"eval".into()), "{scope}");

    let listed = typerace(dir, &["suspects", "--crashes", "with"]);
    let text = String::from_utf8_lossy(&listed.stdout);
    assert!(text.contains("\nraced: ") && text.contains(" NewScope, tried "), "{text}");
    let document = json(&typerace(dir, &["suspects", "--crashes", "with", "--json"]));
    assert_eq!(document["suspects"], with["suspects"]);
    let report = json(&typerace(dir, &["report", "--crashes", "with", "--json"]));
    assert_eq!(report["suspects"], with["suspects"]);
    assert_eq!(typerace(dir, &["suspects", "--crashes", "nowhere"]).status.code(), Some(2));
}

/// An instance whose underlying type is computed when it is first asked for.
const LAZY: &str = "\
before check lib
go     walk fields lib
go     string lib.G
-- lib/lib.go --
package lib

type G[P any] struct{ f *H[P] }

type H[P any] struct{ g P }

var X G[int]
";

/// go/types without the lock around a lazy write. The window is a few instructions wide, because the
/// writer checks an atomic state just before the write and sets it just after. The sense makes both
/// goroutines stop between the write and that store.
#[test]
#[cfg_attr(not(target_arch = "x86_64"), ignore = "the sense is for amd64")]
fn both_goroutines_stop_right_after_the_write() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    let go = Toolchain::locate(&GoOptions::default(), &mut |_| ()).unwrap();
    let named = go.goroot.join("src/go/types/named.go");
    let text = std::fs::read_to_string(&named).unwrap();
    let lock = "\t\t\tt.mu.Lock()\n\t\t\tdefer t.mu.Unlock()\n\t\t\t// Careful, t.underlying has";
    if text.matches(lock).count() != 1 {
        assert!(go.minor < 26, "{} writes t.underlying in another way now", go.version);
        return;
    }
    let open = text.replace(lock, "\t\t\t// Careful, t.underlying has");
    std::fs::write(dir.join("named.go"), open).unwrap();
    let replace =
        serde_json::json!({ "Replace": { named.to_str().unwrap(): dir.join("named.go") } });
    std::fs::write(dir.join("overlay.json"), replace.to_string()).unwrap();
    std::fs::create_dir(dir.join("seeds")).unwrap();
    std::fs::write(dir.join("seeds/lazy.txtar"), LAZY).unwrap();
    let campaign = ["fuzz", "--json", "--corpus", "seeds", "--seed", "1", "--execs", "20"];
    let overlay = ["--overlay", "overlay.json", "--crashes", "found"];
    let summary = json(&typerace(dir, &[&campaign[..], &overlay].concat()));
    let suspects = summary["suspects"].as_array().unwrap();
    let write = suspects.iter().find(|s| s["code"] == "t.underlying = u");
    let write = write.unwrap_or_else(|| panic!("{suspects:#?}"));
    assert_eq!((&write["locked"], &write["raced"]), (&false.into(), &true.into()), "{write}");
}
