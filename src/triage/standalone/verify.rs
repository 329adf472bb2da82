//! Runs a finding's program and notes how often it shows it.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::program::{Options, Program};
use super::run::{RunError, Runner};
use super::specialise::specialise;
use super::write::{Crash, WriteError, write_own_report};
use crate::finding::{Direct, Finding, Kind, Standalone};
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
/// Attempts of the form that did best, where none of them does: ten to twenty seconds of
/// the race detector.
const LONG: u32 = 5000;

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
    let mut trial =
        Trial { go, runs, enough, interrupted, progress, tried: Vec::new(), best: None };
    for options in forms {
        if trial.is_over(&crash, options)? {
            break;
        }
    }
    trial.at_length(&crash)?;
    if let Some((best, output)) = trial.best {
        if !output.is_empty() {
            write_own_report(dir, &output)?;
        }
        crash.finding.standalone = Some(best);
    }
    Ok(crash.finding)
}

/// The forms tried so far.
struct Trial<'a> {
    go: &'a Toolchain,
    runs: u32,
    enough: u32,
    interrupted: &'a AtomicBool,
    progress: &'a mut dyn FnMut(&str),
    tried: Vec<Program>,
    /// The best one, and what it printed.
    best: Option<(Standalone, String)>,
}

impl Trial<'_> {
    /// Measures a form; whether nothing more need be tried.
    fn is_over(&mut self, crash: &Crash, options: Options) -> Result<bool, RunError> {
        let program = crash.program(&options);
        if self.tried.contains(&program) {
            return Ok(false);
        }
        let runner = Runner::build(&program, self.go)?;
        let shown = match runner.run(&crash.finding, self.runs, self.enough, self.interrupted) {
            // What was measured before counts.
            Err(RunError::Interrupted) if self.best.is_some() => return Ok(true),
            shown => shown?,
        };
        let lines = program.main_go.lines().count();
        (self.progress)(&format!(
            "{}: {} of {}, {lines} lines, {} attempt{}{}",
            crash.finding.id,
            shown.hits,
            shown.runs,
            options.attempts,
            if options.attempts == 1 { "" } else { "s" },
            if options.info { " and a types.Info" } else { "" }
        ));
        self.tried.push(program);
        let rate = |k: u32, n: u32| f64::from(k) / f64::from(n.max(1));
        let better = self.best.as_ref().is_none_or(|(b, _)| {
            rate(shown.hits, shown.runs) > rate(b.reproduced[0], b.reproduced[1])
        });
        if better {
            // Where the program was built says nothing to anybody.
            let output = match runner.dir().to_str() {
                Some(dir) => shown.output.replace(&format!("{dir}/"), ""),
                None => shown.output,
            };
            let best = Standalone {
                reproduced: [shown.hits, shown.runs],
                attempts: options.attempts,
                info: options.info,
                others: shown.others,
                go_version: self.go.version.clone(),
                meet: options.meet,
                direct: options.direct,
                lines,
            };
            self.best = Some((best, output));
        }
        Ok(shown.hits >= self.enough)
    }

    /// Gives the best form as many attempts as chance may need, if it needs them.
    fn at_length(&mut self, crash: &Crash) -> Result<(), RunError> {
        let races = crash.finding.kind == Kind::DataRace;
        let Some((best, _)) = self.best.as_ref().filter(|_| races) else { return Ok(()) };
        if best.reproduced[0] >= self.enough || self.interrupted.load(Ordering::Relaxed) {
            return Ok(());
        }
        let longer = options(LONG, best.info, best.meet, &best.direct, self.go);
        self.is_over(crash, longer).map(|_| ())
    }
}

fn options(attempts: u32, info: bool, meet: bool, direct: &[Direct], go: &Toolchain) -> Options {
    let direct = direct.to_vec();
    Options { attempts, info, meet, direct, go_minor: go.minor, ..Options::default() }
}
