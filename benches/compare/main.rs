//! `make bench`: typerace beside its own limit, beside what everybody has, and beside
//! itself with a part taken out. Each part is made of measurements that stand alone;
//! one that `benches/results.json` already has is not made again, so a long part can be
//! stopped and continued. `docs/BENCHMARKS.md` is written from that file.
//!
//!     cargo bench --bench compare -- quick
//!     cargo bench --bench compare -- peer survival --seconds 300

mod campaigns;
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
    /// Measure again what there are results of
    #[arg(long)]
    again: bool,
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
    /// Campaigns without one of their parts, five seeds of three minutes each
    Ablations,
    /// Campaigns of five minutes: ten seeds on Go 1.27, three on 1.25 and 1.26
    Survival,
    /// Only write docs/BENCHMARKS.md
    Render,
}

/// What a measurement may fail with.
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
    for part in &args.parts {
        match part {
            Part::Quick => {
                limit::measure(&mut results)?;
                peer::measure(&mut results, 60)?;
                campaigns::ablations(&mut results, &[1], 60)?;
                campaigns::survival(&mut results, &[("go1.27.3", 1)], 120)?;
            }
            Part::Limit => limit::measure(&mut results)?,
            Part::Peer => peer::measure(&mut results, 300)?,
            Part::Ablations => campaigns::ablations(&mut results, &[1, 2, 3, 4, 5], 180)?,
            Part::Survival => {
                let releases = [("go1.27.3", 10), ("go1.26.8", 3), ("go1.25.5", 3)];
                campaigns::survival(&mut results, &releases, 300)?;
            }
            Part::Render => {}
        }
        render::write(&results)?;
    }
    render::write(&results)
}
