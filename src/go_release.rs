//! Differences between releases of Go. No other file knows their numbers.
//!
//! For a new release, add it to [`NEWEST`], raise [`LATEST`], and add a question for each new part
//! of the language. Differences in the API of go/types are handled by files of `harness_go` with
//! build tags.

/// The oldest release line that the harness builds with: 21 for Go 1.21.
pub const OLDEST: u32 = 21;

/// The newest release line that this program knows: 27 for Go 1.27.
pub const LATEST: u32 = 27;

/// The newest patch of each release line; the go command fetches them.
pub const NEWEST: [&str; (LATEST - OLDEST + 1) as usize] =
    ["go1.21.13", "go1.22.12", "go1.23.12", "go1.24.11", "go1.25.5", "go1.26.8", "go1.27.3"];

/// The release to install where there is no Go. scripts/go.sh reads this line.
pub const DEFAULT: &str = "1.27.3";

/// The release of golang.org/x/tools for each Go, given as the harness's go.mod to build with. Each
/// row says from which release line on it applies, the newest first.
pub const XTOOLS: [(u32, &str); 2] = [(26, "xtools26.mod"), (24, "xtools24.mod")];

/// The release line of a version: 27 for `go1.27.3`, `go1.27-devel_1a2b3c` and `devel go1.27-1a2b3c`.
#[must_use]
pub fn minor(version: &str) -> Option<u32> {
    let rest = version.split_whitespace().find_map(|w| w.strip_prefix("go1."))?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Whether the language has `for range 10`.
#[must_use]
pub fn has_range_over_int(minor: u32) -> bool {
    minor >= 22
}

/// Whether the language has `for range` over functions.
#[must_use]
pub fn has_range_over_func(minor: u32) -> bool {
    minor >= 23
}

/// Whether the language has aliases with type parameters.
#[must_use]
pub fn has_generic_aliases(minor: u32) -> bool {
    minor >= 24
}

/// Whether a type may be among the constraints of its own type parameters.
#[must_use]
pub fn has_self_constraints(minor: u32) -> bool {
    minor >= 26
}

/// Whether the language has methods with type parameters.
#[must_use]
pub fn has_generic_methods(minor: u32) -> bool {
    minor >= 27
}

/// Whether the linker must be told to let the harness use the runtime's hooks.
#[must_use]
pub fn checks_linknames(minor: u32) -> bool {
    minor >= 23
}

/// The go.mod with golang.org/x/tools for a release line that has one.
#[must_use]
pub fn xtools(minor: u32) -> Option<&'static str> {
    XTOOLS.iter().find(|(from, _)| minor >= *from).map(|(_, file)| *file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_its_newest_release() {
        for (minor, release) in (OLDEST..=LATEST).zip(NEWEST) {
            assert!(release.starts_with(&format!("go1.{minor}.")), "{release}");
        }
        assert!(DEFAULT.starts_with("1."));
    }

    #[test]
    fn lines_of_versions() {
        assert_eq!(minor("go1.27.3"), Some(27));
        assert_eq!(minor("go1.21.13"), Some(21));
        assert_eq!(minor("go1.21rc2"), Some(21));
        assert_eq!(minor("devel go1.28-1a2b Thu"), Some(28));
        assert_eq!(minor("go1.28-devel_1a2b"), Some(28));
        assert_eq!(minor("gcc 1.2"), None);
    }

    #[test]
    fn a_release_of_xtools_for_each_go() {
        assert_eq!(xtools(LATEST + 1), xtools(26));
        assert_eq!(xtools(25), Some("xtools24.mod"));
        assert_eq!(xtools(23), None);
    }
}
