//! `go build -overlay`: files that replace others in a build.

use crate::files;
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::EnvError;

/// An overlay with absolute paths, because the harness is built in another folder. It includes the
/// replacements' content, because each content needs its own build.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Overlay {
    /// Maps a replaced path to its replacement; an empty one removes the file.
    replace: BTreeMap<PathBuf, PathBuf>,
    /// The contents of the replacements, by replaced path.
    contents: BTreeMap<PathBuf, Vec<u8>>,
}

/// What a build depends on: not where the contents came from.
impl Hash for Overlay {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for path in self.replace.keys() {
            (path, self.contents.get(path)).hash(state);
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Format {
    replace: BTreeMap<PathBuf, PathBuf>,
}

impl Overlay {
    /// Reads the overlay's file and the replacements.
    ///
    /// # Errors
    /// A file is missing, or nothing in `goroot` is replaced: the go command would silently ignore
    /// an overlay for another toolchain.
    pub(super) fn read(path: &Path, goroot: &Path) -> Result<Self, EnvError> {
        let bad = |why: String| EnvError::BadOverlay { path: path.to_owned(), why };
        let text = files::as_text(files::read_named(path)).map_err(|e| bad(e.to_string()))?;
        let format: Format = serde_json::from_str(&text).map_err(|e| bad(e.to_string()))?;
        let mut overlay = Self::default();
        let real = goroot.canonicalize().unwrap_or_else(|_| goroot.to_owned());
        for (from, to) in format.replace {
            let absolute = |p: &Path| std::path::absolute(p).map_err(|e| bad(e.to_string()));
            let from = as_the_build_says(absolute(&from)?, goroot, &real);
            if to.as_os_str().is_empty() {
                overlay.replace.insert(from, to);
                continue;
            }
            let to = absolute(&to)?;
            let content =
                files::read_named(&to).map_err(|e| bad(format!("{}: {e}", to.display())))?;
            overlay.contents.insert(from.clone(), content);
            overlay.replace.insert(from, to);
        }
        if !overlay.replace.keys().any(|p| p.starts_with(goroot)) {
            let other = overlay.replace.keys().find_map(|p| p.to_str()?.split_once("/src/"));
            let whose = other.map(|(root, _)| format!("; for its paths, give --goroot {root}"));
            let whose = whose.unwrap_or_default();
            return Err(bad(format!("it replaces nothing in {}{whose}", goroot.display())));
        }
        Ok(overlay)
    }

    /// The replaced files, where their contents came from, and the contents; `None` for a file that
    /// is removed.
    pub(super) fn files(&self) -> impl Iterator<Item = (&Path, &Path, Option<&[u8]>)> {
        self.replace.iter().map(|(path, from)| {
            (path.as_path(), from.as_path(), self.contents.get(path).map(Vec::as_slice))
        })
    }

    /// The replacement of a file of the toolchain; the file itself if nothing replaces it.
    pub(super) fn replacement(&self, path: &Path) -> PathBuf {
        let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let found = self.replace.get(path).or_else(|| self.replace.get(&real));
        found.cloned().unwrap_or(real)
    }

    /// Replaces a file of the toolchain, instead of any earlier replacement.
    pub(super) fn put(&mut self, path: PathBuf, by: PathBuf) {
        if let Ok(real) = path.canonicalize() {
            self.replace.remove(&real);
        }
        self.replace.insert(path, by);
    }

    /// The overlay as the go command reads it.
    pub(super) fn json(&self) -> String {
        let format = Format { replace: self.replace.clone() };
        serde_json::to_string(&format).expect("paths that came from JSON")
    }
}

/// A path of the toolchain that leads through symbolic links, as the build knows it: the go command
/// compares paths as text.
fn as_the_build_says(path: PathBuf, goroot: &Path, real: &Path) -> PathBuf {
    // The file itself may be new.
    let parent = path.parent().and_then(|dir| dir.canonicalize().ok());
    let inside = parent.as_ref().and_then(|dir| dir.strip_prefix(real).ok());
    match (inside, path.file_name()) {
        (Some(inside), Some(name)) => goroot.join(inside).join(name),
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn an_overlay_is_for_one_goroot() {
        let dir = tempfile::tempdir().unwrap();
        let (file, new) = (dir.path().join("o.json"), dir.path().join("new.go"));
        let text = format!("{{\"Replace\":{{\"/r/src/go/types/a.go\":{new:?}}}}}");
        fs::write(&file, text).unwrap();
        let why = |r: Result<Overlay, EnvError>| r.unwrap_err().to_string();
        assert!(why(Overlay::read(&file, "/r".as_ref())).contains("new.go: No such file"));
        fs::write(&new, "package types").unwrap();
        let one = Overlay::read(&file, "/r".as_ref()).unwrap();
        assert!(one.json().contains("/r/src/go/types/a.go"));
        assert!(why(Overlay::read(&file, "/q".as_ref())).contains("replaces nothing in /q"));
        fs::write(&new, "package types // other").unwrap();
        assert_ne!(Overlay::read(&file, "/r".as_ref()).unwrap(), one, "contents count");
        fs::write(&file, "{\"replace\":1}").unwrap();
        assert!(matches!(Overlay::read(&file, "/r".as_ref()), Err(EnvError::BadOverlay { .. })));
    }
    #[test]
    fn a_goroot_behind_a_link_is_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let [real, link, file] = ["go", "link", "o.json"].map(|name| dir.path().join(name));
        fs::create_dir_all(real.join("src")).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        for [written, built] in [[&link, &real], [&real, &link], [&link, &link]] {
            let text = format!("{{\"Replace\":{{{:?}:\"\"}}}}", written.join("src/a.go"));
            fs::write(&file, text).unwrap();
            let overlay = Overlay::read(&file, built).unwrap();
            let paths: Vec<_> = overlay.files().map(|(path, ..)| path.to_owned()).collect();
            assert_eq!(paths, [built.join("src/a.go")]);
        }
    }
}
