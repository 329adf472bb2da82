//! The packages of a test case as a program of their own, for what the compiler shows.

use super::scan::imports_of;
use crate::testcase::SourceCase;

/// The module that the packages are put into.
const MODULE: &str = "repro";

/// The files of the program, with their names, and how to compile it. Several packages become a
/// module, in the form that the Go playground takes.
pub(super) fn files(case: &SourceCase, go_minor: u32) -> (Vec<(String, String)>, String) {
    if let [package] = &case.packages[..]
        && let [(name, text)] = &package.files[..]
        && imports_of(text).is_empty()
    {
        let how =
            format!("Compile with `go tool compile {name}`, or paste it into the playground.");
        return (vec![(name.clone(), text.clone())], how);
    }
    let mut files = vec![("go.mod".to_owned(), format!("module {MODULE}\n\ngo 1.{go_minor}\n"))];
    for package in &case.packages {
        for (name, text) in &package.files {
            files.push((format!("{}/{name}", package.path), rewritten(case, text)));
        }
    }
    (files, "Run `go build ./...` in the module.".to_owned())
}

/// A file that imports the test case's packages from the module.
fn rewritten(case: &SourceCase, text: &str) -> String {
    let mut out = text.to_owned();
    for path in imports_of(text) {
        if case.packages.iter().any(|p| p.path == path) {
            out = out.replacen(&format!("\"{path}\""), &format!("\"{MODULE}/{path}\""), 1);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_stands_alone_and_packages_become_a_module() {
        let one = SourceCase::from_txtar("-- p/p.go --\npackage p\n").unwrap();
        let (only, how) = files(&one, 26);
        assert_eq!(only, [("p.go".to_owned(), "package p\n".to_owned())]);
        assert!(how.contains("go tool compile p.go"));
        let two = SourceCase::from_txtar(
            "-- lib/l.go --\npackage lib\n-- a/a.go --\npackage a\n\nimport \"lib\"\n",
        );
        let (all, _) = files(&two.unwrap(), 27);
        let names: Vec<_> = all.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["go.mod", "lib/l.go", "a/a.go"]);
        assert_eq!(all[0].1, "module repro\n\ngo 1.27\n");
        assert!(all[2].1.contains("import \"repro/lib\""));
    }
}
