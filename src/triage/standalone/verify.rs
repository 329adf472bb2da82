//! Runs a finding's program and notes how often it shows it.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::program::{Options, Program};
use super::run::{RunError, Runner};
use super::specialise::specialise;
use super::write::{Crash, WriteError, write_own_report};
use crate::finding::{Direct, Finding, Standalone};
use crate::harness::Toolchain;
use crate::scenario::Meet;

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

/// What is tried until nine of ten processes show the finding, after the shortest
/// forms: many attempts find rare schedules, and a `types.Info` adds what checkers
/// do for most of their users.
const LADDER: [(u32, bool); 3] = [(100, true), (500, false), (500, true)];

/// Measures the program of a crash directory with the first form that shows
/// its finding in nine of ten processes, or else with the best one: first one
/// question in the place of each walk ([`specialise`]) and no waiting in importers,
/// then what the scenario says. The finding is returned with what came of it; to
/// store it, and to write `repro/` anew, is the caller's.
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
    let meets = crash.scenario.meet.contains(&Meet::Import);
    let direct = if go.minor < 23 {
        Vec::new()
    } else {
        match specialise(&crash, &options(1, false, meets, &[], go), go, interrupted) {
            // The general program is there all the same.
            Err(RunError::Build(why)) => {
                progress(&format!("{}: the probe does not build: {why}", crash.finding.id));
                Vec::new()
            }
            direct => direct?,
        }
    };
    let mut forms = Vec::new();
    if !direct.is_empty() {
        forms.extend([1, 100, 500].map(|n| options(n, false, false, &direct, go)));
    }
    for attempts in [1, 100] {
        for meet in [false, true] {
            forms.push(options(attempts, false, meet, &[], go));
        }
    }
    forms.extend(LADDER.map(|(attempts, info)| options(attempts, info, true, &[], go)));
    let mut tried: Vec<Program> = Vec::new();
    let mut output = String::new();
    for options in forms {
        let program = crash.program(&options);
        if tried.contains(&program) {
            continue;
        }
        let runner = Runner::build(&program, go)?;
        let shown = match runner.run(&crash.finding, runs, enough, interrupted) {
            // What was measured before counts.
            Err(RunError::Interrupted) if best.is_some() => break,
            shown => shown?,
        };
        let lines = program.main_go.lines().count();
        progress(&format!(
            "{}: {} of {}, {lines} lines, {} attempt{}{}",
            crash.finding.id,
            shown.hits,
            shown.runs,
            options.attempts,
            if options.attempts == 1 { "" } else { "s" },
            if options.info { " and a types.Info" } else { "" }
        ));
        tried.push(program);
        let rate = |k: u32, n: u32| f64::from(k) / f64::from(n.max(1));
        let better = best
            .as_ref()
            .is_none_or(|b| rate(shown.hits, shown.runs) > rate(b.reproduced[0], b.reproduced[1]));
        if better {
            // Where the program was built says nothing to anybody.
            output = match runner.dir().to_str() {
                Some(dir) => shown.output.replace(&format!("{dir}/"), ""),
                None => shown.output,
            };
            best = Some(Standalone {
                reproduced: [shown.hits, shown.runs],
                attempts: options.attempts,
                info: options.info,
                others: shown.others,
                go_version: go.version.clone(),
                meet: options.meet,
                direct: options.direct,
                lines,
            });
        }
        if shown.hits >= enough {
            break;
        }
    }
    if !output.is_empty() {
        write_own_report(dir, &output)?;
    }
    crash.finding.standalone = best;
    Ok(crash.finding)
}

fn options(attempts: u32, info: bool, meet: bool, direct: &[Direct], go: &Toolchain) -> Options {
    let direct = direct.to_vec();
    Options { attempts, info, meet, direct, go_minor: go.minor, ..Options::default() }
}
