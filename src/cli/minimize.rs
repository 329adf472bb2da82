//! `typerace minimize`: the smallest test case that shows the same finding.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use super::durations::duration;
use super::fuzz::interrupt_flag;
use super::ticker::waiting;
use super::{Exit, GoArgs, KnownArgs, print, progress, report_roots, say_patched, under_test};
use crate::finding::{Known, Root, Standalone};
use crate::harness::{BuiltHarness, GoOptions, HarnessConfig, Toolchain};
use crate::store::{MINIMIZED, Store};
use crate::triage::compiler::{Compiler, put_verdict};
use crate::triage::minimize::{MinimizeError, Minimized, Options, Status, minimize};
use crate::triage::root::has_root;
use crate::triage::{load_case, origin_of, standalone};

/// Reduce program and scenario to the smallest test case that shows the same finding
#[derive(Args, Debug)]
pub struct MinimizeArgs {
    /// A crash directory, a .txtar or a .go file
    #[arg(value_name = "CRASH")]
    crash: PathBuf,
    /// Stop after this time and keep the smallest test case so far: 60s, 5m
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
    let go = args.go.again(&args.crash, expected.as_ref())?;
    let built = BuiltHarness::get(&under_test(go.clone()), &mut waiting())?;
    say_patched(&built);
    let stop = interrupt_flag()?;
    let place = store_of(&args.crash)?;
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let options = Options {
        harness: HarnessConfig::new(&built.path),
        origin: origin_of(&built),
        go_minor: built.toolchain.minor,
        jobs: args.jobs.map_or(processors, usize::from),
        time: Some(args.time),
        runs: args.runs,
        stop: Arc::clone(&stop),
        percent: 100,
        nice: false,
        neighbours: match (&expected, &place) {
            (Some(finding), Some((store, _))) => store.neighbours(finding),
            _ => Vec::new(),
        },
    };
    let mut bar = Bar::new(source.lines(), args.time);
    let result = minimize(&source, expected.as_ref(), &options, &mut |s| bar.show(s));
    bar.end();
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
    // Results are stored if the test case is that of a crash directory.
    let (mut path, mut shown, mut root) = (None, None, None);
    if let (Some(m), Some(place)) = (&minimized, &place) {
        store(place, m, &built.toolchain)?;
        path = Some(args.crash.join(MINIMIZED));
        let goes_on = || !args.no_verify && !stop.load(Ordering::Relaxed);
        if goes_on() {
            shown = verify(place, &built.toolchain, args.runs, &stop)?;
        }
        if goes_on() {
            root = root_of(place, &built, &go, known, &stop)?;
        }
    }
    let go_version = &options.origin.go_version;
    if args.json {
        let m = minimized.as_ref();
        let report = Report {
            shown: m.is_some(),
            id: m.map(|m| m.finding.id.as_str()),
            signature: m.map(|m| m.finding.signature.as_str()),
            title: m.map(|m| m.finding.title.as_str()),
            lines_before: source.lines(),
            patched: &built.patched.ids,
            info: m.map(|m| &m.info),
            tried: m.map_or(0, |m| m.tried),
            standalone: shown.as_ref(),
            root: root.as_ref(),
            path: path.as_deref(),
            text: m.map(|m| m.text.as_str()),
        };
        print(&(serde_json::to_string(&report)? + "\n"))?;
    } else {
        print(&match &minimized {
            Some(m) => text(m, path.as_deref(), shown.as_ref(), root.as_ref()),
            None => match &expected {
                Some(f) => {
                    format!("{}\nnot reproduced on {go_version}: nothing to minimize\n", f.title)
                }
                None => format!("no finding on {go_version}: nothing to minimize\n"),
            },
        })?;
    }
    Ok(if minimized.is_some() { Exit::Findings } else { Exit::Nothing })
}

/// The store of a crash directory, and its name there; `None` if it is not a crash directory.
pub fn store_of(crash: &Path) -> anyhow::Result<Option<(Store, String)>> {
    if !crash.join(crate::store::FINDING).exists() {
        return Ok(None);
    }
    let dir = crash.canonicalize()?;
    let (Some(parent), Some(name)) = (dir.parent(), dir.file_name().and_then(|n| n.to_str()))
    else {
        return Ok(None);
    };
    Ok(Some((Store::existing(parent)?, name.to_owned())))
}

/// Stores the result in the crash directory.
fn store((store, name): &(Store, String), m: &Minimized, go: &Toolchain) -> anyhow::Result<()> {
    store.put_minimized(name, &m.text, &m.info)?;
    let asked = Compiler::find(go).map_err(anyhow::Error::from);
    if let Err(e) = asked.and_then(|compiler| Ok(put_verdict(store, name, &m.text, &compiler)?)) {
        progress(&format!("the compiler was not asked: {e}"));
    }
    // From now on, the standalone program is that of the minimized test case.
    Ok(standalone::write(&store.path(name))?)
}

/// Runs the standalone program and stores how often it showed the finding. Prints why
/// and returns `None` if it cannot run here.
fn verify(
    (store, name): &(Store, String),
    go: &Toolchain,
    runs: u32,
    stop: &AtomicBool,
) -> anyhow::Result<Option<Standalone>> {
    let dir = store.path(name);
    match standalone::verify(&dir, go, runs, stop, &mut progress) {
        Ok(finding) => {
            store.update_finding(&finding)?;
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
    (store, name): &(Store, String),
    built: &BuiltHarness,
    go: &GoOptions,
    known: Known,
    stop: &Arc<AtomicBool>,
) -> anyhow::Result<Option<Root>> {
    let mut rooter = report_roots::rooter(built, go, known, stop)?;
    let finding = crate::store::read(&store.path(name))?;
    if !has_root(&finding) || rooter.is_settled(&finding) {
        return Ok(finding.root);
    }
    match rooter.settle(store, name, &mut progress) {
        Err(_) if stop.load(Ordering::Relaxed) => Ok(None),
        root => Ok(root?),
    }
}

fn text(
    m: &Minimized,
    path: Option<&Path>,
    shown: Option<&Standalone>,
    root: Option<&Root>,
) -> String {
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
    if let Some(path) = path {
        out.push_str(&format!("stored in {}\n", path.display()));
    }
    if let Some(s) = shown {
        let [k, n] = s.reproduced;
        let attempts =
            if s.attempts == 1 { String::new() } else { format!(", {} attempts each", s.attempts) };
        out.push_str(&format!(
            "its standalone program, {} lines in repro/, shows it in {k} of {n} processes{attempts}\n",
            s.lines
        ));
    }
    if let Some(root) = root {
        out.push_str(&format!("root: {}: {}\n", report_roots::told(root), root.title));
    }
    out.push('\n');
    out.push_str(&m.text);
    out
}

/// Progress: one line that is rewritten on a terminal, a new line every few seconds elsewhere.
struct Bar {
    terminal: bool,
    before: usize,
    time: Duration,
    next: Duration,
}

impl Bar {
    fn new(before: usize, time: Duration) -> Self {
        Self { terminal: std::io::stderr().is_terminal(), before, time, next: Duration::ZERO }
    }

    fn show(&mut self, s: &Status) {
        if s.elapsed < self.next {
            return;
        }
        self.next = s.elapsed + Duration::from_millis(if self.terminal { 100 } else { 5000 });
        let line = format!(
            "{:>3} of {} s  {} of {} lines  {} tried  {}",
            s.elapsed.as_secs(),
            self.time.as_secs(),
            s.lines,
            self.before,
            s.tried,
            s.doing,
        );
        let mut err = std::io::stderr().lock();
        // The search goes on if standard error is closed.
        let _ = if self.terminal {
            write!(err, "\r\x1b[K{line}").and_then(|()| err.flush())
        } else {
            writeln!(err, "typerace: {line}")
        };
    }

    fn end(&self) {
        if self.terminal {
            let _ = write!(std::io::stderr().lock(), "\r\x1b[K");
        }
    }
}
