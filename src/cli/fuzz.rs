//! `typerace fuzz`: a campaign.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::Args;
use signal_hook::iterator::Signals;

use super::ticker::waiting;
use super::{Exit, GoArgs, KnownArgs, LimitArgs, print, progress, say_patched};
use crate::campaign::hub::{self, HubShare};
use crate::campaign::screen::Screen;
use crate::campaign::workers::{self, Plan, Share};
use crate::campaign::{
    self, Ablation, Caps, Config, Display, Experiment, Limits, Message, Schedules, Style, Summary,
    metrics, seeds,
};
use crate::finding::{Known, Origin};
use crate::harness::{BuiltHarness, HarnessConfig};
use crate::mutators::{Choice, Steering};
use crate::scenario::Profile;

/// Run a campaign: make Go programs and scenarios, run them, store what fails
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
    /// Workers: processes that each run a harness and share the corpus [default: one for
    /// each processor; one in all with --seed or --execs, which ask for a run that repeats]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=256))]
    cores: Option<u32>,
    /// Processors for each worker's harness [default: the
    /// machine's, at least 2 and at most 4]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    procs: Option<u32>,
    /// Take connections of other machines' campaigns: PORT on this machine alone, or
    /// ADDR:PORT; anybody who reaches it can send test cases, so a trusted network only
    #[arg(long, value_name = "ADDR", value_parser = listen_address)]
    listen: Option<String>,
    /// Share corpus and findings with the campaign that listens there; may be given again
    #[arg(long, value_name = "ADDR:PORT", value_parser = peer_address)]
    connect: Vec<String>,
    /// Seed of generation, mutation and scheduling [default: from the clock]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Which scenarios to make: `safe` leaves out contract breaches
    #[arg(long, value_enum, default_value_t = ProfileArg::All)]
    profile: ProfileArg,
    /// How many mutants of 100 should be ill-typed; repair keeps to it where it can
    #[arg(long, value_name = "PERCENT", default_value_t = Steering::DEFAULT_PERCENT, value_parser = clap::value_parser!(u32).range(0..=100))]
    ill_typed: u32,
    /// How operators are chosen: `adaptive` by what they yielded in this campaign
    #[arg(long, value_enum, default_value_t = OperatorsArg::Adaptive)]
    operators: OperatorsArg,
    /// Run each corpus entry under several seeded schedules
    #[arg(long)]
    schedules: bool,
    /// Leave the interleaving of goroutines to the runtime: no seeded schedules at all
    #[arg(long, conflicts_with = "schedules")]
    no_schedules: bool,
    /// Keep test cases for new interleavings
    #[arg(long, conflicts_with = "no_schedules")]
    interleaving: bool,
    /// Keep none for new interleavings [default]
    #[arg(long, overrides_with = "interleaving")]
    no_interleaving: bool,
    /// Start from generated programs alone
    #[arg(long, conflicts_with = "corpus")]
    no_seeds: bool,
    /// Search completed packages for fields that reading changes
    #[arg(long, overrides_with = "no_lazy")]
    lazy: bool,
    /// Do not search for such fields [default]
    #[arg(long)]
    no_lazy: bool,
    /// Folder of seeds, .txtar and .go files [default: the seeds inside typerace]
    #[arg(long, value_name = "DIR")]
    corpus: Option<PathBuf>,
    /// Start from the reproducers of known races in corpus/fixedbugs too
    #[arg(long, conflicts_with = "no_seeds")]
    with_fixedbugs: bool,
    /// Folder of crash directories
    #[arg(long, value_name = "DIR", default_value = "crashes")]
    crashes: PathBuf,
    /// The campaign's own state; a campaign resumes from it [default: none is kept]
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
    /// Corpus entries that a worker keeps; beyond, those go that cover nothing unique
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..))]
    max_corpus: u64,
    /// MiB of corpus on disk, all workers together; beyond, the same
    #[arg(long, value_name = "MIB", default_value_t = 1024, value_parser = clap::value_parser!(u64).range(1..=1 << 30))]
    max_work: u64,
    /// Share of one processor's time, in percent, in which new findings are
    /// minimized; 0 for none
    #[arg(long, value_name = "N", default_value_t = 15, value_parser = clap::value_parser!(u32).range(0..=100))]
    minimize_percent: u32,
    /// Write a line of figures every second, as JSON: `report --html` draws them
    #[arg(long, value_name = "FILE")]
    jsonl: Option<PathBuf>,
    /// Serve figures to Prometheus: PORT on loopback, or ADDRESS:PORT
    #[arg(long, value_name = "ADDR", value_parser = address)]
    metrics: Option<SocketAddr>,
    /// Progress as plain lines, also on a terminal
    #[arg(long)]
    plain: bool,
    /// Progress as a screen [default on a terminal]; q ends the campaign
    #[arg(long, conflicts_with = "plain")]
    tui: bool,
    /// Print one JSON document on stdout
    #[arg(long)]
    json: bool,
    /// This process is a worker of a campaign; what its part is
    #[arg(long, hide = true, value_parser = share)]
    worker: Option<Share>,
    /// This process is the broker of a campaign
    #[arg(long, hide = true, value_parser = broker)]
    broker: Option<HubShare>,
    /// Run the seeds again, so many times, instead of mutants: `make bench`
    #[arg(long, hide = true, value_name = "N", conflicts_with_all = ["cores", "no_seeds"])]
    replay: Option<u32>,
    /// Take a part out of the campaign: `make bench`
    #[arg(long, hide = true, value_enum)]
    ablate: Option<AblateArg>,
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

fn broker(text: &str) -> Result<HubShare, String> {
    serde_json::from_str(text).map_err(|e| e.to_string())
}

/// `4000` is this machine alone; another address has to be said.
fn listen_address(text: &str) -> Result<String, String> {
    if text.parse::<u16>().is_ok() {
        return Ok(format!("127.0.0.1:{text}"));
    }
    peer_address(text)
}

fn peer_address(text: &str) -> Result<String, String> {
    let port = text.rsplit_once(':').filter(|(host, _)| !host.is_empty());
    match port.and_then(|(_, port)| port.parse::<u16>().ok()) {
        Some(_) => Ok(text.to_owned()),
        None => Err(format!("'{text}' is no address; write HOST:PORT, like 10.0.0.7:4000")),
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
    Adaptive,
    /// By weights set beforehand
    Fixed,
    /// All alike
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

#[derive(clap::ValueEnum, Clone, Copy, Debug)]
enum AblateArg {
    Coverage,
    Scenarios,
    Bytes,
}

impl From<AblateArg> for Ablation {
    fn from(arg: AblateArg) -> Self {
        match arg {
            AblateArg::Coverage => Ablation::Coverage,
            AblateArg::Scenarios => Ablation::Scenarios,
            AblateArg::Bytes => Ablation::Bytes,
        }
    }
}

/// Runs the command.
///
/// # Errors
/// Unusable input or environment.
pub fn run(mut args: FuzzArgs) -> anyhow::Result<Exit> {
    if let Some(share) = &args.broker {
        hub::run(share, &*interrupt_flag()?)?;
        return Ok(Exit::Nothing);
    }
    let worker = args.worker.take();
    let mut seed_given = args.seed.is_some();
    let repeats = args.seed.is_some() || args.execs.is_some() || args.replay.is_some();
    let cores = args.cores.unwrap_or_else(|| if repeats { 1 } else { processors() });
    // A worker has its share of the disk.
    let caps = Caps {
        entries: usize::try_from(args.max_corpus).unwrap_or(usize::MAX),
        bytes: (args.max_work << 20) / u64::from(cores),
    };
    let cores = if worker.is_some() { 1 } else { cores };
    if let Some(share) = &worker {
        (args.seed, args.execs) = (Some(share.seed), share.execs);
        args.time = share.seconds.map(Duration::from_secs_f64);
        args.work = Some(share.work.clone());
        (args.until_finding, args.jsonl, args.metrics) = (None, None, None);
        (args.procs, seed_given) = (share.procs, share.seed_given);
        (args.listen, args.connect) = (None, Vec::new());
    }
    let seeds = match &args.corpus {
        _ if args.no_seeds => Vec::new(),
        Some(dir) => seeds::from_directory(dir, args.with_fixedbugs)?,
        None => seeds::built_in(args.with_fixedbugs),
    };
    let known = args.known.load()?;
    // Before the build: an unusable folder is said at once.
    crate::store::Store::open(&args.crashes)?;
    // A signal ends the build, which has nothing to lose, at once.
    let built = BuiltHarness::get(&args.go.options(), &mut waiting())?;
    if worker.is_none() {
        say_patched(&built);
    }
    seeds::check_targets(&seeds)?;
    let interrupted = interrupt_flag()?;
    let seed = args.seed.unwrap_or_else(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        now.unwrap_or_default().as_nanos() as u64
    });
    let limits = Limits {
        time: args.time,
        execs: args.execs,
        findings: args.until_finding.map(|n| n as usize),
    };
    let mut display = match &worker {
        Some(_) => Display::new(Style::Worker),
        None => Display::choose(args.plain),
    };
    {
        let mut board = display.board();
        (board.seed, board.go_version) = (seed, built.toolchain.version.clone());
    }
    if let Some(why) = Display::no_screen().filter(|_| args.tui) {
        progress(&format!("plain lines instead of a screen: {why}"));
    }
    if let Some(addr) = args.metrics {
        let addr = metrics::serve(addr, display.clone())?;
        display.say(&format!("metrics on http://{addr}/metrics"));
    }
    // Given back before the summary, or whatever else is said at the end.
    let screen = show_screen(&mut display, &interrupted);
    if cores > 1 || args.listen.is_some() || !args.connect.is_empty() {
        let summary = workers::run(&Plan {
            args: std::env::args_os().skip(1).collect(),
            workers: cores,
            work: args.work,
            crashes: args.crashes,
            listen: args.listen,
            connect: args.connect,
            procs: args.procs,
            jsonl: args.jsonl,
            limits,
            seed,
            seed_given,
            display,
            interrupted,
        })?;
        drop(screen);
        return finish(summary, &known, args.json);
    }
    let harness = HarnessConfig {
        interrupt: Arc::clone(&interrupted),
        limits: args.limits.limits(),
        procs: args.procs,
        ..HarnessConfig::new(&built.path)
    };
    let summary = campaign::run(Config {
        limits,
        seed,
        profile: args.profile.into(),
        ill_typed_percent: args.ill_typed,
        operators: args.operators.into(),
        seeds,
        crashes: args.crashes,
        work: args.work,
        caps,
        jsonl: args.jsonl,
        lazy: args.lazy && !args.no_lazy,
        display,
        harness,
        schedules: Schedules {
            seeds: !args.no_schedules,
            search: args.schedules,
            feedback: args.interleaving && !args.no_interleaving,
        },
        origin: Origin {
            go_version: built.toolchain.version,
            coverage_build: built.key,
            patched: built.patched.ids,
            seed,
            ..Origin::default()
        },
        go_minor: built.toolchain.minor,
        minimize_percent: args.minimize_percent,
        seed_given,
        experiment: Experiment { replay: args.replay, ablate: args.ablate.map(Into::into) },
        interrupted,
    })?;
    drop(screen);
    if worker.is_some() {
        Message::Summary(Box::new(summary)).send();
        return Ok(Exit::Nothing);
    }
    finish(summary, &known, args.json)
}

/// Processors that this process may use.
fn processors() -> u32 {
    let n = std::thread::available_parallelism().map_or(1, usize::from);
    u32::try_from(n).unwrap_or(1).min(256)
}

/// Prints the result.
fn finish(mut summary: Summary, known: &Known, json: bool) -> anyhow::Result<Exit> {
    for found in &mut summary.findings {
        found.known = known.look_up(found.kind, &found.signature, &found.title).cloned();
    }
    if json {
        print(&(serde_json::to_string(&summary)? + "\n"))?;
    } else {
        print(&summary.to_string())?;
    }
    Ok(if summary.findings.is_empty() { Exit::Nothing } else { Exit::Findings })
}

/// The screen, if there is to be one. A terminal that refuses is no reason to stop.
fn show_screen(display: &mut Display, stop: &Arc<AtomicBool>) -> Option<Screen> {
    if display.style() != Style::Screen {
        return None;
    }
    match Screen::start(display, Arc::clone(stop)) {
        Ok(screen) => Some(screen),
        Err(e) => {
            progress(&format!("plain lines instead of a screen: {e}"));
            display.be_plain();
            None
        }
    }
}

/// A flag that the first Ctrl-C or SIGTERM sets; the second one ends the
/// process at once (the harness ends with it).
pub(super) fn interrupt_flag() -> std::io::Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&flag);
    let mut signals = Signals::new([signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM])?;
    // A thread and no handler: it may give the terminal back.
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

/// Reads `9100`, `:9100` or `0.0.0.0:9100`. Who wants others to see it says so.
fn address(text: &str) -> Result<SocketAddr, String> {
    let port = text.strip_prefix(':').unwrap_or(text);
    if let Ok(port) = port.parse() {
        return Ok(SocketAddr::from(([127, 0, 0, 1], port)));
    }
    text.parse().map_err(|_| {
        format!("'{text}' is no address; write 9100 for this machine alone, or 0.0.0.0:9100")
    })
}

/// Reads `90s`, `10m`, `2h30m`, or seconds without a unit.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("'{text}' is not a time; write 90s, 10m or 2h30m");
    let (mut total, mut number) = (0u64, String::new());
    for c in text.chars() {
        let unit = match c {
            '0'..='9' => {
                number.push(c);
                continue;
            }
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            _ => return Err(wrong()),
        };
        let n: u64 = number.parse().map_err(|_| wrong())?;
        total = n.checked_mul(unit).and_then(|n| total.checked_add(n)).ok_or_else(wrong)?;
        number.clear();
    }
    if !number.is_empty() {
        let n: u64 = number.parse().map_err(|_| wrong())?;
        total = total.checked_add(n).ok_or_else(wrong)?;
    }
    if total == 0 { Err(wrong()) } else { Ok(Duration::from_secs(total)) }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn times() {
        let seconds = |t: &str| duration(t).map(|d| d.as_secs()).ok();
        assert_eq!(seconds("90s"), Some(90));
        assert_eq!(seconds("10m"), Some(600));
        assert_eq!(seconds("2h30m"), Some(9000));
        assert_eq!(seconds("45"), Some(45));
        for bad in ["", "0s", "m", "1x", "-3s", "99999999999999999999s", "1.5h"] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }
}
