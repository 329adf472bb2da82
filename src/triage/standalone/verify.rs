//! Runs a finding's program and notes how often it shows it.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::program::Options;
use super::run::{RunError, Runner};
use super::write::{Crash, WriteError};
use crate::finding::{Finding, Standalone};
use crate::harness::Toolchain;

/// A program that cannot be measured.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The crash directory.
    #[error(transparent)]
    Crash(#[from] WriteError),
    /// The program.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// What is tried until nine of ten processes show the finding: a single attempt
/// reads best, many of them find rare schedules, and a `types.Info` adds what
/// checkers do for most of their users.
const LADDER: [(u32, bool); 5] = [(1, false), (100, false), (100, true), (500, false), (500, true)];

/// Measures the program of a crash directory with the first form that shows
/// its finding in nine of ten processes, or else with the best one. The finding is
/// returned with what came of it; to store it, and to write `repro/` anew, is the
/// caller's.
///
/// # Errors
/// No crash directory, a program that does not build.
pub fn verify(
    dir: &Path,
    go: &Toolchain,
    runs: u32,
    interrupted: &AtomicBool,
    progress: &mut dyn FnMut(&str),
) -> Result<Finding, VerifyError> {
    let mut crash = Crash::read(dir)?;
    if crash.scenario.uses_targets() {
        return Err(WriteError::Target.into());
    }
    let enough = runs - runs / 10;
    let mut best: Option<Standalone> = None;
    for (attempts, info) in LADDER {
        let options = Options { attempts, info, go_minor: go.minor };
        let runner = Runner::build(&crash.program(&options), go)?;
        let shown = match runner.run(&crash.finding, runs, enough, interrupted) {
            // What was measured before counts.
            Err(RunError::Interrupted) if best.is_some() => break,
            shown => shown?,
        };
        progress(&format!(
            "{}: {} of {} with {attempts} attempt{}{}",
            crash.finding.id,
            shown.hits,
            shown.runs,
            if attempts == 1 { "" } else { "s" },
            if info { " and a types.Info" } else { "" }
        ));
        let rate = |k: u32, n: u32| f64::from(k) / f64::from(n.max(1));
        let better = best
            .as_ref()
            .is_none_or(|b| rate(shown.hits, shown.runs) > rate(b.reproduced[0], b.reproduced[1]));
        if better {
            best = Some(Standalone {
                reproduced: [shown.hits, shown.runs],
                attempts,
                info,
                others: shown.others,
                go_version: go.version.clone(),
            });
        }
        if shown.hits >= enough {
            break;
        }
    }
    crash.finding.standalone = best;
    Ok(crash.finding)
}
