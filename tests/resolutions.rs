//! What names that do not exist became is part of a report.

use std::process::Command;

#[test]
fn a_report_says_what_names_became() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("case.txtar");
    let case = "share interface\nmeet start\nbefore check lib\n\
        go fields lib.Nosuch ; walk typeset instances\ngo walk typeset instances\n\
        -- lib/lib.go --\npackage lib\n\ntype T struct{ F int }\n\ntype I interface{ M() }\n";
    std::fs::write(&file, case).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_typerace"));
    command.args(["reproduce", "--runs", "20", "--json"]).arg(&file);
    if let Ok(toolchain) = std::env::var("TYPERACE_TOOLCHAIN") {
        command.args(["--toolchain", &toolchain]);
    }
    let out = command.output().unwrap();
    assert_eq!(out.status.code(), Some(1), "{}", String::from_utf8_lossy(&out.stderr));
    let text = String::from_utf8_lossy(&out.stdout);
    assert!(
        text.contains(
            "name resolved in goroutine 1, operation 0, query fields: lib.Nosuch is lib."
        ),
        "{text}"
    );
}
