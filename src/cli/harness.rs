//! `typerace harness`: the Go module of the harness, for who has only this program.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;

use super::{Exit, print};
use crate::campaign::stored::empty_folder;
use crate::harness::write_module;

/// Write the Go module that targets import (docs/TARGETS.md), for editors, go vet and go test
#[derive(Args, Debug)]
pub struct HarnessArgs {
    /// Folder to write it to; must not exist yet, or be empty
    #[arg(long, value_name = "DIR")]
    write: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// The folder is not empty, or cannot be written.
pub fn run(args: &HarnessArgs) -> anyhow::Result<Exit> {
    let dir = &args.write;
    empty_folder(dir)?;
    write_module(dir)?;
    let shown = dir.canonicalize().context("cannot find the folder")?;
    print(&format!(
        "the module typerace/harness is in {0}; in the go.mod of a target:\n\n\
         require typerace/harness v0.0.0\nreplace typerace/harness => {0}\n",
        shown.display()
    ))?;
    Ok(Exit::Nothing)
}
