//! The harness's sources, which are inside this binary.

use std::fs;
use std::path::Path;

use include_dir::{Dir, DirEntry, include_dir};

use super::error::EnvError;

static SOURCES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/harness_go");

/// Writes the harness's module, with the package `target` that targets import, to a folder.
///
/// # Errors
/// It cannot be written.
pub fn write_module(folder: &Path) -> Result<(), EnvError> {
    for (path, content) in sources() {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder))
            .and_then(|()| fs::write(&path, content))
            .map_err(|source| EnvError::Write { path, source })?;
    }
    Ok(())
}

/// The files that the build needs, sorted by path.
pub(super) fn sources() -> Vec<(&'static Path, &'static [u8])> {
    let mut found = Vec::new();
    let mut dirs = vec![&SOURCES];
    while let Some(dir) = dirs.pop() {
        for entry in dir.entries() {
            match entry {
                DirEntry::Dir(d) if d.path().ends_with("testdata") => {}
                DirEntry::Dir(d) => dirs.push(d),
                DirEntry::File(f) => found.push((f.path(), f.contents())),
            }
        }
    }
    found.retain(|(path, _)| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        !name.ends_with("_test.go") && !name.starts_with('.')
    });
    found.sort_unstable();
    found
}

/// The text of one of the harness's source files, by its name.
#[must_use]
pub fn source_file(name: &str) -> Option<&'static str> {
    let file = sources().into_iter().find(|(path, _)| path.ends_with(name))?;
    std::str::from_utf8(file.1).ok()
}

/// The names and texts of the Go files in one of the harness's folders, sorted by name.
#[must_use]
pub fn source_files(folder: &str) -> Vec<(&'static str, &'static str)> {
    let inside = |path: &Path| path.parent() == Some(Path::new(folder));
    sources()
        .into_iter()
        .filter(|(path, _)| inside(path))
        .filter_map(|(path, text)| {
            Some((path.file_name()?.to_str()?, std::str::from_utf8(text).ok()?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sources_are_inside() {
        let names: Vec<_> = sources().iter().map(|(p, _)| p.to_string_lossy()).collect();
        assert!(names.contains(&"go.mod".into()), "{names:?}");
        assert!(names.iter().any(|n| n.ends_with(".go")));
        assert!(!names.iter().any(|n| n.ends_with("_test.go")));
    }
}
