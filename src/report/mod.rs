//! Findings for people: what is in a store, sorted and told apart. One format a
//! file.

pub mod html;
mod json;
mod markdown;
pub mod measure;
mod text;

use std::path::{Path, PathBuf};

use crate::finding::{Finding, Known, KnownIssue};
use crate::scenario::Class;
use crate::store::{Store, StoreError};
use crate::triage::standalone::Crash;

pub use json::json;
pub use markdown::markdown;
pub use text::text;

/// A stored finding with what is known of it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its crash directory.
    pub path: PathBuf,
    /// The finding.
    pub finding: Finding,
    /// The issue it has, if it is known.
    pub known: Option<KnownIssue>,
    /// Its test case and report; `None` if they cannot be read.
    pub crash: Option<Crash>,
}

/// What is in a store.
#[derive(Debug)]
pub struct Report {
    /// New ones first, then by class and kind.
    pub entries: Vec<Entry>,
    /// Directories that could not be read.
    pub problems: Vec<StoreError>,
}

/// Reads a store.
///
/// # Errors
/// It is not there or cannot be read.
pub fn collect(dir: &Path, known: &Known) -> Result<Report, StoreError> {
    let listing = Store::existing(dir)?.list()?;
    let mut entries: Vec<Entry> = listing
        .findings
        .into_iter()
        .map(|(path, finding)| Entry {
            known: known.find(&finding).cloned(),
            crash: Crash::read(&path).ok(),
            path,
            finding,
        })
        .collect();
    entries.sort_by(|a, b| key(a).cmp(&key(b)));
    Ok(Report { entries, problems: listing.problems })
}

fn key(e: &Entry) -> (bool, Class, crate::finding::Kind, &str, &str) {
    let f = &e.finding;
    (e.known.is_some(), f.class, f.kind, f.signature.as_str(), f.id.as_str())
}

impl Report {
    /// Findings without an issue.
    pub fn new_ones(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|e| e.known.is_none())
    }

    /// Findings with an issue.
    pub fn known_ones(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|e| e.known.is_some())
    }

    /// The other findings that write where this one writes. What a function
    /// computes lazily and hands out without synchronisation is seen by whoever
    /// reads it: several races, and one cause.
    #[must_use]
    pub fn same_cause(&self, entry: &Entry) -> Vec<&Entry> {
        let Some(site) = written(&entry.finding) else { return Vec::new() };
        let alike = |e: &&Entry| {
            e.finding.id != entry.finding.id
                && e.finding.class == entry.finding.class
                && written(&e.finding) == Some(site)
        };
        self.entries.iter().filter(alike).collect()
    }
}

/// The function that writes, of a race with one side that does.
fn written(finding: &Finding) -> Option<&str> {
    let mut writes = finding.stacks.iter().filter(|s| s.of == "write");
    let write = writes.next().filter(|_| writes.next().is_none())?;
    let library = |f: &&crate::finding::Frame| f.function.starts_with("go/types.");
    write.frames.iter().find(library).map(|f| f.function.as_str())
}

/// `7 of 10`; empty if it was not tried.
#[must_use]
pub fn rate(reproduced: Option<[u32; 2]>) -> String {
    match reproduced {
        Some([k, n]) if n > 0 => format!("{k} of {n}"),
        _ => String::new(),
    }
}
