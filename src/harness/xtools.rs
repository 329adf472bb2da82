//! golang.org/x/tools in the harness: which release goes with which Go, and
//! what happens where it cannot be fetched.

use std::path::Path;
use std::time::Duration;

/// From this minor version of Go on, the go.mod to build with. They are kept
/// beside the harness's own, which needs no module, and each has a go.sum.
const RELEASES: [(u32, [&str; 2]); 2] = [
    (26, ["-modfile=xtools26.mod", "-tags=xtools"]),
    (24, ["-modfile=xtools24.mod", "-tags=xtools"]),
];

/// After this time, a build that had to do without x/tools is tried again.
const RETRY: Duration = Duration::from_secs(24 * 60 * 60);

/// The flags of a build with x/tools, for a Go that has one.
pub(super) fn flags(minor: u32) -> Option<[&'static str; 2]> {
    RELEASES.iter().find(|(from, _)| minor >= *from).map(|(_, flags)| *flags)
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
    fn a_release_for_each_go() {
        assert_eq!(flags(28), flags(26));
        assert_eq!(flags(25).unwrap()[0], "-modfile=xtools24.mod");
        assert_eq!(flags(23), None);
    }

    #[test]
    fn the_files_are_inside_with_their_sums() {
        for (_, [modfile, _]) in RELEASES {
            let name = modfile.strip_prefix("-modfile=").unwrap();
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
