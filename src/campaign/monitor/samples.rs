//! A campaign's figures over time, a line of JSON every second.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

use crate::finding::Kind;
use crate::scenario::Class;

const EVERY: Duration = Duration::from_secs(1);

/// The file of figures cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {path}: {source}")]
pub struct SamplesError {
    path: PathBuf,
    source: std::io::Error,
}

/// One line.
#[derive(Clone, Debug, Serialize)]
pub struct Sample {
    /// Since the campaign's start.
    pub seconds: f64,
    /// Executions.
    pub execs: u64,
    /// The ratio of the two.
    pub execs_per_second: f64,
    /// Corpus entries.
    pub corpus: usize,
    /// Counters that were hit.
    pub coverage: usize,
    /// Counters there are.
    pub counters: usize,
    /// Share of executions whose packages all type-check, percent.
    pub valid_percent: f64,
    /// Distinct findings.
    pub findings: usize,
    /// The same by kind and class: `{"data-race":{"bug":1}}`.
    pub findings_by: BTreeMap<Kind, BTreeMap<Class, usize>>,
    /// Harness processes that took the place of another.
    pub harness_restarts: u64,
    /// When a new counter was hit last; `null` before the first.
    pub last_coverage: Option<f64>,
    /// When something was found last; `null` before that.
    pub last_finding: Option<f64>,
    /// Processes that run test cases.
    pub workers: usize,
}

/// Where the lines go; nowhere by default.
#[derive(Debug, Default)]
pub struct Samples {
    file: Option<File>,
    next: Duration,
}

impl Samples {
    /// Opens the file; another campaign's lines are replaced.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn open(path: Option<&Path>) -> Result<Self, SamplesError> {
        let file = path
            .map(|p| File::create(p).map_err(|source| SamplesError { path: p.to_owned(), source }));
        Ok(Self { file: file.transpose()?, next: Duration::ZERO })
    }

    /// Whether it is time for a line.
    #[must_use]
    pub fn is_due(&self, now: Duration) -> bool {
        self.file.is_some() && now >= self.next
    }

    /// Writes a line. Figures are a bonus: a full disk costs no campaign.
    pub fn write(&mut self, sample: &Sample) {
        self.next = Duration::from_secs_f64(sample.seconds.max(0.0)) + EVERY;
        if let (Some(file), Ok(text)) = (&mut self.file, serde_json::to_string(sample))
            && writeln!(file, "{text}").is_err()
        {
            self.file = None;
        }
    }
}
