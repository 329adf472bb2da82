//! `typerace consequence`: what a race does to a program that runs without the race detector.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;

use super::crash_dir::CrashDir;
use super::durations::duration;
use super::interrupt::interrupt_flag;
use super::ticker::{Ticker, waiting};
use super::{Exit, GoArgs, print, say_patched};
use crate::finding::{Consequence, Origin};
use crate::harness::{BuiltHarness, Harness, HarnessConfig};
use crate::scenario::Scenario;
use crate::testcase::SourceCase;
use crate::triage::consequence::{Options, consequence};
use crate::triage::standalone::{self, WriteError};
use crate::triage::{load_case, minimized_case};

/// Run a test case many times without the race detector, and print what users would notice:
/// panics, wrong answers, type errors in valid programs, runs that do not end
#[derive(Args, Debug)]
pub struct ConsequenceArgs {
    /// A crash directory, a .txtar or a .go file
    #[arg(value_name = "CRASH")]
    crash: PathBuf,
    /// How long to try: 60s, 5m
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "60s")]
    time: Duration,
    /// Print one JSON document on stdout
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    go: GoArgs,
}

/// What `consequence --json` prints.
#[derive(Serialize)]
struct Report<'a> {
    /// The finding of the crash directory.
    id: Option<&'a str>,
    title: Option<&'a str>,
    /// The patches in the Go under test.
    patched: &'a [String],
    #[serde(flatten)]
    consequence: &'a Consequence,
}

/// Runs the command.
///
/// # Errors
/// Unusable input or environment.
pub fn run(args: &ConsequenceArgs) -> anyhow::Result<Exit> {
    let (found, finding) = load_case(&args.crash)?;
    let mut cases = Vec::from_iter(minimized_case(&args.crash)?);
    cases.push(found);
    let targets = |case: &SourceCase| case.scenario.as_ref().is_some_and(Scenario::uses_targets);
    if cases.iter().any(targets) {
        return Err(WriteError::Target.into());
    }
    // Before the work, so that a folder that cannot be written is reported at once.
    let place = CrashDir::find(&args.crash)?.filter(CrashDir::is_writable);
    let options = args.go.again(&args.crash, finding.as_ref())?;
    let built = BuiltHarness::unwatched(&options, &mut waiting())?;
    say_patched(&built);
    let stop = interrupt_flag()?;
    let harness = HarnessConfig {
        interrupt: Arc::clone(&stop),
        race: false,
        ..HarnessConfig::new(&built.path)
    };
    let mut with_scenarios = Vec::new();
    for case in cases {
        let scenario = match &case.scenario {
            Some(scenario) => scenario.clone(),
            // The default scenario depends on who imports whom.
            None => {
                let imported = Harness::start(harness.clone())?.import(&case);
                imported.with_context(|| format!("cannot use {}", args.crash.display()))?.scenario
            }
        };
        with_scenarios.push((case, scenario));
    }
    let origin = Origin { go_version: built.toolchain.version.clone(), ..Origin::default() };
    let options = Options { harness, origin, time: args.time };
    let ticker = Ticker::start("running it without the race detector");
    let seen = consequence(&with_scenarios, &options, &mut |c| ticker.set(&c.sentence()));
    drop(ticker);
    let seen = seen?;
    // With other patches than those that it was found with, it is another finding's.
    let patched = finding.as_ref().map(|f| f.origin.patched.clone()).unwrap_or_default();
    if built.patched.ids == patched
        && let Some(place) = &place
    {
        place.store.change(&place.name, |finding| finding.consequence = Some(seen.clone()))?;
        standalone::write(&place.path())?;
    }
    if args.json {
        let report = Report {
            id: finding.as_ref().map(|f| f.id.as_str()),
            title: finding.as_ref().map(|f| f.title.as_str()),
            patched: &built.patched.ids,
            consequence: &seen,
        };
        print(&(serde_json::to_string(&report)? + "\n"))?;
    } else {
        let title = finding.as_ref().map(|f| format!("{}\n", f.title)).unwrap_or_default();
        print(&format!("{title}{}", text(&seen)))?;
    }
    Ok(if seen.is_any() { Exit::Findings } else { Exit::Nothing })
}

fn text(seen: &Consequence) -> String {
    let mut out = format!(
        "{} ({}, {} processors, {:.0} s)\n",
        seen.sentence(),
        seen.go_version,
        seen.processors,
        seen.seconds
    );
    if !seen.type_error.is_empty() {
        out.push_str(&format!("\ntype error in a valid program: {}\n", seen.type_error));
    }
    if !seen.wrong_answer.is_empty() {
        out.push_str(&format!("\n{}", seen.wrong_answer));
    }
    for crashed in &seen.panics {
        out.push_str(&format!("\n{}, {} times\n", crashed.what(), crashed.count));
        out.push_str(&crashed.stack);
    }
    out
}
