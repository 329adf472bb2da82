//! Edits of texts.

use std::collections::BTreeMap;

use serde::Serialize;

use super::choice::{Choice, Wanted};
use super::error::PatchError;
use super::parse::{Edit, Patch};

/// What patches did to the sources of a toolchain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patched {
    /// The patches that were applied.
    pub ids: Vec<String>,
    /// Known patches that do not apply.
    pub left_out: Vec<LeftOut>,
    /// The new texts, by the path below GOROOT/src.
    pub files: BTreeMap<String, String>,
}

/// A known patch that does not apply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Its id.
    pub id: String,
    /// Why it does not.
    pub why: String,
}

impl Patched {
    /// A line for people; `None` if no patches were asked for.
    #[must_use]
    pub fn line(&self) -> Option<String> {
        if self.ids.is_empty() && self.left_out.is_empty() {
            return None;
        }
        let mut line = match &self.ids[..] {
            [] => "go/types is not patched".to_owned(),
            ids => format!("go/types is patched: {}", ids.join(", ")),
        };
        if !self.left_out.is_empty() {
            let all: Vec<String> =
                self.left_out.iter().map(|l| format!("{} ({})", l.id, l.why)).collect();
            line.push_str(&format!("; left out: {}", all.join(", ")));
        }
        Some(line)
    }
}

/// Applies the patches that are wanted to the sources of a version of Go, which `read`
/// gives by their paths below GOROOT/src.
///
/// # Errors
/// A patch is unusable, or was asked for by its name and does not apply.
pub fn apply(
    choice: &Choice,
    version: &str,
    read: &dyn Fn(&str) -> Result<String, String>,
) -> Result<Patched, PatchError> {
    let mut done = Patched::default();
    for patch in choice.patches()? {
        match patch.apply(version, &done.files, read) {
            Ok(files) => {
                done.ids.push(patch.id);
                done.files.extend(files);
            }
            Err(why) if choice.wanted == Wanted::Known => {
                done.left_out.push(LeftOut { id: patch.id, why });
            }
            Err(why) => {
                let version = version.to_owned();
                return Err(PatchError::DoesNotApply {
                    file: patch.file,
                    id: patch.id,
                    version,
                    why,
                });
            }
        }
    }
    Ok(done)
}

impl Patch {
    /// The files that it changes: of `files` where they are there, of `read` otherwise.
    ///
    /// # Errors
    /// It is not for this version, or a text is not there exactly once.
    pub fn apply(
        &self,
        version: &str,
        files: &BTreeMap<String, String>,
        read: &dyn Fn(&str) -> Result<String, String>,
    ) -> Result<BTreeMap<String, String>, String> {
        let variant =
            self.variant(version).ok_or_else(|| format!("it is for Go {}", self.releases()))?;
        let mut changed: BTreeMap<String, String> = BTreeMap::new();
        for edit in &variant.edits {
            let text = match changed.get(&edit.file).or_else(|| files.get(&edit.file)) {
                Some(text) => text.clone(),
                None => read(&edit.file).map_err(|e| format!("{}: {e}", edit.file))?,
            };
            changed.insert(edit.file.clone(), edit.apply(&text)?);
        }
        Ok(changed)
    }
}

impl Edit {
    fn apply(&self, text: &str) -> Result<String, String> {
        let first = self.old.trim().lines().next().unwrap_or_default();
        match text.matches(&self.old).count() {
            1 => Ok(text.replacen(&self.old, &self.new, 1)),
            0 => Err(format!("{} does not have the text that begins {first:?}", self.file)),
            n => Err(format!("{} has the text that begins {first:?} {n} times", self.file)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patch(edits: &str) -> Patch {
        let head = "id = \"X\"\ntitle = \"t\"\nissues = []\nclass = \"bug\"\nkinds = []\n\
                    [[variant]]\nreleases = \"1.27\"\n";
        Patch::parse("x.toml", &(head.to_owned() + edits)).unwrap()
    }

    fn edit(old: &str, new: &str) -> String {
        format!("[[variant.edit]]\nfile = \"go/types/a.go\"\nold = {old:?}\nnew = {new:?}\n")
    }

    #[test]
    fn edits_follow_one_another() {
        let read = |file: &str| match file {
            "go/types/a.go" => Ok("one two two three".to_owned()),
            _ => Err("no such file".to_owned()),
        };
        let run = |edits: String| patch(&edits).apply("go1.27.3", &BTreeMap::new(), &read);
        let files = run(edit("one", "1") + &edit("1 two", "2")).unwrap();
        assert_eq!(files["go/types/a.go"], "2 two three");
        let why = run(edit("four", "4")).unwrap_err();
        assert_eq!(why, "go/types/a.go does not have the text that begins \"four\"");
        let why = run(edit("two", "2")).unwrap_err();
        assert_eq!(why, "go/types/a.go has the text that begins \"two\" 2 times");
        let why = run(edit("one", "1").replace("a.go", "b.go")).unwrap_err();
        assert_eq!(why, "go/types/b.go: no such file");
        let why = patch(&edit("one", "1")).apply("go1.26.8", &BTreeMap::new(), &read).unwrap_err();
        assert_eq!(why, "it is for Go 1.27");
        // What an earlier patch made is what the next one sees.
        let files = [("go/types/a.go".to_owned(), "four".to_owned())].into();
        let files = patch(&edit("four", "4")).apply("go1.27.3", &files, &read).unwrap();
        assert_eq!(files["go/types/a.go"], "4");
    }

    #[test]
    fn known_leaves_out_what_names_insist_on() {
        let read = |_: &str| Err("not there".to_owned());
        let choice = |text: &str| Choice { wanted: text.parse().unwrap(), dir: None };
        let all = apply(&choice("known"), "go1.20.1", &read).unwrap();
        assert!(all.ids.is_empty() && all.left_out.len() > 6, "{all:?}");
        assert!(
            all.line().unwrap().starts_with("go/types is not patched; left out: N1 (it is for")
        );
        let why = apply(&choice("R1"), "go1.20.1", &read).unwrap_err().to_string();
        assert!(why.contains("R1 does not apply to go1.20.1: it is for Go"), "{why}");
        assert_eq!(apply(&choice("none"), "go1.27.3", &read).unwrap().line(), None);
    }
}
