//! golang.org/x/tools in the harness, and the fallback when it cannot be downloaded.

use std::path::Path;
use std::time::Duration;

use super::toolchain::Toolchain;
use crate::checker::Checker;
use crate::go_release;

/// After this time, a build that had to omit x/tools is tried again.
const RETRY: Duration = Duration::from_secs(24 * 60 * 60);

/// The flags of a build with x/tools, for a Go version that has one. It uses a separate go.mod with
/// a go.sum, beside the harness's own, which needs no module.
pub(super) fn flags(toolchain: &Toolchain) -> Option<[String; 2]> {
    // It uses go/types.
    let minor = Some(toolchain.minor).filter(|_| toolchain.checker == Checker::GoTypes);
    let file = go_release::xtools(minor?)?;
    Some([format!("-modfile={file}"), "-tags=xtools".to_owned()])
}

/// Whether a build with x/tools failed recently: without a module proxy, the go command can take
/// minutes to fail.
pub(super) fn tried_lately(plain: &Path) -> bool {
    let age = plain.metadata().and_then(|m| m.modified()).ok().and_then(|t| t.elapsed().ok());
    age.is_some_and(|age| age < RETRY)
}

/// Saves the message of a failed build with x/tools.
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
            let text = super::super::embedded::source_file(name).unwrap();
            assert!(text.contains("golang.org/x/tools v"), "{name}");
            let sums = super::super::embedded::source_file(&name.replace(".mod", ".sum")).unwrap();
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
