//! Several patches in one build: a changed function has its own body and that of each patch, and a
//! variable that is set when the process starts says which one runs. Building the harness takes
//! longer than most runs, so that one build for all patches is worth this.
//!
//! The patched body comes first in the same function, so that stacks name the same functions:
//!
//! ```go
//! func (t *Named) Method(i int) *Func {
//!     if typeracePatch == 3 {
//!         …
//!     }
//!     …
//! }
//! ```

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::chunks::{Chunk, chunks, has_results};
use super::parse::Patch;

/// The variable of the environment that holds the number of the patch that a process runs with.
pub const PATCH_VARIABLE: &str = "TYPERACE_PATCH";

/// The file that declares the variable, below GOROOT/src.
const VARIABLE_FILE: &str = "go/types/typerace_patch.go";
const VARIABLE: &str = "typeracePatch";

/// Sources with several patches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Together {
    /// The numbers of the patches in it, by id. Zero stands for none.
    pub numbers: BTreeMap<String, u32>,
    /// The new texts, by the path below GOROOT/src.
    pub files: BTreeMap<String, String>,
}

/// Puts as many patches as possible into one version of the sources. A patch is left out if it does
/// not apply, or changes anything but the bodies of functions where another one does so, too.
/// `read` returns a source by its path below GOROOT/src.
#[must_use]
pub fn together(
    patches: &[Patch],
    version: &str,
    read: &dyn Fn(&str) -> Result<String, String>,
) -> Together {
    let mut files: BTreeMap<String, Source> = BTreeMap::new();
    let mut numbers = BTreeMap::new();
    for (number, patch) in (1..).zip(patches) {
        let Ok(changed) = patch.apply(version, &BTreeMap::new(), read) else { continue };
        let mut with = files.clone();
        let merged =
            changed.iter().filter(|(file, _)| !file.ends_with("_test.go")).all(|(file, text)| {
                let Ok(original) = read(file) else { return false };
                let source = with.entry(file.clone()).or_insert_with(|| Source::new(&original));
                file.starts_with("go/types/") && source.add(number, text)
            });
        if merged {
            files = with;
            numbers.insert(patch.id.clone(), number);
        }
    }
    let mut files: BTreeMap<String, String> =
        files.into_iter().map(|(file, source)| (file, source.text())).collect();
    files.insert(VARIABLE_FILE.to_owned(), variable());
    Together { numbers, files }
}

/// The file with the variable. It is set before anything else runs.
fn variable() -> String {
    format!(
        "package types\n\nimport \"syscall\"\n\nvar {VARIABLE} = func() (n int) {{\n\
         \ttext, _ := syscall.Getenv(\"{PATCH_VARIABLE}\")\n\tfor _, digit := range text {{\n\
         \t\tn = 10*n + int(digit-'0')\n\t}}\n\treturn n\n}}()\n"
    )
}

/// A file that several patches change.
#[derive(Clone, Debug)]
struct Source {
    parts: Vec<Part>,
}

/// A declaration that several patches change.
#[derive(Clone, Debug)]
struct Part {
    original: Chunk,
    /// The bodies of a function under the patches that change it.
    bodies: Vec<(u32, String)>,
    /// The text of another declaration under the one patch that changes it.
    changed: Option<String>,
}

impl Source {
    fn new(text: &str) -> Self {
        let parts = chunks(text).into_iter();
        let parts = parts.map(|original| Part { original, bodies: Vec::new(), changed: None });
        Self { parts: parts.collect() }
    }

    /// Adds a patch that changes the file to this text. Returns whether that is possible; if not,
    /// some of it may have been added.
    fn add(&mut self, number: u32, text: &str) -> bool {
        let new = chunks(text);
        let mut at = 0;
        for chunk in new {
            // Declarations keep their order, so whatever does not come next was inserted.
            let found = self.parts[at..].iter().position(|p| p.original.key == chunk.key);
            let Some(skipped) = found else {
                self.parts.insert(at, Part { original: chunk, bodies: Vec::new(), changed: None });
                at += 1;
                continue;
            };
            // What a patch deletes stays, for the others.
            at += skipped;
            if !self.parts[at].add(number, chunk) {
                return false;
            }
            at += 1;
        }
        true
    }

    fn text(&self) -> String {
        let mut out = String::new();
        for part in &self.parts {
            part.write(&mut out);
        }
        out
    }
}

impl Part {
    fn add(&mut self, number: u32, new: Chunk) -> bool {
        match (&self.original.body, new.body) {
            (Some(_), Some(_)) if new.head != self.original.head => false,
            (Some(old), Some(body)) => {
                if *old != body {
                    self.bodies.push((number, relabel(&body, number)));
                }
                true
            }
            _ if self.original.text == new.text => true,
            (None, None) => self.changed.replace(new.text).is_none(),
            _ => false,
        }
    }

    fn write(&self, out: &mut String) {
        let Some(body) = self.original.body.as_ref().filter(|_| !self.bodies.is_empty()) else {
            out.push_str(self.changed.as_ref().unwrap_or(&self.original.text));
            return;
        };
        out.push_str(&self.original.head);
        let end = if has_results(&self.original.head) { "" } else { "\t\treturn\n" };
        for (number, body) in &self.bodies {
            let _ = writeln!(out, "\tif {VARIABLE} == {number} {{\n{body}{end}\t}}");
        }
        let _ = write!(out, "{body}}}\n{}", self.original.tail);
    }
}

/// A body with names of its own for its labels: no function may have two labels of one name.
fn relabel(body: &str, number: u32) -> String {
    let labels: Vec<&str> = body.lines().filter_map(label).collect();
    let rename = |line: &str| {
        let word = line.split_whitespace().next().unwrap_or_default();
        let jump = matches!(word, "goto" | "break" | "continue").then_some(word);
        let at = jump.and_then(|word| Some(line.find(word)? + word.len())).unwrap_or(0);
        let to = line[at..].split_whitespace().next().filter(|_| jump.is_some());
        match label(line).or(to).filter(|name| labels.contains(name)) {
            Some(name) => {
                format!(
                    "{}{}",
                    &line[..at],
                    line[at..].replacen(name, &format!("{name}{number}"), 1)
                )
            }
            None => line.to_owned(),
        }
    };
    body.lines().map(|line| rename(line) + "\n").collect()
}

/// The label in a line of its own.
fn label(line: &str) -> Option<&str> {
    let name = line.trim().strip_suffix(':').filter(|name| *name != "default")?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "package types\n\nimport \"fmt\"\n\n// T is a type.\ntype T struct {\n\
                        \ta int\n}\n\n// f counts.\nfunc (t *T) f(n int) int {\n\treturn t.a\n}\n\n\
                        func g() {\n\tfmt.Println()\n}\n";

    fn patch(id: &str, edits: &[(&str, &str)]) -> Patch {
        let mut text = format!(
            "id = {id:?}\ntitle = \"t\"\nissues = []\nclass = \"bug\"\nkinds = []\n\
             [[variant]]\nreleases = \"1.27\"\n"
        );
        for (old, new) in edits {
            let edit = format!("old = {old:?}\nnew = {new:?}\n");
            text.push_str(&format!("[[variant.edit]]\nfile = \"go/types/a.go\"\n{edit}"));
        }
        Patch::parse("x.toml", &text).unwrap()
    }

    fn merge(patches: &[Patch]) -> Together {
        together(patches, "go1.27.3", &|_| Ok(FILE.to_owned()))
    }

    #[test]
    fn functions_have_a_body_for_each_patch() {
        let all = [
            patch("A", &[("return t.a", "return 1"), ("fmt.Println()", "fmt.Print()")]),
            patch(
                "B",
                &[
                    ("return t.a", "return t.b + h()"),
                    ("a int\n", "a int\n\tb int\n"),
                    ("func g()", "func h() int {\n\treturn 2\n}\n\nfunc g()"),
                ],
            ),
        ];
        let merged = merge(&all);
        assert_eq!(merged.numbers, [("A".to_owned(), 1), ("B".to_owned(), 2)].into());
        let want = "package types\n\nimport \"fmt\"\n\n// T is a type.\ntype T struct {\n\
                    \ta int\n\tb int\n}\n\n// f counts.\nfunc (t *T) f(n int) int {\n\
                    \tif typeracePatch == 1 {\n\treturn 1\n\t}\n\
                    \tif typeracePatch == 2 {\n\treturn t.b + h()\n\t}\n\treturn t.a\n}\n\n\
                    func h() int {\n\treturn 2\n}\n\n\
                    func g() {\n\tif typeracePatch == 1 {\n\tfmt.Print()\n\t\treturn\n\t}\n\
                    \tfmt.Println()\n}\n";
        assert_eq!(merged.files["go/types/a.go"], want);
        assert!(merged.files[VARIABLE_FILE].contains("Getenv(\"TYPERACE_PATCH\")"));
    }

    #[test]
    fn labels_are_renamed() {
        let body = "\tbreakL := 1\ne:\n\tfor {\n\t\tbreak e // out\n\t\tcontinue\n\t}\n\tgoto M\n";
        let want = body.replace("\ne:", "\ne7:").replace("break e ", "break e7 ");
        assert_eq!(relabel(body, 7), want);
    }

    #[test]
    fn some_patches_cannot_be_together() {
        let names = |patches: &[Patch]| merge(patches).numbers.into_keys().collect::<Vec<_>>();
        let field = |id, name| patch(id, &[("a int\n", name)]);
        let all = [field("A", "a int\n\tb int\n"), field("B", "a int\n\tc int\n")];
        assert_eq!(names(&all), ["A"], "two change one type");
        let none: [&str; 0] = [];
        assert_eq!(names(&[patch("A", &[("no such text", "")])]), none);
        assert_eq!(names(&[patch("A", &[("f(n int) int", "f(n int) uint")])]), none);
    }
}
