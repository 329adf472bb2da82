//! How a harness is run, and what comes of a run.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

#[cfg(doc)]
use super::error::HarnessError;
use super::protocol::RunReply;

/// Time limits, by the clock of this side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From the start of a process to its first word.
    pub start: Duration,
    /// Parse and setup of a test case. The protocol has no message between
    /// the stages, so only `total` is enforced so far.
    pub setup: Duration,
    /// The concurrent part of a test case; see `setup`.
    pub concurrent: Duration,
    /// A whole request.
    pub total: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            start: Duration::from_secs(20),
            setup: Duration::from_secs(3),
            concurrent: Duration::from_secs(8),
            total: Duration::from_secs(12),
        }
    }
}

/// What harness_go/internal/reports looks for in the detector's memory, to find its
/// flags. The option it is given to does nothing in Go programs.
const REPORTS_MARKER: u32 = 1_951_350_895;

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
        }
    }

    /// The race detector's options. By default it reports a pair of stacks
    /// once in a process's life, and sleeps a second when that ends.
    pub(super) fn gorace(&self, log: &Path) -> io::Result<String> {
        let path = log.to_str().filter(|p| !p.contains(['"', '\n']));
        let path = path.ok_or_else(|| {
            io::Error::other(format!("TMPDIR is no path for GORACE's log_path: {}", log.display()))
        })?;
        Ok(format!(
            "suppress_equal_stacks=0 suppress_equal_addresses=0 atexit_sleep_ms=0 exitcode=0 \
             history_size=3 flush_symbolizer_ms={REPORTS_MARKER} log_path=\"{path}\""
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
