//! `typerace reproduce`: runs a saved case again.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::exit::{self, Failure};
use super::go_args::GoArgs;
use crate::finding::Finding;
use crate::harness::{Harness, RunFlags, RunRequest};
use crate::testcase::TestCase;
use crate::triage::{load_case, observe};

/// Run a crash directory, a txtar or a .go file again and say what it shows
#[derive(Args, Debug)]
pub struct ReproduceArgs {
    /// A crash directory, a .txtar or a .go file
    #[arg(value_name = "CRASH")]
    crash: PathBuf,
    /// How often to run it
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    runs: u32,
    /// Print one JSON document on stdout
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    go: GoArgs,
}

/// What `reproduce --json` prints.
#[derive(Serialize)]
struct Report {
    /// What the crash directory says it shows.
    expected: Option<String>,
    /// Runs that showed it, or, without an expectation, that showed anything.
    reproduced: [u32; 2],
    go_version: String,
    findings: Vec<Seen>,
}

#[derive(Serialize)]
struct Seen {
    runs: u32,
    #[serde(flatten)]
    finding: Finding,
    /// The tool's raw output in the first run that showed it.
    report: String,
}

/// Runs the command.
///
/// # Errors
/// Unusable input (exit code 2) or environment (3); see [`Failure`].
pub fn run(args: ReproduceArgs) -> Result<u8, Failure> {
    let (mut source, expected) = load_case(&args.crash)?;
    let built = args.go.harness()?;
    let mut harness = Harness::start(built.config)?;
    let scenario = match &source.scenario {
        Some(scenario) => scenario.clone(),
        None => {
            // The default scenario depends on who imports whom.
            let case = TestCase::from_source(&source, &mut |n, t| harness.parse(n, t))?;
            source.scenario = Some(case.scenario.clone());
            case.scenario
        }
    };
    let mut seen: Vec<Seen> = Vec::new();
    let mut shown = 0;
    for i in 0..args.runs {
        let request = RunRequest::new(&source, &scenario, u64::from(i), RunFlags::default());
        let outcome = harness.run(&request)?;
        let findings = observe(&outcome, &scenario, &built.go_version);
        let hit = match &expected {
            Some(e) => findings.iter().any(|f| f.id == e.id),
            None => !findings.is_empty(),
        };
        shown += u32::from(hit);
        for finding in findings {
            match seen.iter_mut().find(|s| s.finding.id == finding.id) {
                Some(s) => s.runs += 1,
                None => seen.push(Seen { runs: 1, finding, report: outcome.report() }),
            }
        }
    }
    for s in &mut seen {
        s.finding.reproduced = [s.runs, args.runs];
    }
    let expected_id = expected.as_ref().map(|e| e.id.clone());
    // What was asked for first, then what shows most often.
    seen.sort_by_key(|s| (Some(&s.finding.id) != expected_id.as_ref(), std::cmp::Reverse(s.runs)));
    let nothing = seen.is_empty();
    let report = Report {
        expected: expected_id,
        reproduced: [shown, args.runs],
        go_version: built.go_version,
        findings: seen,
    };
    if args.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print(&report, expected.as_ref());
    }
    Ok(if nothing { exit::NOTHING } else { exit::FINDINGS })
}

fn print(report: &Report, expected: Option<&Finding>) {
    let [k, n] = report.reproduced;
    match expected {
        Some(e) => println!("{}\nreproduced {k} of {n} on {}", e.title, report.go_version),
        None => println!("{k} of {n} runs failed on {}", report.go_version),
    }
    for (i, s) in report.findings.iter().enumerate() {
        println!("\n{} ({}), {} of {n}", s.finding.title, s.finding.class, s.runs);
        println!("    signature: {}", s.finding.signature);
        if i == 0 {
            println!("\n{}", s.report.trim_end());
        }
    }
}
