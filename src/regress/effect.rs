//! What an overlay changes: which findings it fixes and which it adds.

use serde::Serialize;

use super::closer::silence;
use super::compare::is_significant;
use super::{ColumnReport, Judged, Shown, Status};
use crate::finding::Kind;
use crate::scenario::Class;
use crate::triage::Tally;

/// What the overlay does to a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// Seen only with the overlay, and not by chance.
    Broken,
    /// Seen only without the overlay, and not by chance.
    Fixed,
    /// Seen on both sides.
    Same,
    /// Seen on one side, too rarely to tell.
    Unclear,
}

impl Change {
    /// What it does to what one case shows.
    pub(super) fn of(without: Tally, with: Tally) -> Self {
        match (without.hits, with.hits) {
            (0, _) if is_significant(with, without.runs) => Self::Broken,
            (_, 0) if is_significant(without, with.runs) => Self::Fixed,
            (0, _) | (_, 0) => Self::Unclear,
            _ => Self::Same,
        }
    }

    /// The word for it in texts.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Broken => "BREAKS",
            Self::Fixed => "fixes",
            Self::Same => "leaves",
            Self::Unclear => "unclear",
        }
    }
}

/// A finding without and with the overlay, in the case that shows it best.
#[derive(Clone, Debug, Serialize)]
pub struct Effect {
    /// What the overlay does to it.
    pub change: Change,
    /// Whether a function where it happens is among those that changed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub in_changed: bool,
    /// Its signature.
    pub signature: String,
    /// Its title.
    pub title: String,
    /// Its kind.
    pub kind: Kind,
    /// Its class.
    pub class: Class,
    /// The case.
    pub case: String,
    /// The cases that the numbers are from, if there are more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cases: Option<usize>,
    /// `[k, n]` without the overlay.
    pub without: [u32; 2],
    /// `[k, n]` with it.
    pub with: [u32; 2],
}

impl Effect {
    /// Puts the numbers that the closer look decided by: those of all cases that show it.
    fn pool(&mut self, without: &ColumnReport, with: &ColumnReport) {
        let judged = with.verdict.findings.iter().find(|j| j.signature == self.signature);
        let Some(j) = judged else { return };
        let shown: Vec<_> = j.shown.iter().filter(|s| s.hits > 0).collect();
        let sum = |of: fn(&Shown) -> u32| shown.iter().map(|s| of(s)).sum();
        self.with = [sum(|s| s.hits), sum(|s| s.runs)];
        self.without = [0, silence(j, &without.cases).1];
        self.cases = Some(shown.len()).filter(|n| *n > 1);
    }
}

/// Whether a column shows the root of a finding of the other one.
fn shows_root(column: &ColumnReport, j: &Judged) -> bool {
    let mut seen = column.verdict.findings.iter().filter(|o| o.finding.is_some());
    j.heading.is_root() && seen.any(|o| o.heading.id == j.heading.id)
}

/// Compares the column without the overlay and the one with it. Every finding of either is in the
/// result. The closer look has decided what the change breaks.
#[must_use]
pub fn effects(without: &ColumnReport, with: &ColumnReport) -> Vec<Effect> {
    let mut all: Vec<Effect> = Vec::new();
    let both = [without, with].into_iter().flat_map(|c| &c.verdict.findings);
    let both = both.filter(|j| j.finding.is_some());
    for j in both.clone() {
        let (signature, status) = (j.signature.clone(), j.status);
        if all.iter().any(|e| e.signature == signature) {
            continue;
        }
        let pairs = without.cases.iter().zip(&with.cases);
        let tallies: Vec<(&str, Tally, Tally)> = pairs
            .map(|(a, b)| (a.case.as_str(), a.tally(&signature), b.tally(&signature)))
            .collect();
        // On each side, the case that shows it most reliably.
        let best = |side: fn(&(&str, Tally, Tally)) -> Tally| {
            tallies.iter().max_by(|a, b| side(a).rate().total_cmp(&side(b).rate()))
        };
        let (Some(a), Some(b)) = (best(|t| t.1), best(|t| t.2)) else { continue };
        let at = if a.1.hits > 0 { a } else { b };
        let change = match (a.1.hits, b.2.hits) {
            // The closer look decided.
            (0, _) if status <= Status::New => Change::Broken,
            _ if status == Status::Unconfirmed => Change::Unclear,
            // Another signature of what shows on both sides.
            (0, _) if shows_root(without, j) || j.is_of_roots(&without.cases) => Change::Unclear,
            // Perhaps not in the same case.
            (1.., 1..) => Change::Same,
            _ => Change::of(at.1, at.2),
        };
        let same = both.clone().filter(|o| o.signature == j.signature);
        let mut effect = Effect {
            change,
            in_changed: j.in_changed,
            signature,
            title: j.title.clone(),
            kind: j.kind,
            class: same.map(|o| o.class).fold(j.class, Class::min),
            case: at.0.to_owned(),
            cases: None,
            without: [at.1.hits, at.1.runs],
            with: [at.2.hits, at.2.runs],
        };
        if change == Change::Broken && status <= Status::New {
            effect.pool(without, with);
        }
        all.push(effect);
    }
    let key = |e: &Effect| (e.change, !e.in_changed, e.class);
    all.sort_by(|a, b| (key(a), &a.signature).cmp(&(key(b), &b.signature)));
    all
}
