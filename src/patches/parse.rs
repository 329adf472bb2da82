//! A patch's file.

use std::path::{Component, Path};

use serde::Deserialize;

use super::error::PatchError;
use super::releases::Releases;
use crate::scenario::Class;

/// A change that ends one root.
#[derive(Clone, Debug)]
pub struct Patch {
    /// `R1`; `--patch` takes it, or the file's name, in any case.
    pub id: String,
    /// The situation in which the fault shows.
    pub title: String,
    /// Issues of golang/go.
    pub issues: Vec<u32>,
    /// What a finding of this root is.
    pub class: Class,
    /// The kinds of its findings.
    pub kinds: Vec<String>,
    /// The edits, by release.
    pub variants: Vec<Variant>,
    /// The file that it stands in.
    pub file: String,
}

/// The edits for some releases.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Which releases.
    pub releases: Releases,
    /// What changes.
    pub edits: Vec<Edit>,
}

/// A piece of text that is replaced.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// A file below GOROOT/src: `go/types/alias.go`.
    pub file: String,
    /// What stands there, once.
    pub old: String,
    /// What is to stand there.
    pub new: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Format {
    id: String,
    title: String,
    issues: Vec<u32>,
    class: Class,
    kinds: Vec<String>,
    variant: Vec<VariantFormat>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VariantFormat {
    releases: String,
    edit: Vec<Edit>,
}

/// The kinds of findings, as in finding.json.
const KINDS: [&str; 8] =
    ["data-race", "fatal", "panic", "deadlock", "hang", "leak", "memory", "mismatch"];

impl Patch {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// It is no patch; the error says what is wrong.
    pub fn parse(file: &str, text: &str) -> Result<Self, PatchError> {
        let wrong = |why: String| PatchError::Format { file: file.to_owned(), why };
        let format: Format = toml::from_str(text).map_err(|e| wrong(e.to_string()))?;
        let patch = Self {
            id: format.id,
            title: format.title,
            issues: format.issues,
            class: format.class,
            kinds: format.kinds,
            variants: variants(format.variant).map_err(wrong)?,
            file: file.to_owned(),
        };
        patch.examine().map_err(wrong)?;
        Ok(patch)
    }

    /// Whether a name of `--patch` means this one: its id, or its file's name.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        let stem = Path::new(&self.file).file_stem().unwrap_or_default().to_string_lossy();
        self.id.eq_ignore_ascii_case(name) || stem.eq_ignore_ascii_case(name)
    }

    /// The edits for a toolchain's version.
    #[must_use]
    pub fn variant(&self, version: &str) -> Option<&Variant> {
        self.variants.iter().find(|v| v.releases.contain(version))
    }

    /// The releases that it is for: `1.26, 1.27`.
    #[must_use]
    pub fn releases(&self) -> String {
        let all: Vec<String> = self.variants.iter().map(|v| v.releases.to_string()).collect();
        all.join(", ")
    }

    /// What the parser does not see.
    fn examine(&self) -> Result<(), String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let reserved = ["known", "none"].iter().any(|w| self.id.eq_ignore_ascii_case(w));
        if self.id.is_empty() || !self.id.chars().all(plain) || reserved {
            return Err(format!("id = {:?} is not a name", self.id));
        }
        if self.title.trim().is_empty() {
            return Err("the title is empty".to_owned());
        }
        if let Some(odd) = self.kinds.iter().find(|k| !KINDS.contains(&k.as_str())) {
            return Err(format!("kind {odd:?} is unknown; kinds are {}", KINDS.join(", ")));
        }
        if self.variants.is_empty() {
            return Err("there is no [[variant]]".to_owned());
        }
        for (i, v) in self.variants.iter().enumerate() {
            if let Some(w) = self.variants[..i].iter().find(|w| w.releases.overlap(&v.releases)) {
                return Err(format!("two variants, {} and {}, overlap", w.releases, v.releases));
            }
            if v.edits.is_empty() {
                return Err(format!("the variant for {} has no [[variant.edit]]", v.releases));
            }
            v.edits.iter().try_for_each(Edit::examine)?;
        }
        Ok(())
    }
}

impl Edit {
    fn examine(&self) -> Result<(), String> {
        let path = Path::new(&self.file);
        let plain = path.components().all(|c| matches!(c, Component::Normal(_)));
        if !plain || path.extension().is_none_or(|e| e != "go") {
            let file = &self.file;
            return Err(format!("file = {file:?} is no Go file below GOROOT/src"));
        }
        if self.old.is_empty() || self.old == self.new {
            return Err(format!("an edit of {} changes nothing", self.file));
        }
        Ok(())
    }
}

fn variants(all: Vec<VariantFormat>) -> Result<Vec<Variant>, String> {
    all.into_iter().map(|v| Ok(Variant { releases: v.releases.parse()?, edits: v.edit })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
id = "X1"
title = "a race when two do it"
issues = [1, 2]
class = "bug"
kinds = ["data-race"]
[[variant]]
releases = "1.26-1.27"
[[variant.edit]]
file = "go/types/alias.go"
old = "a"
new = "b"
"#;

    #[test]
    fn a_patch_is_read() {
        let patch = Patch::parse("dir/x1-two.toml", GOOD).unwrap();
        assert!(patch.is_called("x1") && patch.is_called("X1-two") && !patch.is_called("X"));
        assert_eq!(patch.variant("go1.27.3").unwrap().edits[0].new, "b");
        assert!(patch.variant("go1.25.5").is_none());
        assert_eq!(patch.releases(), "1.26-1.27");
    }

    #[test]
    fn what_is_wrong_is_said() {
        let why = |from: &str, to: &str| {
            assert!(GOOD.contains(from), "{from}");
            let error = Patch::parse("x1.toml", &GOOD.replacen(from, to, 1)).unwrap_err();
            let text = error.to_string();
            assert!(text.starts_with("x1.toml: "), "{text}");
            text
        };
        for (from, to, says) in [
            ("class", "klass", "unknown field `klass`"),
            ("title = \"a race when two do it\"\n", "", "missing field `title`"),
            ("\"bug\"", "\"fault\"", "unknown variant `fault`"),
            ("data-race", "races", "kind \"races\" is unknown"),
            ("1.26-1.27", "1.27-1.26", "no range of releases"),
            ("go/types/alias.go", "../alias.go", "no Go file below GOROOT/src"),
            ("go/types/alias.go", "/usr/alias.go", "no Go file below GOROOT/src"),
            ("go/types/alias.go", "go/types/alias.txt", "no Go file below GOROOT/src"),
            ("\"X1\"", "\"known\"", "is not a name"),
            ("\"X1\"", "\"a,b\"", "is not a name"),
            ("old = \"a\"", "old = \"b\"", "changes nothing"),
            ("old = \"a\"", "old = \"\"", "changes nothing"),
        ] {
            let text = why(from, to);
            assert!(text.contains(says), "{text}");
        }
        let twice = GOOD.to_owned() + &GOOD[GOOD.find("[[variant]]").unwrap()..];
        let text = Patch::parse("x", &twice).unwrap_err().to_string();
        assert!(text.contains("overlap"), "{text}");
    }
}
