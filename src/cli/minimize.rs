//! `typerace minimize`: the smallest test case that shows the same finding.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use clap::Args;
use serde::Serialize;

use super::crash_dir::CrashDir;
use super::durations::duration;
use super::interrupt::interrupt_flag;
use super::minimize_keep::{Keeper, Stored};
use super::ticker::{Ticker, waiting};
use super::{Exit, GoArgs, KnownArgs, print, progress, report_roots, say_patched, under_test};
use crate::finding::{Blame, Finding, Root, Standalone};
use crate::harness::{BuiltHarness, HarnessConfig};
use crate::testcase::SourceCase;
use crate::triage::minimize::{MinimizeError, Minimized, Missed, Options, Status, minimize};
use crate::triage::{load_case, origin_of};

/// Reduce program and scenario to the smallest test case that shows the same finding
#[derive(Args, Debug)]
pub struct MinimizeArgs {
    /// A crash directory, a .txtar or a .go file
    #[arg(value_name = "CRASH")]
    crash: PathBuf,
    /// Stop the search after this time and keep the smallest test case so far: 60s, 5m. To run the
    /// program and to determine the root comes on top; --no-verify leaves both out
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "60s")]
    time: Duration,
    /// Runs to measure the result with, each in a new process
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    runs: u32,
    /// Do not run the crash directory's standalone program at the end, nor determine its root
    #[arg(long)]
    no_verify: bool,
    /// Harness processes to run in parallel [default: one per processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: Option<u16>,
    /// Print one JSON document on stdout
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    known: KnownArgs,
    #[command(flatten)]
    go: GoArgs,
}

/// What `minimize --json` prints.
#[derive(Serialize)]
struct Report<'a> {
    /// Whether the test case showed the finding at all. If not, the rest is empty.
    shown: bool,
    id: Option<&'a str>,
    signature: Option<&'a str>,
    title: Option<&'a str>,
    lines_before: usize,
    /// What the runs showed if not.
    #[serde(skip_serializing_if = "Option::is_none")]
    missed: Option<&'a Missed>,
    /// The patches in the Go under test.
    patched: &'a [String],
    #[serde(flatten)]
    info: Option<&'a crate::finding::Minimization>,
    /// Candidates judged.
    tried: u64,
    /// What the standalone program showed; `None` if it was not run.
    standalone: Option<&'a Standalone>,
    /// The fault behind it; `None` if it was not determined.
    root: Option<&'a Root>,
    /// Where the text was stored.
    path: Option<&'a Path>,
    /// The txtar.
    text: Option<&'a str>,
}

/// Runs the command.
///
/// # Errors
/// Unusable input or environment.
pub fn run(args: &MinimizeArgs) -> anyhow::Result<Exit> {
    let (source, expected) = load_case(&args.crash)?;
    // Before the work, so that a folder that cannot be written is reported at once.
    let place = CrashDir::find(&args.crash)?;
    let go = args.go.again(&args.crash, expected.as_ref())?;
    let built = BuiltHarness::get(&under_test(go.clone()), &mut waiting())?;
    say_patched(&built);
    let stop = interrupt_flag()?;
    let mut rooter = report_roots::rooter(&built, &go, args.known.load()?, &stop)?;
    let patched = match &expected {
        Some(finding) => rooter.sieve(finding, &mut progress)?,
        None => None,
    };
    let neighbours = match (&expected, &place) {
        (Some(finding), Some(place)) => place.store.neighbours(finding),
        _ => Vec::new(),
    };
    let options = Options { patched, neighbours, ..options(args, &built, &stop) };
    let place = place.filter(CrashDir::is_writable);
    let began = Instant::now();
    let minimized = search(args, &source, expected.as_ref(), &options)?;
    let is_out_of_time = began.elapsed() >= args.time;
    let mut stored = Stored::default();
    let mut kept = Ok(());
    // Results are stored if the test case is that of a crash directory.
    if let (Some(m), Some(place)) = (&minimized, place) {
        let mut keeper = Keeper { place, built: &built, rooter, stop: &stop };
        if keeper.keeps_root(expected.as_ref(), &m.text)? {
            let runs = (!args.no_verify).then_some(args.runs);
            kept = keeper.keep(&mut stored, &args.crash, m, runs);
        }
    }
    let shown = Shown {
        lines_before: source.lines(),
        missed: minimized.is_none().then(|| options.tries.missed(is_out_of_time)),
        minimized: minimized.as_ref(),
        stored: &stored,
        patched: &built.patched.ids,
    };
    print(&if args.json {
        shown.json()?
    } else {
        let title = expected.as_ref().map_or("no finding", |f| &f.title);
        shown.text(title, &options.origin.go_version)
    })?;
    // The result has been printed, whatever happened to the stored one.
    kept?;
    Ok(if minimized.is_some() { Exit::Findings } else { Exit::Nothing })
}

fn options(args: &MinimizeArgs, built: &BuiltHarness, stop: &Arc<AtomicBool>) -> Options {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    Options {
        harness: HarnessConfig::new(&built.path),
        patched: None,
        origin: origin_of(built),
        go_minor: built.toolchain.minor,
        jobs: args.jobs.map_or(processors, usize::from),
        time: Some(args.time),
        runs: args.runs,
        stop: Arc::clone(stop),
        percent: 100,
        neighbours: Vec::new(),
        tries: Arc::default(),
    }
}

fn search(
    args: &MinimizeArgs,
    source: &SourceCase,
    expected: Option<&Finding>,
    options: &Options,
) -> anyhow::Result<Option<Minimized>> {
    let (lines, seconds) = (source.lines(), args.time.as_secs());
    let ticker = Ticker::start("minimizing");
    let result = minimize(source, expected, options, &mut |s| {
        let Status { lines: now, tried, doing } = s;
        ticker.set(&format!("{now} of {lines} lines, {tried} tried, {doing} (of {seconds} s)"));
    });
    drop(ticker);
    match result {
        Ok(minimized) => Ok(minimized),
        Err(MinimizeError::Import(e)) => {
            Err(anyhow::Error::new(e).context(format!("cannot use {}", args.crash.display())))
        }
        Err(MinimizeError::Environment(e)) => Err(e.into()),
        Err(MinimizeError::Harness(e)) => Err(e.into()),
    }
}

/// What is printed.
struct Shown<'a> {
    lines_before: usize,
    /// What the runs showed if not the finding.
    missed: Option<Missed>,
    minimized: Option<&'a Minimized>,
    stored: &'a Stored,
    patched: &'a [String],
}

impl Shown<'_> {
    fn json(&self) -> anyhow::Result<String> {
        let m = self.minimized;
        let report = Report {
            shown: m.is_some(),
            id: m.map(|m| m.finding.id.as_str()),
            signature: m.map(|m| m.finding.signature.as_str()),
            title: m.map(|m| m.finding.title.as_str()),
            lines_before: self.lines_before,
            missed: self.missed.as_ref(),
            patched: self.patched,
            info: m.map(|m| &m.info),
            tried: m.map_or(0, |m| m.tried),
            standalone: self.stored.shown.as_ref(),
            root: self.stored.root.as_ref(),
            path: self.stored.path.as_deref(),
            text: m.map(|m| m.text.as_str()),
        };
        Ok(serde_json::to_string(&report)? + "\n")
    }

    fn text(&self, title: &str, go_version: &str) -> String {
        let missed = || self.missed.as_ref().map(|m| m.text(go_version)).unwrap_or_default();
        match self.minimized {
            Some(m) => text(m, self.stored),
            None => format!("{title}\n{}", missed()),
        }
    }
}

fn text(m: &Minimized, stored: &Stored) -> String {
    let i = &m.info;
    let [k, n] = i.reproduced;
    let [was_k, was_n] = i.original;
    let mut out = format!(
        "{} ({})\n{} lines -> {}, {} goroutines, at most {} operations each, {:.1} s{}\n",
        m.finding.title,
        i.class,
        m.lines_before,
        i.lines,
        i.goroutines,
        i.operations,
        i.seconds,
        if i.complete { "" } else { " (out of time: a longer --time may make it smaller)" },
    );
    out.push_str(&match n {
        0 => "stopped before it was measured in new processes; ".to_owned(),
        _ => format!("reproduced in {k} of {n} new processes on {}; ", i.go_version),
    });
    out.push_str(&format!("the original in {was_k} of {was_n} runs\n"));
    if let Some(path) = &stored.path {
        out.push_str(&format!("stored in {}\n", path.display()));
    }
    if let Some(s) = &stored.shown {
        let [k, n] = s.reproduced;
        let attempts =
            if s.attempts == 1 { String::new() } else { format!(", {} attempts each", s.attempts) };
        out.push_str(&format!(
            "its standalone program, {} lines in repro/, shows it in {k} of {n} processes{attempts}\n",
            s.lines
        ));
    }
    // A target's root is a name for its place, which the first line says.
    if let Some(root) = stored.root.as_ref().filter(|_| m.finding.blame != Blame::Target) {
        out.push_str(&format!("root: {}: {}\n", report_roots::told(root), root.title));
    }
    out.push('\n');
    out.push_str(&m.text);
    out
}
