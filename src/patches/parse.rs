//! Parses a patch file.

use std::path::{Component, Path};

use serde::Deserialize;

use super::error::PatchError;
use super::releases::Releases;
use crate::scenario::{Class, ELEMENTS, Element, Scenario};

/// A change to go/types that ends one root.
#[derive(Clone, Debug)]
pub struct Patch {
    /// The id, such as `R1`. `--patch` accepts it, or the file's name, in upper or lower case.
    pub id: String,
    /// The situation in which the fault shows.
    pub title: String,
    /// Issues of golang/go.
    pub issues: Vec<u32>,
    /// A description of the findings of this root.
    pub class: Class,
    /// The kinds of its findings.
    pub kinds: Vec<String>,
    /// Elements of the vocabulary, such as `share context`: a scenario without any of them cannot
    /// show this root. Empty if every scenario may.
    pub needs: Vec<String>,
    /// The patches of other roots whose findings this patch ends as well. A finding that both end
    /// has the other root.
    pub also_ends: Vec<String>,
    /// The edits, by release.
    pub variants: Vec<Variant>,
    /// The file that contains it.
    pub file: String,
}

/// The edits for some releases.
#[derive(Clone, Debug)]
pub struct Variant {
    /// The releases.
    pub releases: Releases,
    /// The edits.
    pub edits: Vec<Edit>,
}

/// A piece of text that is replaced.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// A file below GOROOT/src: `go/types/alias.go`.
    pub file: String,
    /// The existing text, which must occur exactly once.
    pub old: String,
    /// The new text.
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
    #[serde(default)]
    needs: Vec<String>,
    #[serde(default)]
    also_ends: Vec<String>,
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
    /// It is not a patch; the error says what is wrong.
    pub fn parse(file: &str, text: &str) -> Result<Self, PatchError> {
        let wrong = |why: String| PatchError::Format { file: file.to_owned(), why };
        let format: Format = toml::from_str(text).map_err(|e| wrong(e.to_string()))?;
        let patch = Self {
            id: format.id,
            title: format.title,
            issues: format.issues,
            class: format.class,
            kinds: format.kinds,
            needs: format.needs,
            also_ends: format.also_ends,
            variants: variants(format.variant).map_err(wrong)?,
            file: file.to_owned(),
        };
        patch.examine().map_err(wrong)?;
        Ok(patch)
    }

    /// Whether a name given to `--patch` means this patch: its id, or its file's name.
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

    /// The releases for which it has edits: `1.26, 1.27`.
    #[must_use]
    pub fn releases(&self) -> String {
        let all: Vec<String> = self.variants.iter().map(|v| v.releases.to_string()).collect();
        all.join(", ")
    }

    /// Whether a scenario has what this root needs.
    #[must_use]
    pub fn is_within_reach(&self, scenario: &Scenario) -> bool {
        let has = |e: &Element| self.needs.iter().any(|need| *need == word(e));
        self.needs.is_empty() || scenario.elements().into_iter().any(has)
    }

    /// Checks that the parser does not make.
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
        if let Some(odd) = self.needs.iter().find(|n| !is_element(n)) {
            return Err(format!("needs {odd:?}, which is not in the vocabulary"));
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
            return Err(format!("file = {file:?} is not a Go file below GOROOT/src"));
        }
        if self.old.is_empty() || self.old == self.new {
            return Err(format!("an edit of {} changes nothing", self.file));
        }
        Ok(())
    }
}

/// An element of the vocabulary as `needs` names it: `share context`.
fn word(element: &Element) -> String {
    format!("{} {}", element.kind.as_str(), element.name)
}

fn is_element(text: &str) -> bool {
    ELEMENTS.iter().any(|e| word(e) == text)
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
    fn a_root_may_need_something() {
        let scenario = |text: &str| Scenario::parse(text).unwrap().unwrap();
        let text = GOOD
            .replace("[[variant]]", "needs = [\"share context\", \"operation eval\"]\n[[variant]]");
        let patch = Patch::parse("x.toml", &text).unwrap();
        assert!(patch.is_within_reach(&scenario("share context\ngo check a\n")));
        assert!(!patch.is_within_reach(&scenario("share fset\ngo check a\n")));
        let any = Patch::parse("x.toml", GOOD).unwrap();
        assert!(any.is_within_reach(&scenario("go check a\n")));
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
            ("1.26-1.27", "1.27-1.26", "not a range of releases"),
            ("go/types/alias.go", "../alias.go", "not a Go file below GOROOT/src"),
            ("go/types/alias.go", "/usr/alias.go", "not a Go file below GOROOT/src"),
            ("go/types/alias.go", "go/types/alias.txt", "not a Go file below GOROOT/src"),
            ("[[variant]]", "needs = [\"share nothing\"]\n[[variant]]", "not in the vocabulary"),
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
