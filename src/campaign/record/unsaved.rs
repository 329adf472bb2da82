//! Findings that the store could not accept, for example on a full disk, to be tried again.

use std::path::PathBuf;

use crate::finding::Finding;
use crate::store::{Store, StoreError};

/// Findings that wait to be stored.
#[derive(Debug, Default)]
pub(super) struct Unsaved(Vec<Waiting>);

#[derive(Debug)]
struct Waiting {
    finding: Finding,
    testcase: String,
    report: String,
}

impl Unsaved {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Keeps a finding until it can be stored.
    pub(super) fn push(&mut self, finding: Finding, testcase: String, report: String) {
        self.0.push(Waiting { finding, testcase, report });
    }

    /// Tries again to store everything.
    ///
    /// # Errors
    /// The store's, for the first finding that still cannot be stored; all others are tried.
    pub(super) fn flush(&mut self, store: &Store) -> Result<(), StoreError> {
        let mut first = None;
        for waiting in std::mem::take(&mut self.0) {
            if let Err(e) = store.save(&waiting.finding, &waiting.testcase, &waiting.report, &[]) {
                first.get_or_insert(e);
                self.0.push(waiting);
            }
        }
        first.map_or(Ok(()), Err)
    }

    /// Stores the remaining findings in a temporary folder. Returns the folder, and a message for
    /// each finding that could not be stored there either.
    pub(super) fn rescue(&mut self) -> Option<(PathBuf, Vec<String>)> {
        let name = format!("typerace-unsaved-{}", std::process::id());
        let store = Store::open(&std::env::temp_dir().join(name)).ok()?;
        self.0.retain(|u| store.save(&u.finding, &u.testcase, &u.report, &[]).is_err());
        let text = |u: &Waiting| format!("not stored: {}:\n{}", u.finding.title, u.testcase);
        Some((store.dir().to_owned(), self.0.iter().map(text).collect()))
    }
}
