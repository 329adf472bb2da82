//! `typerace suspects`: places that write to shared memory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Exit, print, progress};
use crate::campaign::Summary;
use crate::harness::Toolchain;
use crate::sense::{Suspect, Suspects};
use crate::store::Store;

/// List the places in go/types that write to memory which other goroutines use, on paths that
/// break no rule: first those that never raced, with the times that campaigns tried
#[derive(Args, Debug)]
#[command(
    after_help = "Campaigns note these places beside their crash directories. Whether a lock \
    or an atomic orders a place, or whether it only never raced yet, is for the reader to decide."
)]
pub struct SuspectsArgs {
    /// Folder of crash directories
    #[arg(long, value_name = "DIR", default_value = "crashes")]
    crashes: PathBuf,
    /// Print one JSON document on stdout
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// An unusable folder.
pub fn run(args: &SuspectsArgs) -> anyhow::Result<Exit> {
    Store::existing(&args.crashes)?;
    let list = Suspects::read(&args.crashes)?;
    if args.json {
        print(&(serde_json::to_string(&list.unwrap_or_default())? + "\n"))?;
        return Ok(Exit::Nothing);
    }
    print(&match list {
        Some(list) if !list.suspects.is_empty() => {
            format!("{}{}", head(&list), list.text())
        }
        Some(list) => format!("{}no suspects\n", head(&list)),
        None => "no campaign with a sense for shared writes noted suspects here\n".to_owned(),
    })?;
    Ok(Exit::Nothing)
}

fn head(list: &Suspects) -> String {
    let patched = match list.patched.as_slice() {
        [] => String::new(),
        patched => format!(", patched: {}", patched.join(", ")),
    };
    format!("go/types of {}{patched}\n", list.go_version)
}

/// Adds the lines of code to a campaign's suspects, and stores them beside its findings.
pub(super) fn keep(summary: &mut Summary, go: &Toolchain, crashes: &Path) {
    if summary.sense.is_none() {
        return;
    }
    let mut files: BTreeMap<String, Option<String>> = BTreeMap::new();
    for s in &mut summary.suspects {
        let text = files.entry(s.file.clone()).or_insert_with_key(|name| go.checker_file(name));
        Suspect::quote(s, |_| text.clone());
    }
    let suspects = std::mem::take(&mut summary.suspects);
    let list = Suspects::new(&summary.go_version, &summary.patched, suspects);
    summary.suspects.clone_from(&list.suspects);
    if let Err(e) = list.store(crashes) {
        progress(&format!("warning: the list of suspects is not kept: {e}"));
    }
}
