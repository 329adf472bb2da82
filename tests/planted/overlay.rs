//! The build overlay that plants faults into go/types.

use std::fs;
use std::path::{Path, PathBuf};

/// Where the overlay for a Go is: always the same place, as a harness is built for each.
fn folder(goroot: &Path) -> PathBuf {
    let name = goroot.to_string_lossy().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    // Cargo has a folder for tests, and none for examples.
    let folder = option_env!("CARGO_TARGET_TMPDIR").map_or_else(std::env::temp_dir, PathBuf::from);
    folder.join(format!("planted{name}"))
}

/// Other tests may read it at the same time.
fn put(at: &Path, text: &str) {
    if fs::read_to_string(at).is_ok_and(|there| there == text) {
        return;
    }
    typerace::files::replace_unsynced(at, text.as_bytes()).unwrap();
}

/// The overlay that plants every fault.
pub fn overlay(goroot: &Path) -> PathBuf {
    let dir = folder(goroot);
    fs::create_dir_all(&dir).unwrap();
    let package = goroot.join("src/go/types");
    let mut replace = serde_json::Map::new();
    for (file, head, planted) in [
        (
            "object.go",
            "func NewTypeName(pos token.Pos, pkg *Package, name string, typ Type) *TypeName {\n",
            "\tplantedFault(name)\n",
        ),
        (
            "predicates.go",
            "func Comparable(T Type) bool {\n",
            "\tif plantedMismatch(T) {\n\t\treturn false\n\t}\n",
        ),
        (
            "signature.go",
            "func NewSignatureType(recv *Var, recvTypeParams, typeParams []*TypeParam, params, results *Tuple, variadic bool) *Signature {\n",
            // As if the harness had asked for it: the rest is go/types' own answer.
            "\tif plantedMisuse(recv) {\n\t\tvariadic = true\n\t}\n",
        ),
    ] {
        let original = fs::read_to_string(package.join(file)).unwrap();
        assert!(original.contains(head), "this Go's {file} has another {head}");
        let at = dir.join(file);
        put(&at, &original.replace(head, &format!("{head}{planted}")));
        replace.insert(package.join(file).to_str().unwrap().into(), at.to_str().unwrap().into());
    }
    for (name, text) in [
        ("planted_faults.go", include_str!("faults.go.txt")),
        ("planted_overlap.go", include_str!("overlap.go.txt")),
        ("planted_stuck.s", include_str!("stuck.s.txt")),
    ] {
        let at = dir.join(name);
        put(&at, text);
        replace.insert(package.join(name).to_str().unwrap().into(), at.to_str().unwrap().into());
    }
    let path = dir.join("overlay.json");
    put(&path, &serde_json::json!({ "Replace": replace }).to_string());
    path
}
