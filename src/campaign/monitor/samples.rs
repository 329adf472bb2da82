//! A campaign's figures over time, a line of JSON every second.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

use crate::campaign::corpus::work_dir::WorkDir;
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
}

/// The destination of the lines; none by default.
#[derive(Debug, Default)]
pub struct Samples {
    file: Option<File>,
    next: Duration,
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
        Ok(Self { file: path.map(open).transpose()?, next: Duration::ZERO })
    }

    /// Whether a line is due.
    #[must_use]
    pub fn is_due(&self, now: Duration) -> bool {
        self.file.is_some() && now >= self.next
    }

    /// Writes a line. Figures are optional: a full disk does not end a campaign.
    pub fn write(&mut self, sample: &Sample) {
        self.next = Duration::from_secs_f64(sample.seconds.max(0.0)) + EVERY;
        if let (Some(file), Ok(text)) = (&mut self.file, serde_json::to_string(sample))
            && writeln!(file, "{text}").is_err()
        {
            self.file = None;
        }
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
