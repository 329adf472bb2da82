//! golang.org/x/tools in the harness, and what happens where it cannot be fetched.

use std::path::Path;
use std::time::Duration;

use crate::go_release;

/// After this time, a build that had to do without x/tools is tried again.
const RETRY: Duration = Duration::from_secs(24 * 60 * 60);

/// The flags of a build with x/tools, for a Go that has one. Its go.mod stands beside
/// the harness's own, which needs no module, and has a go.sum.
pub(super) fn flags(minor: u32) -> Option<[String; 2]> {
    let file = go_release::xtools(minor)?;
    Some([format!("-modfile={file}"), "-tags=xtools".to_owned()])
}

/// Whether a build with x/tools failed not long ago: where there is no module
/// proxy, the go command can take minutes to say so.
pub(super) fn tried_lately(plain: &Path) -> bool {
    let age = plain.metadata().and_then(|m| m.modified()).ok().and_then(|t| t.elapsed().ok());
    age.is_some_and(|age| age < RETRY)
}

/// The message when the build with x/tools failed.
pub(super) fn missing(output: &str) -> String {
    let why = output.lines().find(|l| !l.starts_with('#')).unwrap_or("the build failed");
    format!(
        "golang.org/x/tools cannot be used, so operations that need it are skipped until a build \
         tomorrow: {why}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_inside_with_their_sums() {
        for (_, name) in go_release::XTOOLS {
            let text = super::super::build::source_file(name).unwrap();
            assert!(text.contains("golang.org/x/tools v"), "{name}");
            let sums = super::super::build::source_file(&name.replace(".mod", ".sum")).unwrap();
            let tools = sums.lines().filter(|l| l.starts_with("golang.org/x/tools ")).count();
            assert_eq!(tools, 2, "{name}: the module and its go.mod");
        }
    }

    #[test]
    fn the_reason_is_a_line() {
        let said = missing("# typerace/harness\nx.go:1:2: module lookup disabled\nmore\n");
        assert!(said.ends_with("x.go:1:2: module lookup disabled"), "{said}");
    }

    #[test]
    fn only_a_young_build_is_not_retried() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("harness");
        assert!(!tried_lately(&file));
        std::fs::write(&file, "").unwrap();
        assert!(tried_lately(&file));
        let old = std::time::SystemTime::now() - RETRY - Duration::from_secs(1);
        std::fs::File::options().write(true).open(&file).unwrap().set_modified(old).unwrap();
        assert!(!tried_lately(&file));
    }
}
