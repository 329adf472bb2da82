//! What the packages of a test case declare and import.

use std::collections::BTreeMap;

use crate::goast::File;
use crate::goast::scope::{Object, PackageScope};
use crate::testcase::TestCase;

/// A snapshot of the names in a test case. It owns its data, because operators
/// change the trees.
#[derive(Clone, Debug, Default)]
pub(crate) struct Symbols {
    /// In the test case's order.
    pub packages: Vec<PackageSymbols>,
}

/// The names of one package.
#[derive(Clone, Debug, Default)]
pub(crate) struct PackageSymbols {
    pub path: String,
    /// The name in the package clause of the first file.
    pub name: String,
    pub scope: PackageScope,
    pub files: Vec<Imports>,
}

/// What one file imports.
#[derive(Clone, Debug, Default)]
pub(crate) struct Imports {
    /// Packages of the test case, by local name.
    pub packages: BTreeMap<String, usize>,
    /// Packages of the test case that are imported with a dot.
    pub dots: Vec<usize>,
    /// Local names of packages that are not in the test case.
    pub foreign: BTreeMap<String, String>,
}

/// Whether it is a package that every importer has.
pub(crate) fn is_foreign(path: &str) -> bool {
    path == "unsafe"
}

impl Symbols {
    pub fn new(case: &TestCase) -> Self {
        let mut packages: Vec<PackageSymbols> = case
            .packages
            .iter()
            .map(|p| PackageSymbols {
                path: p.path.clone(),
                name: p.files.first().map_or_else(String::new, |f| f.tree.name.0.clone()),
                scope: PackageScope::new(p.files.iter().map(|f| &f.tree)),
                files: Vec::new(),
            })
            .collect();
        for (i, p) in case.packages.iter().enumerate() {
            let files = p.files.iter().map(|f| Imports::new(&f.tree, &packages)).collect();
            packages[i].files = files;
        }
        Self { packages }
    }

    /// The package of an import path.
    pub fn package(&self, path: &str) -> Option<usize> {
        self.packages.iter().position(|p| p.path == path)
    }

    /// The packages of the test case that a package imports, each once.
    pub fn imported(&self, package: usize) -> Vec<usize> {
        let mut all: Vec<usize> = self.packages[package]
            .files
            .iter()
            .flat_map(|f| f.packages.values().chain(&f.dots).copied())
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether `from` reaches `to` through imports.
    pub fn depends(&self, from: usize, to: usize) -> bool {
        let mut seen = vec![false; self.packages.len()];
        let mut todo = vec![from];
        while let Some(p) = todo.pop() {
            if p == to {
                return true;
            }
            if !std::mem::replace(&mut seen[p], true) {
                todo.extend(self.imported(p));
            }
        }
        false
    }

    /// A name that no package, file or universe scope has yet.
    pub fn fresh(&self, stem: &str) -> String {
        let taken = |name: &str| {
            crate::goast::scope::universe(name).is_some()
                || self.packages.iter().any(|p| {
                    p.scope.objects.contains_key(name)
                        || p.files
                            .iter()
                            .any(|f| f.packages.contains_key(name) || f.foreign.contains_key(name))
                })
        };
        let stem = stem.trim_end_matches(|c: char| c.is_ascii_digit());
        let stem = if stem.is_empty() { "x" } else { stem };
        (1..).map(|n| format!("{stem}{n}")).find(|n| !taken(n)).unwrap_or_default()
    }

    /// The object of a package.
    pub fn object(&self, package: usize, name: &str) -> Option<&Object> {
        self.packages.get(package)?.scope.objects.get(name)
    }
}

impl Imports {
    fn new(file: &File, packages: &[PackageSymbols]) -> Self {
        let mut out = Self::default();
        for spec in file.imports() {
            let local = spec.name.as_ref().map(|n| n.0.as_str());
            let target = packages.iter().position(|p| p.path == spec.path);
            match (local, target) {
                (Some("_"), _) => {}
                (Some("."), Some(p)) => out.dots.push(p),
                (Some("."), None) => {}
                (_, Some(p)) => {
                    let name = local.unwrap_or(&packages[p].name).to_owned();
                    out.packages.insert(name, p);
                }
                (_, None) => {
                    let last = spec.path.rsplit('/').next().unwrap_or(&spec.path);
                    out.foreign.insert(local.unwrap_or(last).to_owned(), spec.path.clone());
                }
            }
        }
        out
    }
}
