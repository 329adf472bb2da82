//! `typerace fuzz`: a campaign.

pub mod args;
mod end;
mod show;
mod start;

use std::collections::BTreeMap;

use self::args::FuzzArgs;
use self::end::Ending;
use self::show::{say_damaged, show_screen, start_display};
use self::start::{Start, prepare_roots, seed_of_shard};
use super::interrupt::interrupt_flag;
use super::suspects;
use super::ticker::{Ticker, waiting};
use super::{Exit, print, progress, say_patched};
use crate::campaign::results::roots::roots;
use crate::campaign::workers::{self, Share};
use crate::campaign::{
    self, Caps, Found, Message, Stored, Summary, seeds,
    slices::{Cutting, ToolchainSlices},
};
use crate::finding::{Finding, Known};
use crate::harness::{BuiltHarness, is_release_version};
use crate::store::Store;

/// Runs the command.
///
/// # Errors
/// Unusable input or environment.
pub fn run(mut args: FuzzArgs) -> anyhow::Result<Exit> {
    let worker = args.worker.take();
    let mut seed_given = args.seed.is_some();
    let repeats = args.seed.is_some() || args.execs.is_some();
    let cores = args.cores.unwrap_or_else(|| if repeats { 1 } else { processors() });
    // Each worker gets its share of the disk.
    let caps = Caps {
        entries: usize::try_from(args.max_corpus).unwrap_or(usize::MAX),
        bytes: (args.max_work << 20) / u64::from(cores),
    };
    let cores = if worker.is_some() { 1 } else { cores };
    if let Some(share) = &worker {
        args.take(share);
        seed_given = share.seed_given;
    }
    let mut seeds = match &args.corpus {
        _ if args.no_seeds => Vec::new(),
        Some(dir) => seeds::from_directory(dir, args.with_fixedbugs)?,
        None => seeds::built_in(args.with_fixedbugs, args.go.checker()),
    };
    let known = args.known.load()?;
    // Before the build, so that an unusable folder is reported at once.
    let store = Store::open(&args.crashes)?;
    // The build has nothing to lose, so a signal ends it at once.
    let built = BuiltHarness::get(&args.go.under_test(), &mut waiting())?;
    if worker.is_none() {
        say_patched(&built);
        prepare_roots(&args, &built)?;
    }
    let hint = comparison(&args, &built);
    seeds::check_targets(&seeds)?;
    let (slices, cutting) = slices(&args, &built, repeats, worker.is_some());
    seeds.extend(slices);
    let interrupted = interrupt_flag()?;
    let seed = seed_of_shard(args.seed.unwrap_or_else(seed_of_the_clock), args.shard);
    let mut display = start_display(&args, worker.is_some(), seed, &built.toolchain.version)?;
    // Dropped before anything is printed at the end.
    let screen = show_screen(&mut display, &interrupted);
    if worker.is_none() {
        say_damaged(&store, &display);
    }
    // A worker's findings are looked at by the process that started it.
    let percent = if worker.is_some() { 0 } else { args.minimize_percent * cores };
    let roots = known.clone();
    let roots = (percent > 0).then_some((percent.min(100), roots));
    display.board().has_roots = roots.is_some();
    let place = worker.as_ref().map(Share::place);
    let start = Start { seed, seed_given, seeds, caps, built, display, interrupted, roots, place };
    let (json, verbose) = (args.json, args.verbose);
    let (go, crashes) = (start.built.toolchain.clone(), args.crashes.clone());
    let ending = Ending { display: start.display.clone(), limits: args.limits() };
    let ended = if cores > 1 || args.sync.is_some() {
        workers::run(&start.on(cores, args)).map_err(anyhow::Error::from)
    } else {
        campaign::run(start.alone(args)).map_err(anyhow::Error::from)
    };
    drop(screen);
    drop(cutting);
    let mut summary = match ended {
        Ok(summary) => summary,
        Err(e) => return ending.tell(None, Err(e)),
    };
    if worker.is_some() {
        Message::Summary(Box::new(summary)).send();
        return Ok(Exit::Nothing);
    }
    suspects::keep(&mut summary, &go, &crashes);
    summary.crashes = crashes;
    if let Some(hint) = hint.filter(|_| !summary.findings.is_empty()) {
        progress(&hint);
    }
    let result = finish(&mut summary, &known, json, verbose).map(|()| ending.exit(&summary));
    ending.tell(Some(&summary), result)
}

/// The toolchain's test data as seeds, and the thread that goes on cutting it. A worker uses what the
/// campaign's process has cut. A campaign that can be repeated uses all slices or none.
fn slices(
    args: &FuzzArgs,
    built: &BuiltHarness,
    repeats: bool,
    worker: bool,
) -> (Vec<seeds::Seed>, Option<Cutting>) {
    if args.corpus.is_some() || args.no_seeds {
        return (Vec::new(), None);
    }
    let Some(slices) = ToolchainSlices::new(built) else { return (Vec::new(), None) };
    if repeats {
        return (if slices.is_complete() { slices.seeds() } else { Vec::new() }, None);
    }
    if worker {
        return (slices.seeds(), None);
    }
    let ticker = Ticker::start("cutting the toolchain's test data into seeds");
    slices.begin();
    drop(ticker);
    let seeds = slices.seeds();
    (seeds, (!slices.is_complete()).then(|| slices.go_on()))
}

fn seed_of_the_clock() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.unwrap_or_default().as_nanos() as u64
}

/// How to tell what a changed go/types brings from what was there before. `None` on a release.
fn comparison(args: &FuzzArgs, built: &BuiltHarness) -> Option<String> {
    let crashes = args.crashes.display();
    let (overlay, goroot) = (args.go.overlay.as_ref(), args.go.goroot.as_ref());
    let sides = match (overlay, goroot) {
        (Some(overlay), None) => {
            format!("--overlay {} --against-overlay none", overlay.display())
        }
        (Some(overlay), Some(goroot)) => format!(
            "--goroot {} --overlay {} --against-overlay none",
            goroot.display(),
            overlay.display()
        ),
        (None, Some(goroot)) if built.sources.release != Some(true) => {
            let version = &built.toolchain.version;
            let other = if is_release_version(version) { version } else { "GOROOT" };
            format!("--goroot {} --against {other}", goroot.display())
        }
        _ => return None,
    };
    Some(format!(
        "which of these are new with this go/types: typerace regress --crashes {crashes} {sides}"
    ))
}

/// The number of processors that this process may use.
fn processors() -> u32 {
    let n = std::thread::available_parallelism().map_or(1, usize::from);
    u32::try_from(n).unwrap_or(1).min(256)
}

/// Prints the result.
fn finish(summary: &mut Summary, known: &Known, json: bool, verbose: bool) -> anyhow::Result<()> {
    let read = |found: &Found| Some((found.id.clone(), crate::store::read(&found.path).ok()?));
    let stored: BTreeMap<String, Finding> = summary.findings.iter().filter_map(read).collect();
    let stored = |found: &Found| stored.get(&found.id);
    for found in &mut summary.findings {
        let stored = stored(found);
        found.known = match stored {
            Some(stored) => known.find(stored).cloned(),
            None => known.look_up(found.kind, &found.signature, &found.title).cloned(),
        };
        found.root = stored.and_then(|f| f.root.clone());
    }
    summary.roots = roots(&summary.findings, stored);
    if json {
        print(&(serde_json::to_string(summary)? + "\n"))?;
    } else {
        let go = &summary.go_version;
        let stored = |found: &Found| Stored::new(found, stored(found), known, go);
        print(&summary.text(verbose, stored))?;
    }
    Ok(())
}
