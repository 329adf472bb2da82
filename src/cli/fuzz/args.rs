//! The arguments of `typerace fuzz`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::super::durations::duration;
use super::super::{GoArgs, KnownArgs, LimitArgs};
use crate::campaign::Limits;
use crate::campaign::workers::Share;
use crate::fleet::location::Location;
use crate::mutators::{Choice, Steering};
use crate::scenario::Profile;

/// Run a campaign: generate Go programs and scenarios, run them, store failures
#[derive(Args, Debug)]
pub struct FuzzArgs {
    /// How long to run: 90s, 10m, 2h30m [default: until Ctrl-C]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub time: Option<Duration>,
    /// Stop after N executions
    #[arg(long, value_name = "N")]
    pub execs: Option<u64>,
    /// Stop after N distinct findings
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub until_finding: Option<u32>,
    /// Number of workers; each is a process with its own harness, and they share the corpus
    /// [default: one per processor; 1 with --seed or --execs, which ask for a repeatable run]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=256))]
    pub cores: Option<u32>,
    /// Processors that each worker's harness may use [default: all of the machine's, but at
    /// least 2 and at most 4]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub procs: Option<u32>,
    /// Share corpus and findings with other machines through a folder or a bucket:
    /// file:///mnt/shared/x, s3://bucket/x, gs://bucket/x, az://container/x
    #[arg(long, value_name = "URL")]
    pub sync: Option<Location>,
    /// Seed for generation, mutation and corpus scheduling [default: taken from the clock]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// This is task I of N of a batch, counted from 1: its seed is made from --seed, or from the
    /// clock, and from I
    #[arg(long, value_name = "I/N", value_parser = shard)]
    pub shard: Option<Shard>,
    /// Which scenarios to generate
    #[arg(long, value_enum, default_value_t = ProfileArg::All)]
    pub profile: ProfileArg,
    /// Target share of ill-typed mutants, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = Steering::DEFAULT_PERCENT, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub ill_typed: u32,
    /// How mutation operators are chosen
    #[arg(long, value_enum, default_value_t = OperatorsArg::Adaptive)]
    pub operators: OperatorsArg,
    /// Use no seeded schedules: leave the interleaving of goroutines to the Go runtime
    #[arg(long)]
    pub no_schedules: bool,
    /// Do not look for writes to shared memory in sequential runs, and do not try to make them race
    #[arg(long)]
    pub no_sense: bool,
    /// Keep no mutant for its coverage, to measure what coverage feedback is worth
    #[arg(long, hide = true)]
    pub no_coverage_feedback: bool,
    /// Start from generated programs only
    #[arg(long, conflicts_with = "corpus")]
    pub no_seeds: bool,
    /// Folder of seeds, .txtar and .go files [default: the built-in seeds]
    #[arg(long, value_name = "DIR")]
    pub corpus: Option<PathBuf>,
    /// Also start from the reproducers of known races in corpus/fixedbugs
    #[arg(long, conflicts_with = "no_seeds")]
    pub with_fixedbugs: bool,
    /// Folder for crash directories
    #[arg(long, value_name = "DIR", default_value = "crashes")]
    pub crashes: PathBuf,
    /// Folder for the campaign's state; resumes from it if it exists [default: keep no state]
    #[arg(long, value_name = "DIR")]
    pub work: Option<PathBuf>,
    /// Corpus entries to keep per worker; beyond that, entries with no unique coverage are evicted
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub max_corpus: u64,
    /// MiB of corpus to keep on disk for all workers together; evicts likewise
    #[arg(long, value_name = "MIB", default_value_t = 1024, value_parser = clap::value_parser!(u64).range(1..=1 << 30))]
    pub max_work: u64,
    /// Share of one processor's time that each worker spends on the roots and programs of new
    /// findings, in percent; 0 to turn it off
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub minimize_percent: u32,
    /// Share of one processor's time to spend on compiling corpus entries with the compiler of
    /// the Go under test, in percent; 0 to turn it off
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub compiler_percent: u32,
    /// Write a line of JSON with the campaign's figures every second; `report --html` plots them
    #[arg(long, value_name = "FILE")]
    pub jsonl: Option<PathBuf>,
    /// Serve metrics to Prometheus: PORT on loopback, or ADDR:PORT
    #[arg(long, value_name = "ADDR", value_parser = address)]
    pub metrics: Option<SocketAddr>,
    /// Show progress as plain lines, even on a terminal
    #[arg(long)]
    pub plain: bool,
    /// Show progress on a full screen; q ends the campaign [default on a terminal]
    #[arg(long, conflicts_with = "plain")]
    pub tui: bool,
    /// Print one JSON document on stdout
    #[arg(long)]
    pub json: bool,
    /// Print a line for each breach of contract and for each signature of a known issue, and
    /// the operators' figures at the end
    #[arg(long, short)]
    pub verbose: bool,
    /// Run as a worker of a campaign, with this share of it
    #[arg(long, hide = true, value_parser = share)]
    pub worker: Option<Share>,
    #[command(flatten)]
    pub known: KnownArgs,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub go: GoArgs,
}

fn share(text: &str) -> Result<Share, String> {
    serde_json::from_str(text).map_err(|e| e.to_string())
}

/// A task of a batch, counted from 0, and the number of tasks.
#[derive(Clone, Copy, Debug)]
pub struct Shard(pub u32, pub u32);

impl Shard {
    /// How long it waits before it shares entries: the tasks of a batch take turns of a second, in
    /// at most ten minutes.
    pub fn delay(self) -> Duration {
        Duration::from_secs(u64::from(self.1.min(600))) * self.0 / self.1
    }
}

pub fn shard(text: &str) -> Result<Shard, String> {
    let number = |text: &str| text.parse::<u32>().ok();
    match text.split_once('/').and_then(|(i, n)| Some((number(i)?, number(n)?))) {
        Some((i, n)) if (1..=n).contains(&i) => Ok(Shard(i - 1, n)),
        _ => Err(format!("'{text}' is no task of a batch; write 1/8 for the first of eight")),
    }
}

#[derive(clap::ValueEnum, Clone, Copy, Debug)]
pub enum ProfileArg {
    /// Those that break no documented rule
    Safe,
    /// Those that break one
    Contract,
    /// Mostly those that break none
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
pub enum OperatorsArg {
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

impl FuzzArgs {
    /// Makes the arguments of the campaign those of one of its workers.
    pub fn take(&mut self, share: &Share) {
        (self.seed, self.execs) = (Some(share.seed), share.execs);
        self.time = share.seconds.map(Duration::from_secs_f64);
        self.work = Some(share.work.clone());
        (self.until_finding, self.jsonl, self.metrics) = (None, None, None);
        self.procs = share.procs;
        (self.sync, self.shard) = (None, None);
    }

    pub fn limits(&self) -> Limits {
        Limits {
            time: self.time,
            execs: self.execs,
            findings: self.until_finding.map(|n| n as usize),
        }
    }
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
