//! A finding as a Go program of its own: one file that shows it with `go run
//! -race .`, without anything of typerace.

mod analysis;
mod body;
mod check;
mod direct;
mod go_mod;
mod helpers;
mod plan;
mod program;
mod queries;
mod run;
mod scan;
mod specialise;
mod text;
mod type_args;
mod verify;
mod walk;
mod write;
mod writer;

pub use analysis::{analysis, report};
pub use go_mod::go_mod;
pub use program::{Options, Program, program};
pub use run::{RunError, Runner, Shown};
pub use verify::{VerifyError, verify};
pub use write::{Crash, WriteError, write};
