//! `typerace regress`: the gate.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;

use super::durations::duration;
use super::ticker::{Ticker, waiting};
use super::{Exit, GoArgs, KnownArgs, print, progress, say_patched};
use crate::files;
use crate::harness::{BuiltHarness, EnvError, GoOptions};
use crate::regress::{
    Baseline, Case, Column, ColumnReport, Limits, RegressError, Report, built_in, compare,
    deadline, default_runs, from_corpus, from_crashes, github, junit, known_table, overview,
    run_column, sarif, text,
};
use crate::scenario::Scenario;
use crate::words::count;

/// Run seeds, known races and crash directories, and compare the findings with a baseline
#[derive(Args, Debug)]
#[command(
    after_help = "--toolchain takes several releases, such as go1.25.5,go1.27.3, and gives a \
    matrix. With --overlay or --patch, every case runs without and with the patch, and the \
    result says what the patch fixes and what it breaks.\n\nThe exit code is 1 if there is a finding of class \
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
    only: Option<String>,
    /// Runs of each case [default: 21, which miss a race with a 20% rate once in a hundred times]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    runs: Option<u32>,
    /// Harnesses to run in parallel [default: one per processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    jobs: Option<u32>,
    /// Stop after this time for each Go: 90s, 10m; every case must have run at least once
    #[arg(long, value_name = "TIME", value_parser = duration)]
    time: Option<Duration>,
    /// Baseline of expected findings [default: the one for the built-in corpus]
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Add the findings to this baseline; creates the file if it does not exist
    #[arg(long, value_name = "FILE")]
    write_baseline: Option<PathBuf>,
    /// Write the result as JUnit XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write the result as SARIF 2.1.0
    #[arg(long, value_name = "FILE")]
    sarif: Option<PathBuf>,
    /// Write a table of the known races, in Markdown
    #[arg(long, value_name = "FILE")]
    known_table: Option<PathBuf>,
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
    go: GoArgs,
}

/// Runs the command.
///
/// # Errors
/// Unusable input or environment.
pub fn run(args: &RegressArgs) -> anyhow::Result<Exit> {
    let cases = cases(args)?;
    let known = args.known.load()?;
    let baseline = match &args.baseline {
        Some(path) => Baseline::read(path)?,
        None => Baseline::built_in()?,
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
    let runs = args.runs.unwrap_or_else(default_runs);
    let processors = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let jobs = args.jobs.map_or_else(processors, |n| n as usize);
    let mut reports = Vec::new();
    for column in &columns {
        progress(&format!("{} cases, {runs} runs each, on {}", cases.len(), column.label));
        let start = Instant::now();
        let limits = Limits { runs, jobs, deadline: deadline(args.time) };
        let ticker = Ticker::start("running cases");
        let ran = run_column(column, &cases, limits, &|n, of| {
            ticker.set(&format!("{n} of {of} cases"));
        });
        drop(ticker);
        let ran = ran?;
        let go_version = column.built.toolchain.version.clone();
        reports.push(ColumnReport {
            label: column.label.clone(),
            verdict: compare(&ran, &baseline, &known, &go_version),
            go_version,
            goroot: column.goroot(),
            patched: column.patched,
            patches: column.built.patched.ids.clone(),
            cases: ran,
            seconds: start.elapsed().as_secs_f64(),
        });
    }
    let report = Report::new(runs, cases, reports);
    if let (Some(path), Some(new)) = (&args.write_baseline, &mut written) {
        // Findings with the overlay say nothing about the Go without it.
        let plain: Vec<_> = report.columns.iter().filter(|c| !c.patched).cloned().collect();
        let before = new.findings.len();
        let seen = new.add(&plain, args.only.is_none());
        new.write(path)?;
        progress(&format!("wrote {}, which {}", path.display(), added(new, before, seen)));
    }
    if let Some(path) = &args.junit {
        write(path, &junit::junit(&report))?;
    }
    if let Some(path) = &args.sarif {
        write(path, &(serde_json::to_string_pretty(&sarif::sarif(&report))? + "\n"))?;
    }
    if let Some(path) = &args.known_table {
        write(path, &known_table::known_table(&report))?;
    }
    if args.json {
        print(&(serde_json::to_string(&report)? + "\n"))?;
    } else {
        // The verdict is the last line.
        if args.github {
            print(&github::annotations(&report))?;
        }
        print(&if args.verbose { text::text(&report) } else { overview(&report) })?;
    }
    Ok(if report.passed { Exit::Nothing } else { Exit::Findings })
}

/// What is in a baseline now, and what changed.
fn added(baseline: &Baseline, before: usize, seen: usize) -> String {
    let all = baseline.findings.len();
    let on = match &baseline.go[..] {
        [] => "no whole run of the corpus yet".to_owned(),
        go => format!("measured on {}", go.join(", ")),
    };
    let were = |n: usize| if n == 1 { "was" } else { "were" };
    format!(
        "lists {} now, of which {} {} not there: {seen} {} seen, {on}",
        count(all, "finding"),
        all - before,
        were(all - before),
        were(seen)
    )
}

fn cases(args: &RegressArgs) -> Result<Vec<Case>, RegressError> {
    let mut cases = match &args.corpus {
        Some(dir) => from_corpus(dir)?,
        None => built_in()?,
    };
    match &args.crashes {
        Some(dir) => cases.extend(from_crashes(dir)?),
        None if Path::new("crashes").is_dir() => cases.extend(from_crashes("crashes".as_ref())?),
        None => {}
    }
    if let Some(only) = &args.only {
        cases.retain(|c| c.name.contains(only));
        if cases.is_empty() {
            return Err(RegressError::Usage(format!("no case name contains {only:?}")));
        }
    }
    Ok(cases)
}

/// Builds a harness for each Go; with an overlay or patches, one without and one with them.
fn columns(args: &RegressArgs) -> anyhow::Result<Vec<Column>> {
    let wanted = args.go.each();
    if args.go.overlay.is_some() && wanted.len() > 1 {
        let why = "an overlay belongs to one Go: use --overlay with a single --toolchain";
        return Err(RegressError::Usage(why.to_owned()).into());
    }
    let mut columns: Vec<Column> = Vec::new();
    for mut options in wanted {
        let overlay = options.overlay.take();
        let patches = std::mem::take(&mut options.patches);
        // Printed before the build of the other one.
        patches.patches().map_err(EnvError::from)?;
        let built = BuiltHarness::get(&options, &mut waiting())?;
        let label = built.toolchain.version.clone();
        if columns.iter().any(|c| c.built.key == built.key) {
            return Err(RegressError::Usage(format!("{label} is listed twice")).into());
        }
        columns.push(Column { label: label.clone(), built: built.clone(), patched: false });
        if overlay.is_some() || !patches.is_none() {
            let patched = GoOptions { overlay: overlay.clone(), patches, ..options };
            let patched = BuiltHarness::build(built.toolchain, &patched, &mut waiting())
                .context("cannot build with the overlay and patches")?;
            say_patched(&patched);
            let name = overlay.iter().filter_map(|p| p.file_name()).map(|n| n.to_string_lossy());
            let ids = patched.patched.ids.iter().map(Into::into);
            let label = name.chain(ids).fold(label, |all, one| format!("{all} + {one}"));
            columns.push(Column { label, built: patched, patched: true });
        }
    }
    Ok(columns)
}

fn write(path: &Path, text: &str) -> Result<(), RegressError> {
    files::output(path, text.as_bytes())
        .map_err(|source| RegressError::Write { path: path.to_owned(), source })
}

/// Checks that a file can be created or replaced, without changing it.
pub(super) fn writable(path: &Path) -> Result<(), RegressError> {
    let there = path.exists();
    let opened = std::fs::File::options().append(true).create(true).open(path);
    if opened.is_ok() && !there {
        // This was only a probe: an unfinished run must not leave an empty report.
        let _ = std::fs::remove_file(path);
    }
    opened.map(drop).map_err(|source| RegressError::Write { path: path.to_owned(), source })
}
