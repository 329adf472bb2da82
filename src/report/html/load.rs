//! Reads the page's content from disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Page, PageFinding, PageRoot, Sample};
use crate::files;
use crate::finding::Frame;
use crate::report::{Entry, Report, is_doubtful, roots};
use crate::scenario::Class;
use crate::store::{MINIMIZED, REPORT, StoreError, TESTCASE};
use crate::triage::Quotes;
use crate::triage::standalone::report as own_report;

/// A file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The crash directories cannot be read.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// A file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The page cannot be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not what it should be.
    #[error("{path}, line {line}: {why}")]
    Json {
        /// The file.
        path: PathBuf,
        /// 1-based.
        line: usize,
        /// What is wrong.
        why: String,
    },
}

/// Lines of source around the one that a frame names.
const AROUND: u32 = 3;
/// Bytes of all reports, and of all programs, on a page. They are shared out among the roots.
const REPORTS: usize = 250_000;
const PROGRAMS: usize = 150_000;
/// The most for one.
const LONGEST: usize = 20_000;

/// Puts the findings of a report on a page, with the files of each root's representative.
pub fn load(page: &mut Page, report: &Report) {
    let roots = roots(&report.entries);
    let share = |all: usize| (all / roots.len().max(1)).min(LONGEST);
    for root in &roots {
        page.roots.push(PageRoot {
            heading: root.heading.clone(),
            class: root.class,
            findings: root.entries.iter().map(|e| e.finding.clone()).collect(),
            shown: page_finding(root.shown, share(REPORTS), share(PROGRAMS)),
        });
    }
    for e in &report.entries {
        if e.finding.class == Class::Breach {
            page.breaches.push(e.finding.clone());
        } else if is_doubtful(&e.finding) {
            page.unconfirmed.push(e.finding.clone());
        }
    }
}

fn page_finding(entry: &Entry, report_bytes: usize, program_bytes: usize) -> PageFinding {
    let finding = entry.finding.clone();
    let text = |name: &str| {
        let bytes = files::read(&entry.path.join(name)).ok();
        bytes.map(|b| String::from_utf8_lossy(&b).into_owned())
    };
    let minimized = text(MINIMIZED);
    let report = text(REPORT).unwrap_or_default();
    let frames: Vec<&Frame> = finding.stacks.iter().flat_map(|s| &s.frames).collect();
    let is_minimized = minimized.is_some();
    let testcase = minimized.or_else(|| text(TESTCASE)).unwrap_or_default();
    let name = if is_minimized { MINIMIZED } else { TESTCASE };
    PageFinding {
        minimized: is_minimized,
        testcase: cut(testcase, program_bytes, name),
        source: source(&report, &frames, &Quotes::of(&entry.path, &finding)),
        report: cut(own_report(&finding, &report), report_bytes, REPORT),
        finding,
    }
}

/// Cuts a long text at the end of a line.
fn cut(mut text: String, bytes: usize, file: &str) -> String {
    if text.len() <= bytes {
        return text;
    }
    let mut end = bytes;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let end = text[..end].rfind('\n').map_or(end, |i| i + 1);
    text.truncate(end);
    text.push_str(&format!("… cut here; the whole text is in {file}\n"));
    text
}

/// The source lines that frames name. Frames name files without GOROOT; the raw report has
/// their full paths. Skips files that no longer exist.
fn source(report: &str, frames: &[&Frame], quotes: &Quotes) -> BTreeMap<(String, u32), String> {
    let mut lines = BTreeMap::new();
    let mut files: BTreeMap<&str, Option<String>> = BTreeMap::new();
    for frame in frames.iter().filter(|f| f.file.ends_with(".go") && f.line > 0) {
        let text = files.entry(&frame.file).or_insert_with(|| {
            // A module's folder includes its version, so match on the last folder only.
            let (folder, base) = frame.file.rsplit_once('/')?;
            let folder = folder.rsplit('/').next().unwrap_or(folder);
            let end = format!("/{folder}/{base}:");
            let line = report.lines().find(|l| l.contains(&end))?.trim();
            let at = line.find(&end)? + end.len() - 1;
            quotes.read(line.get(..at)?)
        });
        let Some(text) = text else { continue };
        let first = frame.line.saturating_sub(AROUND).max(1);
        let wanted = text.lines().zip(1u32..).skip(first as usize - 1);
        for (line, n) in wanted.take_while(|(_, n)| *n <= frame.line.saturating_add(AROUND)) {
            lines.insert((frame.file.clone(), n), line.to_owned());
        }
    }
    lines
}

/// Samples of `fuzz --jsonl`. A last line that was cut off is left out: the campaign may still run,
/// or was killed. Where the clock starts again, the campaign was resumed: time and executions are
/// those of all runs together.
///
/// # Errors
/// It cannot be read, or another line is not a sample.
pub fn samples(path: &Path) -> Result<Vec<Sample>, LoadError> {
    let text = read(path)?;
    let lines: Vec<&str> = text.lines().collect();
    let mut samples: Vec<Sample> = Vec::new();
    // What the runs before this one have taken.
    let (mut seconds, mut execs) = (0.0, 0);
    for (i, line) in lines.iter().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        match serde_json::from_str::<Sample>(line) {
            Ok(sample) => {
                if let Some(last) = samples.last()
                    && sample.seconds < last.seconds - seconds
                {
                    (seconds, execs) = (last.seconds, last.execs);
                }
                samples.push(Sample {
                    seconds: seconds + sample.seconds,
                    execs: execs + sample.execs,
                    ..sample
                });
            }
            Err(e) if e.is_eof() => {}
            Err(e) => {
                return Err(LoadError::Json {
                    path: path.to_owned(),
                    line: i + 1,
                    why: format!("it is not a line of fuzz --jsonl: {e}"),
                });
            }
        }
    }
    Ok(samples)
}

/// A JSON document that another command printed.
///
/// # Errors
/// It cannot be read, or is not JSON.
pub fn json(path: &Path) -> Result<Value, LoadError> {
    serde_json::from_str(&read(path)?).map_err(|e| LoadError::Json {
        path: path.to_owned(),
        line: e.line(),
        why: e.to_string(),
    })
}

fn read(path: &Path) -> Result<String, LoadError> {
    let failed = |source| LoadError::Read { path: path.to_owned(), source };
    files::read_named(path).map(|b| String::from_utf8_lossy(&b).into_owned()).map_err(failed)
}
