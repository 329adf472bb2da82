//! What the checker under test is made of: the tree, the files that an overlay replaces in it, and
//! those that patches change.

use std::fs;
use std::hash::Hasher as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::cache::cache_dir;
use super::go_bin;
use super::overlay::Overlay;
use super::toolchain::{Toolchain, other_trees};
use crate::checker::Checker;
use crate::fnv::Fnv1a;
use crate::patches::Patched;

/// The sources of a build, apart from typerace's own.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// Whether the checker in GOROOT is that of the release; `None` if there is no other copy of the
    /// release to compare it with.
    pub release: Option<bool>,
    /// The GOROOT of a copy of the release, if the checker here is another.
    pub copy: Option<PathBuf>,
    /// A hash of the checker in GOROOT, without overlay and patches.
    pub tree: String,
    /// The files that the user's overlay replaces.
    pub overlay: Vec<Replaced>,
    /// The files that patches change, on top of the overlay.
    pub patched: Vec<Replaced>,
}

/// A file of GOROOT that has another content.
#[derive(Clone, Debug)]
pub struct Replaced {
    /// Its path below GOROOT, with slashes; absolute if it is elsewhere.
    pub file: String,
    /// Where the content came from.
    pub from: PathBuf,
    /// The content; `None` if the file was removed.
    pub content: Option<Arc<[u8]>>,
}

impl Sources {
    /// The sources of a build with a toolchain.
    pub(super) fn of(toolchain: &Toolchain, overlay: &Overlay, patched: &Patched) -> Self {
        let goroot = &toolchain.goroot;
        let checker = toolchain.checker;
        let tree = checker_hash(goroot, checker);
        let overlay = overlay.files().map(|(path, from, content)| Replaced {
            file: below(path, goroot),
            from: from.to_owned(),
            content: content.map(Arc::from),
        });
        let patched = patched.files.iter().map(|(file, text)| Replaced {
            file: format!("src/{file}"),
            from: PathBuf::new(),
            content: Some(text.as_bytes().into()),
        });
        let (release, copy) = is_release(&toolchain.version, goroot, &tree, checker);
        Self { release, copy, overlay: overlay.collect(), patched: patched.collect(), tree }
    }
}

/// A path below GOROOT, with slashes.
fn below(path: &Path, goroot: &Path) -> String {
    let real = goroot.canonicalize().unwrap_or_else(|_| goroot.to_owned());
    let inside = path.strip_prefix(goroot).or_else(|_| path.strip_prefix(&real)).unwrap_or(path);
    inside.to_string_lossy().into_owned()
}

/// A hash of the files of a checker in a tree that are part of its packages; empty if there are
/// none.
#[must_use]
pub fn checker_hash(goroot: &Path, checker: Checker) -> String {
    let files = checker_sources(goroot, checker);
    let mut hash = Fnv1a::default();
    for file in &files {
        hash.write(file.file_name().unwrap_or_default().as_encoded_bytes());
        hash.write(&fs::read(file).unwrap_or_default());
    }
    if files.is_empty() { String::new() } else { format!("{:016x}", hash.finish()) }
}

/// The files of a checker in a tree that are part of its packages, sorted in each package.
#[must_use]
pub fn checker_sources(goroot: &Path, checker: Checker) -> Vec<PathBuf> {
    let folder = |folder: &&str| {
        let entries = fs::read_dir(goroot.join(folder)).into_iter().flatten();
        let paths = entries.filter_map(|e| Some(e.ok()?.path()));
        let mut files: Vec<PathBuf> = paths.filter(|p| is_source(p)).collect();
        files.sort();
        files
    };
    checker.folders().iter().flat_map(folder).collect()
}

/// Whether a file of a package's folder is Go source, but not a test.
fn is_source(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".go") && !name.ends_with("_test.go")
}

/// Whether a version is that of a release: `go1.27.3`, `go1.28rc1`.
#[must_use]
pub fn is_release_version(version: &str) -> bool {
    version.strip_prefix("go1.").is_some_and(|rest| {
        rest.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b.is_ascii_lowercase())
            && !rest.contains("devel")
    })
}

fn is_release(
    version: &str,
    goroot: &Path,
    tree: &str,
    checker: Checker,
) -> (Option<bool>, Option<PathBuf>) {
    if !is_release_version(version) {
        return (Some(false), None);
    }
    let here = goroot.canonicalize().unwrap_or_else(|_| goroot.to_owned());
    let others: Vec<PathBuf> =
        release_trees(version).into_iter().filter(|root| *root != here).collect();
    if others.iter().any(|root| checker_hash(root, checker) == tree) {
        return (Some(true), None);
    }
    let copy = others.into_iter().next();
    (copy.as_ref().map(|_| false), copy)
}

/// Copies of a release on this machine, without asking for it: those that typerace or the go
/// command downloaded, and the installed ones.
fn release_trees(version: &str) -> Vec<PathBuf> {
    let cache = cache_dir().ok();
    let number = version.trim_start_matches("go");
    let own = cache.as_deref().and_then(|c| go_bin::installed(c, number));
    let own = own.and_then(|go| Some(go.parent()?.parent()?.to_owned()));
    let all = own.into_iter().chain(other_trees(version));
    all.filter_map(|root| root.canonicalize().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_releases() {
        for (version, is) in
            [("go1.27.3", true), ("go1.28rc1", true), ("go1.28-devel_1a", false), ("devel", false)]
        {
            assert_eq!(is_release_version(version), is, "{version}");
        }
    }

    #[test]
    fn a_hash_is_of_the_package() {
        let tmp = tempfile::tempdir().unwrap();
        let dir = tmp.path().join(Checker::GoTypes.folders()[0]);
        assert_eq!(checker_hash(tmp.path(), Checker::GoTypes), "");
        fs::create_dir_all(&dir).unwrap();
        fs::write(dir.join("a.go"), "package types\n").unwrap();
        let one = checker_hash(tmp.path(), Checker::GoTypes);
        fs::write(dir.join("a_test.go"), "package types\n").unwrap();
        assert_eq!(checker_hash(tmp.path(), Checker::GoTypes), one, "tests are not part of it");
        fs::write(dir.join("a.go"), "package types // changed\n").unwrap();
        assert_ne!(checker_hash(tmp.path(), Checker::GoTypes), one);
        let checker = Checker::GoTypes;
        assert_eq!(is_release("go1.99.98", tmp.path(), &one, checker), (None, None));
        assert_eq!(is_release("go1.99-devel_1", tmp.path(), &one, checker), (Some(false), None));
    }
}
