//! Patches as unified diffs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Patch, Variant};

/// Unchanged lines around a change.
const CONTEXT: usize = 3;

/// Reads the text of a source file of the toolchain, such as `go/types/alias.go`; `None` if it is
/// not at hand.
pub type ReadSource<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// A patch for a release as a diff. With the sources of that release, it can be applied in GOROOT
/// with `patch -p1`; without them, it has the texts of the edits and no line numbers. `None` if the
/// patch is not for this release.
#[must_use]
pub fn diff(patch: &Patch, version: &str, read: &ReadSource<'_>) -> Option<String> {
    let variant = patch.variant(version)?;
    let source = |file: &str| read(file).ok_or_else(|| "no sources".to_owned());
    let Ok(files) = patch.apply(version, &BTreeMap::new(), &source) else {
        return Some(edits(variant));
    };
    let mut out = String::new();
    for (file, new) in files {
        let Some(old) = read(&file) else { return Some(edits(variant)) };
        let _ = writeln!(out, "--- a/src/{file}\n+++ b/src/{file}");
        for hunk in hunks(&changes(&lines(&old), &lines(&new))) {
            hunk.write(&mut out, true);
        }
    }
    Some(out)
}

/// The edits as they are in the patch's file.
fn edits(variant: &Variant) -> String {
    let mut out = String::new();
    let mut last = "";
    for edit in &variant.edits {
        if last != edit.file {
            let _ = writeln!(out, "--- a/src/{0}\n+++ b/src/{0}", edit.file);
        }
        last = &edit.file;
        let _ = writeln!(out, "@@ @@");
        let (old, new) = (lines(&edit.old), lines(&edit.new));
        for hunk in hunks(&changes(&old, &new)) {
            hunk.write(&mut out, false);
        }
    }
    out
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

/// A line of a diff: unchanged, removed or added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change<'a> {
    Same(&'a str),
    Old(&'a str),
    New(&'a str),
}

/// The changes between two texts, by a longest common subsequence of what lies between their common
/// start and end.
fn changes<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<Change<'a>> {
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (a, b) = (&old[start..], &new[start..]);
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[..a.len() - end], &b[..b.len() - end]);
    // common[i][j]: the length for a[i..] and b[j..].
    let mut common = vec![vec![0u32; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i][j] = if a[i] == b[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let mut out: Vec<Change> = old[..start].iter().map(|l| Change::Same(l)).collect();
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            out.push(Change::Same(a[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < a.len() && (j == b.len() || common[i + 1][j] >= common[i][j + 1]) {
            out.push(Change::Old(a[i]));
            i += 1;
        } else {
            out.push(Change::New(b[j]));
            j += 1;
        }
    }
    out.extend(old[old.len() - end..].iter().map(|l| Change::Same(l)));
    out
}

/// Changes that are close together, with the lines around them.
struct Hunk<'a> {
    /// Lines of the old and the new text before it.
    before: [usize; 2],
    changes: &'a [Change<'a>],
}

fn hunks<'a>(all: &'a [Change<'a>]) -> Vec<Hunk<'a>> {
    let changed = |i: usize| !matches!(all[i], Change::Same(_));
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for i in (0..all.len()).filter(|i| changed(*i)) {
        let (from, to) = (i.saturating_sub(CONTEXT), (i + CONTEXT + 1).min(all.len()));
        match spans.last_mut() {
            Some((_, end)) if from <= *end => *end = to,
            _ => spans.push((from, to)),
        }
    }
    let hunk = |(from, to): (usize, usize)| {
        let count = |skip: fn(&Change) -> bool| all[..from].iter().filter(|c| !skip(c)).count();
        let before =
            [count(|c| matches!(c, Change::New(_))), count(|c| matches!(c, Change::Old(_)))];
        Hunk { before, changes: &all[from..to] }
    };
    spans.into_iter().map(hunk).collect()
}

impl Hunk<'_> {
    fn write(&self, out: &mut String, numbered: bool) {
        if numbered {
            let count =
                |skip: fn(&Change) -> bool| self.changes.iter().filter(|c| !skip(c)).count();
            let old = count(|c| matches!(c, Change::New(_)));
            let new = count(|c| matches!(c, Change::Old(_)));
            let [a, b] = self.before.map(|n| n + 1);
            let _ = writeln!(out, "@@ -{a},{old} +{b},{new} @@");
        }
        for change in self.changes {
            let (sign, line) = match change {
                Change::Same(line) => (' ', line),
                Change::Old(line) => ('-', line),
                Change::New(line) => ('+', line),
            };
            let _ = writeln!(out, "{sign}{line}");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const PATCH: &str = "id = \"X1\"\ntitle = \"t\"\nissues = []\nclass = \"bug\"\nkinds = []\n\
        [[variant]]\nreleases = \"1.27\"\n[[variant.edit]]\nfile = \"go/types/a.go\"\n\
        old = \"five\\n\"\nnew = \"5\\nV\\n\"\n[[variant.edit]]\nfile = \"go/types/a.go\"\n\
        old = \"fifteen\\n\"\nnew = \"\"\n";

    fn source() -> String {
        let words = "one two three four five six seven eight nine ten eleven twelve thirteen \
                     fourteen fifteen sixteen";
        words.split(' ').map(|w| format!("{w}\n")).collect()
    }

    #[test]
    fn with_and_without_sources() {
        let patch = Patch::parse("x.toml", PATCH).unwrap();
        let text = diff(&patch, "go1.27.3", &|_| Some(source())).unwrap();
        assert_eq!(
            text,
            "--- a/src/go/types/a.go\n+++ b/src/go/types/a.go\n\
             @@ -2,7 +2,8 @@\n two\n three\n four\n-five\n+5\n+V\n six\n seven\n eight\n\
             @@ -12,5 +13,4 @@\n twelve\n thirteen\n fourteen\n-fifteen\n sixteen\n"
        );
        let edits = "--- a/src/go/types/a.go\n+++ b/src/go/types/a.go\n\
                     @@ @@\n-five\n+5\n+V\n@@ @@\n-fifteen\n";
        assert_eq!(diff(&patch, "go1.27.3", &|_| None).unwrap(), edits);
        let of_another_release = |_: &str| Some("other\n".to_owned());
        assert_eq!(diff(&patch, "go1.27.3", &of_another_release).unwrap(), edits);
        assert!(diff(&patch, "go1.26.8", &|_| None).is_none());
    }

    /// git applies the diff.
    #[test]
    fn a_diff_can_be_applied() {
        let old: String = (0..60).map(|i| format!("{i}\n")).collect();
        let new = old.replace("20\n", "").replace("40\n", "40\nx\ny\n") + "end\n";
        let mut text = "--- a/f\n+++ b/f\n".to_owned();
        for hunk in hunks(&changes(&lines(&old), &lines(&new))) {
            hunk.write(&mut text, true);
        }
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("f"), old).unwrap();
        fs::write(dir.path().join("d"), text).unwrap();
        let mut git = std::process::Command::new("git");
        // Not as a part of a repository that the temporary folder may be in.
        let git = git.args(["apply", "d"]).current_dir(dir.path()).env("GIT_DIR", "/dev/null");
        let output = git.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(fs::read_to_string(dir.path().join("f")).unwrap(), new);
    }
}
