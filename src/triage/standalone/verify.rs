//! Runs the program of a finding, and measures how often it shows the finding.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::options::Options;
use super::program::Program;
use super::run::{RunError, Runner, Shown};
use super::specialise::specialise;
use super::write::{Crash, WriteError, write_own_report};
use crate::checker::Checker;
use crate::finding::{Direct, Finding, Kind, OnRelease, Standalone};
use crate::harness::Toolchain;
use crate::scenario::Meet;
use crate::triage::compiler::Compiler;

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

/// Attempts, and whether checks record a `types.Info`. These forms are tried in order, the shortest
/// first, until nine of ten processes show the finding: many attempts reach rare schedules, and
/// most users of checkers record a `types.Info`.
const LADDER: [(u32, bool); 3] = [(100, true), (500, false), (500, true)];
/// If no form shows the finding that often: the number of attempts, and how many of the best forms
/// get them. 5,000 attempts take up to twenty seconds under the race detector. Few runs say little
/// about a form.
const LONG: [(u32, usize); 2] = [(5_000, 2), (20_000, 1)];

/// Measures the program of a crash directory with the first form that shows its finding in nine of
/// ten processes, or else with the best one. It first tries one question in place of each walk
/// ([`specialise`]) without waiting in importers, then what the scenario says. The returned finding
/// holds the result; the caller stores it and writes `repro/` again.
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
    let is_compilers = crash.finding.kind == Kind::Compiler;
    if is_compilers || crash.finding.origin.checker() == Checker::Types2 {
        // No program of its own can import types2. The compiler shows what one goroutine shows.
        if is_compilers || crash.scenario.go.len() == 1 {
            let reproduced = compiled(&crash, go)?;
            put_release(&mut crash.finding, go, reproduced);
        }
        return Ok(crash.finding);
    }
    let enough = runs - runs / 10;
    let forms = forms(&crash, go, interrupted, progress)?;
    let mut trial =
        Trial { go, runs, enough, interrupted, progress, tried: Vec::new(), best: None };
    let mut over = false;
    for options in forms {
        over = trial.is_over(&crash, options)?;
        if over {
            break;
        }
    }
    if !over {
        trial.at_length(&crash)?;
    }
    if let Some((best, output)) = trial.best {
        if !output.is_empty() {
            write_own_report(dir, &output)?;
        }
        let shown = match crash.is_compilers() {
            // The program of such an issue is what the compiler is given.
            true => compiled(&crash, go)?,
            false => best.reproduced,
        };
        put_release(&mut crash.finding, go, shown);
        crash.finding.standalone = Some(best);
    }
    Ok(crash.finding)
}

/// The forms that a program can have, in the order in which they are tried.
fn forms(
    crash: &Crash,
    go: &Toolchain,
    interrupted: &AtomicBool,
    progress: &mut dyn FnMut(&str),
) -> Result<Vec<Options>, RunError> {
    let meets = crash.scenario.meet.contains(&Meet::Import);
    let direct = if go.minor < 23 {
        Vec::new()
    } else {
        match specialise(crash, &options(1, false, meets, &[], go), go, interrupted) {
            // The general program remains.
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
    Ok(forms)
}

/// Stores how often a release showed the finding.
fn put_release(finding: &mut Finding, go: &Toolchain, reproduced: [u32; 2]) {
    let releases = &mut finding.releases;
    releases.retain(|r| r.go_version != go.version);
    let (instead, not_run) = (None, None);
    releases.push(OnRelease { go_version: go.version.clone(), reproduced, instead, not_run });
}

/// Whether the compiler of a release fails with the packages, as `[k, n]`.
fn compiled(crash: &Crash, go: &Toolchain) -> Result<[u32; 2], RunError> {
    let compiled = Compiler::find(go)?.compile(&crash.case)?;
    Ok([u32::from(compiled.worst().is_some_and(|p| p.end.is_bad())), 1])
}

/// The forms tried so far.
struct Trial<'a> {
    go: &'a Toolchain,
    runs: u32,
    enough: u32,
    interrupted: &'a AtomicBool,
    progress: &'a mut dyn FnMut(&str),
    /// With the share of processes that showed the finding.
    tried: Vec<(Program, Options, f64)>,
    /// The best one, and what it printed.
    best: Option<(Standalone, String)>,
}

impl Trial<'_> {
    /// Measures a form. Returns whether the search is over.
    fn is_over(&mut self, crash: &Crash, options: Options) -> Result<bool, RunError> {
        let program = crash.program(&options);
        if self.tried.iter().any(|(p, ..)| *p == program) {
            return Ok(false);
        }
        let (runner, shown) = match self.run(crash, &program) {
            // What an earlier form showed counts. That it showed nothing does not: one of the forms
            // that were not tried may show it.
            Err(RunError::Interrupted) if self.has_shown() => return Ok(true),
            ran => ran?,
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
        let rate = |k: u32, n: u32| f64::from(k) / f64::from(n.max(1));
        self.tried.push((program, options.clone(), rate(shown.hits, shown.runs)));
        let better = self.best.as_ref().is_none_or(|(b, _)| {
            rate(shown.hits, shown.runs) > rate(b.reproduced[0], b.reproduced[1])
        });
        if better {
            // The name of the build folder does not matter.
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

    fn run(&self, crash: &Crash, program: &Program) -> Result<(Runner, Shown), RunError> {
        let runner = Runner::build(program, self.go, crash.needs_race(), self.interrupted)?;
        let shown = runner.run(&crash.finding, self.runs, self.enough, self.interrupted)?;
        Ok((runner, shown))
    }

    /// Whether a form has shown the finding.
    fn has_shown(&self) -> bool {
        self.best.as_ref().is_some_and(|(best, _)| best.reproduced[0] > 0)
    }

    /// Gives the best forms many more attempts.
    fn at_length(&mut self, crash: &Crash) -> Result<(), RunError> {
        if crash.finding.kind != Kind::DataRace {
            return Ok(());
        }
        for (attempts, forms) in LONG {
            for form in self.forms().into_iter().take(forms) {
                if self.is_over(crash, Options { attempts, ..form })? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The forms that showed the finding, best first, regardless of their attempts.
    fn forms(&self) -> Vec<Options> {
        let mut tried: Vec<_> = self.tried.iter().filter(|(_, _, rate)| *rate > 0.0).collect();
        tried.sort_by(|a, b| b.2.total_cmp(&a.2));
        let mut forms: Vec<Options> = Vec::new();
        for (_, form, _) in tried {
            let form = Options { attempts: 1, ..form.clone() };
            if !forms.contains(&form) {
                forms.push(form);
            }
        }
        forms
    }
}

fn options(attempts: u32, info: bool, meet: bool, direct: &[Direct], go: &Toolchain) -> Options {
    let direct = direct.to_vec();
    Options { attempts, info, meet, direct, go_minor: go.minor, ..Options::default() }
}
