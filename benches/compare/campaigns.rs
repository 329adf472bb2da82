//! Measures whole campaigns of the program itself, each in its own process: what they reach, and
//! when they find what is known to be there.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output};
use std::time::Duration;

use serde_json::{Value, json};
use typerace::finding::{Known, Number};
use typerace::report;
use typerace::scenario::Class;

use super::Failure;
use super::results::Results;

/// Campaigns without one of their parts, selected by flags of `typerace fuzz`.
/// docs/NEGATIVE-RESULTS.md has the parts that were measured once and have been removed from the
/// program.
const VARIANTS: [(&str, &[&str]); 7] = [
    ("default", &[]),
    ("without seeded schedules", &["--no-schedules"]),
    ("without the sense", &["--no-sense"]),
    ("without coverage feedback", &["--no-coverage-feedback"]),
    ("without either", &["--no-sense", "--no-coverage-feedback"]),
    ("operators chosen uniformly", &["--operators", "uniform"]),
    ("operators by fixed weights", &["--operators", "fixed"]),
];

/// The release on which parts are compared, because it has both publicly open races.
const RELEASE: &str = "go1.27.3";

/// A campaign to measure.
struct Job {
    key: Vec<String>,
    release: &'static str,
    seed: u64,
    seconds: u64,
    flags: Vec<&'static str>,
    /// The findings that end it once all of them are found.
    until_found: bool,
}

/// Each variant with each seed, from generated programs alone. The variants alternate within each
/// seed, so that an interrupted measurement still compares something.
pub fn ablations(
    results: &mut Results,
    seeds: u64,
    seconds: u64,
    at_once: usize,
) -> Result<(), Failure> {
    let job = |seed, (variant, flags): (&str, &[&'static str])| Job {
        key: vec![variant.to_owned(), format!("seed {seed}"), format!("{seconds} s")],
        release: RELEASE,
        seed,
        seconds,
        flags: [&["--no-seeds"], flags].concat(),
        until_found: false,
    };
    let jobs = (1..=seeds).flat_map(|seed| VARIANTS.map(|v| job(seed, v)));
    measure(results, "ablation", jobs.collect(), at_once)
}

/// Default campaigns from nothing and from the seeds, the given number for each release. Each ends
/// when it has found the known races and a breach of contract, because the table does not show what
/// happens after that.
pub fn survival(
    results: &mut Results,
    releases: &[(&'static str, u64)],
    seconds: u64,
    at_once: usize,
) -> Result<(), Failure> {
    let mut jobs = Vec::new();
    for &(release, seeds) in releases {
        for seed in 1..=seeds {
            for (start, flags) in [("--no-seeds", vec!["--no-seeds"]), ("default corpus", vec![])] {
                let key = [release, start, &format!("seed {seed}"), &format!("{seconds} s")];
                let key = key.map(str::to_owned).to_vec();
                jobs.push(Job { key, release, seed, seconds, flags, until_found: true });
            }
        }
    }
    measure(results, "survival", jobs, at_once)
}

/// Runs the campaigns without results so far, `at_once` of them side by side.
fn measure(
    results: &mut Results,
    part: &str,
    mut jobs: Vec<Job>,
    at_once: usize,
) -> Result<(), Failure> {
    if at_once > 1 {
        // Each campaign has its own figures and, at best, its own processor.
        for job in &mut jobs {
            job.key.push(format!("{at_once} at once, one worker each"));
            job.flags.extend(["--cores", "1"]);
        }
    }
    jobs.retain(|j| results.wants(part, &j.key));
    for jobs in jobs.chunks(at_once) {
        let begun = Results::begin();
        let all: Vec<Result<Value, String>> = std::thread::scope(|scope| {
            let run = |j: &Job| {
                eprintln!("{part} {}", j.key.join(", "));
                let wanted = j.until_found.then(|| Wanted::of(j.release));
                campaign(Some(j.release), j.seed, j.seconds, &j.flags, wanted.as_ref())
                    .map_err(|e| e.to_string())
            };
            let threads: Vec<_> = jobs.iter().map(|j| scope.spawn(move || run(j))).collect();
            let join = |t: std::thread::ScopedJoinHandle<'_, _>| {
                t.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            threads.into_iter().map(join).collect()
        });
        for (job, figures) in jobs.iter().zip(all) {
            results.add(part, &job.key, begun.clone(), figures?)?;
        }
    }
    Ok(())
}

/// A campaign that failed, with its last output.
pub fn failed(output: &Output) -> Failure {
    let text = String::from_utf8_lossy(&output.stderr);
    let last = text.lines().last().unwrap_or_default();
    format!("a campaign ended with {}: {last}", output.status).into()
}

/// The issues of go/types for whose races the tables give the time.
pub const RACES: [u64; 2] = [79035, 81122];

/// The findings after which a campaign may end.
pub struct Wanted {
    known: Known,
    issues: Vec<Number>,
}

impl Wanted {
    fn of(release: &str) -> Self {
        let known = Known::shipped();
        let issues = RACES.map(Number::Number).into_iter();
        Self { issues: issues.filter(|i| known.affects(i, release)).collect(), known }
    }

    /// Whether the campaign's store has each of these races, and a breach of contract.
    fn all_in(&self, crashes: &Path) -> bool {
        // The store does not exist yet.
        let Ok(found) = report::collect(crashes, &self.known) else { return false };
        let has = |issue: &Number| {
            found.known_ones().any(|e| e.known.as_ref().is_some_and(|k| k.issue == *issue))
        };
        let is_breach = |e: &report::Entry| e.finding.class == Class::Breach;
        self.issues.iter().all(has) && found.entries.iter().any(is_breach)
    }
}

/// Asks a campaign to end, as its user would, once all wanted findings are there.
fn end_when_found(campaign: &mut Child, wanted: &Wanted, crashes: &Path) -> Result<(), Failure> {
    while campaign.try_wait()?.is_none() {
        if wanted.all_in(crashes) {
            return interrupt(campaign);
        }
        std::thread::sleep(Duration::from_millis(250));
    }
    Ok(())
}

/// Asks a process to end, as Ctrl-C does at a terminal.
pub fn interrupt(process: &Child) -> Result<(), Failure> {
    Command::new("kill").args(["-INT", &process.id().to_string()]).status()?;
    Ok(())
}

/// Runs a campaign, on the go command in PATH or a release, and keeps the part of its summary that
/// is compared. It ends early when it has found everything that is wanted.
pub fn campaign(
    release: Option<&str>,
    seed: u64,
    seconds: u64,
    flags: &[&str],
    wanted: Option<&Wanted>,
) -> Result<Value, Failure> {
    let dir = tempfile::tempdir()?;
    let [summary, log] = ["summary", "log"].map(|name| dir.path().join(name));
    let toolchain = release.map(|r| ["--toolchain", r]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_typerace"))
        .args(["fuzz", "--plain", "--json"])
        .args(toolchain.iter().flatten())
        .args(["--seed", &seed.to_string(), "--time", &format!("{seconds}s")])
        .args(flags)
        .current_dir(dir.path())
        // The output is not read before the end, and a full pipe would stop the campaign.
        .stdout(fs::File::create(&summary)?)
        .stderr(fs::File::create(&log)?)
        .spawn()?;
    if let Some(wanted) = wanted {
        end_when_found(&mut child, wanted, &dir.path().join("crashes"))?;
    }
    let status = child.wait()?;
    let output = Output { status, stdout: fs::read(&summary)?, stderr: fs::read(&log)? };
    if !matches!(output.status.code(), Some(0 | 1)) {
        return Err(failed(&output));
    }
    let summary: Value = serde_json::from_slice(&output.stdout)?;
    let findings = summary["findings"].as_array().cloned().unwrap_or_default();
    // The time of the first finding of an issue, or of the first breach of contract.
    let first = |wanted: &dyn Fn(&Value) -> bool| {
        let times = findings
            .iter()
            .filter(|f| wanted(f))
            .filter_map(|f| Some((f["seconds_to_find"].as_f64()?, f["execs_to_find"].as_u64()?)));
        times.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(s, n)| json!({"seconds": s, "execs": n}))
    };
    let issue = |n: u64| first(&|f| f["known"]["issue"] == n);
    Ok(json!({
        "seconds": summary["seconds"],
        "execs": summary["execs"],
        "execs_per_second": summary["execs_per_second"],
        "coverage": summary["coverage"],
        "valid_percent": summary["valid_percent"],
        "findings": findings.len(),
        "not_contract": findings.iter().filter(|f| f["class"] != "contract").count(),
        "79035": issue(79035),
        "81122": issue(81122),
        "race": first(&|f| f["kind"] == "data-race"),
        "contract": first(&|f| f["class"] == "contract"),
    }))
}
