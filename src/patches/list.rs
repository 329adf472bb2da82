//! Loads patches from the binary and from a user's folder.

use crate::files;
use std::fs;
use std::path::Path;

use include_dir::{Dir, include_dir};

use super::error::PatchError;
use super::parse::Patch;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/patches");

/// The patches inside the binary, in the order of their files' names.
///
/// # Errors
/// One of them is wrong.
pub fn built_in() -> Result<Vec<Patch>, PatchError> {
    let mut files: Vec<_> = FILES.files().collect();
    files.retain(|f| f.path().extension().is_some_and(|e| e == "toml"));
    files.sort_unstable_by_key(|f| f.path());
    let parse = |f: &&include_dir::File<'_>| {
        Patch::parse(&f.path().display().to_string(), f.contents_utf8().unwrap_or_default())
    };
    files.iter().map(parse).collect()
}

/// The patches inside the binary and, after them, those of a folder.
///
/// # Errors
/// The folder cannot be read, a file is not a patch, or an id occurs twice.
pub fn load(dir: Option<&Path>) -> Result<Vec<Patch>, PatchError> {
    let mut all = built_in()?;
    let Some(dir) = dir else { return Ok(all) };
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| PatchError::Read { path, source }
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(dir).map_err(failed(dir))? {
        paths.push(entry.map_err(failed(dir))?.path());
    }
    paths.retain(|p| p.extension().is_some_and(|e| e == "toml"));
    paths.sort();
    if paths.is_empty() {
        return Err(PatchError::Empty(dir.to_owned()));
    }
    for path in paths {
        let text = files::as_text(files::read(&path)).map_err(failed(&path))?;
        let patch = Patch::parse(&path.display().to_string(), &text)?;
        if let Some(other) = all.iter().find(|p| p.is_called(&patch.id)) {
            let why = format!("the id {} is already used by {}", patch.id, other.file);
            return Err(PatchError::Format { file: patch.file, why });
        }
        all.push(patch);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_inside_are_patches() {
        let all = built_in().unwrap();
        let ids: Vec<&str> = all.iter().map(|p| &*p.id).collect();
        for id in ["R1", "R2", "R3", "R4", "N1", "N2", "N3"] {
            assert!(ids.contains(&id), "{ids:?}");
        }
        for other in all.iter().flat_map(|p| &p.also_ends) {
            assert!(ids.contains(&&**other), "{other}");
        }
        let mut files: Vec<String> = all.iter().map(|p| p.file.to_lowercase()).collect();
        for (patch, file) in all.iter().zip(&files) {
            assert!(file.starts_with(&format!("{}-", patch.id.to_lowercase())), "{file}");
        }
        files.dedup();
        assert_eq!(files.len(), all.len());
    }

    #[test]
    fn a_folder_adds_to_them() {
        let dir = tempfile::tempdir().unwrap();
        let why = |dir: &Path| load(Some(dir)).unwrap_err().to_string();
        assert!(why(&dir.path().join("none")).contains("cannot read"));
        assert!(why(dir.path()).contains("has no .toml file"));
        let text = FILES.get_file("r4-hash.toml").unwrap().contents_utf8().unwrap();
        let path = dir.path().join("own.toml");
        fs::write(&path, text).unwrap();
        assert!(
            why(dir.path()).contains("the id R4 is already used by r4-hash.toml"),
            "{}",
            why(dir.path())
        );
        fs::write(&path, text.replace("\"R4\"", "\"Own\"")).unwrap();
        let all = load(Some(dir.path())).unwrap();
        assert_eq!(all.last().unwrap().id, "Own");
        fs::write(&path, "id = 3").unwrap();
        assert!(why(dir.path()).contains("own.toml: "), "{}", why(dir.path()));
    }
}
