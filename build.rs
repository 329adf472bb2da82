//! Rebuilds the crate when a file of the harness, a seed or a patch is added or removed,
//! which `include_dir!` alone does not notice.

fn main() {
    println!("cargo:rerun-if-changed=harness_go");
    println!("cargo:rerun-if-changed=corpus");
    println!("cargo:rerun-if-changed=patches");
}
