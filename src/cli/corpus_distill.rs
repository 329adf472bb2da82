//! `typerace corpus distill`.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde::Serialize;

use super::ticker::{Ticker, waiting};
use super::{Exit, GoArgs, LimitArgs, print};
use crate::campaign::Coverage;
use crate::campaign::distill::{Amount, Distilled, Source, distill};
use crate::campaign::distill_fleet::distill_fleet;
use crate::campaign::stored::empty_folder;
use crate::fleet::location::Location;
use crate::harness::{BuiltHarness, Harness, HarnessConfig};
use crate::words::left_out_lines;

/// Keep the smallest set of entries with the same coverage
#[derive(Args, Debug)]
pub struct DistillArgs {
    /// Folder of seeds
    #[arg(value_name = "DIR", required_unless_present_any = ["work", "sync"], conflicts_with_all = ["work", "sync"])]
    dir: Option<PathBuf>,
    /// Work folder of a campaign, instead of a folder of seeds
    #[arg(long, value_name = "DIR", conflicts_with = "sync")]
    work: Option<PathBuf>,
    /// What machines share with fuzz --sync, instead of a folder: entries of past days that are
    /// superfluous are removed there
    #[arg(long, value_name = "URL")]
    sync: Option<Location>,
    /// Folder to write the result to, of the same form as the input; must not exist yet
    #[arg(long, value_name = "DIR", required_unless_present = "sync", conflicts_with = "sync")]
    out: Option<PathBuf>,
    /// Print one JSON document on stdout
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    limits: LimitArgs,
    #[command(flatten)]
    go: GoArgs,
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    distilled: &'a Distilled,
    go_version: &'a str,
}

/// Runs the command.
///
/// # Errors
/// Unusable input or environment.
pub fn run(args: &DistillArgs) -> anyhow::Result<Exit> {
    let source = match (&args.work, &args.dir) {
        (Some(work), _) => Source::Work(work.clone()),
        (None, dir) => Source::Seeds(dir.clone().unwrap_or_default()),
    };
    let out = args.out.clone().unwrap_or_default();
    // Before the build, so that an unusable folder is reported at once.
    let objects = args.sync.as_ref().map(Location::open_existing).transpose()?;
    if objects.is_none() {
        source.check()?;
        empty_folder(&out)?;
    }
    let built = BuiltHarness::get(&args.go.options(), &mut waiting())?;
    let interrupted = super::interrupt::interrupt_flag()?;
    let config = HarnessConfig {
        interrupt: Arc::clone(&interrupted),
        limits: args.limits.limits(),
        ..HarnessConfig::new(&built.path)
    };
    let mut harness = Harness::start(config)?;
    let ticker = Ticker::start("reading the corpus");
    let mut progress = |i: usize, n: usize| ticker.set(&format!("{i} of {n} entries measured"));
    let distilled = match &objects {
        Some(objects) => distill_fleet(&**objects, &mut harness, &built.key, &mut progress),
        None => distill(&mut harness, &source, &out, &mut progress),
    };
    drop(ticker);
    let distilled = distilled?;
    if args.json {
        let document = Document { distilled: &distilled, go_version: &built.toolchain.version };
        print(&(serde_json::to_string(&document)? + "\n"))?;
    } else {
        print(&text(&distilled, args, &built.toolchain.version))?;
    }
    Ok(Exit::Nothing)
}

fn text(d: &Distilled, args: &DistillArgs, go_version: &str) -> String {
    let mut out = left_out_lines(&d.left_out);
    let size = |a: Amount| format!("{} entries, {} KiB", a.entries, a.bytes.div_ceil(1024));
    let place = match (&args.sync, &args.out) {
        (Some(location), _) => location.to_string(),
        (None, out) => out.clone().unwrap_or_default().display().to_string(),
    };
    out.push_str(&format!("{} -> {}, in {place}\n", size(d.before), size(d.after)));
    let Coverage { hit, total } = d.coverage;
    out.push_str(&format!(
        "coverage on {go_version}: {hit} of {total} counters before, {} after\n",
        d.coverage_after.hit
    ));
    out
}
