//! Which functions of go/types a change touches, and how many of their coverage counters the cases
//! reached.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::Serialize;

use super::Covered;
use super::{CaseRun, Column};
use crate::harness::{BuiltHarness, CounterSite, checker_sources};

/// A function that differs between two versions of go/types.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// `(*Named).unpack`
    pub function: String,
    /// `src/go/types/named.go`
    pub file: String,
    /// Its first line in the changed file.
    pub line: u32,
    /// Its last line.
    pub end: u32,
    /// Its coverage counters that the cases reached, and all of them; `None` if the counters' places
    /// are not known, as on processors other than amd64.
    pub counters: Option<[usize; 2]>,
}

impl Changed {
    /// Whether it is the function of this name, such as `go/types.(*Named).unpack`.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        let folder = self.file.rsplit_once('/').map_or("", |(folder, _)| folder);
        let package = folder.strip_prefix("src/").unwrap_or(folder);
        let local = name.strip_prefix(package).and_then(|rest| rest.strip_prefix('.'));
        local == Some(self.function.as_str())
    }

    /// Whether no case entered it.
    #[must_use]
    pub fn is_untouched(&self) -> bool {
        self.counters.is_some_and(|[reached, all]| reached == 0 && all > 0)
    }
}

/// The functions of go/types in which two builds differ, without counters: see [`reached`].
#[must_use]
pub fn changed(before: &BuiltHarness, after: &Column) -> Vec<Changed> {
    differences(&|file| text(before, file), &after.built)
}

/// Counts the counters of the changed functions that the runs on the changed side reached.
pub fn reached(all: &mut [Changed], after: &Column, runs: &[CaseRun]) {
    if all.is_empty() {
        return;
    }
    if let Some(places) = places(&after.built) {
        for f in all {
            let name = f.file.rsplit('/').next().unwrap_or(&f.file);
            let lines = places.get(name).into_iter().flat_map(|l| l.range(f.line..=f.end));
            let counters: BTreeSet<usize> = lines.flat_map(|(_, c)| c.iter().copied()).collect();
            let has = |run: &CaseRun, c: &usize| Covered::has(&run.covered, *c);
            let reached = counters.iter().filter(|c| runs.iter().any(|run| has(run, c))).count();
            f.counters = Some([reached, counters.len()]);
        }
    }
}

/// The functions in which a tree's go/types differs from a build's.
#[must_use]
pub fn changed_from_tree(goroot: &Path, after: &Column) -> Vec<Changed> {
    let mut before = after.built.clone();
    before.toolchain.goroot = goroot.to_owned();
    before.sources.overlay.clear();
    before.sources.patched.clear();
    changed(&before, after)
}

/// A file of a build, with overlay and patches; `None` if it is not there.
fn text(built: &BuiltHarness, file: &str) -> Option<String> {
    let sources = &built.sources;
    let replaced = sources.patched.iter().chain(&sources.overlay).find(|r| r.file == file);
    match replaced {
        Some(r) => Some(String::from_utf8_lossy(r.content.as_deref()?).into_owned()),
        None => fs::read_to_string(built.toolchain.goroot.join(file)).ok(),
    }
}

fn differences(before: &dyn Fn(&str) -> Option<String>, after: &BuiltHarness) -> Vec<Changed> {
    let folders = after.toolchain.checker.folders();
    let goroot = &after.toolchain.goroot;
    let listed = checker_sources(goroot, after.toolchain.checker);
    let listed = listed
        .iter()
        .filter_map(|path| Some(path.strip_prefix(goroot).ok()?.to_string_lossy().into_owned()));
    let replaced = after.sources.overlay.iter().chain(&after.sources.patched);
    let replaced = replaced.map(|r| r.file.clone());
    let replaced = replaced.filter(|file| folders.iter().any(|folder| file.starts_with(folder)));
    let files: BTreeSet<String> = listed.chain(replaced).collect();
    let mut all = Vec::new();
    for file in files {
        let (old, new) = (before(&file).unwrap_or_default(), text(after, &file));
        let Some(new) = new.filter(|new| *new != old) else { continue };
        let mut old: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for f in functions(&before(&file).unwrap_or_default()) {
            old.entry(f.name).or_default().push(f.code);
        }
        for f in functions(&new) {
            if old.get(&f.name).is_none_or(|codes| !codes.contains(&f.code)) {
                let (line, end) = (f.line, f.end);
                let file = file.clone();
                all.push(Changed { function: f.name, file, line, end, counters: None });
            }
        }
    }
    all
}

/// A function in a file.
struct Function {
    name: String,
    line: u32,
    end: u32,
    /// Its code without indentation, blank lines and lines of comments.
    code: String,
}

/// The functions of a file, which is formatted as gofmt does it: they begin and end in the first
/// column.
fn functions(text: &str) -> Vec<Function> {
    let mut all: Vec<Function> = Vec::new();
    let mut open = false;
    for (line, number) in text.lines().zip(1u32..) {
        if !open && line.starts_with("func ") {
            open = true;
            let name = name(line);
            all.push(Function { name, line: number, end: number, code: String::new() });
        }
        let Some(f) = all.last_mut().filter(|_| open) else { continue };
        let code = line.trim();
        if !code.is_empty() && !code.starts_with("//") {
            f.code.push_str(code);
            f.code.push('\n');
        }
        f.end = number;
        let is_line = f.line == number && line.ends_with('}') && line.contains('{');
        open = !(line.starts_with('}') || is_line);
    }
    all
}

/// `(*Named).unpack` for `func (n *Named) unpack() *Named {`.
fn name(line: &str) -> String {
    let rest = line.trim_start_matches("func ");
    let word = |text: &str| {
        text.trim_start()
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let Some((receiver, rest)) = rest.strip_prefix('(').and_then(|r| r.split_once(')')) else {
        return word(rest);
    };
    let of = receiver.split_whitespace().last().unwrap_or_default();
    let of = of.split('[').next().unwrap_or(of);
    let of = if of.starts_with('*') { format!("({of})") } else { of.to_owned() };
    format!("{of}.{}", word(rest))
}

/// The coverage counters of the checker by file name and line; `None` if the harness does not know
/// their places.
fn places(built: &BuiltHarness) -> Option<BTreeMap<String, BTreeMap<u32, Vec<usize>>>> {
    let sites = CounterSite::all(&built.path).ok()??;
    let mut places: BTreeMap<String, BTreeMap<u32, Vec<usize>>> = BTreeMap::new();
    for (counter, site) in sites.into_iter().enumerate() {
        // Functions that are inlined keep their lines.
        if let Some((folder, name)) = site.file.rsplit_once('/')
            && built.toolchain.checker.folders().iter().any(|own| folder.ends_with(own))
        {
            let lines = places.entry(name.to_owned()).or_default();
            lines.entry(site.line).or_default().push(counter);
        }
    }
    Some(places)
}

/// `2 of 3 changed functions were never entered`; `None` if nothing changed, or every function that
/// did was entered.
#[must_use]
pub fn untouched(all: &[Changed]) -> Option<String> {
    let never = all.iter().filter(|f| f.is_untouched()).count();
    let functions = if all.len() == 1 { "function" } else { "functions" };
    let were = if never == 1 { "was" } else { "were" };
    (never > 0)
        .then(|| format!("{never} of {} changed {functions} {were} never entered", all.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_have_names_and_lines() {
        let text = "package types\n\nfunc a() {}\n\n// A comment.\nfunc (n *Named[T]) b(x int) {\n\
                    \t// Another.\n\tx++\n}\n\nfunc (s S) c() int {\n\treturn 1\n}\n";
        let found: Vec<_> = functions(text).into_iter().map(|f| (f.name, f.line, f.end)).collect();
        let want = [("a", 3, 3), ("(*Named).b", 6, 9), ("S.c", 11, 13)];
        assert_eq!(found, want.map(|(n, l, e)| (n.to_owned(), l, e)));
        // Comments and indentation are no change.
        let other = text.replace("\t// Another.\n\tx++", "\t\tx++");
        assert_eq!(functions(text)[1].code, functions(&other)[1].code);
    }

    #[test]
    fn what_was_never_entered_is_said() {
        let of = |counters| Changed {
            function: "f".into(),
            file: "f.go".into(),
            line: 1,
            end: 2,
            counters,
        };
        assert_eq!(untouched(&[]), None);
        assert_eq!(untouched(&[of(Some([1, 2])), of(None), of(Some([0, 0]))]), None);
        let all = [of(Some([0, 2])), of(Some([0, 1])), of(Some([3, 3]))];
        assert_eq!(untouched(&all).unwrap(), "2 of 3 changed functions were never entered");
        assert_eq!(untouched(&all[..1]).unwrap(), "1 of 1 changed function was never entered");
    }
}
