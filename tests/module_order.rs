//! The modules of src/lib.rs use only those above them.
//!
//! src/lib.rs states the order. This test reads it there and looks for `crate::x` and `use
//! crate::{x, …}` in every file of src. Comments and tests inside modules count too: a link in a
//! doc comment or a test helper is a dependency.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

fn files(dir: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// The modules in the order of src/lib.rs.
fn order(lib: &str) -> Vec<String> {
    let declared = Regex::new(r"(?m)^(?:pub(?:\([^)]*\))? )?mod (\w+);").unwrap();
    declared.captures_iter(lib).map(|m| m[1].to_owned()).collect()
}

/// The modules that a text uses, with the offsets of the uses.
fn uses(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let path = Regex::new(r"\bcrate::(\w+|\{)").unwrap();
    for m in path.captures_iter(text) {
        let first = m.get(1).unwrap();
        if first.as_str() != "{" {
            found.push((first.start(), first.as_str().to_owned()));
            continue;
        }
        // `use crate::{a, b::{c, d}}`: the names at the first level.
        let (mut depth, mut wanted) = (1, true);
        let mut rest = text[first.end()..].char_indices().peekable();
        while let Some((at, c)) = rest.next() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' => wanted = depth == 1,
                c if wanted && (c.is_alphabetic() || c == '_') => {
                    let mut name = String::from(c);
                    while let Some((_, c)) = rest.next_if(|(_, c)| c.is_alphanumeric() || *c == '_')
                    {
                        name.push(c);
                    }
                    found.push((first.end() + at, name));
                    wanted = false;
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
    found
}

#[test]
fn a_module_uses_only_those_above_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let src = root.join("src");
    let order = order(&fs::read_to_string(src.join("lib.rs")).unwrap());
    assert!(order.len() > 10, "src/lib.rs declares {order:?}");
    let mut paths = Vec::new();
    files(&src, &mut paths);
    let mut wrong = String::new();
    let mut seen = 0;
    for path in paths {
        let inside = path.strip_prefix(&src).unwrap();
        let first = inside.components().next().unwrap().as_os_str().to_string_lossy();
        let own = first.strip_suffix(".rs").unwrap_or(&first);
        if own == "lib" || own == "main" {
            continue;
        }
        let place = order.iter().position(|m| m == own);
        let place = place.unwrap_or_else(|| panic!("{own} is not in src/lib.rs"));
        let text = fs::read_to_string(&path).unwrap();
        for (at, used) in uses(&text) {
            // Other names are macros and items of the root.
            let Some(other) = order.iter().position(|m| *m == used) else { continue };
            seen += 1;
            if other > place {
                let line = text[..at].matches('\n').count() + 1;
                let shown = path.strip_prefix(root).unwrap().display();
                writeln!(wrong, "{shown}:{line}: {own} uses {used}, which is below it").unwrap();
            }
        }
    }
    assert!(seen > 500, "only {seen} uses were found");
    assert!(wrong.is_empty(), "against the order of src/lib.rs:\n{wrong}");
}

#[test]
fn all_spellings_are_found() {
    let names = |text| uses(text).into_iter().map(|(_, name)| name).collect::<Vec<_>>();
    assert_eq!(names("use crate::a::{b, c};\nlet x = crate::d::e();"), ["a", "d"]);
    assert_eq!(names("use crate::{a::{b, c}, d, e::*};\nuse super::f;"), ["a", "d", "e"]);
    assert_eq!(names("/// See [`crate::a::B`]."), ["a"]);
}

/// Unsafe code stays in src/harness, where the allow attributes are counted.
#[test]
fn unsafe_code_is_in_the_harness_alone() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    assert!(manifest.contains("\nunsafe_code = \"deny\"\n"));
    let mut allowed = Vec::new();
    for folder in ["src", "tests", "benches", "examples"] {
        let mut paths = Vec::new();
        files(&root.join(folder), &mut paths);
        for path in paths {
            let text = fs::read_to_string(&path).unwrap();
            if text.contains(concat!("(unsafe", "_code)")) {
                allowed.push(path.strip_prefix(root).unwrap().display().to_string());
            }
        }
    }
    assert_eq!(
        allowed,
        ["src/harness/memfd.rs", "src/harness/sys.rs"],
        "these files allow unsafe code"
    );
}

/// A typerace that is killed leaves its temporary folders. The next one removes those of
/// `harness::Scratch`, so there are no others.
#[test]
fn temporary_folders_are_swept() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    files(&root.join("src"), &mut paths);
    let mut makers = Vec::new();
    for path in paths.iter().filter(|p| !p.ends_with("tests.rs")) {
        let text = fs::read_to_string(path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        if ["tempdir(", "tempfile::Builder"].iter().any(|maker| code.contains(maker)) {
            makers.push(path.strip_prefix(root).unwrap().display().to_string());
        }
    }
    // The cache sweeps its own.
    assert_eq!(makers, ["src/harness/cache.rs", "src/harness/scratch.rs"]);
}
