//! Findings of the gate by root. Races whose root is not determined and that write at one place
//! count as one root, as in the lists of campaigns.

use super::{Judged, Report, Status};
use crate::finding::{Heading, writes_in, written};
use crate::scenario::Class;

/// Findings with the same status and the same root.
#[derive(Debug)]
pub struct Group<'a> {
    /// What they mean for the gate.
    pub status: Status,
    /// What they have in common; see [`key`].
    pub key: String,
    /// Their root, the place that they write, or the finding itself.
    pub heading: Heading,
    /// The gravest class.
    pub class: Class,
    /// The findings, in the verdict's order; at least one.
    pub findings: Vec<&'a Judged>,
}

/// What findings of one group have in common: the root, the place that they write, or the finding
/// itself.
#[must_use]
pub fn key(j: &Judged) -> String {
    place(j).map_or_else(|| j.heading.id.clone(), writes_in)
}

/// Where a race writes whose root is not determined.
fn place(j: &Judged) -> Option<&str> {
    written(&j.title).filter(|_| !j.heading.is_root())
}

/// Groups findings by status and root, in the order in which they come.
#[must_use]
pub fn by_root<'a>(findings: impl IntoIterator<Item = &'a Judged>) -> Vec<Group<'a>> {
    let mut groups: Vec<Group> = Vec::new();
    for j in findings {
        let key = key(j);
        let same = |g: &&mut Group| g.status == j.status && g.key == key;
        match groups.iter_mut().find(same) {
            Some(group) => {
                group.class = group.class.min(j.class);
                group.findings.push(j);
            }
            None => groups.push(Group {
                status: j.status,
                key,
                heading: j.heading.clone(),
                class: j.class,
                findings: vec![j],
            }),
        }
    }
    for group in &mut groups {
        if let Some(all) = Heading::merged(group.findings.iter().map(|j| &j.heading)) {
            group.heading = all;
        }
        if let [first, _, ..] = &group.findings[..]
            && let Some(place) = place(first)
        {
            group.heading.title = writes_in(place);
        }
    }
    groups
}

/// The gravest class of a root in all columns: the same in the table and in every other form.
#[must_use]
pub fn graver(report: &Report, group: &Group<'_>) -> Class {
    let all = report.columns.iter().flat_map(|c| &c.verdict.findings);
    let same = all.filter(|j| j.finding.is_some() && key(j) == group.key);
    same.map(|j| j.class).fold(group.class, Class::min)
}

impl Group<'_> {
    /// The finding that stands for the others: the one that a case shows most often.
    #[must_use]
    pub fn first(&self) -> &Judged {
        let rate = |j: &&&Judged| {
            let shown = j.shown.first();
            shown.map_or(0, |s| u64::from(s.hits) * 1000 / u64::from(s.runs.max(1)))
        };
        // The first of the best ones.
        self.findings.iter().rev().max_by_key(rate).unwrap_or(&self.findings[0])
    }

    /// The place that its findings write, if that is what they have in common.
    #[must_use]
    pub fn place(&self) -> Option<&str> {
        place(self.findings[0])
    }

    /// Whether one of its findings has this signature.
    #[must_use]
    pub fn has(&self, signature: &str) -> bool {
        self.findings.iter().any(|j| j.signature == signature)
    }

    /// The signatures, one a line.
    #[must_use]
    pub fn signatures(&self) -> String {
        self.findings.iter().map(|j| j.signature.as_str()).collect::<Vec<_>>().join("\n")
    }

    /// `, 3 signatures`; empty for one.
    #[must_use]
    pub fn more(&self) -> String {
        match self.findings.len() {
            1 => String::new(),
            n => format!(", {n} signatures"),
        }
    }
}

#[cfg(test)]
mod tests;
