//! What a finding was found in: the checker under test.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::checker::Checker;

/// The folder of a crash directory with the files that replaced those of GOROOT.
pub const SUBJECT: &str = "subject";

/// The checker under test, apart from the Go version and the names of the patches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Subject {
    /// The type checker.
    pub checker: Checker,
    /// GOROOT.
    pub goroot: String,
    /// Whether go/types in GOROOT is that of the release; `None` if there was no other copy of the
    /// release to compare it with.
    pub release: Option<bool>,
    /// A hash of go/types in GOROOT, without overlay and patches.
    pub tree: String,
    /// The files that the overlay replaced.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overlay: Vec<SubjectFile>,
    /// The files that patches changed, on top of the overlay.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub patched: Vec<SubjectFile>,
    /// The contents of these files, for the crash directory.
    #[serde(skip)]
    pub contents: Contents,
}

/// A file of GOROOT that had another content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SubjectFile {
    /// Its path below GOROOT.
    pub file: String,
    /// Where the content came from; empty for a patch.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub from: String,
    /// A hash of the content; empty if the file was removed.
    pub hash: String,
    /// Where the crash directory has the content; empty if it has not.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kept: String,
}

/// Contents by the path in the crash directory. They are no part of the finding: two findings with
/// the same hashes are the same.
#[derive(Clone, Debug, Default)]
pub struct Contents(pub BTreeMap<String, Arc<[u8]>>);

impl PartialEq for Contents {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Contents {}

impl Subject {
    /// Whether go/types is not known to be a release's own: an overlay, patches or another tree.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        !self.overlay.is_empty() || !self.patched.is_empty() || self.release == Some(false)
    }

    /// The files as the build had them: patches lie over the overlay.
    #[must_use]
    pub fn files(&self) -> Vec<&SubjectFile> {
        let mut all: BTreeMap<&str, &SubjectFile> = BTreeMap::new();
        for file in self.overlay.iter().chain(&self.patched) {
            all.insert(&file.file, file);
        }
        all.into_values().collect()
    }

    /// The argument of `go build -overlay`, for a program in a folder of the crash directory. `None`
    /// if no file was replaced, or the crash directory does not have all of them.
    #[must_use]
    pub fn overlay_json(&self) -> Option<String> {
        let files = self.files();
        if files.is_empty() || files.iter().any(|f| f.kept.is_empty() && !f.hash.is_empty()) {
            return None;
        }
        let replace: BTreeMap<String, String> = files
            .iter()
            .map(|f| {
                let absolute = f.file.starts_with('/');
                let path =
                    if absolute { f.file.clone() } else { format!("{}/{}", self.goroot, f.file) };
                let by = if f.kept.is_empty() { String::new() } else { format!("../{}", f.kept) };
                (path, by)
            })
            .collect();
        let json = serde_json::json!({ "Replace": replace });
        serde_json::to_string_pretty(&json).ok().map(|text| text + "\n")
    }

    /// What was under test, for people: `go1.27.3 with src/go/types/named.go replaced`.
    #[must_use]
    pub fn describe(&self, go_version: &str, patches: &[String]) -> String {
        let mut out = match self.release {
            Some(false) => {
                format!("{go_version} in {}, which is not a release's tree", self.goroot)
            }
            _ => go_version.to_owned(),
        };
        let names: Vec<&str> = self.overlay.iter().map(|f| f.file.as_str()).collect();
        match &names[..] {
            [] => {}
            [one] => out.push_str(&format!(", with {one} replaced")),
            [one, more @ ..] => {
                let more = crate::words::count(more.len(), "more file");
                out.push_str(&format!(", with {one} and {more} replaced"));
            }
        }
        if !patches.is_empty() {
            out.push_str(&format!(", patched: {}", patches.join(", ")));
        }
        out
    }

    /// The command that runs the program in `repro/` on the go/types that was under test, as far as
    /// a go command can do it here.
    #[must_use]
    pub fn run_command(&self, race: bool) -> String {
        let overlay = match self.overlay_json() {
            Some(_) => format!(" -overlay ../{SUBJECT}/overlay.json"),
            None => String::new(),
        };
        // An overlay names the files of one GOROOT: any other go command would run without it, and
        // say nothing.
        let go = match self.release == Some(false) || !overlay.is_empty() {
            true => format!("{}/bin/go", self.goroot),
            false => "go".to_owned(),
        };
        let race = if race { " -race" } else { "" };
        format!("{go} run{overlay}{race} .")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, kept: &str) -> SubjectFile {
        SubjectFile { file: name.into(), hash: "1".into(), kept: kept.into(), ..Default::default() }
    }

    #[test]
    fn the_command_uses_what_was_under_test() {
        let mut s = Subject { goroot: "/go".into(), release: Some(true), ..Subject::default() };
        assert_eq!(s.run_command(true), "go run -race .");
        s.release = Some(false);
        assert_eq!(s.run_command(false), "/go/bin/go run .");
        s.overlay = vec![file("src/go/types/a.go", "subject/overlay/src/go/types/a.go")];
        s.release = None;
        assert_eq!(s.run_command(true), "/go/bin/go run -overlay ../subject/overlay.json -race .");
        let json = s.overlay_json().unwrap();
        assert!(json.contains("\"/go/src/go/types/a.go\": \"../subject/overlay/src"), "{json}");
        s.overlay.push(file("src/go/types/b.go", ""));
        assert_eq!(s.overlay_json(), None, "one file is not kept");
        assert_eq!(
            s.describe("go1.27.3", &[]),
            "go1.27.3, with src/go/types/a.go and 1 more file replaced"
        );
    }

    #[test]
    fn patches_lie_over_the_overlay() {
        let s = Subject {
            overlay: vec![file("a.go", "1"), file("b.go", "2")],
            patched: vec![file("b.go", "3")],
            ..Subject::default()
        };
        let kept: Vec<&str> = s.files().iter().map(|f| f.kept.as_str()).collect();
        assert_eq!(kept, ["1", "3"]);
    }
}
