//! Reports for people: the findings of a store, sorted and grouped by root. One file per output
//! format.

mod bugs;
mod cause;
pub mod html;
mod json;
mod markdown;
pub mod measure;
mod roots;
mod text;

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use crate::finding::{Finding, Heading, Known, KnownIssue, is_newer};
use crate::scenario::Class;
use crate::sense::Suspects;
use crate::store::{Store, StoreError};
use crate::triage::standalone::Crash;

pub use bugs::{Bugs, bugs};
pub use cause::write_site;
pub use json::json;
pub use markdown::markdown;
pub use roots::{Root, roots};
pub use text::text;

/// A stored finding with what is known about it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its crash directory.
    pub path: PathBuf,
    /// The finding.
    pub finding: Finding,
    /// Its issue, if it is known.
    pub known: Option<KnownIssue>,
    /// What it stands under.
    pub heading: Heading,
    /// Read when it is first asked for.
    crash: OnceCell<Option<Crash>>,
}

impl Entry {
    /// Its test case and report; `None` if they cannot be read.
    pub fn crash(&self) -> Option<&Crash> {
        self.crash.get_or_init(|| Crash::read(&self.path).ok()).as_ref()
    }

    /// The name of its crash directory, which may have been renamed: not always the finding's id.
    #[must_use]
    pub fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Whether its directory was renamed, or copied under another name.
    fn is_copy(&self) -> bool {
        self.name() != self.finding.id
    }
}

/// The findings of a store.
#[derive(Debug)]
pub struct Report {
    /// The store's folder.
    pub dir: PathBuf,
    /// New ones first, then by class and kind; doubtful ones last.
    pub entries: Vec<Entry>,
    /// Directories that could not be read.
    pub problems: Vec<StoreError>,
    /// Places that write to shared memory, if a campaign noted them.
    pub suspects: Option<Suspects>,
}

/// Reads a store.
///
/// # Errors
/// It does not exist or cannot be read.
pub fn collect(dir: &Path, known: &Known) -> Result<Report, StoreError> {
    let listing = Store::existing(dir)?.list()?;
    let mut entries: Vec<Entry> = listing
        .findings
        .into_iter()
        .map(|(path, finding)| Entry {
            known: known.find(&finding).cloned(),
            heading: known.heading(&finding),
            crash: OnceCell::new(),
            path,
            finding,
        })
        .collect();
    // A copy says nothing new. The directory with the finding's name comes first.
    entries.sort_by(|a, b| key(a).cmp(&key(b)).then(a.is_copy().cmp(&b.is_copy())));
    entries.dedup_by(|b, a| a.finding.id == b.finding.id);
    // An unreadable list says nothing; `typerace suspects` reports why.
    let suspects = Suspects::read(dir).ok().flatten();
    Ok(Report { dir: dir.to_owned(), entries, problems: listing.problems, suspects })
}

fn key(e: &Entry) -> (bool, bool, Class, crate::finding::Kind, &str, &str) {
    let f = &e.finding;
    (is_doubtful(f), e.heading.known, f.class, f.kind, f.signature.as_str(), f.id.as_str())
}

impl Report {
    fn sure(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|e| !is_doubtful(&e.finding))
    }

    /// Findings without an issue or a patch.
    pub fn new_ones(&self) -> impl Iterator<Item = &Entry> {
        self.sure().filter(|e| !e.heading.known)
    }

    /// Findings with an issue or a patch.
    pub fn known_ones(&self) -> impl Iterator<Item = &Entry> {
        self.sure().filter(|e| e.heading.known)
    }

    /// The other findings that write at the same place.
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

/// Whether a finding was seen once and never again. Such a report may belong to another test
/// case, or be a mistake of the detector.
#[must_use]
pub fn is_doubtful(finding: &Finding) -> bool {
    finding.is_unconfirmed()
}

/// A note for a finding whose program no longer shows it on a release newer than the one it
/// was found with.
#[must_use]
pub fn seems_fixed(finding: &Finding) -> Option<String> {
    let s = finding.standalone.as_ref()?;
    let [k, n] = s.reproduced;
    // On the release that it was found with, silence proves nothing.
    let newer = is_newer(&s.go_version, &finding.origin.go_version);
    (newer && k == 0 && n > 0).then(|| format!("it seems to be fixed in {}", s.go_version))
}

/// For example `7 of 10`; empty if it was not tried.
#[must_use]
pub fn rate(reproduced: Option<[u32; 2]>) -> String {
    match reproduced {
        Some([k, n]) if n > 0 => format!("{k} of {n}"),
        _ => String::new(),
    }
}
