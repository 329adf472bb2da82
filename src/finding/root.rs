//! The root of a finding: the fault of go/types that is behind it, and how typerace knows.

use serde::{Deserialize, Serialize};

/// The beginning of the id of a root that is new.
pub const NEW: &str = "new: ";

/// Which fault is behind a finding. Findings with the same `id` have the same root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Root {
    /// The patch's id (`R1`), the issue (`golang/go#78341`), or a name made from the finding
    /// (`new: Named.fromRHS with a shared Context`).
    pub id: String,
    /// The situation, one line.
    pub title: String,
    /// Its issues in golang/go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub issues: Vec<u64>,
    /// How the root was determined.
    pub by: RootBy,
    /// The patches that the finding was run under.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tried: Vec<Trial>,
}

/// How a root was determined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RootBy {
    /// One patch, and only that one, ends the finding.
    Patch,
    /// The list of known issues names it, and no patch exists.
    Issue,
    /// A guess. Either no patch ends the finding, and the id says what the scenario needs and what
    /// is written: the finding is new until a person says otherwise. Or the finding shares functions
    /// with one that a patch ends, or shows too rarely for certainty: the id is that patch's.
    Guess,
}

/// A finding, run on a patched go/types.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// The patch's id.
    pub patch: String,
    /// Runs that still showed the finding.
    pub seen: u32,
    /// All runs.
    pub runs: u32,
    /// The findings of these runs that do not show without the patch. The patch may have ended the
    /// finding, or only changed where the same fault shows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<String>,
}

impl Root {
    /// Whether it is none of the known roots, as far as anybody can tell.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.by == RootBy::Guess && self.id.starts_with(NEW)
    }

    /// Whether it is still a guess that a finding has this known root.
    #[must_use]
    pub fn is_presumed(&self) -> bool {
        self.by == RootBy::Guess && !self.is_new()
    }
}
