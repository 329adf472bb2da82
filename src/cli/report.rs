//! `typerace report`: findings for people.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use super::report_html::{self, HtmlArgs};
use super::report_roots;
use super::report_verify;
use super::ticker::Ticker;
use super::{Exit, GoArgs, KnownArgs, print, progress};
use crate::finding::Known;
use crate::fleet::bring::bring;
use crate::fleet::location::Location;
use crate::harness::{EnvError, GoOptions, Toolchain};
use crate::patches::load;
use crate::report::{Bugs, Entry, Report, bugs, collect, json, markdown, text};
use crate::store::Store;
use crate::words::{count, left_out};

/// Print what was found, by root: new ones first, then known ones, then the number of breaches
/// of contract
#[derive(Args, Debug)]
#[command(after_help = "The exit code is 0 once the report is written, whatever is in it.")]
pub struct ReportArgs {
    /// Folder of crash directories
    #[arg(long, value_name = "DIR", default_value = "crashes")]
    pub(super) crashes: PathBuf,
    /// First bring the findings of all machines that share with fuzz --sync into that folder, as
    /// these machines reported them
    #[arg(long, value_name = "URL")]
    sync: Option<Location>,
    /// Print full details as Markdown
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
    /// Print a page of bugs as Markdown: one section per root, with its smallest
    /// program and its patch; leaves out findings of class contract
    #[arg(long, conflicts_with_all = ["json", "markdown"])]
    bugs: bool,
    /// Another folder of crash directories to include in that page, for example from another
    /// release; may be repeated
    #[arg(long, value_name = "DIR", requires = "bugs")]
    with: Vec<PathBuf>,
    /// Print one JSON document on stdout
    #[arg(long)]
    json: bool,
    /// Print a line for each signature of a root and for each breach of contract
    #[arg(long, short, conflicts_with_all = ["json", "markdown", "bugs", "html"])]
    verbose: bool,
    /// Run each finding's standalone program in N processes first, and record how many show it
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "10", value_parser = clap::value_parser!(u32).range(1..=1000))]
    verify: Option<u32>,
    /// Determine the root of each finding first: run it under the patches that could end it, and
    /// record the result. Findings whose root is settled are left alone
    #[arg(long)]
    roots: bool,
    /// Report only findings whose name contains this
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Exit with code 1 if there are findings
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    html: HtmlArgs,
    #[command(flatten)]
    known: KnownArgs,
    #[command(flatten)]
    pub(super) go: GoArgs,
}

/// Runs the command.
///
/// # Errors
/// Unusable input or environment.
pub fn run(args: &ReportArgs) -> anyhow::Result<Exit> {
    let known = args.known.load()?;
    if let Some(location) = &args.sync {
        bring_all(location, &args.crashes)?;
    }
    let ticker = Ticker::start(&format!("reading {}", args.crashes.display()));
    let report = collect(&args.crashes, &known);
    drop(ticker);
    let mut report = report?;
    let only = args.only.as_deref().unwrap_or_default();
    report.entries.retain(|e| e.finding.id.contains(only));
    if args.roots {
        let names: Vec<String> = report.entries.iter().map(Entry::name).collect();
        report_roots::determine(&args.crashes, &names, &args.go, &known)?;
        for entry in &mut report.entries {
            entry.finding = crate::store::read(&entry.path)?;
            entry.heading = known.heading(&entry.finding);
        }
    }
    let failed = match args.verify {
        Some(runs) => report_verify::verify(args, &mut report.entries, runs)?,
        None => None,
    };
    for dir in &args.with {
        report.entries.extend(collect(dir, &known)?.entries);
    }
    if args.html.html.is_some() {
        let ticker = Ticker::start("making the page");
        report_html::write(&args.html, &args.crashes, &report, &args.go, &mut |l| ticker.say(l))?;
    } else if args.bugs {
        print(&page_of_bugs(args, &report, &known)?)?;
    } else if args.json {
        print(&(json(&report)? + "\n"))?;
    } else if args.markdown {
        print(&markdown(&report))?;
    } else {
        print(&text(&report, args.verbose))?;
    }
    if let Some(failed) = failed {
        return Err(failed);
    }
    Ok(match args.exit_code {
        true if !report.entries.is_empty() => Exit::Findings,
        // Nothing could be read, which is not the same as nothing found.
        true if !report.problems.is_empty() => Exit::Usage,
        _ => Exit::Nothing,
    })
}

/// Brings the findings of a fleet into a folder.
fn bring_all(location: &Location, crashes: &Path) -> anyhow::Result<()> {
    let objects = location.open_existing()?;
    let store = Store::open(crashes)?;
    let brought = bring(&*objects, &store).with_context(|| format!("cannot read {location}"))?;
    left_out(&brought.refused).iter().for_each(|line| progress(line));
    progress(&format!(
        "{} reported by {}, {} of them new in {}",
        count(brought.findings as u64, "finding"),
        count(brought.sources as u64, "machine"),
        brought.new,
        crashes.display()
    ));
    Ok(())
}

/// The page of bugs, with patches as diffs of the releases that showed the roots.
fn page_of_bugs(args: &ReportArgs, report: &Report, known: &Known) -> anyhow::Result<String> {
    let options = args.go.options();
    let patches = load(options.patches.dir.as_deref()).map_err(EnvError::from)?;
    let asked = RefCell::new(BTreeMap::<String, Option<PathBuf>>::new());
    let goroot = |version: &str| {
        // It is a finding's, and the go command may download what it names.
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '.';
        let is_release = version.starts_with("go1.") && version.chars().all(plain);
        let locate = || {
            let options = GoOptions { toolchain: Some(version.to_owned()), ..GoOptions::default() };
            // Without it, the diff has no line numbers.
            Toolchain::locate(&options, &mut progress).ok().map(|go| go.goroot)
        };
        asked
            .borrow_mut()
            .entry(version.to_owned())
            .or_insert_with(|| is_release.then(locate).flatten())
            .clone()
    };
    Ok(bugs(&report.entries, &Bugs { known, patches: &patches, goroot: &goroot }))
}
