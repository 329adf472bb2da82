//! `typerace minimize`: the smallest test case that shows the same finding.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use serde::Serialize;

use super::crash_dir::CrashDir;
use super::durations::duration;
use super::interrupt::interrupt_flag;
use super::ticker::{Ticker, waiting};
use super::{Exit, GoArgs, KnownArgs, print, progress, report_roots, say_patched, under_test};
use crate::finding::{Known, Root, Standalone};
use crate::harness::{BuiltHarness, GoOptions, HarnessConfig, Toolchain};
use crate::store::{MINIMIZED, TESTCASE};
use crate::triage::compiler::{Compiler, put_verdict};
use crate::triage::minimize::{MinimizeError, Minimized, Missed, Options, Status, minimize};
use crate::triage::root::has_root;
use crate::triage::{load_case, origin_of, standalone};

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
    let known = args.known.load()?;
    // Before the work, so that a folder that cannot be written is reported at once.
    let place = CrashDir::find(&args.crash)?;
    let mut writable = place.as_ref().filter(|p| p.is_writable());
    let go = args.go.again(&args.crash, expected.as_ref())?;
    let built = BuiltHarness::get(&under_test(go.clone()), &mut waiting())?;
    say_patched(&built);
    let stop = interrupt_flag()?;
    let mut rooter = report_roots::rooter(&built, &go, known, &stop)?;
    let patched = match &expected {
        Some(finding) => rooter.sieve(finding, &mut progress)?,
        None => None,
    };
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let options = Options {
        harness: HarnessConfig::new(&built.path),
        patched,
        origin: origin_of(&built),
        go_minor: built.toolchain.minor,
        jobs: args.jobs.map_or(processors, usize::from),
        time: Some(args.time),
        runs: args.runs,
        stop: Arc::clone(&stop),
        percent: 100,
        nice: false,
        neighbours: match (&expected, &place) {
            (Some(finding), Some(place)) => place.store.neighbours(finding),
            _ => Vec::new(),
        },
        tries: Arc::default(),
    };
    let began = Instant::now();
    let (lines, seconds) = (source.lines(), args.time.as_secs());
    let ticker = Ticker::start("minimizing");
    let result = minimize(&source, expected.as_ref(), &options, &mut |s| {
        let Status { lines: now, tried, doing } = s;
        ticker.set(&format!("{now} of {lines} lines, {tried} tried, {doing} (of {seconds} s)"));
    });
    drop(ticker);
    let out_of_time = began.elapsed() >= args.time;
    let minimized = match result {
        Ok(minimized) => minimized,
        Err(MinimizeError::Import(e)) => {
            return Err(
                anyhow::Error::new(e).context(format!("cannot use {}", args.crash.display()))
            );
        }
        Err(MinimizeError::Environment(e)) => return Err(e.into()),
        Err(MinimizeError::Harness(e)) => return Err(e.into()),
    };
    if let (Some(m), Some(finding), Some(place)) = (&minimized, &expected, writable) {
        match rooter.keeps_root(finding, &m.text, &mut progress) {
            Ok(Some(drift)) => {
                progress(&format!("{}: {drift}", finding.id));
                let text = std::fs::read_to_string(place.path().join(TESTCASE))?;
                ask_compiler(place, &text, &built.toolchain)?;
                writable = None;
            }
            Err(e) if !stop.load(Ordering::Relaxed) => return Err(e.into()),
            _ => {}
        }
    }
    // Results are stored if the test case is that of a crash directory.
    let mut stored = Stored::default();
    let kept = match (&minimized, writable) {
        (Some(m), Some(place)) => stored.keep(place, m, &built, &go, args, &stop),
        _ => Ok(()),
    };
    let go_version = &options.origin.go_version;
    let missed = minimized.is_none().then(|| options.tries.missed(out_of_time));
    if args.json {
        let m = minimized.as_ref();
        let report = Report {
            shown: m.is_some(),
            id: m.map(|m| m.finding.id.as_str()),
            signature: m.map(|m| m.finding.signature.as_str()),
            title: m.map(|m| m.finding.title.as_str()),
            lines_before: source.lines(),
            missed: missed.as_ref(),
            patched: &built.patched.ids,
            info: m.map(|m| &m.info),
            tried: m.map_or(0, |m| m.tried),
            standalone: stored.shown.as_ref(),
            root: stored.root.as_ref(),
            path: stored.path.as_deref(),
            text: m.map(|m| m.text.as_str()),
        };
        print(&(serde_json::to_string(&report)? + "\n"))?;
    } else {
        print(&match &minimized {
            Some(m) => text(m, &stored),
            None => {
                let title = expected.as_ref().map_or("no finding", |f| &f.title);
                format!("{title}\n{}", missed.unwrap_or_default().text(go_version))
            }
        })?;
    }
    // The result has been printed, whatever happened to the stored one.
    kept?;
    Ok(if minimized.is_some() { Exit::Findings } else { Exit::Nothing })
}

/// What was stored in the crash directory.
#[derive(Default)]
struct Stored {
    path: Option<PathBuf>,
    shown: Option<Standalone>,
    root: Option<Root>,
}

impl Stored {
    /// Stores the result, measures the standalone program and determines the root.
    fn keep(
        &mut self,
        place: &CrashDir,
        m: &Minimized,
        built: &BuiltHarness,
        go: &GoOptions,
        args: &MinimizeArgs,
        stop: &Arc<AtomicBool>,
    ) -> anyhow::Result<()> {
        store(place, m, &built.toolchain)?;
        self.path = Some(args.crash.join(MINIMIZED));
        let goes_on = || !args.no_verify && !stop.load(Ordering::Relaxed);
        if goes_on() {
            self.shown = verify(place, &built.toolchain, args.runs, stop)?;
        }
        if goes_on() {
            self.root = root_of(place, built, go, args.known.load()?, stop)?;
        }
        Ok(())
    }
}

/// Stores the result in the crash directory.
fn store(place: &CrashDir, m: &Minimized, go: &Toolchain) -> anyhow::Result<()> {
    place.store.put_minimized(&place.name, &m.text, &m.info)?;
    ask_compiler(place, &m.text, go)
}

/// Stores what the compiler says about a test case, and writes the standalone program again: from now
/// on, it is that of the minimized test case, or of the package alone.
fn ask_compiler(place: &CrashDir, text: &str, go: &Toolchain) -> anyhow::Result<()> {
    let CrashDir { store, name } = place;
    let asked = Compiler::find(go).map_err(anyhow::Error::from);
    if let Err(e) = asked.and_then(|compiler| Ok(put_verdict(store, name, text, &compiler)?)) {
        progress(&format!("the compiler was not asked: {e}"));
    }
    Ok(standalone::write(&place.path())?)
}

/// Runs the standalone program and stores how often it showed the finding. Prints why
/// and returns `None` if it cannot run here.
fn verify(
    place: &CrashDir,
    go: &Toolchain,
    runs: u32,
    stop: &AtomicBool,
) -> anyhow::Result<Option<Standalone>> {
    let dir = place.path();
    let ticker = Ticker::start("running the standalone program");
    let measured = standalone::verify(&dir, go, runs, stop, &mut |line| ticker.say(line));
    drop(ticker);
    match measured {
        Ok(finding) => {
            place.store.update_finding(&place.name, &finding)?;
            standalone::write(&dir)?;
            Ok(finding.standalone)
        }
        Err(_) if stop.load(Ordering::Relaxed) => Ok(None),
        // The minimized test case is stored in any case.
        Err(e) => {
            progress(&format!("the standalone program was not run: {e}"));
            Ok(None)
        }
    }
}

/// The root of a crash directory's finding, which is determined and stored unless it is settled.
fn root_of(
    place: &CrashDir,
    built: &BuiltHarness,
    go: &GoOptions,
    known: Known,
    stop: &Arc<AtomicBool>,
) -> anyhow::Result<Option<Root>> {
    let mut rooter = report_roots::rooter(built, go, known, stop)?;
    let finding = crate::store::read(&place.path())?;
    if !has_root(&finding) || rooter.is_settled(&finding) {
        return Ok(finding.root);
    }
    let ticker = Ticker::start("running it with the patches of known roots");
    let root = rooter.settle(&place.store, &place.name, &mut |line| ticker.say(line));
    drop(ticker);
    match root {
        Err(_) if stop.load(Ordering::Relaxed) => Ok(None),
        root => Ok(root?),
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
        0 => "interrupted before it was measured in new processes; ".to_owned(),
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
    if let Some(root) = &stored.root {
        out.push_str(&format!("root: {}: {}\n", report_roots::told(root), root.title));
    }
    out.push('\n');
    out.push_str(&m.text);
    out
}
