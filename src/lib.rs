//! typerace: a coverage-guided fuzzer that finds data races in Go's type
//! checker, go/types.
//!
//! Data flows one way through the modules, in the order below; a module uses
//! only those above it, which `tests/module_order.rs` checks. See
//! docs/ARCHITECTURE.md.

#[cfg(not(target_os = "linux"))]
compile_error!(
    "typerace runs on Linux only (x86-64 is tested, arm64 builds): use a container or a virtual machine"
);

/// Trees are made of small boxes: making and printing a program spent a third of its time in the C
/// library's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub mod checker;
pub mod go_release;
pub mod rng;

pub mod escape;
pub mod files;
pub mod fnv;
pub mod sha256;
pub mod words;

pub mod goast;
pub mod scenario;

pub mod testcase;

pub mod corpus_file;

pub mod edit;
pub mod generate;
pub mod mutators;

pub mod patches;

pub mod harness;
pub mod health;
pub mod pace;
pub mod sense;

pub mod corpus;

pub mod executor;
pub mod feedback;

pub mod finding;
pub mod store;

pub mod fleet;
pub mod triage;

pub mod campaign;

pub mod regress;

pub mod bisect;

pub mod report;

pub mod cli;
