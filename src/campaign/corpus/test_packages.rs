//! Test packages of analyzers as seeds. Below `testdata/src`, the layout of
//! golang.org/x/tools/go/analysis/analysistest, a folder is a package of several files, and its path
//! is how others import it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::seeds::{Seed, SeedError, entries, unreadable};
use crate::files;
use crate::testcase::{SourceCase, SourcePackage};
use crate::triage::standalone::imports_of;

/// Packages by import path.
type Packages = BTreeMap<String, SourcePackage>;

/// Whether a folder has this layout.
pub(super) fn is_layout(dir: &Path) -> bool {
    std::path::absolute(dir).is_ok_and(|dir| dir.ends_with("testdata/src"))
}

/// A seed for each package that no other one imports, together with what it imports from the same
/// folder, and for each cycle of imports.
pub(super) fn seeds(src: &Path) -> Result<Vec<Seed>, SeedError> {
    let mut packages = Packages::new();
    read(src, "", &mut packages)?;
    let imported: BTreeSet<String> = packages.values().flat_map(imports).collect();
    let (roots, others): (Vec<_>, Vec<_>) =
        packages.keys().partition::<Vec<&String>, _>(|path| !imported.contains(*path));
    let (mut seeds, mut done) = (Vec::new(), BTreeSet::new());
    for path in roots.into_iter().chain(others) {
        if done.contains(path) {
            continue;
        }
        let (mut needed, mut seen) = (Vec::new(), BTreeSet::new());
        visit(path, &packages, &mut seen, &mut needed);
        done.extend(seen);
        let case = SourceCase { scenario: None, packages: needed.into_iter().cloned().collect() };
        seeds.push(Seed { path: src.join(path), text: case.to_txtar() });
    }
    Ok(seeds)
}

/// Adds the packages in a folder and below.
fn read(dir: &Path, path: &str, packages: &mut Packages) -> Result<(), SeedError> {
    let mut files = Vec::new();
    for file in entries(dir)? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if file.is_dir() && !file.is_symlink() {
            let below = if path.is_empty() { name } else { format!("{path}/{name}") };
            read(&file, &below, packages)?;
        } else if name.ends_with(".go") && !name.ends_with("_test.go") && !path.is_empty() {
            let text = files::read(&file).map_err(unreadable(&file))?;
            files.push((name, String::from_utf8_lossy(&text).into_owned()));
        }
    }
    if !files.is_empty() {
        packages.insert(path.to_owned(), SourcePackage { path: path.to_owned(), files });
    }
    Ok(())
}

/// What the files of a package import.
fn imports(package: &SourcePackage) -> BTreeSet<String> {
    package.files.iter().flat_map(|(_, text)| imports_of(text)).collect()
}

/// Adds a package after those that it imports, unless it was seen.
fn visit<'a>(
    path: &str,
    packages: &'a Packages,
    seen: &mut BTreeSet<String>,
    needed: &mut Vec<&'a SourcePackage>,
) {
    let Some(package) = packages.get(path) else { return };
    if seen.insert(path.to_owned()) {
        imports(package).iter().for_each(|import| visit(import, packages, seen, needed));
        needed.push(package);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_comes_with_what_it_imports() {
        let tmp = tempfile::tempdir().unwrap();
        let src = tmp.path().join("testdata/src");
        for (path, text) in [
            ("a/a.go", "package a\n\nimport (\n\t\"fmt\"\n\tother \"x/b\" // want \"b\"\n)\n"),
            ("a/more.go", "package a\n"),
            ("a/a_test.go", "package a\n"),
            ("x/b/b.go", "package b\n\nimport \"c\"\n"),
            ("c/c.go", "package c\n\nvar s = `\nimport (\n`\n"),
            ("one/one.go", "package one\n\nimport _ \"two\"\n"),
            ("two/two.go", "package two\n\nimport . \"one\"\n"),
            ("loose.go", "package loose\n"),
        ] {
            let path = src.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        assert!(is_layout(&src) && !is_layout(tmp.path()));
        let seeds = seeds(&src).unwrap();
        let packages = |seed: &Seed| -> Vec<String> {
            let case = seed.source().unwrap();
            case.packages.iter().map(|p| format!("{} {}", p.path, p.files.len())).collect()
        };
        let all: Vec<_> = seeds.iter().map(packages).collect();
        assert_eq!(all, [vec!["c 1", "x/b 1", "a 2"], vec!["two 1", "one 1"]]);
        assert_eq!(seeds[0].path, src.join("a"));
    }
}
