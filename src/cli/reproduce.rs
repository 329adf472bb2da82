//! `typerace reproduce`: runs a saved case again.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;

use super::{Exit, GoArgs, print, progress};
use crate::finding::{Finding, Origin};
use crate::harness::{
    BuiltHarness, Harness, HarnessConfig, HarnessError, RunReply, RunRequest, Verdict,
};
use crate::testcase::SourceCase;
use crate::triage::{Judge, Replay, load_case, replay, shows};

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
    /// How the schedule's seed did, if the test case has one.
    schedule: Option<Carried>,
    /// What kept the test case from being run as it is written.
    notes: Vec<String>,
    findings: Vec<Seen>,
}

#[derive(Serialize)]
struct Carried {
    seed: u64,
    /// Different interleavings of the runs under it: 1 if it repeats.
    interleavings: usize,
    /// `reproduced` is of runs without it, as none with it showed the finding.
    fell_back: bool,
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
/// Unusable input or environment.
pub fn run(args: &ReproduceArgs) -> anyhow::Result<Exit> {
    let (mut source, expected) = load_case(&args.crash)?;
    let built = BuiltHarness::get(&args.go.options(), &mut progress)?;
    let go_version = built.toolchain.version.clone();
    let origin = Origin {
        go_version: go_version.clone(),
        coverage_build: built.key.clone(),
        ..Origin::default()
    };
    let mut harness = Harness::start(HarnessConfig::new(&built.path))?;
    let scenario = match &source.scenario {
        Some(scenario) => scenario.clone(),
        None => {
            // The default scenario depends on who imports whom.
            let scenario = harness
                .import(&source)
                .with_context(|| format!("cannot use {}", args.crash.display()))?
                .scenario;
            source.scenario = Some(scenario.clone());
            scenario
        }
    };
    let judge = Judge::new(origin);
    let mut seen: Vec<Seen> = Vec::new();
    let mut notes = Vec::new();
    let request = RunRequest::new(&scenario, &source.packages);
    let replayed = replay(
        &mut harness,
        &judge,
        &request,
        args.runs,
        &mut |harness, request, outcome, judgement| {
            for note in outcome.reply.iter().flat_map(|r| not_run(r, &source)) {
                if !notes.contains(&note) {
                    notes.push(note);
                }
            }
            for finding in &judgement.findings {
                match seen.iter_mut().find(|s| s.finding.id == finding.id) {
                    Some(s) => s.runs += 1,
                    None => {
                        let mut finding = [finding.clone()];
                        judge.try_alone(harness, request, &mut finding)?;
                        let [finding] = finding;
                        seen.push(Seen { runs: 1, finding, report: judgement.report(outcome) });
                    }
                }
            }
            Ok::<_, HarnessError>(shows(&judgement, expected.as_ref()))
        },
    )?;
    if let Some(seed) = scenario.schedule {
        notes.push(said_of_schedule(seed, &replayed));
    }
    for s in &mut seen {
        s.finding.reproduced = Some([s.runs, args.runs]);
        s.finding.confirmed = s.runs > 1;
    }
    let expected_id = expected.as_ref().map(|e| e.id.clone());
    // What was asked for first, then what shows most often.
    seen.sort_by_key(|s| (Some(&s.finding.id) != expected_id.as_ref(), std::cmp::Reverse(s.runs)));
    let nothing = seen.is_empty();
    let report = Report {
        expected: expected_id,
        reproduced: [replayed.runs.hits, replayed.runs.runs],
        schedule: scenario.schedule.map(|seed| Carried {
            seed,
            interleavings: replayed.interleavings,
            fell_back: replayed.fell_back,
        }),
        go_version,
        notes,
        findings: seen,
    };
    if args.json {
        print(&(serde_json::to_string(&report)? + "\n"))?;
    } else {
        print(&text(&report, expected.as_ref()))?;
    }
    Ok(if nothing { Exit::Nothing } else { Exit::Findings })
}

/// What a user should know of how the schedule's seed did.
fn said_of_schedule(seed: u64, replayed: &Replay) -> String {
    let n = replayed.interleavings;
    let repeats = match n {
        0 => "no run under it ended".to_owned(),
        1 => "every run had the same interleaving".to_owned(),
        n => format!("its runs had {n} different interleavings"),
    };
    let fell_back = if replayed.fell_back {
        "; it does not show the finding here, so the runs counted are parallel ones without it"
    } else {
        ""
    };
    format!("schedule seed {seed}: {repeats}{fell_back}")
}

/// What of a test case was not run, and why: a case that does nothing shows
/// nothing, which must not look like an answer.
fn not_run(reply: &RunReply, source: &SourceCase) -> Vec<String> {
    let broken = source.packages.iter().zip(&reply.verdicts).filter_map(|(p, (verdict, why))| {
        let what = match verdict {
            Verdict::SyntaxErrors => "does not parse",
            Verdict::TypeErrors => "does not type-check",
            Verdict::Valid | Verdict::NotChecked => return None,
        };
        Some(format!("package {} {what}: {why}", p.path))
    });
    broken.chain(reply.skipped.iter().map(|why| format!("not run: {why}"))).collect()
}

fn text(report: &Report, expected: Option<&Finding>) -> String {
    let [k, n] = report.reproduced;
    let mut out = match expected {
        Some(e) => format!("{}\nreproduced {k} of {n} on {}\n", e.title, report.go_version),
        None => format!("{k} of {n} runs failed on {}\n", report.go_version),
    };
    if let Some(e) = expected {
        let found_with = &e.origin.go_version;
        if !found_with.is_empty() && *found_with != report.go_version {
            out.push_str(&format!("it was found with {found_with}\n"));
        }
        if k == 0 {
            out.push_str("it did not show: try --runs with a larger number, or the Go that it was found with\n");
        }
    }
    for note in &report.notes {
        out.push_str(&format!("{note}\n"));
    }
    for (i, s) in report.findings.iter().enumerate() {
        let f = &s.finding;
        out.push_str(&format!("\n{} ({}), {} of {n}\n", f.title, f.class, s.runs));
        out.push_str(&format!("    signature: {}\n", f.signature));
        if i == 0 {
            out.push_str(&format!("\n{}\n", s.report.trim_end()));
        }
    }
    out
}
