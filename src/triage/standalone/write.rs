//! `repro/` and `issue.md` of a crash directory.

use std::fs;
use std::io;
use std::path::Path;

use super::analysis::{analysis, report};
use super::head::concurrent_rules;
use super::options::Options;
use super::plan::Plan;
use super::program::{Program, program};
use crate::files;
use crate::finding::{Finding, Kind, Rates};
use crate::scenario::{Class, Scenario};
use crate::testcase::SourceCase;
use crate::triage::{LoadError, Tally, load_case};

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
        "it has no program of its own: its scenario uses a target; typerace reproduce --harness DIR runs it"
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
}

impl Crash {
    /// Reads a crash directory.
    ///
    /// # Errors
    /// It is not a crash directory.
    pub fn read(dir: &Path) -> Result<Self, WriteError> {
        let (case, finding) = load_case(dir)?;
        let finding = finding.ok_or_else(|| WriteError::NoFinding(dir.to_owned()))?;
        let small = dir.join("minimized.txtar");
        // The minimizer writes this file atomically; a person may not.
        let small = small.exists().then(|| load_case(&small).ok()).flatten();
        let minimized = small.is_some();
        let case = small.map_or(case, |(case, _)| case);
        let scenario = scenario(&case);
        let report = fs::read(dir.join("report.txt")).unwrap_or_default();
        let report = String::from_utf8_lossy(&report).into_owned();
        let shown = finding.standalone.as_ref().is_some_and(|s| s.reproduced[0] > 0);
        let own = shown.then(|| fs::read_to_string(dir.join(OWN_REPORT)).ok()).flatten();
        Ok(Self { case, minimized, scenario, finding, report, own })
    }

    /// The options of its program, which are those that were measured.
    #[must_use]
    pub fn options(&self) -> Options {
        let measured = self.finding.standalone.as_ref();
        Options {
            attempts: measured.map_or(ATTEMPTS, |s| s.attempts),
            info: measured.is_some_and(|s| s.info),
            go_minor: minor(&self.finding.origin.go_version),
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

    /// The text of an issue about it.
    #[must_use]
    pub fn issue(&self) -> String {
        let f = &self.finding;
        let program = self.program(&self.options());
        // The program's own report names only the program's lines, not typerace's.
        let own = self.own.as_deref().unwrap_or(&self.report);
        let report = report(f, own);
        let mut out = format!("# {}: {}\n\n", f.blame.as_str(), f.title);
        out.push_str(&format!("### Go version\n\n{}\n\n", f.origin.go_version));
        out.push_str(&format!("### What\n\n{}\n\n", self.what()));
        out.push_str(&format!("### Program\n\n```go\n{}```\n\n", program.main_go));
        out.push_str(&format!("### Report\n\n```\n{}```\n\n", shortened(&report)));
        let analysis = match f.kind {
            Kind::DataRace => analysis(&report),
            _ => String::new(),
        };
        if !analysis.is_empty() {
            out.push_str(&format!("### Analysis\n\n{analysis}\n"));
        }
        if self.scenario.go.len() > 1 {
            self.safe(&mut out);
        }
        out.push_str(&format!("### How often\n\n{}\n", self.rate()));
        out
    }

    /// What the class rests on.
    fn safe(&self, out: &mut String) {
        let (rules, silent) = concurrent_rules(&self.plan());
        out.push_str("### Is it safe to do this?\n\n");
        out.push_str(&match self.finding.class {
            Class::Bug => "What the program does concurrently should be safe:\n\n".to_owned(),
            Class::Unstated => format!(
                "The documentation does not say whether this may be done concurrently: {}.\n\n",
                silent.join(", ")
            ),
            Class::Breach => "The program breaks a rule:\n\n".to_owned(),
        });
        for rule in rules {
            let here = format!("here: {}", rule.elements.join(", "));
            // A quotation stands alone in its block.
            out.push_str(&match (rule.source.is_quotation(), rule.remarks()) {
                (true, remarks) => format!("> {}\n\n({remarks}; {here})\n\n", rule.says),
                (false, none) if none.is_empty() => format!("{} ({here})\n\n", rule.says),
                (false, remarks) => format!("{} ({remarks}; {here})\n\n", rule.says),
            });
        }
    }

    fn plan(&self) -> Plan<'_> {
        Plan::new(&self.case, &self.scenario, &[])
    }

    fn what(&self) -> String {
        let n = self.scenario.go.len();
        let goroutines = match n {
            1 => "One goroutine uses".to_owned(),
            n => format!("{n} goroutines use"),
        };
        let kind = match self.finding.kind {
            Kind::DataRace => "the race detector reports a data race",
            Kind::Fatal => "the runtime ends the program with a fatal error",
            Kind::Panic => "it panics",
            Kind::Deadlock => "it blocks forever",
            Kind::Hang => "it does not end",
            Kind::Mismatch => "answers differ from those of a sequential run",
            _ => "it fails",
        };
        let plan = self.plan();
        let complete: Vec<_> =
            plan.completed.iter().map(|i| format!("`{}`", plan.packages[*i].path)).collect();
        let packages = match complete.len() {
            0 => String::new(),
            1 => format!(" after package {} was type-checked", complete[0]),
            _ => format!(" after packages {} were type-checked", complete.join(", ")),
        };
        format!("{goroutines} go/types{packages}, and {kind}: {}.", self.finding.title)
    }

    fn rate(&self) -> String {
        let f = &self.finding;
        let mut out = match f.reproduced {
            Some([k, n]) if n > 0 => {
                format!("The test case that it was found with showed it in {k} of {n} runs.\n")
            }
            _ => String::new(),
        };
        for (what, rate) in f.rates.iter().flat_map(Rates::named) {
            out.push_str(&format!("- {what}: {rate}\n"));
        }
        if let Some(m) = f.minimized.as_ref().filter(|m| m.reproduced[1] > 0) {
            let [hits, runs] = m.reproduced;
            let rate = Tally { hits, runs };
            out.push_str(&format!("- minimized, in new processes: {rate}\n"));
        }
        if !out.is_empty() {
            out.push('\n');
        }
        match &f.standalone {
            Some(s) => {
                let [k, n] = s.reproduced;
                out.push_str(&format!(
                    "The program above, {} attempt{} each time, showed it in {} processes with {}.\n",
                    s.attempts,
                    if s.attempts == 1 { "" } else { "s" },
                    Tally { hits: k, runs: n },
                    s.go_version
                ));
            }
            None => out.push_str(&format!(
                "How often the program above shows it was not measured yet: `typerace report \
                 --crashes DIR --only {} --verify`, with the folder of the crash directory, measures \
                 it.\n",
                f.id
            )),
        }
        out
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
        // It cannot be run without the user's package, and concerns only that user.
        return Ok(());
    }
    let program = crash.program(&crash.options());
    let repro = dir.join("repro");
    fs::create_dir_all(&repro).map_err(|e| WriteError::Io(repro.clone(), e))?;
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
    fs::create_dir_all(&repro).map_err(|e| WriteError::Io(repro, e))?;
    put(&dir.join(OWN_REPORT), text)
}

/// A report with the toolchain's folder replaced by `$GOROOT`.
fn shortened(report: &str) -> String {
    let short = |line: &str| match line.split_once("/src/") {
        Some((root, rest)) if root.trim_start().starts_with('/') && !root.contains("/cache/") => {
            format!("      $GOROOT/src/{rest}\n")
        }
        _ => format!("{line}\n"),
    };
    report.lines().map(short).collect()
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

/// 27 for `go1.27.3`; a recent one if the version is unknown.
fn minor(version: &str) -> u32 {
    let after = version.split("1.").nth(1).unwrap_or_default();
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(26)
}
