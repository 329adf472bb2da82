//! `typerace corpus merge`.

use std::path::PathBuf;

use clap::Args;

use super::ticker::Ticker;
use super::{Exit, print};
use crate::campaign::merge::{CRASHES, Combined, combine};
use crate::words::left_out_lines;

/// Merge work folders, keeping each entry and each finding once
#[derive(Args, Debug)]
pub struct MergeArgs {
    /// New work folder; crash directories go to crashes/ in it
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// Work folders, with or without crashes/ in them, and folders of crash directories
    #[arg(value_name = "DIR", required = true)]
    dirs: Vec<PathBuf>,
    /// Print one JSON document on stdout
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// Unusable folders.
pub fn run(args: &MergeArgs) -> anyhow::Result<Exit> {
    let ticker = Ticker::start("merging");
    let combined = combine(&args.out, &args.dirs, &mut |dir| {
        ticker.set(&format!("merging {}", dir.display()));
    });
    drop(ticker);
    let combined = combined?;
    if args.json {
        print(&(serde_json::to_string(&combined)? + "\n"))?;
    } else {
        print(&text(&combined, args))?;
    }
    Ok(Exit::Nothing)
}

fn text(c: &Combined, args: &MergeArgs) -> String {
    let mut out = left_out_lines(&c.left_out);
    for found in &c.findings {
        let dir = args.out.join(CRASHES).join(&found.id);
        out.push_str(&format!("{}x {} ({})\n", found.merged, found.title, dir.display()));
    }
    out.push_str(&format!(
        "{} corpus entries ({} distinct) and {} crash directories with {} findings, \
         from {} folders, in {}\n",
        c.entries,
        c.kept,
        c.crashes,
        c.findings.len(),
        c.folders,
        args.out.display()
    ));
    out
}
