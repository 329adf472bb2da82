//! How a harness is run, and what comes of a run.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

#[cfg(doc)]
use super::error::HarnessError;
use super::protocol::RunReply;

/// Time limits, by the clock of this side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From the start of a process to its first word.
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
    /// So many times the time, for what may only be slow.
    #[must_use]
    pub fn stretched(self, times: u32) -> Self {
        Self {
            setup: self.setup.saturating_mul(times),
            concurrent: self.concurrent.saturating_mul(times),
            total: self.total.saturating_mul(times),
            ..self
        }
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

/// What harness_go/internal/reports looks for in the detector's memory, to find its
/// flags. The option it is given to does nothing in Go programs.
const REPORTS_MARKER: u32 = 1_951_350_895;

/// From how many bytes on the detector forgets what it knew of memory by mapping zeroes
/// over it. The default, 64 KiB, does so for the stack of every goroutine of every test
/// case: page faults are a sixth of its processor time.
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
    /// Bytes of the coverage map.
    pub map_size: usize,
    /// Set from elsewhere (a signal handler), it ends a request that takes
    /// long with [`HarnessError::Interrupted`].
    pub interrupt: Arc<AtomicBool>,
    /// Where a harness of [`super::BuiltHarness::covered`] leaves its coverage when a
    /// process ends, which it then does by itself.
    pub cover_dir: Option<PathBuf>,
    /// When a request that takes long ends in the same way: a campaign's time.
    pub until: Option<Instant>,
}

impl HarnessConfig {
    /// The defaults, for an executable.
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
            until: None,
        }
    }

    /// The race detector's options. By default it reports a pair of stacks
    /// once in a process's life, and sleeps a second when that ends.
    ///
    /// # Errors
    /// A path that cannot be quoted in them.
    pub fn gorace(&self, log: &Path) -> io::Result<String> {
        let path = log.to_str().filter(|p| !p.contains(['"', '\n']));
        let path = path.ok_or_else(|| {
            io::Error::other(format!("TMPDIR is no path for GORACE's log_path: {}", log.display()))
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
    /// All of it.
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
    /// There is a reply.
    Replied,
    /// The process died.
    Died {
        /// `exit status: 2`, `signal: 9 (SIGKILL)`.
        status: String,
        /// What it printed during the run: the fatal error and its stacks.
        output: String,
    },
    /// The process was killed at the time limit.
    TimedOut {
        /// Whose limit.
        stage: Stage,
        /// Every goroutine's stack.
        dump: String,
    },
    /// The process was killed over the memory cap.
    OverMemory {
        /// Bytes of heap; of the whole process if the heap could not be asked.
        bytes: u64,
        /// Every goroutine's stack.
        dump: String,
        /// A heap profile as text; empty if the process could not make one.
        profile: String,
    },
}

/// What a test case did to the harness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The harness's answer, if it lived.
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
