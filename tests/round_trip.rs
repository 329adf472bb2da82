//! Source to tree to source gives the same tree, over the test data of the type checker and the
//! compiler and large standard packages, with the `go` on PATH.

use std::collections::BTreeMap;
use std::path::PathBuf;

use treedump::{collect, dump, goroot_src};
use typerace::goast::File;

mod treedump;

/// Large packages with varied code.
const PACKAGES: &[&str] = &["net/http", "go/types", "reflect", "encoding/json", "runtime"];

/// Files of GOROOT on which the round trip is tried, by origin.
fn sources() -> BTreeMap<String, Vec<PathBuf>> {
    let src = goroot_src();
    let mut sets = BTreeMap::new();
    for data in ["internal/types/testdata", "../test"] {
        if src.join(data).is_dir() {
            let mut files = Vec::new();
            collect(&src.join(data), &mut files, true);
            sets.insert(data.to_owned(), files);
        }
    }
    for package in PACKAGES {
        let mut files = Vec::new();
        collect(&src.join(package), &mut files, false);
        sets.insert((*package).to_owned(), files);
    }
    sets
}

/// The first line in which two texts differ.
fn difference(a: &str, b: &str) -> String {
    let line = a.lines().zip(b.lines()).find(|(a, b)| a != b);
    line.map_or_else(|| "length".to_owned(), |(a, b)| format!("{a}\n   became {b}"))
}

#[test]
fn source_survives_and_gofmt_agrees() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let tool = treedump::build(dir.path());
    let mut failures = Vec::new();
    for (set, files) in sources() {
        let dumps = dump(&tool, &[], &files);
        let mut trees = Vec::new();
        for (file, d) in files.iter().zip(dumps) {
            if d.status == "ok" {
                let tree = File::from_json(d.text.as_bytes());
                trees.push((file, tree.unwrap_or_else(|e| panic!("{}: {e}", file.display()))));
            }
        }
        let printed: Vec<_> = trees
            .iter()
            .enumerate()
            .map(|(i, (_, tree))| {
                let path = dir.path().join(format!("{}-{i}.go", set.replace(['/', '.'], "-")));
                std::fs::write(&path, tree.print()).expect("written");
                path
            })
            .collect();
        let again = dump(&tool, &["-fmt"], &printed);
        let mut bad = 0;
        for (((file, tree), d), path) in trees.iter().zip(&again).zip(&printed) {
            let what = if d.status != "ok" {
                format!("{} ({})", d.status, d.text.chars().take(200).collect::<String>())
            } else {
                let back = File::from_json(d.text.as_bytes()).expect("a tree");
                if back == *tree {
                    continue;
                }
                format!("another tree: {}", difference(&tree.print(), &back.print()))
            };
            bad += 1;
            failures.push(format!("{} -> {}: {what}", file.display(), path.display()));
        }
        let parsed = trees.len();
        eprintln!("{set}: {} files, {parsed} parse, {bad} fail", files.len());
        assert!(parsed > 0, "{set}: no file parses");
    }
    if !failures.is_empty() && std::env::var_os("ROUND_TRIP_KEEP").is_some() {
        let kept = dir.keep();
        eprintln!("kept {}", kept.display());
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}
