//! `typerace overlay`: an overlay from a change in a Go checkout.

use std::path::PathBuf;

use clap::Args;

use super::{Exit, GoArgs, print};
use crate::bisect::Checkout;
use crate::harness::Toolchain;
use crate::words::count;

/// Write an overlay from what a Go checkout changes in go/types since a revision, committed or not
#[derive(Args, Debug)]
pub struct OverlayArgs {
    /// Git checkout of the Go tree
    #[arg(long, value_name = "DIR")]
    git: PathBuf,
    /// Revision that the change starts from, such as origin/master or HEAD~1
    #[arg(value_name = "REV")]
    rev: String,
    /// Folder for the overlay
    #[arg(long, value_name = "DIR", default_value = "typerace-overlay")]
    out: PathBuf,
    #[command(flatten)]
    go: GoArgs,
}

/// Files that changed elsewhere. The rest of them is counted.
const LEFT_OUT: usize = 10;

/// Runs the command.
///
/// # Errors
/// Unusable input or environment.
pub fn run(args: &OverlayArgs) -> anyhow::Result<Exit> {
    let checkout = Checkout::open(&args.git)?;
    let go = Toolchain::locate(&args.go.options(), &mut super::progress)?;
    let change = checkout.change(&args.rev, &go.goroot, &args.out)?;
    let mut out = String::new();
    let path = args.out.join("overlay.json");
    let files = count(change.files.len(), "file");
    out += &format!("{}: {files} of {} replaced\n", path.display(), go.version);
    for file in &change.files {
        let merged = if change.merged.contains(file) { ", merged into the release's" } else { "" };
        out += &format!("  {file}{merged}\n");
    }
    for file in change.left_out.iter().take(LEFT_OUT) {
        out += &format!("  not in it: {file}\n");
    }
    if let Some(more) = change.left_out.len().checked_sub(LEFT_OUT).filter(|n| *n > 0) {
        out += &format!("  not in it: {}\n", count(more, "more file"));
    }
    out += &format!(
        "now: typerace regress {}--overlay {} --against-overlay none\n",
        chosen(&args.go),
        path.display()
    );
    print(&out)?;
    Ok(Exit::Nothing)
}

/// The options that choose the same Go again.
fn chosen(go: &GoArgs) -> String {
    let paths = [("--go", &go.go), ("--goroot", &go.goroot)];
    let paths = paths.into_iter().filter_map(|(o, p)| Some((o, p.as_ref()?.display().to_string())));
    let all = paths.chain(go.toolchain.iter().map(|v| ("--toolchain", v.clone())));
    all.map(|(option, value)| format!("{option} {value} ")).collect()
}
