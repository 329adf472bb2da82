//! Reads the page's content from disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{PageFinding, Sample};
use crate::finding::{Finding, Frame};
use crate::store::{REPORT, Store, StoreError, TESTCASE};

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
/// Longer reports are cut, to keep the page readable.
const REPORT_BYTES: usize = 200_000;

/// All findings of a folder of crash directories, by class and then by how well they
/// reproduce, and a message for each directory that cannot be read.
///
/// # Errors
/// There is no such folder.
pub fn findings(dir: &Path) -> Result<(Vec<PageFinding>, Vec<String>), LoadError> {
    let listing = Store::existing(dir)?.list()?;
    let problems = listing.problems.iter().map(ToString::to_string).collect();
    let mut all: Vec<PageFinding> =
        listing.findings.into_iter().map(|(path, f)| page_finding(&path, f)).collect();
    all.sort_by(|a, b| {
        let key = |p: &PageFinding| {
            // Findings that never showed again come last.
            let doubtful = p.finding.reproduced.is_some_and(|[k, _]| k == 0);
            (p.finding.class, doubtful, p.finding.kind, p.finding.signature.clone())
        };
        key(a).cmp(&key(b))
    });
    Ok((all, problems))
}

fn page_finding(dir: &Path, finding: Finding) -> PageFinding {
    let text = |name: &str| {
        fs::read(dir.join(name)).ok().map(|b| String::from_utf8_lossy(&b).into_owned())
    };
    let minimized = text("minimized.txtar");
    let mut report = text(REPORT).unwrap_or_default();
    let frames: Vec<&Frame> = finding.stacks.iter().flat_map(|s| &s.frames).collect();
    let source = source(&report, &frames);
    if report.len() > REPORT_BYTES {
        let mut end = REPORT_BYTES;
        while !report.is_char_boundary(end) {
            end -= 1;
        }
        report.truncate(end);
        report.push_str("\n… cut here; the whole report is in report.txt\n");
    }
    PageFinding {
        known: None,
        minimized: minimized.is_some(),
        testcase: minimized.or_else(|| text(TESTCASE)).unwrap_or_default(),
        report,
        source,
        finding,
    }
}

/// The source lines that frames name. Frames name files without GOROOT; the raw report has
/// their full paths. Skips files that no longer exist.
fn source(report: &str, frames: &[&Frame]) -> BTreeMap<(String, u32), String> {
    let mut lines = BTreeMap::new();
    let mut files: BTreeMap<&str, Option<String>> = BTreeMap::new();
    // Reports may come from other machines, so read only Go files.
    for frame in frames.iter().filter(|f| f.file.ends_with(".go") && f.line > 0) {
        let text = files.entry(&frame.file).or_insert_with(|| {
            // A module's folder includes its version, so match on the last folder only.
            let (folder, base) = frame.file.rsplit_once('/')?;
            let folder = folder.rsplit('/').next().unwrap_or(folder);
            let end = format!("/{folder}/{base}:");
            let line = report.lines().find(|l| l.contains(&end))?.trim();
            let at = line.find(&end)? + end.len() - 1;
            fs::read_to_string(line.get(..at)?).ok()
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

/// Samples of `fuzz --jsonl`. A last line that was cut off is left out: the
/// campaign may still run.
///
/// # Errors
/// It cannot be read, or another line is not a sample.
pub fn samples(path: &Path) -> Result<Vec<Sample>, LoadError> {
    let text = read(path)?;
    let lines: Vec<&str> = text.lines().collect();
    let mut samples = Vec::new();
    for (i, line) in lines.iter().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        match serde_json::from_str(line) {
            Ok(sample) => samples.push(sample),
            Err(_) if i + 1 == lines.len() && !text.ends_with('\n') => {}
            Err(e) => {
                return Err(LoadError::Json {
                    path: path.to_owned(),
                    line: i + 1,
                    why: e.to_string(),
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
    fs::read(path).map(|b| String::from_utf8_lossy(&b).into_owned()).map_err(failed)
}
