//! Runs a program as a user would: built with `-race`, each time in a new process, with the race
//! detector's default settings.

use std::fs::{self, File};
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::program::Program;
use super::write::Crash;
use crate::finding::{
    End, Exit, Finding, Kind, Observed, Origin, RootBy, changed_syntax, findings, name_stall,
    printed_changes,
};
use crate::harness::{Scratch, Toolchain, kill, spawn_tied};
use crate::scenario::Scenario;

/// The time limit of a process. A program that hangs ends itself after ten seconds.
const LIMIT: Duration = Duration::from_secs(30);

/// How often the output of a process is read.
const LOOK: Duration = Duration::from_millis(100);

/// A program that could not be run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The file system.
    #[error("cannot run the standalone program: {0}")]
    Io(#[from] io::Error),
    /// It does not compile: typerace is at fault, or a module cannot be downloaded.
    #[error("the standalone program does not build:\n{0}")]
    Build(String),
    /// The user wants to stop.
    #[error("interrupted")]
    Interrupted,
}

/// The results of several processes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Processes that showed the finding.
    pub hits: u32,
    /// All of them.
    pub runs: u32,
    /// Other signatures that were seen.
    pub others: Vec<String>,
    /// The output of the first process that showed the finding.
    pub output: String,
}

/// The results of a probe's trials.
#[derive(Clone, Debug, Default)]
pub(super) struct Tried {
    /// The trial of each attempt that showed the finding.
    pub hits: Vec<usize>,
    /// The last trial that started.
    pub last: Option<usize>,
    /// Whether the process did not finish.
    pub died: bool,
    /// Its standard output.
    pub listed: String,
}

/// A built program.
#[derive(Debug)]
pub struct Runner {
    /// Removed by the next typerace if this one is killed.
    scratch: Scratch,
}

impl Runner {
    /// Builds a program in a folder of its own, with or without the race detector.
    ///
    /// # Errors
    /// It does not build, or the flag is set.
    pub fn build(
        program: &Program,
        go: &Toolchain,
        race: bool,
        interrupted: &AtomicBool,
    ) -> Result<Self, RunError> {
        let scratch = Scratch::new()?;
        let dir = scratch.cwd();
        fs::write(dir.join("main.go"), &program.main_go)?;
        fs::write(dir.join("go.mod"), &program.go_mod)?;
        if let Some(sum) = &program.go_sum {
            fs::write(dir.join("go.sum"), sum)?;
        }
        let mut build = go.command();
        // A build that is killed leaves its files behind.
        build.args(["build", "-o", "repro"]).current_dir(&dir).env("GOTMPDIR", &dir);
        if race {
            build.arg("-race");
        }
        if let Some(overlay) = &go.overlay {
            build.arg("-overlay").arg(overlay);
        }
        let said = dir.join("said");
        build.arg(".").stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&said)?);
        let status = Process(spawn_tied(&mut build)?).wait(Duration::MAX, interrupted)?;
        if status.success() {
            Ok(Self { scratch })
        } else {
            Err(RunError::Build(String::from_utf8_lossy(&fs::read(said)?).trim().to_owned()))
        }
    }

    /// The folder in which it was built.
    pub(super) fn dir(&self) -> PathBuf {
        self.scratch.cwd()
    }

    /// Runs it `runs` times, two processes at a time. Ends early once `enough` hits are
    /// out of reach. A process that has shown a race is killed: its other attempts add
    /// nothing.
    ///
    /// # Errors
    /// It cannot be started, or the flag is set.
    pub fn run(
        &self,
        finding: &Finding,
        runs: u32,
        enough: u32,
        interrupted: &AtomicBool,
    ) -> Result<Shown, RunError> {
        let mut shown = Shown::default();
        while shown.runs < runs && shown.runs - shown.hits <= runs.saturating_sub(enough) {
            let together = 2.min(runs - shown.runs);
            let started: Vec<_> = (0..together).map(|i| self.start(i)).collect::<Result<_, _>>()?;
            for (i, process) in started.into_iter().enumerate() {
                let path = self.dir().join(format!("output{i}"));
                let status = match finding.kind {
                    Kind::DataRace => process.wait_for_race(&path, finding, interrupted)?,
                    _ => process.wait(LIMIT, interrupted)?,
                };
                let output = fs::read(path)?;
                let output = String::from_utf8_lossy(&output);
                let seen = seen(&output, status);
                shown.runs += 1;
                if shows(finding, &seen) {
                    shown.hits += 1;
                    if shown.output.is_empty() {
                        shown.output = output.into_owned();
                    }
                }
                for s in seen {
                    if s != finding.signature && !shown.others.contains(&s) {
                        shown.others.push(s);
                    }
                }
            }
        }
        Ok(shown)
    }

    /// Runs a probe with the trials on its standard input, until a time limit.
    pub(super) fn probe(
        &self,
        trials: &str,
        limit: Duration,
        crash: &Crash,
        interrupted: &AtomicBool,
    ) -> Result<Tried, RunError> {
        let at = |name: &str| self.dir().join(name);
        fs::write(at("trials"), trials)?;
        let mut command = Command::new(at("repro"));
        command
            .current_dir(self.dir())
            // One process makes many attempts, so every report counts.
            .env("GORACE", "suppress_equal_stacks=0 suppress_equal_addresses=0 atexit_sleep_ms=0")
            .env_remove("GODEBUG")
            .env_remove("GOTRACEBACK")
            .env_remove("GOMAXPROCS")
            .stdin(File::open(at("trials"))?)
            .stdout(File::create(at("listed"))?)
            .stderr(File::create(at("said"))?);
        let status = Process(spawn_tied(&mut command)?).wait(limit, interrupted)?;
        let said = fs::read(at("said"))?;
        let said = String::from_utf8_lossy(&said);
        let mut tried = Tried {
            listed: fs::read_to_string(at("listed"))?,
            died: !matches!(status.code(), Some(0 | 66)),
            ..Tried::default()
        };
        let well = ExitStatus::from_raw(0);
        let mut attempts = said.split("@@ ").skip(1).peekable();
        while let Some(attempt) = attempts.next() {
            let (number, output) = attempt.split_once('\n').unwrap_or((attempt, ""));
            let Ok(number) = number.trim().parse() else { continue };
            tried.last = Some(number);
            let end = if attempts.peek().is_none() { status } else { well };
            if shows(&crash.finding, &seen(output, end)) {
                tried.hits.push(number);
            }
        }
        Ok(tried)
    }

    fn start(&self, i: u32) -> Result<Process, io::Error> {
        let output = File::create(self.dir().join(format!("output{i}")))?;
        let mut command = Command::new(self.dir().join("repro"));
        command
            .current_dir(self.dir())
            // The environment of `go run -race .` in an ordinary shell.
            .env_remove("GORACE")
            .env_remove("GODEBUG")
            .env_remove("GOTRACEBACK")
            .env_remove("GOMAXPROCS")
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output);
        Ok(Process(spawn_tied(&mut command)?))
    }
}

/// A process that is killed when dropped, with those that it started.
struct Process(Child);

impl Process {
    /// Waits for its end, or for the first report of a race in its output.
    fn wait_for_race(
        self,
        output: &Path,
        finding: &Finding,
        interrupted: &AtomicBool,
    ) -> Result<ExitStatus, RunError> {
        let (mut looked, mut len) = (Instant::now(), 0);
        self.wait_until(LIMIT, interrupted, || {
            if looked.elapsed() < LOOK {
                return Ok(false);
            }
            looked = Instant::now();
            let now = fs::metadata(output)?.len();
            if std::mem::replace(&mut len, now) == now {
                return Ok(false);
            }
            let output = fs::read(output)?;
            let output = String::from_utf8_lossy(&output);
            Ok(shows(finding, &seen(&output, ExitStatus::from_raw(0))))
        })
    }

    fn wait(self, limit: Duration, interrupted: &AtomicBool) -> Result<ExitStatus, RunError> {
        self.wait_until(limit, interrupted, || Ok(false))
    }

    fn wait_until(
        mut self,
        limit: Duration,
        interrupted: &AtomicBool,
        mut enough: impl FnMut() -> io::Result<bool>,
    ) -> Result<ExitStatus, RunError> {
        let began = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait()? {
                return Ok(status);
            }
            if interrupted.load(Ordering::Relaxed) {
                return Err(RunError::Interrupted);
            }
            if began.elapsed() > limit || enough()? {
                kill(&self.0);
                return Ok(self.0.wait()?);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A process that has been waited for is gone, and its id may be another's.
        if let Ok(None) = self.0.try_wait() {
            kill(&self.0);
            let _ = self.0.wait();
        }
    }
}

/// Whether the signatures of a process show a finding. Any race of its root does, if a patch
/// says which root that is: its minimized test case shows no other.
fn shows(finding: &Finding, seen: &[String]) -> bool {
    let is_patched = finding.root.as_ref().is_some_and(|root| root.by == RootBy::Patch);
    let race = |s: &String| s.starts_with("data-race: ") && s.contains("go/types.");
    seen.contains(&finding.signature)
        || (finding.kind == Kind::DataRace && is_patched && seen.iter().any(race))
}

/// The signatures in the output of a process.
fn seen(output: &str, status: ExitStatus) -> Vec<String> {
    let scenario = Scenario::default();
    let origin = Origin::default();
    let exit = match (status.code(), status.signal()) {
        (Some(code), _) => Exit::Code(code),
        (None, signal) => Exit::Signal(signal.unwrap_or_default()),
    };
    let end = if output.contains("panic: no end after 10 s") {
        End::TimedOut { dump: output }
    } else if ["panic: ", "fatal error: "]
        .iter()
        .any(|m| output.starts_with(m) || output.contains(&format!("\n{m}")))
    {
        End::Died { exit, output }
    } else {
        // 66 after a race report, 0 without one.
        End::Replied
    };
    let observed = Observed {
        reports: output,
        end,
        panics: &[],
        scenario: &scenario,
        sequential: false,
        origin: &origin,
    };
    let mut findings = findings(&observed);
    if let End::TimedOut { dump } = end {
        findings.iter_mut().for_each(|f| name_stall(f, dump));
    }
    findings.extend(changed_syntax(&printed_changes(output), &scenario, &origin));
    findings.into_iter().map(|f| f.signature).collect()
}
