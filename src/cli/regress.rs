//! `typerace regress`: the gate.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;

use super::durations::duration;
use super::regress_columns::columns;
use super::regress_files::{writable, write_files};
use super::regress_gate::Gate;
use super::{Exit, GoArgs, KnownArgs, print, progress};
use crate::checker::Checker;
use crate::regress::{
    Baseline, Case, CaseKind, RegressError, built_in, default_runs, from_corpus, from_crashes,
    github, overview, text,
};
use crate::scenario::Scenario;
use crate::words::left_out;

/// The time for one Go, unless the user says otherwise.
const BUDGET: Duration = Duration::from_secs(300);
const QUICK: Duration = Duration::from_secs(30);

/// Run seeds, known races and crash directories, and compare the findings with a baseline
#[derive(Args, Debug)]
#[command(
    after_help = "--toolchain takes several releases, such as go1.25.5,go1.27.3, and gives a \
    matrix. With --overlay or --patch, every case runs without and with the patch, and the \
    result says what the patch fixes and what it breaks. With --against or --against-overlay, \
    no baseline is needed: what one side shows and the other does not is new.\n\nThe exit code is 1 if there is a finding of class \
    bug or unstated that the baseline does not list, or if a listed one got worse. A finding whose \
    root is determined is listed if its root is. Findings of class contract are expected."
)]
pub struct RegressArgs {
    /// Folder of cases [default: the built-in corpus]
    #[arg(long, value_name = "DIR")]
    corpus: Option<PathBuf>,
    /// Folder of crash directories [default: crashes, if it exists]
    #[arg(long, value_name = "DIR")]
    crashes: Option<PathBuf>,
    /// Run only cases whose name contains this
    #[arg(long, value_name = "TEXT")]
    pub(super) only: Option<String>,
    /// Runs of each case [default: 21, which miss a race with a 20% rate once in a hundred times]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    runs: Option<u32>,
    /// Harnesses to run in parallel [default: one per processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    jobs: Option<u32>,
    /// Stop after this time for each Go: 90s, 10m; every case must have run at least once
    /// [default: 5m, but every case runs]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(super) time: Option<Duration>,
    /// The same as a --time of 30s, but every case runs
    #[arg(long, conflicts_with = "time")]
    pub(super) quick: bool,
    /// Compare with another Go tree, or a release such as go1.27.3: both sides run in turns, and
    /// what is new on this one fails, whatever the baseline says
    #[arg(long, value_name = "GOROOT", conflicts_with = "write_baseline")]
    pub(super) against: Option<PathBuf>,
    /// Compare in the same way with the same Go under this overlay, or under none
    #[arg(long, value_name = "FILE|none", conflicts_with = "write_baseline")]
    pub(super) against_overlay: Option<PathBuf>,
    /// Folder for crash directories of what fails the gate
    #[arg(long, value_name = "DIR", default_value = "regress-findings")]
    pub(super) findings: PathBuf,
    /// Baseline of expected findings [default: the one for the built-in corpus]
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Add the findings to this baseline; creates the file if it does not exist
    #[arg(long, value_name = "FILE")]
    pub(super) write_baseline: Option<PathBuf>,
    /// Write the result as JUnit XML
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
    /// Write the result as SARIF 2.1.0
    #[arg(long, value_name = "FILE")]
    pub(super) sarif: Option<PathBuf>,
    /// Write a table of the known races, in Markdown
    #[arg(long, value_name = "FILE")]
    pub(super) known_table: Option<PathBuf>,
    /// Print annotations for GitHub Actions
    #[arg(long)]
    github: bool,
    /// Print one JSON document on stdout
    #[arg(long)]
    json: bool,
    /// Print a table of all cases, and the program and report of each new finding
    #[arg(long, short, conflicts_with = "json")]
    verbose: bool,
    #[command(flatten)]
    known: KnownArgs,
    #[command(flatten)]
    pub(super) go: GoArgs,
}

impl RegressArgs {
    /// Whether the change is compared with another go/types instead of with a baseline.
    pub(super) fn is_against(&self) -> bool {
        self.against.is_some() || self.against_overlay.is_some()
    }

    /// Whether a change is compared with what it changes.
    fn is_comparison(&self) -> bool {
        self.is_against() || self.go.overlay.is_some() || !self.go.options().patches.is_none()
    }

    /// The time for one Go, or for both sides of a comparison.
    pub(super) fn budget(&self) -> Duration {
        match self.time {
            Some(time) => time,
            None if self.quick => QUICK,
            None => BUDGET,
        }
    }
}

/// Runs the command.
///
/// # Errors
/// Unusable input or environment.
pub fn run(args: &RegressArgs) -> anyhow::Result<Exit> {
    let began = Instant::now();
    let mut unreadable = Vec::new();
    let cases = cases(args, &mut unreadable)?;
    left_out(&unreadable).iter().for_each(|line| progress(&format!("warning: {line}")));
    let known = args.known.load()?;
    let baseline = match &args.baseline {
        Some(path) => Baseline::read(path)?,
        None => Baseline::built_in(args.go.checker())?,
    };
    // Before the work, so that an unusable file is reported at once.
    let mut written = match &args.write_baseline {
        Some(path) if path.exists() => Some(Baseline::read(path)?),
        Some(_) => Some(Baseline::default()),
        None => None,
    };
    for path in
        [&args.junit, &args.sarif, &args.known_table, &args.write_baseline].into_iter().flatten()
    {
        writable(path)?;
    }
    let columns = columns(args)?;
    for case in &cases {
        if let Some(Err(e)) = case.source.scenario.as_ref().map(Scenario::check_targets) {
            return Err(RegressError::Usage(format!("{}: {e}", case.name)).into());
        }
    }
    let processors = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let gate = Gate {
        args,
        known: &known,
        baseline: &baseline,
        runs: args.runs.unwrap_or_else(default_runs),
        jobs: args.jobs.map_or_else(processors, |n| n as usize),
        failed: RefCell::new(None),
    };
    let report = if args.is_against() {
        gate.compare(&columns, cases, began)?
    } else {
        gate.run(&columns, cases)?
    };
    // The verdict is printed whatever becomes of the files.
    let files = write_files(args, &report, written.as_mut());
    if args.json {
        print(&(serde_json::to_string(&report)? + "\n"))?;
    } else {
        // The verdict is the last line.
        if args.github {
            print(&github::annotations(&report))?;
        }
        print(&if args.verbose { text::text(&report) } else { overview(&report) })?;
    }
    files?;
    if let Some(e) = gate.failed.take().filter(|_| report.passed) {
        return Err(e);
    }
    Ok(match report.passed {
        false => Exit::Findings,
        true if unreadable.is_empty() => Exit::Nothing,
        true => {
            let n = unreadable.len();
            progress(&format!(
                "error: {n} of the crash directories could not be read; the rest passed"
            ));
            Exit::Usage
        }
    })
}

fn cases(args: &RegressArgs, unreadable: &mut Vec<String>) -> Result<Vec<Case>, RegressError> {
    let checker = args.go.checker();
    let mut cases = match &args.corpus {
        Some(dir) => from_corpus(dir, checker)?,
        None => built_in(checker)?,
    };
    let own = Path::new("crashes");
    match &args.crashes {
        Some(dir) => cases.extend(from_crashes(dir, checker, unreadable)?),
        None if own.is_dir() => cases.extend(from_crashes(own, checker, unreadable)?),
        None => {}
    }
    cases.sort_by_key(|c| c.kind == CaseKind::Gate);
    // They fail on every Go, and the gate is for what a change does.
    if args.only.is_none() && (!args.is_comparison() || checker != Checker::GoTypes) {
        cases.retain(|c| c.kind != CaseKind::Root);
    }
    if let Some(only) = &args.only {
        cases.retain(|c| c.name.contains(only));
        if cases.is_empty() {
            return Err(RegressError::Usage(format!("no case name contains {only:?}")));
        }
    }
    Ok(cases)
}
