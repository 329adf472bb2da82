//! A finding as a Go program of its own: one file that shows it with `go run
//! -race .` and needs nothing of typerace.
//!
//! ```text
//! scan           a Go file → tokens, imports, declared names
//! plan           a scenario → which packages are complete, who answers imports
//! options        what a program is like beside its test case
//! settings       what `configure` sets
//! importing      importers that differ from plain ones
//! checks         what all checks have in common; the functions that check
//! line           a statement
//! uses           what the statements use: helpers, variables, functions that check
//! goroutine      the state while the statements of one goroutine are emitted
//! forms          the operations that one question may replace
//! emit, direct   an operation → statements; a single question in its place
//! emit_tools     the same for SSA and analyzers, and what goroutines share of them
//! type_args      type arguments → expressions
//! prepare        what is made before the goroutines start
//! main_func      the function main
//! library        the declarations of harness_go/standalone, and which a program needs
//! program        main.go, go.mod and go.sum
//! write          repro/ and issue.md of a crash directory
//! target_test    a Go test of the target's package, for a finding of a target
//! issue          the text of an issue; evidence: how sure it is, and what it means
//! package_program  the packages alone, for what the compiler shows
//! run            a program in processes of its own
//! specialise     the question that takes the place of a walk
//! verify         how often a program shows its finding
//! ```

mod analysis;
mod checks;
mod direct;
mod emit;
mod emit_check;
mod emit_eval;
mod emit_tools;
mod evidence;
mod forms;
mod go_mod;
mod goroutine;
mod head;
mod importing;
mod issue;
mod library;
mod line;
mod main_func;
mod names;
mod options;
mod package_program;
mod plan;
mod prepare;
mod program;
mod queries;
mod run;
mod scan;
mod settings;
mod specialise;
mod target_test;
mod text;
mod type_args;
mod uses;
mod verify;
mod write;

pub use analysis::{analysis, report};
pub use go_mod::go_mod;
pub use options::Options;
pub(in crate::triage) use plan::Plan;
pub use program::{Program, program};
pub use run::{RunError, Runner, Shown};
pub(crate) use scan::imports_of;
pub use target_test::TARGET_TEST;
pub use verify::{VerifyError, verify};
pub use write::{Crash, WriteError, write};
