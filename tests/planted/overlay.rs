//! The build overlay that plants faults into go/types.

use std::fs;
use std::path::{Path, PathBuf};

/// The overlay that plants every fault.
pub fn overlay(dir: &Path, goroot: &Path) -> PathBuf {
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
        fs::write(&at, original.replace(head, &format!("{head}{planted}"))).unwrap();
        replace.insert(package.join(file).to_str().unwrap().into(), at.to_str().unwrap().into());
    }
    for (name, text) in [
        ("planted_faults.go", include_str!("faults.go.txt")),
        ("planted_overlap.go", include_str!("overlap.go.txt")),
        ("planted_stuck.s", include_str!("stuck.s.txt")),
    ] {
        let at = dir.join(name);
        fs::write(&at, text).unwrap();
        replace.insert(package.join(name).to_str().unwrap().into(), at.to_str().unwrap().into());
    }
    let path = dir.join("overlay.json");
    fs::write(&path, serde_json::json!({ "Replace": replace }).to_string()).unwrap();
    path
}
