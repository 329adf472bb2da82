//! go.mod and go.sum of a program.

use crate::harness::source_file;

/// The newest `go` line that a program needs: since this release, the standard library
/// has everything that programs use, and aliases are represented by default.
const ENOUGH: u32 = 23;

/// The harness's module files for golang.org/x/tools.
fn tools_file(go_minor: u32, extension: &str) -> Option<&'static str> {
    let n = if go_minor >= 26 { 26 } else { 24 };
    source_file(&format!("xtools{n}.{extension}"))
}

/// The release that brought sync.WaitGroup.Go.
const WAIT_GROUP_GO: u32 = 25;

/// go.mod for a release of Go. `tools` says that it needs golang.org/x/tools, and the last argument
/// that it calls sync.WaitGroup.Go.
#[must_use]
pub fn go_mod(go_minor: u32, tools: bool, uses_wait_group_go: bool) -> String {
    let requires: Vec<&str> = tools_file(go_minor, "mod")
        .filter(|_| tools)
        .into_iter()
        .flat_map(str::lines)
        .filter(|l| l.starts_with("go ") || l.starts_with("require "))
        .collect();
    if requires.is_empty() {
        let needs = if uses_wait_group_go { WAIT_GROUP_GO } else { ENOUGH };
        return format!("module repro\n\ngo 1.{}\n", go_minor.min(needs));
    }
    format!("module repro\n\n{}\n", requires.join("\n\n"))
}

/// go.sum for a program that needs golang.org/x/tools.
#[must_use]
pub fn go_sum(go_minor: u32) -> Option<String> {
    tools_file(go_minor, "sum").map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules() {
        assert_eq!(go_mod(27, false, false), "module repro\n\ngo 1.23\n");
        assert_eq!(go_mod(27, false, true), "module repro\n\ngo 1.25\n");
        assert_eq!(go_mod(21, false, false), "module repro\n\ngo 1.21\n");
        let text = go_mod(27, true, true);
        assert!(
            text.contains("\ngo 1.26") && text.contains("require golang.org/x/tools v"),
            "{text}"
        );
        assert!(go_sum(25).unwrap().contains("golang.org/x/tools v"));
    }
}
