//! `make bench` compares typerace with its own limit, with the alternatives that everyone has, and
//! with itself without some of its parts. Each part consists of independent measurements. One that
//! `benches/results.json` already has is not repeated, so a long part can be interrupted and
//! continued. `docs/BENCHMARKS.md` is generated from that file.
//!
//!     cargo bench --bench compare -- quick
//!     cargo bench --bench compare -- peer survival --seconds 300
//!     cargo bench --bench compare -- ablations --seeds 3 --seconds 60 --at-once 2

mod campaigns;
mod go_fuzz;
mod limit;
mod machine;
mod peer;
mod render;
mod results;

use std::error::Error;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};

use results::Results;

/// Measure, and write docs/BENCHMARKS.md.
#[derive(Parser)]
struct Args {
    /// What to measure
    #[arg(value_enum, default_values_t = [Part::Quick])]
    parts: Vec<Part>,
    /// Repeat measurements that already have results
    #[arg(long)]
    again: bool,
    /// Duration of a campaign or a fuzz test in seconds, instead of the part's own
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    seconds: Option<u64>,
    /// Seeds of the ablations, and of each release in the survival table
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    seeds: Option<u64>,
    /// Number of campaigns to run side by side in ablations and survival
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=64))]
    at_once: u64,
    /// Cargo's own
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// The limit, a minute of the peer, one seed of everything else: minutes
    Quick,
    /// The harness's own loop against a campaign's executions
    Limit,
    /// go test -fuzz -race, same seeds, same time
    Peer,
    /// go-fuzz with the race detector, from the seeds
    GoFuzz,
    /// Campaigns without one of their parts, five seeds of three minutes each
    Ablations,
    /// Campaigns of five minutes: ten seeds on Go 1.27, three on 1.25 and 1.26
    Survival,
    /// Only write docs/BENCHMARKS.md
    Render,
}

/// The error type of a measurement.
type Failure = Box<dyn Error>;

fn main() -> ExitCode {
    let args = Args::parse();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("bench: {e}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Failure> {
    let mut results = Results::open(args.again)?;
    let seconds = |own| args.seconds.unwrap_or(own);
    let at_once = args.at_once as usize;
    for part in &args.parts {
        match part {
            Part::Quick => {
                limit::measure(&mut results)?;
                peer::measure(&mut results, seconds(60))?;
                campaigns::ablations(&mut results, 1, seconds(60), at_once)?;
                let releases = [("go1.27.3", 1)];
                campaigns::survival(&mut results, &releases, seconds(120), at_once)?;
            }
            Part::Limit => limit::measure(&mut results)?,
            Part::Peer => peer::measure(&mut results, seconds(300))?,
            Part::GoFuzz => go_fuzz::measure(&mut results, seconds(300))?,
            Part::Ablations => {
                let seeds = args.seeds.unwrap_or(5);
                campaigns::ablations(&mut results, seeds, seconds(180), at_once)?;
            }
            Part::Survival => {
                let mut releases = [("go1.27.3", 10), ("go1.26.8", 3), ("go1.25.5", 3)];
                if let Some(seeds) = args.seeds {
                    releases.iter_mut().for_each(|r| r.1 = seeds);
                }
                campaigns::survival(&mut results, &releases, seconds(300), at_once)?;
            }
            Part::Render => {}
        }
        render::write(&results)?;
    }
    render::write(&results)
}
