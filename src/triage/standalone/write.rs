//! `repro/` and `issue.md` of a crash directory: what is in them is elsewhere.

use std::io;
use std::path::Path;

use super::options::Options;
use super::plan::Plan;
use super::program::{Program, program};
use super::target_test::{TARGET_TEST, target_test};
use crate::files;
use crate::finding::{Finding, Kind};
use crate::go_release::{OLDEST, minor};
use crate::scenario::Scenario;
use crate::testcase::SourceCase;
use crate::triage::{LoadError, Quotes, load_case, minimized_case};

/// The number of attempts in a program that has not been measured yet.
const ATTEMPTS: u32 = 100;

/// The output of the standalone program.
const OWN_REPORT: &str = "repro/report.txt";

/// Errors in writing `repro/` or `issue.md`.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// It is not a crash directory.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A test case without a finding: there is nothing to show.
    #[error("{0} has no finding.json")]
    NoFinding(std::path::PathBuf),
    /// It runs one of the user's packages.
    #[error(
        "it has no program of its own: its scenario uses a target; typerace reproduce --harness DIR runs it, and so does {TARGET_TEST} in the target's package"
    )]
    Target,
    /// The file system.
    #[error("{0}: {1}")]
    Io(std::path::PathBuf, #[source] io::Error),
}

/// The content of a crash directory.
#[derive(Clone, Debug)]
pub struct Crash {
    /// The minimized test case if there is one, else the one found.
    pub case: SourceCase,
    /// Whether it is the minimized one.
    pub minimized: bool,
    /// Its scenario.
    pub scenario: Scenario,
    /// The finding.
    pub finding: Finding,
    /// The text of report.txt; empty if the file does not exist.
    pub report: String,
    /// The output of its standalone program, if it was run and showed the finding.
    pub own: Option<String>,
    /// The sources that its stacks are about.
    pub quotes: Quotes,
}

impl Crash {
    /// Reads a crash directory.
    ///
    /// # Errors
    /// It is not a crash directory.
    pub fn read(dir: &Path) -> Result<Self, WriteError> {
        let (case, finding) = load_case(dir)?;
        let finding = finding.ok_or_else(|| WriteError::NoFinding(dir.to_owned()))?;
        // The minimizer writes this file atomically; a person may not.
        let small = minimized_case(dir).ok().flatten();
        let minimized = small.is_some();
        let case = small.unwrap_or(case);
        let scenario = scenario(&case);
        let report = files::read(&dir.join("report.txt")).unwrap_or_default();
        let report = String::from_utf8_lossy(&report).into_owned();
        let shown = finding.standalone.as_ref().is_some_and(|s| s.reproduced[0] > 0);
        let own = shown.then(|| files::as_text(files::read(&dir.join(OWN_REPORT))).ok()).flatten();
        let quotes = Quotes::of(dir, &finding);
        Ok(Self { case, minimized, scenario, finding, report, own, quotes })
    }

    /// The options of its program, which are those that were measured.
    #[must_use]
    pub fn options(&self) -> Options {
        let measured = self.finding.standalone.as_ref();
        Options {
            attempts: measured.map_or(ATTEMPTS, |s| s.attempts),
            info: measured.is_some_and(|s| s.info),
            go_minor: oldest(&self.finding),
            meet: measured.is_none_or(|s| s.meet),
            direct: measured.map(|s| s.direct.clone()).unwrap_or_default(),
            ..Options::default()
        }
    }

    /// Its program.
    #[must_use]
    pub fn program(&self, options: &Options) -> Program {
        program(&self.case, &self.scenario, Some(&self.finding), options)
    }

    /// Whether its program must be built with the race detector. One goroutine needs none, and the
    /// runtime reports a deadlock only without it.
    #[must_use]
    pub fn needs_race(&self) -> bool {
        needs_race(&self.finding, self.scenario.go.len())
    }
}

/// Whether the program of a finding with this number of goroutines needs the race detector.
pub(super) fn needs_race(finding: &Finding, goroutines: usize) -> bool {
    match finding.kind {
        Kind::DataRace => true,
        Kind::Deadlock => false,
        _ => goroutines > 1,
    }
}

/// Writes `repro/` and `issue.md` into a crash directory, from minimized.txtar if it exists. It may
/// be called again whenever something changes.
///
/// # Errors
/// It is not a crash directory, or cannot be written.
pub fn write(dir: &Path) -> Result<(), WriteError> {
    let crash = Crash::read(dir)?;
    if crash.scenario.uses_targets() {
        // It cannot be run without the user's package, so the program is a test of that package.
        return match target_test(&crash) {
            Some(test) => put(&dir.join(TARGET_TEST), &test),
            None => Ok(()),
        };
    }
    if crash.finding.kind == Kind::Compiler || crash.is_of_types2() {
        // The packages themselves show it; issue.md has them. No program can import types2.
        return put(&dir.join("issue.md"), &crash.issue());
    }
    let program = crash.program(&crash.options());
    let repro = dir.join("repro");
    files::create_folder(&repro).map_err(|e| WriteError::Io(repro.clone(), e))?;
    put(&repro.join("go.mod"), &program.go_mod)?;
    if let Some(sum) = &program.go_sum {
        put(&repro.join("go.sum"), sum)?;
    }
    put(&repro.join("main.go"), &program.main_go)?;
    put(&dir.join("issue.md"), &crash.issue())
}

/// Stores the output of the standalone program.
pub(super) fn write_own_report(dir: &Path, text: &str) -> Result<(), WriteError> {
    let repro = dir.join("repro");
    files::create_folder(&repro).map_err(|e| WriteError::Io(repro, e))?;
    put(&dir.join(OWN_REPORT), text)
}

/// Replaces a file. Readers see either the old text or the new one.
fn put(path: &Path, text: &str) -> Result<(), WriteError> {
    files::replace(path, text.as_bytes()).map_err(|e| WriteError::Io(path.to_owned(), e))
}

/// The scenario, or the default one.
fn scenario(case: &SourceCase) -> Scenario {
    if let Some(s) = &case.scenario {
        return s.clone();
    }
    let none = Scenario::default();
    let plan = Plan::new(case, &none, &[]);
    let imports: Vec<(String, Vec<String>)> = plan
        .packages
        .iter()
        .map(|p| {
            let deps = p.imports.iter().map(|i| plan.packages[*i].path.to_owned());
            (p.path.to_owned(), deps.collect())
        })
        .collect();
    Scenario::default_for(&imports)
}

/// The minor version of the oldest Go that shows a finding, so that its program works there.
fn oldest(finding: &Finding) -> u32 {
    let shown = finding.releases.iter().filter(|r| r.reproduced[0] > 0);
    let all = shown.map(|r| &r.go_version).chain([&finding.origin.go_version]);
    // A recent one if no version is known.
    all.filter_map(|version| minor(version)).filter(|n| *n >= OLDEST).min().unwrap_or(26)
}
