//! A finding as a campaign met it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::finding::{
    Finding, Heading, Item, Kind, Known, KnownIssue, Learned, Root, again, is_unconfirmed,
};
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

/// What a list says about a finding beside what the campaign counted.
#[derive(Clone, Debug)]
pub struct Stored {
    /// What it stands under.
    pub heading: Heading,
    /// What the campaign's background work learned.
    pub learned: Learned,
    /// Whether any run after the first showed it.
    pub showed_again: bool,
}

impl Stored {
    /// From its crash directory. A finding that could not be stored has only what is in the
    /// summary.
    #[must_use]
    pub fn new(found: &Found, stored: Option<&Finding>, known: &Known, go_version: &str) -> Self {
        match stored {
            Some(f) => Self {
                heading: known.heading(f),
                learned: Learned::of(f),
                showed_again: f.showed_again(),
            },
            None => {
                let Found { id, kind, signature, title, .. } = found;
                let heading = known.bare_heading(id, *kind, signature, title, go_version);
                Self { heading, learned: Learned::default(), showed_again: false }
            }
        }
    }
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

    /// Whether no run of the campaign showed it again; see [`Finding::is_unconfirmed`].
    #[must_use]
    pub fn is_unconfirmed(&self) -> bool {
        is_unconfirmed(self.kind, self.reproduced)
    }

    /// Its entry in the summary.
    #[must_use]
    pub fn item(&self, go_version: &str, stored: Stored) -> Item {
        let again = again(self.reproduced);
        let before = self.stored_before.then(|| "stored before".to_owned());
        Item {
            title: self.title.clone(),
            kind: self.kind,
            class: self.class,
            heading: stored.heading,
            is_unconfirmed: self.is_unconfirmed() && !stored.showed_again,
            times: Some(self.times),
            notes: std::iter::once(again).chain(before).collect(),
            go_version: go_version.to_owned(),
            learned: stored.learned,
            path: self.path.clone(),
        }
    }

    /// The line that announces it.
    #[must_use]
    pub fn line(&self) -> String {
        let word = if self.stored_before { "FOUND AGAIN (stored before)" } else { "FOUND" };
        format!(
            "{word} {}: {} (after {:.1} s, {} executions)",
            self.class, self.title, self.seconds_to_find, self.execs_to_find
        )
    }
}
