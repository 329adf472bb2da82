//! `typerace bisect`: which Go release, or which commit, introduced a finding and
//! which fixed it.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;

use super::crash_dir::CrashDir;
use super::ticker::{Ticker, waiting};
use super::{Exit, GoArgs, print, progress, say_patched};
use crate::bisect::{Checkout, RepoError, State, Step, Turn, release_order, search, turns};
use crate::finding::{Finding, Instead, OnRelease};
use crate::go_release;
use crate::harness::{BuiltHarness, EnvError, GoOptions, Scratch};
use crate::patches::PatchError;
use crate::regress::{Case, CaseKind, CaseRun, Column, Limits, default_runs, run_columns};
use crate::scenario::Class;
use crate::store::MINIMIZED;
use crate::testcase::SourceCase;
use crate::triage::{LoadError, load_case};
use crate::words::count;

/// Find the Go release, or the commit, that introduced or fixed a finding
#[derive(Args, Debug)]
#[command(
    after_help = "Without --repo, every release is tried, because a finding may come and go, and \
    a crash directory keeps the result. Its minimized test case is run if it has one. \
    With --repo, each revision's go/types replaces that of the chosen Go; revisions that do not \
    build with that Go are skipped."
)]
pub struct BisectArgs {
    /// A crash directory, a .txtar or a .go file
    #[arg(value_name = "CRASH")]
    crash: PathBuf,
    /// Signature to look for [default: the crash directory's; otherwise any finding counts]
    #[arg(long, value_name = "TEXT")]
    signature: Option<String>,
    /// Releases to try, separated by commas [default: the newest patch release of each of 1.21
    /// to 1.27]
    #[arg(long, value_name = "LIST", conflicts_with = "repo")]
    releases: Option<String>,
    /// A git checkout of the Go tree
    #[arg(long, value_name = "DIR", requires = "good", requires = "bad")]
    repo: Option<PathBuf>,
    /// A revision of --repo without the finding
    #[arg(long, value_name = "REV", requires = "repo")]
    good: Option<String>,
    /// A revision of --repo with the finding
    #[arg(long, value_name = "REV", requires = "repo")]
    bad: Option<String>,
    /// Runs on each Go [default: 21, which miss a race with a 20% rate once in a hundred times]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    runs: Option<u32>,
    /// Print one JSON document on stdout
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    go: GoArgs,
}

/// What `bisect --json` prints.
#[derive(Serialize)]
struct Report {
    signature: Option<String>,
    steps: Vec<Step>,
    turns: Vec<Turn>,
}

/// Runs the command.
///
/// # Errors
/// Unusable input or environment.
pub fn run(args: &BisectArgs) -> anyhow::Result<Exit> {
    let (source, expected) = case(&args.crash)?;
    let signature =
        args.signature.clone().or_else(|| expected.as_ref().map(|f| f.signature.clone()));
    let case = Case {
        name: args.crash.display().to_string(),
        kind: CaseKind::Crash,
        text: source.to_txtar(),
        source,
        expected,
        since: 0,
        times: 1,
    };
    let subject = case.expected.as_ref().and_then(|f| f.origin.subject.as_deref());
    if subject.is_some_and(|s| !s.overlay.is_empty() || s.release == Some(false)) {
        progress(
            "it was found in a changed go/types; releases and commits are tried without that change",
        );
    }
    let trial = Trial { case, signature, runs: args.runs.unwrap_or_else(default_runs) };
    let steps = match &args.repo {
        Some(dir) => commits(args, &trial, dir)?,
        None => releases(args, &trial)?,
    };
    record(args, &trial, &steps)?;
    let report = Report { signature: trial.signature, turns: turns(&steps), steps };
    if args.json {
        print(&(serde_json::to_string(&report)? + "\n"))?;
    } else {
        print(&text(&report))?;
    }
    let tried = report.steps.iter().any(|s| s.state != State::Skipped);
    if !tried {
        let why = report.steps.iter().map(|s| s.why.as_str()).find(|w| !w.is_empty());
        return Err(EnvError::NoGo {
            why: format!("no release could be tried: {}", why.unwrap_or("none was given")),
        }
        .into());
    }
    let bad = report.steps.iter().any(|s| s.state == State::Bad);
    Ok(if bad { Exit::Findings } else { Exit::Nothing })
}

/// The minimized test case of a crash directory if there is one: it needs the least of a release.
fn case(crash: &Path) -> Result<(SourceCase, Option<Finding>), LoadError> {
    let small = crash.join(MINIMIZED);
    if small.is_file() { load_case(&small) } else { load_case(crash) }
}

/// Stores the result in the crash directory, unless another signature or a changed go/types was
/// tried.
fn record(args: &BisectArgs, trial: &Trial, steps: &[Step]) -> anyhow::Result<()> {
    let go = args.go.options();
    let changed = go.overlay.is_some() || !go.patches.is_none() || args.repo.is_some();
    let of =
        trial.case.expected.as_ref().filter(|f| Some(&f.signature) == trial.signature.as_ref());
    let dir = if args.crash.is_dir() { Some(args.crash.as_path()) } else { args.crash.parent() };
    let (Some(finding), Some(dir), false) = (of, dir, changed) else { return Ok(()) };
    let mut tried: Vec<_> = steps.iter().map(Step::on_release).collect();
    // What an earlier call tried on other releases is still true.
    let earlier = finding.releases.iter();
    let again = |r: &&OnRelease| !tried.iter().any(|t| t.go_version == r.go_version);
    let kept: Vec<_> = earlier.filter(again).cloned().collect();
    tried.extend(kept);
    tried.sort_by_key(|r| release_order(&r.go_version));
    let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
    let recorded = CrashDir::find(dir).and_then(|at| match at {
        Some(at) => Ok(at.store.change(&at.name, |finding| finding.releases = tried)?),
        None => Ok(()),
    });
    if let Err(e) = recorded {
        progress(&format!("warning: cannot record the result in {}: {e}", dir.display()));
    }
    Ok(())
}

/// What to run on each Go.
struct Trial {
    case: Case,
    signature: Option<String>,
    runs: u32,
}

impl Trial {
    fn run(&self, name: &str, built: BuiltHarness) -> anyhow::Result<Step> {
        say_patched(&built);
        let patched = built.patched.ids.clone();
        let column =
            Column { label: name.to_owned(), built, patched: false, options: GoOptions::default() };
        let limits = Limits {
            silent: None,
            runs: self.runs,
            jobs: 1,
            deadline: None,
            budget: None,
            all: true,
            patience: None,
        };
        let cases = std::slice::from_ref(&self.case);
        let _ticker = Ticker::start(&format!("{name}: {} runs", self.runs));
        let ran: CaseRun = run_columns(&[&column], cases, limits, &|_, _| ())?.remove(0).remove(0);
        let step = match &self.signature {
            Some(signature) => Step {
                instead: self.instead(&ran, signature),
                ..Step::ran(name, ran.tally(signature))
            },
            None => {
                let any = ran.seen.first().map(|s| s.finding.signature.clone());
                Step::ran(name, ran.tally(&any.unwrap_or_default()))
            }
        };
        // If this Go cannot check the program, showing nothing is not an answer.
        let step = match ran.notes.first() {
            Some(why) if step.state == State::Good => Step::skipped(name, why.clone()),
            _ => step,
        };
        Ok(Step { patched, ..step })
    }

    /// What the runs showed if none showed the signature. What breaks the contract says nothing
    /// about the fault.
    fn instead(&self, ran: &CaseRun, signature: &str) -> Option<Instead> {
        if ran.tally(signature).hits > 0 {
            return None;
        }
        let class = self.case.expected.as_ref().map_or(Class::Unstated, |e| e.class);
        let seen = ran.seen.iter().find(|s| s.finding.class <= class)?;
        Some(Instead { signature: seen.finding.signature.clone(), hits: seen.hits })
    }
}

fn releases(args: &BisectArgs, trial: &Trial) -> anyhow::Result<Vec<Step>> {
    let mut wanted: Vec<String> = match &args.releases {
        Some(list) => list.split(',').map(|v| v.trim().to_owned()).collect(),
        None => go_release::NEWEST.map(str::to_owned).into(),
    };
    wanted.sort_by_key(|v| release_order(v));
    wanted.dedup();
    let mut steps = Vec::new();
    for release in wanted {
        let options = GoOptions { toolchain: Some(release.clone()), ..args.go.options() };
        let step = match BuiltHarness::get(&options, &mut waiting()) {
            Ok(built) => trial.run(&release, built)?,
            // A release that is not available must not hide the results of the others.
            Err(
                e @ (EnvError::NoToolchain { .. }
                | EnvError::Build { .. }
                | EnvError::Patch(PatchError::DoesNotApply { .. })),
            ) => {
                let why = e.to_string();
                Step::skipped(&release, why.lines().next().unwrap_or_default().to_owned())
            }
            Err(e) => return Err(e.into()),
        };
        progress(&line(&step));
        steps.push(step);
    }
    Ok(steps)
}

fn commits(args: &BisectArgs, trial: &Trial, dir: &std::path::Path) -> anyhow::Result<Vec<Step>> {
    let checkout = Checkout::open(dir)?;
    let (good, bad) = (args.good.as_deref().unwrap_or(""), args.bad.as_deref().unwrap_or(""));
    // The finding may have been introduced or fixed: git knows which revision is older.
    let commits = match checkout.commits(good, bad) {
        Err(RepoError::Range(why)) if why.contains("descend") => {
            checkout.commits(bad, good).map_err(|_| {
                RepoError::Range(format!("neither of {good} and {bad} descends from the other"))
            })?
        }
        other => other?,
    };
    progress(&format!("{} to search that touch go/types", count(commits.len() - 1, "commit")));
    let plain = BuiltHarness::get(&args.go.options(), &mut waiting())?;
    let scratch = Scratch::new().context("cannot make a temporary folder")?;
    let mut n = 0;
    let (steps, _) = search::<anyhow::Error>(&commits, |commit| {
        n += 1;
        let goroot = &plain.toolchain.goroot;
        let overlay = checkout.overlay(commit, goroot, &scratch.cwd().join(n.to_string()))?;
        let name = commit.label();
        let options = GoOptions { overlay: Some(overlay), ..args.go.options() };
        let step = match BuiltHarness::build(plain.toolchain.clone(), &options, &mut waiting()) {
            Ok(built) => trial.run(&name, built)?,
            Err(EnvError::Build { output, .. }) => {
                let why = output.lines().find(|l| !l.starts_with('#')).unwrap_or_default();
                Step::skipped(
                    &name,
                    format!("does not build with {}: {why}", plain.toolchain.version),
                )
            }
            Err(e) => return Err(e.into()),
        };
        progress(&line(&step));
        Ok(step)
    })?;
    Ok(steps)
}

fn line(step: &Step) -> String {
    let [k, n] = step.tally;
    match step.state {
        State::Bad => format!("{}: bad, {k} of {n}", step.go),
        State::Good => match &step.instead {
            Some(i) => {
                format!("{}: good, {k} of {n}, but {} of {n} {}", step.go, i.hits, i.signature)
            }
            None => format!("{}: good, {k} of {n}", step.go),
        },
        State::Skipped => format!("{}: skipped: {}", step.go, step.why),
    }
}

fn text(report: &Report) -> String {
    let mut out = match &report.signature {
        Some(signature) => format!("{signature}\n"),
        None => "any finding\n".to_owned(),
    };
    for step in &report.steps {
        out.push_str(&format!("    {}\n", line(step)));
    }
    for turn in &report.turns {
        let what = if turn.after == State::Bad { "first bad" } else { "first good" };
        out.push_str(&format!("{what}: {} (after {})\n", turn.to, turn.from));
        if !turn.skipped.is_empty() {
            out.push_str(&format!("    or one of {}, skipped\n", turn.skipped.join(", ")));
        }
    }
    if report.turns.is_empty() {
        let bad = report.steps.iter().any(|s| s.state == State::Bad);
        out.push_str(if bad { "shown by all that ran\n" } else { "shown by none that ran\n" });
    }
    out
}
