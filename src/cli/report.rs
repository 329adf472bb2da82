//! `typerace report`: findings for people.

use std::path::PathBuf;

use clap::Args;

use super::report_html::{self, HtmlArgs};
use super::{Exit, progress};

/// Show findings as a page
#[derive(Args, Debug)]
pub struct ReportArgs {
    /// Folder of crash directories
    #[arg(long, value_name = "DIR", default_value = "crashes")]
    crashes: PathBuf,
    #[command(flatten)]
    html: HtmlArgs,
}

/// Runs the command.
///
/// # Errors
/// Unusable input.
pub fn run(args: &ReportArgs) -> anyhow::Result<Exit> {
    let found = report_html::write(&args.html, &args.crashes, &mut progress)?;
    Ok(if found == 0 { Exit::Nothing } else { Exit::Findings })
}
