//! `typerace reproduce`: runs a saved test case again.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;

use super::ticker::{Ticker, waiting};
use super::{Exit, GoArgs, KnownArgs, LimitArgs, compile, growth, print, progress, say_patched};
use crate::finding::{Blame, Finding, Kind, Known, KnownIssue, Rates, State, Step, is_newer};
use crate::harness::{BuiltHarness, Harness, HarnessConfig, HarnessError, Outcome, RunRequest};
use crate::scenario::Scenario;
use crate::store::MINIMIZED;
use crate::triage::{
    Clear, Judge, Judgement, Ran, Replay, anew, load_case, not_run, origin_of, replay, shows,
};
use crate::words::count;

/// The default number of runs.
const RUNS: u32 = 20;

/// Run a crash directory, a txtar or a .go file again, and print what it shows and how often
#[derive(Args, Debug)]
pub struct ReproduceArgs {
    /// A crash directory, a .txtar or a .go file
    #[arg(value_name = "CRASH")]
    crash: PathBuf,
    /// Number of runs [default: 20, or fewer once the rate is clear]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    runs: Option<u32>,
    /// Maximum number of runs in a new process each; stops once the rate is clear
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(0..=10_000))]
    fresh_runs: u32,
    /// Print one JSON document on stdout
    #[arg(long)]
    json: bool,
    /// Run it N times in one process, and print whether the heap grows
    #[arg(long, value_name = "N", conflicts_with = "runs", value_parser = clap::value_parser!(u32).range(40..=1_000_000))]
    growth: Option<u32>,
    #[command(flatten)]
    limits: LimitArgs,
    #[command(flatten)]
    known: KnownArgs,
    #[command(flatten)]
    go: GoArgs,
}

/// What `reproduce --json` prints.
#[derive(Serialize)]
struct Report {
    /// The finding that the crash directory was stored for.
    expected: Option<String>,
    /// How the campaign arrived at it, latest step first.
    history: Vec<Step>,
    /// Runs that showed it or, if nothing is expected, that showed anything.
    reproduced: [u32; 2],
    /// The rates by kind of run, with confidence intervals.
    rates: Rates,
    go_version: String,
    /// The patches in it.
    patched: Vec<String>,
    /// The issue of the expected finding.
    known: Option<KnownIssue>,
    /// Whether the finding is known and does not show on this release, which is newer than
    /// the one it was found with.
    fixed: bool,
    /// How well the schedule's seed works, if the test case has one.
    schedule: Option<Carried>,
    /// How much of the test case the most complete run executed; `null` if no run ended.
    ran: Option<Ran>,
    /// Whether the runs did everything that the scenario says.
    complete: bool,
    /// Why the test case could not be run exactly as written.
    notes: Vec<String>,
    findings: Vec<Seen>,
}

#[derive(Serialize)]
struct Carried {
    seed: u64,
    /// The number of different interleavings under the seed: 1 if it repeats.
    interleavings: usize,
    /// Whether no run with the seed showed the finding, so that `reproduced` counts runs
    /// without it.
    fell_back: bool,
}

#[derive(Serialize)]
struct Seen {
    runs: u32,
    #[serde(flatten)]
    finding: Finding,
    /// The raw output of the first run that showed it.
    report: String,
}

/// Runs the command.
///
/// # Errors
/// Unusable input or environment.
pub fn run(args: &ReproduceArgs) -> anyhow::Result<Exit> {
    let lists = args.known.load()?;
    let (mut source, expected) = load_case(&args.crash)?;
    if expected.as_ref().is_some_and(|f| f.kind == Kind::Compiler) {
        // Only the compiler shows it, always or never.
        return compile::again(&args.crash, args.json, &args.go);
    }
    let small = args.crash.join(MINIMIZED);
    if small.is_file() {
        progress(&format!("this runs the test case as found; there is also {}", small.display()));
    }
    let options = args.go.again(&args.crash, expected.as_ref())?;
    let built = BuiltHarness::get(&options, &mut waiting())?;
    say_patched(&built);
    let origin = origin_of(&built);
    let config = HarnessConfig { limits: args.limits.limits(), ..HarnessConfig::new(&built.path) };
    let mut harness = Harness::start(config)?;
    let scenario = match source.scenario.take() {
        Some(scenario) => scenario,
        // The default scenario depends on who imports whom.
        None => {
            let imported = harness.import(&source);
            imported.with_context(|| format!("cannot use {}", args.crash.display()))?.scenario
        }
    };
    source.scenario = Some(scenario.clone());
    if let Some(runs) = args.growth {
        return growth::run(&mut harness, &scenario, &source, runs, &origin, args.json);
    }
    let judge = Judge::new(origin);
    let request = RunRequest::new(&scenario, &source.packages);
    let runs = Runs { judge: &judge, request: &request, expected: expected.as_ref() };
    let made = runs.make(&mut harness, args.runs, args.fresh_runs)?;
    let report = report(made, &scenario, expected.as_ref(), &lists, &built);
    print(&match args.json {
        true => serde_json::to_string(&report)? + "\n",
        false => text(&report, expected.as_ref()),
    })?;
    Ok(match report.findings.is_empty() {
        false => Exit::Findings,
        // Its silence means nothing.
        true if report.ran.is_some_and(Ran::is_nothing) => Exit::Usage,
        true => Exit::Nothing,
    })
}

/// What is run.
struct Runs<'a> {
    judge: &'a Judge,
    request: &'a RunRequest<'a>,
    expected: Option<&'a Finding>,
}

/// What the runs showed.
struct Made {
    replayed: Replay,
    rates: Rates,
    seen: Vec<Seen>,
    /// Why the test case could not be run exactly as written.
    notes: Vec<String>,
    /// How much of it the most complete run executed.
    ran: Option<Ran>,
}

impl Runs<'_> {
    /// Makes the runs: `runs` in one process, or as many as it takes until the rate is clear, and then
    /// some in new processes.
    fn make(
        &self,
        harness: &mut Harness,
        runs: Option<u32>,
        fresh_runs: u32,
    ) -> Result<Made, HarnessError> {
        let Self { judge, request, expected } = *self;
        let mut seen: Vec<Seen> = Vec::new();
        let (mut notes, mut ran) = (Vec::new(), None::<Ran>);
        let (ticker, mut n) = (Ticker::start("the first run"), 0);
        let clear = runs.is_none().then(Clear::default);
        let replayed = replay(
            harness,
            judge,
            request,
            runs.unwrap_or(RUNS),
            clear,
            &mut |harness, request, outcome, judgement| {
                if let Some(reply) = &outcome.reply {
                    let all = not_run(reply, request.scenario, request.packages);
                    let new = all.into_iter().filter(|note| !notes.contains(note));
                    notes.extend(new.collect::<Vec<_>>());
                    ran = ran.max(Some(Ran::of(reply, request.scenario)));
                }
                n += 1;
                ticker.set(&format!("{} made", count(n, "run")));
                see(&mut seen, judge, harness, request, outcome, &judgement)?;
                Ok::<_, HarnessError>(shows(&judgement, expected))
            },
        )?;
        // If nothing is expected, take the finding that showed most often.
        let most = seen.iter().max_by_key(|s| s.runs).map(|s| s.finding.clone());
        let wanted = expected.cloned().or(most);
        ticker.set("runs in new processes");
        let (rates, fresh) = self.anew(harness, &replayed, &seen, wanted.as_ref(), fresh_runs)?;
        tally(&mut seen, replayed.total);
        seen.extend(fresh);
        let expected = expected.map(|e| &e.id);
        seen.sort_by_key(|s| (Some(&s.finding.id) != expected, std::cmp::Reverse(s.runs)));
        Ok(Made { replayed, rates, seen, notes, ran })
    }

    /// The rates by kind of run, and the findings that show only in new processes: what a program
    /// computes once for all runs, as caches do, can race in no later one. Runs the test case in up to
    /// `most` of them.
    fn anew(
        &self,
        harness: &mut Harness,
        replayed: &Replay,
        before: &[Seen],
        wanted: Option<&Finding>,
        most: u32,
    ) -> Result<(Rates, Vec<Seen>), HarnessError> {
        let Self { judge, request, .. } = *self;
        let schedule = replayed.scheduled.stored();
        if request.scenario.fresh {
            // Each run already had a process of its own.
            let rates = Rates { schedule, persistent: None, fresh: replayed.runs.stored() };
            return Ok((rates, Vec::new()));
        }
        // A stall costs its whole limit each time, and is the same in every process.
        let stalls = wanted.is_some_and(|f| f.kind.stalls());
        let n = if stalls { most.min(2) } else { most };
        let mut seen: Vec<Seen> = Vec::new();
        let is_old = |f: &Finding| before.iter().any(|s| s.finding.id == f.id);
        let fresh = anew(
            harness,
            judge,
            request,
            n,
            !replayed.fell_back,
            &mut |harness, request, outcome, mut judgement| {
                let shown = shows(&judgement, wanted);
                judgement.findings.retain(|f| !is_old(f));
                see(&mut seen, judge, harness, request, outcome, &judgement)?;
                Ok::<_, HarnessError>(shown)
            },
        )?;
        tally(&mut seen, fresh.runs);
        let persistent = replayed.parallel.stored();
        Ok((Rates { schedule, persistent, fresh: fresh.stored() }, seen))
    }
}

fn report(
    made: Made,
    scenario: &Scenario,
    expected: Option<&Finding>,
    lists: &Known,
    built: &BuiltHarness,
) -> Report {
    let Made { replayed, rates, seen, mut notes, ran } = made;
    // A package with type errors runs as it is written.
    let lacks = |n: &String| n.starts_with("not run") || n.contains(" does not parse: ");
    let complete = ran.is_some() && !notes.iter().any(lacks);
    if let Some(seed) = scenario.schedule {
        notes.push(said_of_schedule(seed, &replayed));
    }
    let go_version = built.toolchain.version.clone();
    let known = expected.and_then(|e| lists.find(e)).cloned();
    let newer = expected.is_some_and(|e| is_newer(&go_version, &e.origin.go_version));
    Report {
        fixed: known.is_some() && newer && replayed.runs.hits == 0 && !shows_anew(&rates),
        known,
        expected: expected.map(|e| e.id.clone()),
        history: expected.map(|e| e.origin.history.clone()).unwrap_or_default(),
        reproduced: [replayed.runs.hits, replayed.runs.runs],
        rates,
        schedule: scenario.schedule.map(|seed| Carried {
            seed,
            interleavings: replayed.interleavings,
            fell_back: replayed.fell_back,
        }),
        go_version,
        patched: built.patched.ids.clone(),
        ran,
        complete,
        notes,
        findings: seen,
    }
}

/// Adds a run's findings to those seen before.
fn see(
    seen: &mut Vec<Seen>,
    judge: &Judge,
    harness: &mut Harness,
    request: &RunRequest<'_>,
    outcome: &Outcome,
    judgement: &Judgement,
) -> Result<(), HarnessError> {
    for finding in &judgement.findings {
        match seen.iter_mut().find(|s| s.finding.id == finding.id) {
            Some(s) => s.runs += 1,
            None => {
                let mut finding = [finding.clone()];
                judge.try_alone(harness, request, &mut finding)?;
                let [finding] = finding;
                let report = judgement.report(outcome, &finding);
                seen.push(Seen { runs: 1, finding, report });
            }
        }
    }
    Ok(())
}

/// Records how often each finding showed.
fn tally(seen: &mut [Seen], total: u32) {
    for s in seen.iter_mut() {
        s.finding.reproduced = Some([s.runs, total]);
        s.finding.confirmed = s.runs > 1;
    }
}

/// A note on how well the schedule's seed works.
fn said_of_schedule(seed: u64, replayed: &Replay) -> String {
    let n = replayed.interleavings;
    let repeats = match n {
        0 => "no run with it finished".to_owned(),
        1 => "every run had the same interleaving".to_owned(),
        n => format!("its runs had {n} different interleavings"),
    };
    let fell_back = if replayed.fell_back {
        "; it does not show the finding here, so the runs counted are parallel runs without it"
    } else {
        ""
    };
    format!("schedule seed {seed}: {repeats}{fell_back}")
}

/// Whether a new process shows it.
fn shows_anew(rates: &Rates) -> bool {
    rates.fresh.is_some_and(|fresh| fresh.seen > 0)
}

fn text(report: &Report, expected: Option<&Finding>) -> String {
    let [k, n] = report.reproduced;
    let anew = match report.rates.fresh {
        Some(fresh) if k == 0 && fresh.seen > 0 => {
            format!(", and {} of {} in new processes,", fresh.seen, fresh.runs)
        }
        _ => String::new(),
    };
    let mut out = match expected {
        // The user interrupted the first one.
        Some(e) if n == 0 => format!("{}\nnot run on {}\n", e.title, report.go_version),
        Some(e) => format!("{}\nreproduced {k} of {n}{anew} on {}\n", e.title, report.go_version),
        None => format!("{k} of {n} runs{anew} failed on {}\n", report.go_version),
    };
    match report.ran {
        Some(ran) if ran.is_nothing() => {
            out.push_str(
                "nothing ran, so this says nothing about the test case; the reasons follow\n",
            );
        }
        Some(_) if !report.complete && report.findings.is_empty() => {
            out.push_str("the test case did not run as written; the reasons follow\n");
        }
        _ => {}
    }
    if let Some(ran) = report.ran {
        out.push_str(&format!("a run: {}\n", ran.line()));
    }
    if let Some(e) = expected {
        let found_with = &e.origin.go_version;
        if !found_with.is_empty() && *found_with != report.go_version {
            out.push_str(&format!("originally found with {found_with}\n"));
        }
        if let Some(issue) = &report.known {
            let state = if issue.state == State::Open { "open" } else { "fixed" };
            out.push_str(&format!("known: {} ({state}), {}\n", issue.issue, issue.title));
        }
        if report.fixed {
            out.push_str(&format!("it seems to be fixed in {}\n", report.go_version));
        } else if k == 0 && n > 0 && !shows_anew(&report.rates) {
            // A target changes more often than Go does.
            out.push_str(match e.blame {
                Blame::Target => "not reproduced: it is fixed, or shows seldom: try a larger --runs\n",
                _ => "not reproduced: try a larger --runs, or the Go release that it was found with\n",
            });
        }
    }
    for (what, rate) in report.rates.named() {
        out.push_str(&format!("{what}: {rate}\n"));
    }
    for note in &report.notes {
        out.push_str(&format!("{note}\n"));
    }
    for (i, s) in report.findings.iter().enumerate() {
        let f = &s.finding;
        let [k, n] = f.reproduced.unwrap_or_default();
        out.push_str(&format!("\n{} ({}), {k} of {n}\n", f.title, f.class));
        out.push_str(&format!("    signature: {}\n", f.signature));
        if i == 0 {
            out.push_str(&format!("\n{}\n", s.report.trim_end()));
        }
    }
    out
}
