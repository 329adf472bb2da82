//! A test case: Go packages plus a scenario. It is LibAFL's input, and has a txtar form.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::goast;
use crate::scenario::{Scenario, ScenarioError};

/// Packages as syntax trees, and the scenario that uses them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TestCase {
    /// What the goroutines do.
    pub scenario: Scenario,
    /// The packages, dependencies first if there is no import cycle.
    pub packages: Vec<Package>,
}

/// One package of a test case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Package {
    /// Import path, which is the folder's name in the txtar.
    pub path: String,
    /// At least one file.
    pub files: Vec<PackageFile>,
}

/// One file of a package.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PackageFile {
    /// File name without a folder.
    pub name: String,
    /// Its tree.
    pub tree: goast::File,
}

/// A test case whose files are text, the form that the harness runs and a txtar holds. Files need
/// not parse.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SourceCase {
    /// `None` if the txtar has no directive, which requests the default scenario.
    pub scenario: Option<Scenario>,
    /// In the txtar's order.
    pub packages: Vec<SourcePackage>,
}

/// One package as text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SourcePackage {
    /// Import path.
    pub path: String,
    /// File names without folder, with their text.
    pub files: Vec<(String, String)>,
}

/// Text that is not a test case.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum TestCaseError {
    /// A directive that cannot be parsed.
    #[error("{0}")]
    Scenario(#[from] ScenarioError),
    /// A file that cannot be part of a package.
    #[error("line {line}: {what}")]
    File {
        /// 1-based line in the txtar.
        line: usize,
        /// What is wrong and what is expected.
        what: String,
    },
    /// No Go file at all.
    #[error("there is no Go file in it; a file starts with a line like `-- lib/lib.go --`")]
    Empty,
}

/// The form in which a campaign keeps its corpus on disk.
#[derive(Serialize, Deserialize)]
struct Stored<T> {
    format: String,
    version: u32,
    testcase: T,
}

const STORED_FORMAT: &str = "typerace-testcase";
const STORED_VERSION: u32 = 1;

impl TestCase {
    /// The test case with its trees as JSON, self-describing and versioned.
    ///
    /// # Errors
    /// No test case causes one; required by serde's signature.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&Stored {
            format: STORED_FORMAT.to_owned(),
            version: STORED_VERSION,
            testcase: self,
        })
    }

    /// Reads [`TestCase::to_json`] back.
    ///
    /// # Errors
    /// Text of another format or version.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        let mut d = serde_json::Deserializer::from_str(text);
        // The code that makes trees bounds their depth.
        d.disable_recursion_limit();
        let stored = Stored::<TestCase>::deserialize(&mut d)?;
        if stored.format != STORED_FORMAT || stored.version != STORED_VERSION {
            return Err(serde::de::Error::custom(format!(
                "{} version {} is not {STORED_FORMAT} version {STORED_VERSION}",
                stored.format, stored.version
            )));
        }
        Ok(stored.testcase)
    }
}

impl TestCase {
    /// The test case as text: what the harness runs.
    #[must_use]
    pub fn to_source(&self) -> SourceCase {
        let packages = self.packages.iter().map(|p| SourcePackage {
            path: p.path.clone(),
            files: p.files.iter().map(|f| (f.name.clone(), f.tree.print())).collect(),
        });
        SourceCase { scenario: Some(self.scenario.clone()), packages: packages.collect() }
    }

    /// Reads the files of a test case with `parse`, which is called with a file's name and text.
    /// Packages are sorted, dependencies first; a test case without a scenario gets the default
    /// one.
    ///
    /// # Errors
    /// The first error that `parse` returns.
    pub fn from_source<E>(
        source: &SourceCase,
        parse: &mut dyn FnMut(&str, &str) -> Result<goast::File, E>,
    ) -> Result<Self, E> {
        let mut packages = Vec::with_capacity(source.packages.len());
        for p in &source.packages {
            let mut files = Vec::with_capacity(p.files.len());
            for (name, text) in &p.files {
                files.push(PackageFile { name: name.clone(), tree: parse(name, text)? });
            }
            packages.push(Package { path: p.path.clone(), files });
        }
        let mut case = Self { scenario: Scenario::default(), packages };
        case.sort_packages();
        case.scenario = match &source.scenario {
            Some(s) => s.clone(),
            None => Scenario::default_for(&case.imports()),
        };
        Ok(case)
    }

    /// Import paths, each with the packages of the test case that it imports, in the packages'
    /// order.
    #[must_use]
    pub fn imports(&self) -> Vec<(String, Vec<String>)> {
        let known = |path: &str| self.packages.iter().any(|p| p.path == path);
        let imports = |p: &Package| {
            let specs = p.files.iter().flat_map(|f| f.tree.imports());
            let mut paths: Vec<_> =
                specs.map(|s| s.path.clone()).filter(|path| known(path)).collect();
            paths.sort();
            paths.dedup();
            paths
        };
        self.packages.iter().map(|p| (p.path.clone(), imports(p))).collect()
    }

    /// Sorts packages after those that they import, and otherwise keeps their order. Packages of an
    /// import cycle stay where they are.
    pub fn sort_packages(&mut self) {
        let imports = self.imports().into_iter().map(|(_, deps)| deps);
        let mut waiting: Vec<(Package, Vec<String>)> =
            std::mem::take(&mut self.packages).into_iter().zip(imports).collect();
        let mut sorted = Vec::with_capacity(waiting.len());
        while !waiting.is_empty() {
            let ready = waiting.iter().position(|(p, deps)| {
                let is_dep = |q: &Package| q.path != p.path && deps.contains(&q.path);
                !waiting.iter().any(|(q, _)| is_dep(q))
            });
            sorted.push(waiting.remove(ready.unwrap_or(0)).0);
        }
        self.packages = sorted;
    }
}

impl SourceCase {
    /// Reads a txtar archive.
    ///
    /// # Errors
    /// An unknown directive, a file name that does not fit in a package, or no file.
    pub fn from_txtar(text: &str) -> Result<Self, TestCaseError> {
        let mut comment = String::new();
        let mut files: Vec<(usize, &str, String)> = Vec::new();
        for (i, line) in text.lines().enumerate() {
            match (marker(line), files.last_mut()) {
                (Some(name), _) => files.push((i + 1, name, String::new())),
                (None, Some((_, _, body))) => body.extend([line, "\n"]),
                (None, None) => comment.extend([line, "\n"]),
            }
        }
        let scenario = Scenario::parse(&comment)?;
        let mut case = Self { scenario, packages: Vec::new() };
        for (line, name, body) in files {
            case.add(line, name, body)?;
        }
        if case.packages.is_empty() {
            return Err(TestCaseError::Empty);
        }
        Ok(case)
    }

    /// A single Go file, without a scenario. Its package's path is the name in the package clause,
    /// or `p` if there is none.
    #[must_use]
    pub fn from_go(file_name: &str, text: String) -> Self {
        let clause = text.lines().find_map(|l| l.strip_prefix("package "));
        let path: String = clause
            .unwrap_or_default()
            .trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        let path = if path.is_empty() { "p".to_owned() } else { path };
        let files = vec![(file_name.to_owned(), text)];
        Self { scenario: None, packages: vec![SourcePackage { path, files }] }
    }

    fn add(&mut self, line: usize, name: &str, body: String) -> Result<(), TestCaseError> {
        let wrong = |what: String| TestCaseError::File { line, what };
        // A file outside any folder belongs to a package with the default name.
        let (path, file) = name.rsplit_once('/').unwrap_or(("p", name));
        if !file.ends_with(".go") || file.starts_with('.') {
            return Err(wrong(format!("{name} is not a Go file; only .go files can be checked")));
        }
        let parts_ok = path.split('/').all(|p| {
            !p.is_empty()
                && p != "."
                && p != ".."
                && p.chars().all(|c| c.is_alphanumeric() || "._-~".contains(c))
        });
        if !parts_ok {
            return Err(wrong(format!(
                "{name} is not in a package's folder; write folder/file.go"
            )));
        }
        let package = match self.packages.iter_mut().position(|p| p.path == path) {
            Some(i) => &mut self.packages[i],
            None => {
                self.packages.push(SourcePackage { path: path.to_owned(), files: Vec::new() });
                self.packages.last_mut().expect("just pushed")
            }
        };
        if package.files.iter().any(|(n, _)| n == file) {
            return Err(wrong(format!("{name} is there twice")));
        }
        package.files.push((file.to_owned(), body));
        Ok(())
    }

    /// The txtar archive. [`SourceCase::from_txtar`] reads it back.
    #[must_use]
    pub fn to_txtar(&self) -> String {
        let mut out = self.scenario.as_ref().map(ToString::to_string).unwrap_or_default();
        for package in &self.packages {
            for (name, text) in &package.files {
                // Writing to a String cannot fail.
                let _ = writeln!(out, "-- {}/{name} --", package.path);
                out.push_str(text);
                if !text.is_empty() && !text.ends_with('\n') {
                    out.push('\n');
                }
            }
        }
        out
    }

    /// Lines of Go over all files, blank ones left out.
    #[must_use]
    pub fn lines(&self) -> usize {
        let files = self.packages.iter().flat_map(|p| &p.files);
        files.map(|(_, t)| t.lines().filter(|l| !l.trim().is_empty()).count()).sum()
    }
}

/// The name in a txtar file marker line, `-- name --`.
fn marker(line: &str) -> Option<&str> {
    let name = line.trim_end().strip_prefix("-- ")?.strip_suffix(" --")?.trim();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASE: &str = "\
# A comment.
import source
before check lib
go     check a
-- lib/lib.go --
package lib
-- x/y/b.go --
package y

import \"lib\"
-- lib/more.go --
package lib
";

    #[test]
    fn files_group_into_packages() {
        let c = SourceCase::from_txtar(CASE).unwrap();
        let shape: Vec<_> = c.packages.iter().map(|p| (p.path.as_str(), p.files.len())).collect();
        assert_eq!(shape, [("lib", 2), ("x/y", 1)]);
        assert_eq!(c.scenario.as_ref().unwrap().before.len(), 1);
        assert_eq!(SourceCase::from_txtar(&c.to_txtar()).unwrap(), c);
        assert_eq!(c.lines(), 4);
    }

    /// A substitute for the harness: parses a package clause and imports, one on each line.
    fn parse(_: &str, text: &str) -> Result<goast::File, String> {
        let mut lines = text.lines().filter(|l| !l.is_empty());
        let clause = lines.next().and_then(|l| l.strip_prefix("package "));
        let name = clause.ok_or("no package clause")?.into();
        let import = |line: &str| {
            let path = line.strip_prefix("import ")?.trim_matches('"').to_owned();
            let spec = goast::Spec::ImportSpec(goast::ImportSpec { name: None, path });
            let tok = goast::DeclTok::Import;
            Some(goast::Decl::GenDecl(goast::GenDecl { tok, grouped: false, specs: vec![spec] }))
        };
        let decls = lines.map(|l| import(l).ok_or_else(|| l.to_owned())).collect::<Result<_, _>>();
        Ok(goast::File { name, go_version: None, decls: decls? })
    }

    #[test]
    fn trees_and_back() {
        let text = "\
-- a/a.go --
package a

import \"c\"
import \"fmt\"
-- b/b.go --
package b
-- c/c.go --
package c

import \"b\"
";
        let source = SourceCase::from_txtar(text).unwrap();
        let case = TestCase::from_source(&source, &mut parse).unwrap();
        let order: Vec<_> = case.packages.iter().map(|p| p.path.as_str()).collect();
        assert_eq!(order, ["b", "c", "a"]);
        let lists = case.imports();
        assert_eq!(lists[2], ("a".to_owned(), vec!["c".to_owned()]));
        // The default scenario checks imported packages first, then the root.
        let checked: Vec<_> =
            case.scenario.before.iter().map(|o| o.packages()[0].to_owned()).collect();
        assert_eq!(checked, ["b", "c"]);
        let printed = case.to_source();
        assert_eq!(printed.packages[2].files[0].1, source.packages[0].files[0].1);
        assert_eq!(TestCase::from_source(&printed, &mut parse).unwrap(), case);
    }

    #[test]
    fn cycles_and_errors() {
        let text = "-- a/a.go --\npackage a\nimport \"b\"\n-- b/b.go --\npackage b\nimport \"a\"\n";
        let mut source = SourceCase::from_txtar(text).unwrap();
        let case = TestCase::from_source(&source, &mut parse).unwrap();
        assert_eq!(case.packages.len(), 2);
        source.packages[1].files[0].1 = "nonsense".to_owned();
        let err = TestCase::from_source(&source, &mut parse).unwrap_err();
        assert_eq!(err, "no package clause");
    }

    #[test]
    fn a_lone_file_is_a_case() {
        let c = SourceCase::from_go("x.go", "// hi\npackage demo // yes\n".to_owned());
        assert_eq!(c.packages[0].path, "demo");
        assert_eq!(SourceCase::from_go("x.go", "nonsense".to_owned()).packages[0].path, "p");
    }

    #[test]
    fn errors_name_the_line() {
        let cases = [
            ("", "no Go file"),
            ("-- a/x.txt --\n", "line 1: a/x.txt is not a Go file"),
            ("go check a\n-- ../a/x.go --\n", "line 2: ../a/x.go is not in a package's folder"),
            ("-- /a/x.go --\n", "line 1"),
            ("-- a/x.go --\n-- a/x.go --\n", "line 2: a/x.go is there twice"),
            ("frob\n-- a/x.go --\n", "line 1: unknown directive 'frob'"),
        ];
        for (text, want) in cases {
            let got = SourceCase::from_txtar(text).unwrap_err().to_string();
            assert!(got.contains(want), "{text:?}: {got}");
        }
    }
}
