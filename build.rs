//! Rebuilds the crate when a file of the harness or a seed is added or removed,
//! which `include_dir!` alone does not notice.

fn main() {
    println!("cargo:rerun-if-changed=harness_go");
    println!("cargo:rerun-if-changed=corpus");
}
