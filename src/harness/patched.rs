//! Patches as an overlay: changed copies of Go's sources in the cache, on top of the
//! user's own overlay.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use libafl_bolts::hasher_std;

use super::cache::{cache_dir, publish, staging};
use super::error::EnvError;
use super::overlay::Overlay;
use super::sources::Sources;
use super::toolchain::Toolchain;
use crate::patches::{Choice, Patch, Patched, apply, together};

/// The argument of `go build -overlay`: the user's overlay, with the patches applied to it.
///
/// # Errors
/// The overlay or a patch is unusable, or the cache cannot be written.
pub fn overlay(
    toolchain: &Toolchain,
    user: Option<&Path>,
    choice: &Choice,
) -> Result<(Option<PathBuf>, Patched), EnvError> {
    let (path, patched, _) = with_sources(toolchain, user, choice)?;
    Ok((path, patched))
}

/// The same, with what the build is made of.
pub(super) fn with_sources(
    toolchain: &Toolchain,
    user: Option<&Path>,
    choice: &Choice,
) -> Result<(Option<PathBuf>, Patched, Sources), EnvError> {
    let overlay = users(toolchain, user)?;
    let src = toolchain.goroot.join("src");
    let patched = apply(choice, &toolchain.version, &|file| text(&overlay, &src.join(file)))?;
    let sources = Sources::of(toolchain, &overlay, &patched);
    if patched.files.is_empty() {
        return Ok((user.map(Path::to_owned), patched, sources));
    }
    Ok((Some(write(toolchain, overlay, &patched.files)?), patched, sources))
}

/// The overlay of a build with several patches, one of which is chosen when a process starts, and
/// the numbers by which they are chosen. `base` is in all of them.
///
/// # Errors
/// The overlay or a patch is unusable, or the cache cannot be written.
pub fn overlay_together(
    toolchain: &Toolchain,
    user: Option<&Path>,
    base: &Choice,
    patches: &[Patch],
) -> Result<(PathBuf, BTreeMap<String, u32>), EnvError> {
    let overlay = users(toolchain, user)?;
    let src = toolchain.goroot.join("src");
    let read = |file: &str| text(&overlay, &src.join(file));
    let base = apply(base, &toolchain.version, &read)?.files;
    let read = |file: &str| base.get(file).map_or_else(|| read(file), |text| Ok(text.clone()));
    let all = together(patches, &toolchain.version, &read);
    let files = base.iter().chain(&all.files).map(|(f, t)| (f.clone(), t.clone())).collect();
    Ok((write(toolchain, overlay, &files)?, all.numbers))
}

/// Writes changed sources into the cache, and returns the path of the overlay that uses them.
fn write(
    toolchain: &Toolchain,
    mut overlay: Overlay,
    files: &BTreeMap<String, String>,
) -> Result<PathBuf, EnvError> {
    let src = toolchain.goroot.join("src");
    let mut hash = hasher_std();
    (&toolchain.goroot, &overlay, overlay.json(), files).hash(&mut hash);
    let cache = cache_dir()?;
    let folder = cache.join(format!("patched-{:016x}", hash.finish()));
    let path = folder.join("overlay.json");
    if path.is_file() {
        return Ok(path);
    }
    let new = staging(&cache)?;
    let write = |name: &Path, content: &str| {
        let path = new.path().join(name);
        fs::create_dir_all(path.parent().unwrap_or(new.path()))
            .and_then(|()| fs::write(&path, content))
            .map_err(|source| EnvError::Write { path, source })
    };
    for (file, text) in files {
        write(Path::new(file), text)?;
        overlay.put(src.join(file), folder.join(file));
    }
    write(Path::new("overlay.json"), &overlay.json())?;
    publish(new.path(), &folder)?;
    Ok(path)
}

/// Which patches apply to a toolchain with the user's overlay: `None` for a patch that applies,
/// otherwise the reason why it does not.
///
/// # Errors
/// The overlay is unusable.
pub fn applicable(
    toolchain: &Toolchain,
    user: Option<&Path>,
    patches: &[Patch],
) -> Result<Vec<Option<String>>, EnvError> {
    let overlay = users(toolchain, user)?;
    let src = toolchain.goroot.join("src");
    let read = |file: &str| text(&overlay, &src.join(file));
    let alone = BTreeMap::new();
    Ok(patches.iter().map(|p| p.apply(&toolchain.version, &alone, &read).err()).collect())
}

/// The user's overlay; an empty one if there is none.
fn users(toolchain: &Toolchain, path: Option<&Path>) -> Result<Overlay, EnvError> {
    path.map_or_else(|| Ok(Overlay::default()), |p| Overlay::read(p, &toolchain.goroot))
}

/// The text of a file according to the overlay.
fn text(overlay: &Overlay, path: &Path) -> Result<String, String> {
    fs::read_to_string(overlay.replacement(path)).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::GoOptions;

    fn choice(text: &str) -> Choice {
        Choice { wanted: text.parse().unwrap(), dir: None }
    }

    #[test]
    fn patches_go_on_top_of_the_users_overlay() {
        let go = Toolchain::locate(&GoOptions::default(), &mut |_| ()).unwrap();
        assert_eq!(overlay(&go, None, &choice("none")).unwrap(), (None, Patched::default()));
        let (path, patched) = overlay(&go, None, &choice("R4")).unwrap();
        assert_eq!(patched.ids, ["R4"]);
        let text = fs::read_to_string(path.as_ref().unwrap()).unwrap();
        assert!(text.contains("/src/go/types/context.go"), "{text}");
        // Applying the patches again gives the same file.
        assert_eq!(overlay(&go, None, &choice("r4")).unwrap().0, path);

        let dir = tempfile::tempdir().unwrap();
        let file = go.goroot.join("src/go/types/context.go");
        let mine = dir.path().join("context.go");
        let source = fs::read_to_string(&file).unwrap();
        fs::write(&mine, source.clone() + "\n// mine\n").unwrap();
        let other = dir.path().join("other.go");
        fs::write(&other, "package types\n").unwrap();
        let json = serde_json::json!({"Replace": {
            file.to_str().unwrap(): mine,
            go.goroot.join("src/go/types/zz.go").to_str().unwrap(): other,
        }});
        let user = dir.path().join("o.json");
        fs::write(&user, json.to_string()).unwrap();
        let (path, _) = overlay(&go, Some(&user), &choice("R4")).unwrap();
        let merged: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(path.unwrap()).unwrap()).unwrap();
        let replace = merged["Replace"].as_object().unwrap();
        assert_eq!(replace.len(), 2, "{merged}");
        let patched =
            fs::read_to_string(replace[file.to_str().unwrap()].as_str().unwrap()).unwrap();
        assert!(patched.ends_with("// mine\n") && patched.len() < source.len() + 9, "both");

        fs::write(&mine, "package types\n").unwrap();
        let why = overlay(&go, Some(&user), &choice("R4")).unwrap_err().to_string();
        assert!(why.contains("R4 does not apply to") && why.contains("does not have"), "{why}");
        let (path, patched) = overlay(&go, Some(&user), &choice("known")).unwrap();
        assert!(path.is_some() && patched.left_out.iter().any(|l| l.id == "R4"), "{patched:?}");
    }

    #[test]
    fn the_known_patches_can_be_in_one_build() {
        let go = Toolchain::locate(&GoOptions::default(), &mut |_| ()).unwrap();
        let all = crate::patches::built_in().unwrap();
        let why = applicable(&go, None, &all).unwrap();
        let apply: Vec<_> =
            all.into_iter().zip(why).filter(|(_, why)| why.is_none()).map(|(p, _)| p).collect();
        let (path, numbers) = overlay_together(&go, None, &choice("none"), &apply).unwrap();
        let ids = apply.iter().map(|p| &p.id);
        let missing: Vec<_> = ids.filter(|id| !numbers.contains_key(*id)).collect();
        assert!(apply.len() > 9 && missing.is_empty(), "{missing:?}");
        let json = fs::read_to_string(path).unwrap();
        assert!(json.contains("/src/go/types/named.go") && !json.contains("_test.go"), "{json}");
    }
}
