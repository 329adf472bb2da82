//! A campaign's figures over time, a line of JSON every second.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

use crate::campaign::corpus::work_dir::WorkDir;
use crate::campaign::results::summary::Summary;
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

/// How a campaign ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct End {
    /// What ended it.
    pub by: EndBy,
    /// The exit code.
    pub exit: u8,
    /// What went wrong, if something did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What ends a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndBy {
    /// `--time`.
    Time,
    /// `--execs`.
    Execs,
    /// `--until-finding`.
    Findings,
    /// A signal, or the key `q`.
    Signal,
    /// Nothing in the corpus can be mutated.
    EmptyCorpus,
    /// An error.
    Error,
}

/// One line.
#[derive(Clone, Debug, Serialize)]
pub struct Sample {
    /// Time since the campaign's start.
    pub seconds: f64,
    /// Executions.
    pub execs: u64,
    /// Executions per second.
    pub execs_per_second: f64,
    /// Corpus entries.
    pub corpus: usize,
    /// Counters hit.
    pub coverage: usize,
    /// Counters in total.
    pub counters: usize,
    /// Share of executions whose packages all type-check, percent.
    pub valid_percent: f64,
    /// Distinct findings.
    pub findings: usize,
    /// The same, by kind and class: `{"data-race":{"bug":1}}`.
    pub findings_by: BTreeMap<Kind, BTreeMap<Class, usize>>,
    /// The number of findings of each root that was determined.
    pub roots: BTreeMap<String, usize>,
    /// Harness processes that replaced another one.
    pub harness_restarts: u64,
    /// When a new counter was last hit; `null` before the first one.
    pub last_coverage: Option<f64>,
    /// When something was last found; `null` before that.
    pub last_finding: Option<f64>,
    /// Processes that run test cases.
    pub workers: usize,
    /// How it ended; in its last line only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<End>,
}

impl Sample {
    /// Takes the figures of a campaign's summary.
    pub fn conclude(&mut self, summary: &Summary) {
        self.seconds = summary.seconds;
        self.execs = summary.execs;
        self.execs_per_second = summary.execs_per_second;
        self.corpus = summary.corpus;
        (self.coverage, self.counters) = (summary.coverage.hit, summary.coverage.total);
        self.valid_percent = summary.valid_percent;
        self.findings = summary.findings.len();
    }
}

/// The destination of the lines; none by default.
#[derive(Debug, Default)]
pub struct Samples {
    path: PathBuf,
    file: Option<File>,
    next: Duration,
    /// Why there are no more lines.
    failed: Option<SamplesError>,
}

impl Samples {
    /// Opens the file. A campaign that resumes in `work` adds to the lines of the earlier one, as it
    /// adds to everything else; another one replaces them.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn open(path: Option<&Path>, work: &WorkDir) -> Result<Self, SamplesError> {
        let open = |p: &Path| {
            let mut options = File::options();
            let options = options.create(true).read(true);
            if work.is_resumed() {
                let mut file = options.append(true).open(p)?;
                end_line(&mut file)?;
                return Ok(file);
            }
            options.write(true).truncate(true).open(p)
        };
        let open = |p: &Path| open(p).map_err(|source| SamplesError { path: p.to_owned(), source });
        let file = path.map(open).transpose()?;
        Ok(Self { path: path.unwrap_or(Path::new("")).to_owned(), file, ..Self::default() })
    }

    /// Whether a line is due.
    #[must_use]
    pub fn is_due(&self, now: Duration) -> bool {
        self.file.is_some() && now >= self.next
    }

    /// Writes a line. The first one that cannot be written is the last, and the error is returned
    /// for people: findings are worth more than figures, so a full disk does not end a campaign.
    pub fn write(&mut self, sample: &Sample) -> Option<&SamplesError> {
        self.next = Duration::from_secs_f64(sample.seconds.max(0.0)) + EVERY;
        let (file, text) = (self.file.as_mut()?, serde_json::to_string(sample).ok()?);
        let source = writeln!(file, "{text}").err()?;
        self.file = None;
        Some(self.failed.insert(SamplesError { path: self.path.clone(), source }))
    }

    /// Takes the error that ended the lines, if one did.
    ///
    /// # Errors
    /// That error.
    pub fn take_failure(&mut self) -> Result<(), SamplesError> {
        self.failed.take().map_or(Ok(()), Err)
    }
}

/// Ends a last line that a killed campaign did not write completely.
fn end_line(file: &mut File) -> io::Result<()> {
    let mut last = [b'\n'];
    if file.metadata()?.is_file() && file.metadata()?.len() > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    if last == *b"\n" { Ok(()) } else { file.write_all(b"\n") }
}
