//! A finding as a campaign met it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::finding::{Finding, Item, Kind, KnownIssue, Root};
use crate::scenario::Class;

/// A finding as this campaign met it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Found {
    /// `<kind>-<12 hex>`, also the crash directory's name.
    pub id: String,
    /// Kind.
    pub kind: Kind,
    /// Class.
    pub class: Class,
    /// Signature.
    pub signature: String,
    /// One line.
    pub title: String,
    /// Wall time until it was found.
    pub seconds_to_find: f64,
    /// Executions until it was found.
    pub execs_to_find: u64,
    /// Repetitions that showed it, and all repetitions.
    pub reproduced: [u32; 2],
    /// Its crash directory.
    pub path: PathBuf,
    /// Whether the crash directory was there before this campaign.
    pub stored_before: bool,
    /// The known issue that it matches, if any.
    pub known: Option<KnownIssue>,
    /// The fault behind it; `null` if not determined.
    #[serde(default)]
    pub root: Option<Root>,
    /// Executions of this campaign that showed it.
    pub times: u64,
}

impl Found {
    /// How this campaign met a finding.
    #[must_use]
    pub fn new(
        finding: &Finding,
        path: PathBuf,
        stored_before: bool,
        seconds: f64,
        execs: u64,
    ) -> Self {
        Self {
            id: finding.id.clone(),
            kind: finding.kind,
            class: finding.class,
            signature: finding.signature.clone(),
            title: finding.title.clone(),
            seconds_to_find: seconds,
            execs_to_find: execs,
            reproduced: finding.reproduced.unwrap_or_default(),
            path,
            stored_before,
            known: None,
            root: finding.root.clone(),
            times: 1,
        }
    }

    /// Whether it was run again and no run showed it: it may belong to another execution, or be the
    /// race detector's mistake.
    #[must_use]
    pub fn is_unconfirmed(&self) -> bool {
        let [shown, runs] = self.reproduced;
        shown == 0 && runs > 0
    }

    /// Its line of the summary; `lines` is the size of its minimized program.
    #[must_use]
    pub fn item(&self, go_version: &str, lines: Option<usize>) -> Item {
        let [k, n] = self.reproduced;
        let again =
            if n == 0 { "not run again".to_owned() } else { format!("reproduced {k} of {n}") };
        let before = self.stored_before.then(|| "stored before".to_owned());
        Item {
            title: self.title.clone(),
            kind: self.kind,
            class: self.class,
            known: self.known.clone(),
            is_unconfirmed: self.is_unconfirmed(),
            times: Some(self.times),
            notes: std::iter::once(again).chain(before).collect(),
            go_version: go_version.to_owned(),
            lines,
            path: self.path.clone(),
        }
    }

    /// The line that announces it.
    #[must_use]
    pub fn line(&self) -> String {
        let word = if self.stored_before { "again" } else { "FOUND" };
        format!(
            "{word} {}: {} (after {:.1} s, {} executions)",
            self.class, self.title, self.seconds_to_find, self.execs_to_find
        )
    }
}
