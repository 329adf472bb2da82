//! `typerace fuzz`: a campaign.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::Args;
use signal_hook::iterator::Signals;

use super::durations::duration;
use super::suspects;
use super::ticker::{Ticker, waiting};
use super::{Exit, GoArgs, KnownArgs, LimitArgs, print, progress, say_patched};
use crate::campaign::results::roots::roots;
use crate::campaign::roots::RootsConfig;
use crate::campaign::screen::Screen;
use crate::campaign::workers::siblings::Place;
use crate::campaign::workers::sync::SyncPlan;
use crate::campaign::workers::{self, Plan, Share};
use crate::campaign::{
    self, Caps, Config, Display, Found, Limits, Message, Stored, Style, Summary, metrics, seeds,
    slices::ToolchainSlices,
};
use crate::finding::{Finding, Known, Origin};
use crate::fleet::location::Location;
use crate::harness::{BuiltHarness, HarnessConfig, is_release_version};
use crate::mutators::{Choice, Steering};
use crate::scenario::Profile;
use crate::triage::origin_of;

/// Run a campaign: generate Go programs and scenarios, run them, store failures
#[derive(Args, Debug)]
pub struct FuzzArgs {
    /// How long to run: 90s, 10m, 2h30m [default: until Ctrl-C]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    time: Option<Duration>,
    /// Stop after N executions
    #[arg(long, value_name = "N")]
    execs: Option<u64>,
    /// Stop after N distinct findings
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    until_finding: Option<u32>,
    /// Number of workers; each is a process with its own harness, and they share the corpus
    /// [default: one per processor; 1 with --seed or --execs, which ask for a repeatable run]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=256))]
    cores: Option<u32>,
    /// Processors that each worker's harness may use [default: all of the machine's, but at
    /// least 2 and at most 4]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    procs: Option<u32>,
    /// Share corpus and findings with other machines through a folder or a bucket:
    /// file:///mnt/shared/x, s3://bucket/x, gs://bucket/x, az://container/x
    #[arg(long, value_name = "URL")]
    sync: Option<Location>,
    /// Seed for generation, mutation and corpus scheduling [default: taken from the clock]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// This is task I of N of a batch, counted from 1: its seed is made from --seed, or from the
    /// clock, and from I
    #[arg(long, value_name = "I/N", value_parser = shard)]
    shard: Option<Shard>,
    /// Which scenarios to generate: `safe` leaves out those that break a documented rule
    #[arg(long, value_enum, default_value_t = ProfileArg::All)]
    profile: ProfileArg,
    /// Target share of ill-typed mutants, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = Steering::DEFAULT_PERCENT, value_parser = clap::value_parser!(u32).range(0..=100))]
    ill_typed: u32,
    /// How mutation operators are chosen
    #[arg(long, value_enum, default_value_t = OperatorsArg::Adaptive)]
    operators: OperatorsArg,
    /// Use no seeded schedules: leave the interleaving of goroutines to the Go runtime
    #[arg(long)]
    no_schedules: bool,
    /// Do not look for writes to shared memory in sequential runs, and do not try to make them race
    #[arg(long)]
    no_sense: bool,
    /// Keep no mutant for its coverage, to measure what coverage feedback is worth
    #[arg(long, hide = true)]
    no_coverage_feedback: bool,
    /// Start from generated programs only
    #[arg(long, conflicts_with = "corpus")]
    no_seeds: bool,
    /// Folder of seeds, .txtar and .go files [default: the built-in seeds]
    #[arg(long, value_name = "DIR")]
    corpus: Option<PathBuf>,
    /// Also start from the reproducers of known races in corpus/fixedbugs
    #[arg(long, conflicts_with = "no_seeds")]
    with_fixedbugs: bool,
    /// Folder for crash directories
    #[arg(long, value_name = "DIR", default_value = "crashes")]
    crashes: PathBuf,
    /// Folder for the campaign's state; resumes from it if it exists [default: keep no state]
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
    /// Corpus entries to keep per worker; beyond that, entries with no unique coverage are evicted
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..))]
    max_corpus: u64,
    /// MiB of corpus to keep on disk for all workers together; evicts likewise
    #[arg(long, value_name = "MIB", default_value_t = 1024, value_parser = clap::value_parser!(u64).range(1..=1 << 30))]
    max_work: u64,
    /// Share of one processor's time to spend on minimizing new findings, in percent; 0 to
    /// turn it off
    #[arg(long, value_name = "N", default_value_t = 15, value_parser = clap::value_parser!(u32).range(0..=100))]
    minimize_percent: u32,
    /// Share of one processor's time to spend on compiling corpus entries with the compiler of
    /// the Go under test, in percent; 0 to turn it off
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(0..=100))]
    compiler_percent: u32,
    /// Write a line of JSON with the campaign's figures every second; `report --html` plots them
    #[arg(long, value_name = "FILE")]
    jsonl: Option<PathBuf>,
    /// Serve metrics to Prometheus: PORT on loopback, or ADDR:PORT
    #[arg(long, value_name = "ADDR", value_parser = address)]
    metrics: Option<SocketAddr>,
    /// Show progress as plain lines, even on a terminal
    #[arg(long)]
    plain: bool,
    /// Show progress on a full screen; q ends the campaign [default on a terminal]
    #[arg(long, conflicts_with = "plain")]
    tui: bool,
    /// Print one JSON document on stdout
    #[arg(long)]
    json: bool,
    /// Print a line for each breach of contract and for each signature of a known issue, and
    /// the operators' figures at the end
    #[arg(long, short)]
    verbose: bool,
    /// Run as a worker of a campaign, with this share of it
    #[arg(long, hide = true, value_parser = share)]
    worker: Option<Share>,
    #[command(flatten)]
    known: KnownArgs,
    #[command(flatten)]
    limits: LimitArgs,
    #[command(flatten)]
    go: GoArgs,
}

fn share(text: &str) -> Result<Share, String> {
    serde_json::from_str(text).map_err(|e| e.to_string())
}

/// A task of a batch, counted from 0, and the number of tasks.
#[derive(Clone, Copy, Debug)]
struct Shard(u32, u32);

impl Shard {
    /// How long it waits before it shares entries: the tasks of a batch take turns of a second, in
    /// at most ten minutes.
    fn delay(self) -> Duration {
        Duration::from_secs(u64::from(self.1.min(600))) * self.0 / self.1
    }
}

fn shard(text: &str) -> Result<Shard, String> {
    let number = |text: &str| text.parse::<u32>().ok();
    match text.split_once('/').and_then(|(i, n)| Some((number(i)?, number(n)?))) {
        Some((i, n)) if (1..=n).contains(&i) => Ok(Shard(i - 1, n)),
        _ => Err(format!("'{text}' is no task of a batch; write 1/8 for the first of eight")),
    }
}

#[derive(clap::ValueEnum, Clone, Copy, Debug)]
enum ProfileArg {
    Safe,
    Contract,
    All,
}

impl From<ProfileArg> for Profile {
    fn from(arg: ProfileArg) -> Self {
        match arg {
            ProfileArg::Safe => Profile::Safe,
            ProfileArg::Contract => Profile::Contract,
            ProfileArg::All => Profile::All,
        }
    }
}

#[derive(clap::ValueEnum, Clone, Copy, Debug)]
enum OperatorsArg {
    /// By fixed weights, adjusted by what each operator yields in this campaign
    Adaptive,
    /// By fixed weights
    Fixed,
    /// All equally often
    Uniform,
}

impl From<OperatorsArg> for Choice {
    fn from(arg: OperatorsArg) -> Self {
        match arg {
            OperatorsArg::Adaptive => Choice::Adaptive,
            OperatorsArg::Fixed => Choice::Fixed,
            OperatorsArg::Uniform => Choice::Uniform,
        }
    }
}

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
    crate::store::Store::open(&args.crashes)?;
    // The build has nothing to lose, so a signal ends it at once.
    let built = BuiltHarness::get(&args.go.under_test(), &mut waiting())?;
    if worker.is_none() {
        say_patched(&built);
    }
    let hint = comparison(&args, &built);
    seeds::check_targets(&seeds)?;
    let mut cutting = None;
    if args.corpus.is_none()
        && !args.no_seeds
        && let Some(slices) = ToolchainSlices::new(&built)
    {
        // Workers find what the campaign's process has cut. A campaign that can be repeated uses
        // all slices or none.
        if !repeats && worker.is_none() {
            let ticker = Ticker::start("cutting the toolchain's test data into seeds");
            slices.begin();
            drop(ticker);
        }
        if !repeats || slices.is_complete() {
            seeds.extend(slices.seeds());
        }
        if !repeats && worker.is_none() && !slices.is_complete() {
            cutting = Some(slices.go_on());
        }
    }
    let interrupted = interrupt_flag()?;
    let seed = seed_of_shard(args.seed.unwrap_or_else(seed_of_the_clock), args.shard);
    let mut display = start_display(&args, worker.is_some(), seed, &built.toolchain.version)?;
    // Dropped before anything is printed at the end.
    let screen = show_screen(&mut display, &interrupted);
    // A worker's findings are looked at by the process that started it.
    let percent = if worker.is_some() { 0 } else { args.minimize_percent * cores };
    let roots = known.clone();
    let roots = (percent > 0).then_some((percent.min(100), roots));
    display.board().has_roots = roots.is_some();
    let place = worker.as_ref().map(Share::place);
    let start = Start { seed, seed_given, seeds, caps, built, display, interrupted, roots, place };
    let (json, verbose) = (args.json, args.verbose);
    let (go, crashes) = (start.built.toolchain.clone(), args.crashes.clone());
    let mut summary = if cores > 1 || args.sync.is_some() {
        workers::run(&start.on(cores, args))?
    } else {
        campaign::run(start.alone(args))?
    };
    drop(screen);
    drop(cutting);
    if worker.is_some() {
        Message::Summary(Box::new(summary)).send();
        return Ok(Exit::Nothing);
    }
    suspects::keep(&mut summary, &go, &crashes);
    if let Some(hint) = hint.filter(|_| !summary.findings.is_empty()) {
        progress(&hint);
    }
    finish(summary, &known, json, verbose)
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

impl FuzzArgs {
    /// Makes the arguments of the campaign those of one of its workers.
    fn take(&mut self, share: &Share) {
        (self.seed, self.execs) = (Some(share.seed), share.execs);
        self.time = share.seconds.map(Duration::from_secs_f64);
        self.work = Some(share.work.clone());
        (self.until_finding, self.jsonl, self.metrics) = (None, None, None);
        self.procs = share.procs;
        (self.sync, self.shard) = (None, None);
    }

    fn limits(&self) -> Limits {
        Limits {
            time: self.time,
            execs: self.execs,
            findings: self.until_finding.map(|n| n as usize),
        }
    }
}

/// What a campaign needs beside its arguments.
struct Start {
    seed: u64,
    /// Whether the user asked for that seed.
    seed_given: bool,
    seeds: Vec<seeds::Seed>,
    caps: Caps,
    built: BuiltHarness,
    display: Display,
    interrupted: Arc<AtomicBool>,
    /// The share of the background work on roots, and the list that it uses.
    roots: Option<(u32, Known)>,
    /// A worker's place in its campaign.
    place: Option<Place>,
}

impl Start {
    fn harness(&self, args: &FuzzArgs) -> HarnessConfig {
        HarnessConfig {
            interrupt: Arc::clone(&self.interrupted),
            limits: args.limits.limits(),
            procs: args.procs,
            ..HarnessConfig::new(&self.built.path)
        }
    }

    fn origin(&self) -> Origin {
        Origin { seed: self.seed, ..origin_of(&self.built) }
    }

    fn roots(&self, args: &FuzzArgs) -> Option<RootsConfig> {
        let (percent, known) = self.roots.clone()?;
        Some(RootsConfig {
            harness: self.harness(args),
            built: self.built.clone(),
            go: args.go.options(),
            known,
            origin: self.origin(),
            percent,
        })
    }

    /// A campaign of several workers, or one that other machines take part in.
    fn on(self, cores: u32, args: FuzzArgs) -> Plan {
        let roots = self.roots(&args);
        Plan {
            args: std::env::args_os().skip(1).collect(),
            workers: cores,
            limits: args.limits(),
            work: args.work,
            crashes: args.crashes,
            sync: args.sync.map(|location| SyncPlan {
                location,
                build: self.built.key.clone(),
                delay: args.shard.map(Shard::delay).unwrap_or_default(),
            }),
            procs: args.procs,
            jsonl: args.jsonl,
            seed: self.seed,
            seed_given: self.seed_given,
            roots,
            display: self.display,
            interrupted: self.interrupted,
        }
    }

    /// A campaign in this process.
    fn alone(self, args: FuzzArgs) -> Config {
        let (roots, harness, origin) = (self.roots(&args), self.harness(&args), self.origin());
        Config {
            roots,
            harness,
            origin,
            limits: args.limits(),
            seed: self.seed,
            profile: args.profile.into(),
            ill_typed_percent: args.ill_typed,
            operators: args.operators.into(),
            seeds: self.seeds,
            crashes: args.crashes,
            work: args.work,
            place: self.place,
            caps: self.caps,
            jsonl: args.jsonl,
            display: self.display,
            schedules: !args.no_schedules,
            sense: !args.no_sense,
            coverage_feedback: !args.no_coverage_feedback,
            go_minor: self.built.toolchain.minor,
            go: self.built.toolchain,
            compiler_percent: args.compiler_percent,
            seed_given: self.seed_given,
            interrupted: self.interrupted,
        }
    }
}

/// The seed of a task of a batch. No worker of another task has it.
fn seed_of_shard(seed: u64, shard: Option<Shard>) -> u64 {
    shard.map_or(seed, |Shard(i, _)| workers::seed_of(seed, u64::from(i) << 16))
}

fn seed_of_the_clock() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.unwrap_or_default().as_nanos() as u64
}

/// Progress in the way that was asked for, with metrics if they are wanted.
fn start_display(
    args: &FuzzArgs,
    worker: bool,
    seed: u64,
    go_version: &str,
) -> anyhow::Result<Display> {
    let display = if worker { Display::new(Style::Worker) } else { Display::choose(args.plain) };
    {
        let mut board = display.board();
        (board.seed, board.go_version) = (seed, go_version.to_owned());
        board.verbose = args.verbose;
    }
    if let Some(why) = Display::no_screen().filter(|_| args.tui) {
        progress(&format!("using plain lines instead of a screen: {why}"));
    }
    if let Some(addr) = args.metrics {
        let addr = metrics::serve(addr, display.clone())?;
        display.say(&format!("metrics on http://{addr}/metrics"));
    }
    Ok(display)
}

/// The number of processors that this process may use.
fn processors() -> u32 {
    let n = std::thread::available_parallelism().map_or(1, usize::from);
    u32::try_from(n).unwrap_or(1).min(256)
}

/// Prints the result.
fn finish(mut summary: Summary, known: &Known, json: bool, verbose: bool) -> anyhow::Result<Exit> {
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
        print(&(serde_json::to_string(&summary)? + "\n"))?;
    } else {
        let go = &summary.go_version;
        let stored = |found: &Found| Stored::new(found, stored(found), known, go);
        print(&summary.text(verbose, stored))?;
    }
    Ok(match () {
        // The folder was writable at the start, so the disk is full now.
        () if !summary.not_stored.is_empty() => Exit::Environment,
        () if summary.findings.is_empty() => Exit::Nothing,
        () => Exit::Findings,
    })
}

/// Starts the screen if one is wanted. A terminal that refuses does not stop the campaign.
fn show_screen(display: &mut Display, stop: &Arc<AtomicBool>) -> Option<Screen> {
    if display.style() != Style::Screen {
        return None;
    }
    match Screen::start(display, Arc::clone(stop)) {
        Ok(screen) => Some(screen),
        Err(e) => {
            progress(&format!("using plain lines instead of a screen: {e}"));
            display.be_plain();
            None
        }
    }
}

/// Returns a flag that the first Ctrl-C or SIGTERM sets. The second one ends the
/// process, and with it the harness, at once.
pub(super) fn interrupt_flag() -> std::io::Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&flag);
    let mut signals = Signals::new([signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM])?;
    // A thread instead of a signal handler, because it may restore the terminal.
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever() {
            if set.swap(true, Ordering::SeqCst) {
                crate::campaign::screen::restore();
                signal_hook::low_level::exit(128 + signal);
            }
        }
    })?;
    Ok(flag)
}

/// Parses `9100`, `:9100` or `0.0.0.0:9100`. A bare port means loopback.
fn address(text: &str) -> Result<SocketAddr, String> {
    let port = text.strip_prefix(':').unwrap_or(text);
    if let Ok(port) = port.parse() {
        return Ok(SocketAddr::from(([127, 0, 0, 1], port)));
    }
    text.parse().map_err(|_| {
        format!("'{text}' is not an address; write 9100 for this machine only, or 0.0.0.0:9100")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_of_a_batch_have_their_own_seeds_and_turns() {
        let mut seeds = std::collections::BTreeSet::new();
        for i in 1..=64 {
            let shard = shard(&format!("{i}/64")).unwrap();
            let seed = seed_of_shard(5, Some(shard));
            // A task has up to 256 workers.
            assert!((0..256).all(|worker| seeds.insert(workers::seed_of(seed, worker))));
            assert!(shard.delay() < Duration::from_secs(64));
        }
        assert!(seeds.contains(&5), "the first task has the seed itself");
        assert_eq!(shard("3/3").unwrap().delay(), Duration::from_secs(2));
        for bad in ["", "1", "0/3", "4/3", "1/0", "-1/3", "a/b"] {
            assert!(shard(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn addresses() {
        let read = |text| address(text).map(|a| a.to_string()).ok();
        assert_eq!(read("9100").as_deref(), Some("127.0.0.1:9100"));
        assert_eq!(read(":0").as_deref(), Some("127.0.0.1:0"));
        assert_eq!(read("0.0.0.0:9100").as_deref(), Some("0.0.0.0:9100"));
        assert_eq!(read("[::1]:1").as_deref(), Some("[::1]:1"));
        for bad in ["", "localhost", "70000", "1.2.3.4"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
