//! Rebuilds the crate when a file of the harness, a seed or a patch is added or removed, which
//! `include_dir!` alone does not notice, and tells it the commit for `typerace --version`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

fn main() {
    for path in ["harness_go", "corpus", "patches", "build.rs"] {
        println!("cargo:rerun-if-changed={path}");
    }
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let commit = packaged(&root).or_else(|| checked_out(&root));
    let version = match commit.as_deref().and_then(|c| c.get(..12)) {
        Some(commit) => format!("{version} ({commit})"),
        None => version,
    };
    println!("cargo:rustc-env=TYPERACE_VERSION={version}");
}

/// The commit that a published crate was made from: cargo writes it into the package.
fn packaged(root: &Path) -> Option<String> {
    let text = fs::read_to_string(root.join(".cargo_vcs_info.json")).ok()?;
    let (_, rest) = text.split_once("\"sha1\"")?;
    hash(rest.split('"').nth(1)?)
}

/// The commit of a checkout. It is read without git, which may be missing, or refuse a checkout
/// that belongs to another user.
fn checked_out(root: &Path) -> Option<String> {
    let git = root.join(".git");
    // In a work tree of its own, .git is a file that names the folder.
    let git = match fs::read_to_string(&git) {
        Ok(text) => root.join(text.strip_prefix("gitdir: ")?.trim_end()),
        Err(_) => git,
    };
    let common = match fs::read_to_string(git.join("commondir")) {
        Ok(text) => git.join(text.trim_end()),
        Err(_) => git.clone(),
    };
    let head = fs::read_to_string(git.join("HEAD")).ok()?;
    let head = head.trim_end();
    // Debug builds do not start from scratch after each commit; theirs may be an earlier one.
    let watch = |path: &Path| {
        if env::var("PROFILE").is_ok_and(|p| p == "release") {
            println!("cargo:rerun-if-changed={}", path.display());
        }
    };
    watch(&git.join("HEAD"));
    let Some(name) = head.strip_prefix("ref: ") else { return hash(head) };
    if let Ok(text) = fs::read_to_string(common.join(name)) {
        watch(&common.join(name));
        return hash(text.trim_end());
    }
    watch(&common.join("packed-refs"));
    let packed = fs::read_to_string(common.join("packed-refs")).ok()?;
    packed.lines().find_map(|line| hash(line.strip_suffix(name)?.trim_end()))
}

fn hash(text: &str) -> Option<String> {
    let is_hash = text.len() >= 40 && text.bytes().all(|b| b.is_ascii_hexdigit());
    is_hash.then(|| text.to_owned())
}
