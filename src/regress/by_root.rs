//! Findings of the gate by root.

use super::{Judged, Status};
use crate::finding::Heading;
use crate::scenario::Class;

/// Findings with the same status and the same root.
#[derive(Debug)]
pub struct Group<'a> {
    /// What they mean for the gate.
    pub status: Status,
    /// Their root, or the finding itself.
    pub heading: Heading,
    /// The gravest class.
    pub class: Class,
    /// The findings, in the verdict's order; at least one.
    pub findings: Vec<&'a Judged>,
}

/// Groups findings by status and root, in the order in which they come.
#[must_use]
pub fn by_root<'a>(findings: impl IntoIterator<Item = &'a Judged>) -> Vec<Group<'a>> {
    let mut groups: Vec<Group> = Vec::new();
    for j in findings {
        let same = |g: &&mut Group| g.status == j.status && g.heading.id == j.heading.id;
        match groups.iter_mut().find(same) {
            Some(group) => {
                group.class = group.class.min(j.class);
                group.findings.push(j);
            }
            None => groups.push(Group {
                status: j.status,
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
    }
    groups
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
