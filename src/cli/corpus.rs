//! `typerace corpus`: import Go source, list a corpus.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::corpus_distill::{self, DistillArgs};
use super::corpus_gate::{self, GateArgs};
use super::corpus_merge::{self, MergeArgs};
use super::ticker::{Ticker, waiting};
use super::{Exit, GoArgs, print};
use crate::campaign::import::{self, Imported, SLOWEST};
use crate::campaign::seeds;
use crate::campaign::slices::Slicer;
use crate::checker::Checker;
use crate::harness::{BuiltHarness, Harness, HarnessConfig, Limits};
use crate::testcase::SourceCase;
use crate::words::left_out_lines;

/// Import, list, distill and merge corpora
#[derive(Args, Debug)]
pub struct CorpusArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Import(ImportArgs),
    List(ListArgs),
    Distill(DistillArgs),
    Merge(MergeArgs),
    Gate(GateArgs),
}

/// Import .go files, folders and txtar archives as seeds, if they parse and run within limits
#[derive(Args, Debug)]
struct ImportArgs {
    /// Files and folders to import
    #[arg(value_name = "PATH", required_unless_present = "goroot_testdata")]
    paths: Vec<PathBuf>,
    /// Also import the toolchain's own internal/types/testdata and test
    #[arg(long)]
    goroot_testdata: bool,
    /// Cut the files into minimal programs, and keep those that reach something new
    #[arg(long, conflicts_with = "json")]
    slices: bool,
    /// Folder to write the seeds to
    #[arg(long, value_name = "DIR", default_value = "corpus/imported")]
    to: PathBuf,
    /// Print one JSON document on stdout
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    go: GoArgs,
}

/// List the seeds of a corpus
#[derive(Args, Debug)]
struct ListArgs {
    /// Folder of seeds [default: the built-in seeds]
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Print one JSON document on stdout
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// Unusable input or environment.
pub fn run(args: &CorpusArgs) -> anyhow::Result<Exit> {
    match &args.command {
        Command::Import(args) => run_import(args),
        Command::List(args) => run_list(args),
        Command::Distill(args) => corpus_distill::run(args),
        Command::Merge(args) => corpus_merge::run(args),
        Command::Gate(args) => corpus_gate::run(args),
    }
}

fn run_import(args: &ImportArgs) -> anyhow::Result<Exit> {
    let built = BuiltHarness::get(&args.go.options(), &mut waiting())?;
    let mut paths = args.paths.clone();
    if args.goroot_testdata {
        let goroot = &built.toolchain.goroot;
        let found: Vec<_> = ["src/internal/types/testdata", "test"]
            .map(|p| goroot.join(p))
            .into_iter()
            .filter(|p| p.is_dir())
            .collect();
        if found.is_empty() {
            return Err(seeds::SeedError::NoTestData(goroot.clone()).into());
        }
        paths.extend(found);
    }
    let mut config = HarnessConfig::new(&built.path);
    config.limits = Limits { total: SLOWEST, ..config.limits };
    let mut harness = Harness::start(config)?;
    let mut imported = Imported::default();
    if args.slices {
        let mut files = Vec::new();
        for path in &paths {
            files.extend(import::files(path)?);
        }
        let ticker = Ticker::start("cutting");
        Slicer::default().cut(&mut harness, &files, &args.to, &mut |_| true)?;
        drop(ticker);
        let n = seeds::from_directory(&args.to, true)?.len();
        print(&format!("{n} seeds in {}\n", args.to.display()))?;
        return Ok(Exit::Nothing);
    }
    let ticker = Ticker::start("importing");
    for path in &paths {
        let seeds = import::files(path)?;
        let (n, mut i) = (seeds.len(), 0);
        let root = if path.is_file() { path.parent().unwrap_or(path) } else { path };
        import::import(&mut harness, &seeds, root, &args.to, &mut imported, &mut |p| {
            i += 1;
            ticker.set(&format!("{i} of {n}: {}", p.display()));
        })?;
    }
    drop(ticker);
    if args.json {
        print(&(serde_json::to_string(&imported)? + "\n"))?;
        return Ok(Exit::Nothing);
    }
    let mut out = left_out_lines(&imported.left_out);
    let hit = |c: crate::campaign::Coverage| {
        let share = 100.0 * c.hit as f64 / c.total.max(1) as f64;
        format!("{} of {} counters of go/types ({share:.1} %)", c.hit, c.total)
    };
    out.push_str(&format!(
        "{} seeds in {}, {} of them type-check, {} left out\n",
        imported.written.len(),
        args.to.display(),
        imported.valid,
        imported.left_out.len(),
    ));
    for p in &imported.paths {
        let (n, path) = (p.files, p.path.display());
        out.push_str(&format!("{path}: {n} files, run once each, hit {}\n", hit(p.coverage)));
    }
    if imported.paths.len() > 1 {
        out.push_str(&format!("together: {}\n", hit(imported.coverage)));
    }
    print(&out)?;
    Ok(Exit::Nothing)
}

#[derive(Serialize)]
struct Row {
    path: PathBuf,
    packages: usize,
    lines: usize,
    class: Option<crate::scenario::Class>,
    comment: String,
}

fn run_list(args: &ListArgs) -> anyhow::Result<Exit> {
    let seeds = match &args.dir {
        Some(dir) => seeds::from_directory(dir, true)?,
        // types2 has seeds of its own besides those of go/types.
        None => seeds::built_in(true, Checker::Types2),
    };
    let mut rows = Vec::new();
    for seed in &seeds {
        let case = seed.source()?;
        rows.push(Row {
            path: seed.path.clone(),
            packages: case.packages.len(),
            lines: SourceCase::lines(&case),
            class: case.scenario.as_ref().map(crate::scenario::Scenario::class),
            comment: case.scenario.map(|s| s.comment.join(" ")).unwrap_or_default(),
        });
    }
    if args.json {
        print(&(serde_json::to_string(&rows)? + "\n"))?;
        return Ok(Exit::Nothing);
    }
    let mut out = String::new();
    for r in &rows {
        let class = r.class.map_or("default", crate::scenario::Class::as_str);
        out.push_str(&format!(
            "{:<32} {:>2} packages {:>4} lines  {class:<9} {}\n",
            r.path.display().to_string(),
            r.packages,
            r.lines,
            r.comment
        ));
    }
    print(&out)?;
    Ok(Exit::Nothing)
}
