//! Findings for people: what is in a store, sorted and grouped. One format to a
//! file.

mod bugs;
mod cause;
pub mod html;
mod json;
mod markdown;
pub mod measure;
mod text;

use std::path::{Path, PathBuf};

use crate::finding::{Finding, Known, KnownIssue, is_newer};
use crate::scenario::Class;
use crate::store::{Store, StoreError};
use crate::triage::standalone::Crash;

pub use bugs::bugs;
pub use cause::{groups, write_site};
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
    /// New ones first, then by class and kind; doubtful ones last.
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

fn key(e: &Entry) -> (bool, bool, Class, crate::finding::Kind, &str, &str) {
    let f = &e.finding;
    (is_doubtful(f), e.known.is_some(), f.class, f.kind, f.signature.as_str(), f.id.as_str())
}

impl Report {
    fn sure(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|e| !is_doubtful(&e.finding))
    }

    /// Findings that were seen once and never again.
    pub fn doubtful(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|e| is_doubtful(&e.finding))
    }

    /// Findings without an issue.
    pub fn new_ones(&self) -> impl Iterator<Item = &Entry> {
        self.sure().filter(|e| e.known.is_none())
    }

    /// Findings with an issue.
    pub fn known_ones(&self) -> impl Iterator<Item = &Entry> {
        self.sure().filter(|e| e.known.is_some())
    }

    /// The other findings that write where this one writes.
    #[must_use]
    pub fn same_cause(&self, entry: &Entry) -> Vec<&Entry> {
        let Some(site) = write_site(&entry.finding) else { return Vec::new() };
        let alike = |e: &&Entry| {
            e.finding.id != entry.finding.id
                && e.finding.class == entry.finding.class
                && write_site(&e.finding).as_ref() == Some(&site)
        };
        self.entries.iter().filter(alike).collect()
    }
}

/// Whether a finding was seen once and never again: a report that may be another
/// test case's, or the detector's own.
#[must_use]
pub fn is_doubtful(finding: &Finding) -> bool {
    let again = |shown: Option<[u32; 2]>| shown.is_some_and(|[k, _]| k > 0);
    !finding.confirmed
        && !again(finding.reproduced)
        && finding.reproduced.is_some()
        && !again(finding.minimized.as_ref().map(|m| m.reproduced))
        && !again(finding.standalone.as_ref().map(|s| s.reproduced))
}

/// The remark on a finding whose program no longer shows it on a release newer than the
/// one it was found with.
#[must_use]
pub fn seems_fixed(finding: &Finding) -> Option<String> {
    let s = finding.standalone.as_ref()?;
    let [k, n] = s.reproduced;
    // Where it does not show on the release that it was found with, it says nothing.
    let newer = is_newer(&s.go_version, &finding.origin.go_version);
    (newer && k == 0 && n > 0).then(|| format!("it seems to be fixed in {}", s.go_version))
}

/// `7 of 10`; empty if it was not tried.
#[must_use]
pub fn rate(reproduced: Option<[u32; 2]>) -> String {
    match reproduced {
        Some([k, n]) if n > 0 => format!("{k} of {n}"),
        _ => String::new(),
    }
}
