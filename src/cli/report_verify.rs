//! `typerace report --verify`: runs the standalone programs of findings.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::interrupt::interrupt_flag;
use super::report::ReportArgs;
use super::ticker::Ticker;
use super::{GoArgs, progress};
use crate::finding::Finding;
use crate::harness::Toolchain;
use crate::report::Entry;
use crate::store::Store;
use crate::triage::standalone;

/// Runs the program of each finding in `runs` processes, and records how many show it. The others
/// still run if one cannot; that is said. Returns why the last one could not run, if none could.
///
/// # Errors
/// A crash directory that cannot be written.
pub(super) fn verify(
    args: &ReportArgs,
    entries: &mut [Entry],
    runs: u32,
) -> anyhow::Result<Option<anyhow::Error>> {
    let store = Store::open(&args.crashes)?;
    let interrupted = interrupt_flag()?;
    let (mut is_any_done, mut failed) = (false, None);
    for entry in entries {
        match measure(&args.go, &entry.path, &entry.finding, runs, &interrupted) {
            Ok(finding) => {
                store.update_finding(&entry.name(), &finding)?;
                entry.finding = finding;
                is_any_done = true;
            }
            Err(_) if interrupted.load(Ordering::Relaxed) => return Ok(None),
            Err(e) => {
                progress(&format!("{}: {e:#}", entry.finding.id));
                failed = Some(e.context("none of the programs could be run"));
                continue;
            }
        }
        standalone::write(&entry.path)?;
    }
    Ok(failed.filter(|_| !is_any_done))
}

/// Runs the program of one crash directory.
fn measure(
    go: &GoArgs,
    dir: &Path,
    finding: &Finding,
    runs: u32,
    interrupted: &AtomicBool,
) -> anyhow::Result<Finding> {
    let options = go.again(dir, Some(finding))?;
    let ticker = Ticker::start(&format!("{}: running its program", finding.id));
    let go = Toolchain::with_overlay(&options, &mut |l| ticker.say(l))?;
    Ok(standalone::verify(dir, &go, runs, interrupted, &mut |l| ticker.say(l))?)
}
