//! `typerace corpus gate`.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::ticker::{Ticker, waiting};
use super::{Exit, GoArgs, print};
use crate::campaign::gate::{Making, Release, make};
use crate::campaign::stored::empty_folder;
use crate::harness::{BuiltHarness, Harness, HarnessConfig};
use crate::triage::{Judge, origin_of};
use crate::words::left_out_lines;

/// Make the corpus of the gate: the smallest set that reaches what campaigns reached, in the order in
/// which a short run learns most, without what shows something on the chosen releases
#[derive(Args, Debug)]
pub struct GateArgs {
    /// Work folders of campaigns, and folders of seeds
    #[arg(value_name = "DIR", required = true)]
    dirs: Vec<PathBuf>,
    /// Folder to write the test cases to; must not exist yet
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Print one JSON document on stdout
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    go: GoArgs,
}

/// Runs the command.
///
/// # Errors
/// Unusable input or environment.
pub fn run(args: &GateArgs) -> anyhow::Result<Exit> {
    // Before the builds, so that an unusable folder is reported at once.
    empty_folder(&args.out)?;
    let interrupted = super::interrupt::interrupt_flag()?;
    let mut releases = Vec::new();
    for options in args.go.each() {
        let built = BuiltHarness::get(&options, &mut waiting())?;
        let config = HarnessConfig {
            interrupt: Arc::clone(&interrupted),
            ..HarnessConfig::new(&built.path)
        };
        let judge = Judge::new(origin_of(&built));
        releases.push(Release {
            harness: Harness::start(config)?,
            judge,
            minor: built.toolchain.minor,
        });
    }
    let ticker = Ticker::start("reading the corpora");
    let making = make(releases, &args.dirs, &args.out, &mut |at| ticker.set(at));
    drop(ticker);
    let making = making?;
    print(&match args.json {
        true => serde_json::to_string(&making)? + "\n",
        false => text(&making, args),
    })?;
    Ok(Exit::Nothing)
}

fn text(making: &Making, args: &GateArgs) -> String {
    let mut out = left_out_lines(&making.left_out);
    let (made, after, before) = (&making.made, making.made.reached, making.made.reached_before);
    out.push_str(&format!(
        "{} test cases read, {} candidates measured, {} of them showed something\n",
        making.read, making.measured, making.loud
    ));
    for (what, after, before) in [
        ("counters", after.counters, before.counters),
        ("counters reached by two goroutines", after.counters_twice, before.counters_twice),
        ("pairs of a shared write and an access", after.pairs, before.pairs),
        ("shared writes of two goroutines", after.writes_twice, before.writes_twice),
        ("elements of the vocabulary", after.elements, before.elements),
    ] {
        out.push_str(&format!("{what}: {after} of {before}\n"));
    }
    out.push_str(&format!(
        "{} entries, {} KiB, {} ms for one run of each on {}, in {}\n",
        made.entries.entries,
        made.entries.bytes.div_ceil(1024),
        made.milliseconds,
        made.go.join(" and "),
        args.out.display()
    ));
    out
}
