//! How a harness is run, and the results of a run.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

#[cfg(doc)]
use super::error::HarnessError;
use super::protocol::RunReply;

/// Time limits, measured by the clock of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From the start of a process to its first message.
    pub start: Duration,
    /// Parse and setup of a test case, all rounds together.
    pub setup: Duration,
    /// The concurrent part of a test case, all rounds together.
    pub concurrent: Duration,
    /// A whole request.
    pub total: Duration,
    /// Bytes of heap above the harness's own.
    pub memory: u64,
}

impl Limits {
    /// The limits with all times multiplied, for runs that may only be slow.
    #[must_use]
    pub fn stretched(self, times: u32) -> Self {
        Self {
            setup: self.setup.saturating_mul(times),
            concurrent: self.concurrent.saturating_mul(times),
            total: self.total.saturating_mul(times),
            ..self
        }
    }

    /// The limits with one limit for a whole run and each part of it.
    #[must_use]
    pub fn of_run(self, limit: Duration) -> Self {
        Self { setup: limit, concurrent: limit, total: limit, ..self }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            start: Duration::from_secs(20),
            setup: Duration::from_secs(3),
            concurrent: Duration::from_secs(8),
            total: Duration::from_secs(12),
            memory: 256 << 20,
        }
    }
}

/// harness_go/internal/reports searches the detector's memory for this number to find the
/// detector's flags. The option that holds it has no effect in Go programs.
const REPORTS_MARKER: u32 = 1_951_350_895;

/// For blocks from this size on, the detector clears its shadow memory by mapping zeroes over it.
/// The default, 64 KiB, does this for the stack of every goroutine of every test case, and the page
/// faults take a sixth of its processor time.
const SHADOW_MAPPED: u32 = 1 << 20;

/// How a harness is run.
#[derive(Clone, Debug)]
pub struct HarnessConfig {
    /// The executable: [`super::BuiltHarness::path`].
    pub path: PathBuf,
    /// Time limits.
    pub limits: Limits,
    /// Test cases that one process runs.
    pub recycle_after: u32,
    /// Bytes of race log and output after which a process is replaced.
    pub recycle_litter: u64,
    /// GOMAXPROCS; the machine's processors if `None`.
    pub procs: Option<u32>,
    /// The size of the coverage map in bytes.
    pub map_size: usize,
    /// When set from elsewhere (a signal handler), it ends a slow request with
    /// [`HarnessError::Interrupted`].
    pub interrupt: Arc<AtomicBool>,
    /// The folder in which a harness of [`super::BuiltHarness::covered`] writes its coverage when a
    /// process exits. Processes are then allowed to exit by themselves.
    pub cover_dir: Option<PathBuf>,
    /// Whether the harness must have a race detector; `false` for one of
    /// [`super::BuiltHarness::unwatched`].
    pub race: bool,
    /// The number of the patch that the process runs with, if the harness has several; see
    /// [`super::overlay_together`].
    pub patch: Option<u32>,
    /// A time at which a slow request ends in the same way: the end of a campaign.
    pub until: Option<Instant>,
}

impl HarnessConfig {
    /// The defaults for an executable.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            limits: Limits::default(),
            recycle_after: 2000,
            recycle_litter: 8 << 20,
            procs: None,
            map_size: 1 << 20,
            interrupt: Arc::default(),
            cover_dir: None,
            race: true,
            patch: None,
            until: None,
        }
    }

    /// The race detector's options. By default it reports a pair of stacks only once per process,
    /// and sleeps for a second at exit.
    ///
    /// # Errors
    /// A path that cannot be quoted in the options.
    pub fn gorace(&self, log: &Path) -> io::Result<String> {
        let path = log.to_str().filter(|p| !p.contains(['"', '\n']));
        let path = path.ok_or_else(|| {
            io::Error::other(format!(
                "TMPDIR cannot be used in GORACE's log_path: {}",
                log.display()
            ))
        })?;
        Ok(format!(
            "suppress_equal_stacks=0 suppress_equal_addresses=0 atexit_sleep_ms=0 exitcode=0 \
             history_size=3 clear_shadow_mmap_threshold={SHADOW_MAPPED} \
             flush_symbolizer_ms={REPORTS_MARKER} log_path=\"{path}\""
        ))
    }
}

/// A stage of a run, for its time limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Parse and setup.
    Setup,
    /// The goroutines.
    Concurrent,
    /// The whole request.
    Total,
}

impl Stage {
    /// The word in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Setup => "setup",
            Stage::Concurrent => "concurrent",
            Stage::Total => "total",
        }
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// It sent a reply.
    Replied,
    /// The process died.
    Died {
        /// `exit status: 2`, `signal: 9 (SIGKILL)`.
        status: String,
        /// Its output during the run: the fatal error and its stacks.
        output: String,
    },
    /// The process was killed at the time limit.
    TimedOut {
        /// The stage whose limit was exceeded.
        stage: Stage,
        /// Every goroutine's stack.
        dump: String,
    },
    /// The process was killed over the memory cap.
    OverMemory {
        /// Bytes of heap; of the whole process if the heap's size is unknown.
        bytes: u64,
        /// Every goroutine's stack.
        dump: String,
        /// A heap profile as text; empty if the process could not make one.
        profile: String,
    },
}

/// The result of running a test case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The harness's answer, if it survived.
    pub reply: Option<RunReply>,
    /// The race detector's reports of this run.
    pub reports: String,
    /// How it ended.
    pub end: End,
}

/// A failure that showed between two runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Late {
    /// The race detector's reports.
    pub reports: String,
    /// How the process ended and what it printed, if it did.
    pub death: Option<(String, String)>,
}
