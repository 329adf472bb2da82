//! The harness: a Go program, built with the race detector, that runs test cases. This module finds
//! Go, builds the harness, communicates with it, and survives whatever a test case does to it.

mod build;
mod cache;
mod compiler;
mod config;
mod covered;
mod embedded;
mod error;
mod flags;
mod go_bin;
mod import;
mod left;
mod limits;
mod memfd;
mod misuse;
mod overlay;
mod patched;
mod process;
mod program;
mod protocol;
mod scratch;
mod session;
mod shared_writes;
mod sites;
mod sources;
mod stoppable;
mod sys;
mod tail;
mod target;
mod toolchain;
mod unwatched;
mod wire;
mod xtools;

#[cfg(test)]
mod test_support;

pub use build::BuiltHarness;
pub use cache::cache_dir;
pub use config::{End, HarnessConfig, Late, Limits, Outcome, Stage};
pub use embedded::{source_file, source_files, write_module};
pub use error::{EnvError, HarnessError};
pub use import::ImportError;
pub use left::take_left;
pub(crate) use limits::resident;
pub use patched::{applicable, overlay as patched_overlay, overlay_together};
pub use protocol::{
    Answer, GoPanic, Heap, Hello, RunFlags, RunReply, RunRequest, SyntaxError, VERSION, Verdict,
};
pub(crate) use scratch::{Scratch, sweep_scratch};
pub use session::Harness;
pub use shared_writes::{MadeBy, Meeting, Place, SharedWrite, SharedWrites, Site};
pub use sites::CounterSite;
pub use sources::{Replaced, Sources, checker_hash, checker_sources, is_release_version};
pub use stoppable::{are_builds_stopped, stop_builds_with};
pub(crate) use sys::{is_gone_after, kill, process_group, quit, spawn_tied, terminate};
pub use sys::{is_ignored, lower_priority, return_memory, survive_file_size_limit};
pub use target::{TargetName, TargetOperation};
pub use toolchain::{GoOptions, Toolchain};
pub use wire::WireError;
