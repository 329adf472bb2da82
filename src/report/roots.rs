//! The findings of a report by root.

use std::collections::BTreeSet;

use super::{Entry, is_doubtful};
use crate::finding::{Heading, OnRelease, by_heading, sides};
use crate::scenario::Class;

/// A root with its findings.
#[derive(Debug)]
pub struct Root<'a> {
    /// What it is.
    pub heading: Heading,
    /// Its gravest class.
    pub class: Class,
    /// Its findings, in the order of the report.
    pub entries: Vec<&'a Entry>,
    /// The finding that stands for it: one whose standalone program shows it if there is one, and
    /// among those the one with the smallest program.
    pub shown: &'a Entry,
}

/// The roots of findings, in this order: new ones, known ones, unstated ones. Findings whose scenario
/// breaks a documented rule and those that never showed again are left out: they prove nothing.
#[must_use]
pub fn roots<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Vec<Root<'a>> {
    let sure = |e: &&Entry| e.finding.class != Class::Breach && !is_doubtful(&e.finding);
    let groups = by_heading(entries.into_iter().filter(sure), |e| &e.heading);
    let mut roots: Vec<Root> = groups.into_iter().filter_map(Root::new).collect();
    roots.sort_by_key(|root| rank(&root.heading, root.class));
    roots
}

/// New roots, known ones, findings whose root is open, and unstated ones, as in a summary.
#[must_use]
pub fn rank(heading: &Heading, class: Class) -> u8 {
    match class {
        _ if heading.known => 1,
        Class::Bug if heading.is_root() => 0,
        Class::Bug => 2,
        _ => 3,
    }
}

impl<'a> Root<'a> {
    fn new(entries: Vec<&'a Entry>) -> Option<Self> {
        let heading = Heading::merged(entries.iter().map(|e| &e.heading))?;
        let class = entries.iter().map(|e| e.finding.class).min()?;
        let shown = entries.iter().copied().min_by_key(|e| {
            let m = e.finding.minimized.as_ref();
            let shown = e.finding.standalone.as_ref().map_or(0, |s| s.reproduced[0]);
            let size = m.map_or(usize::MAX, |m| m.lines + 3 * m.operations);
            (e.finding.class != class, shown == 0, size, e.finding.id.as_str())
        })?;
        Some(Self { heading, class, entries, shown })
    }

    /// The functions that its findings name, sorted.
    #[must_use]
    pub fn functions(&self) -> BTreeSet<&str> {
        self.entries.iter().flat_map(|e| sides(&e.finding.signature)).collect()
    }

    /// The releases that campaigns found it on, sorted.
    #[must_use]
    pub fn found_on(&self) -> BTreeSet<&str> {
        self.entries.iter().map(|e| e.finding.origin.go_version.as_str()).collect()
    }

    /// What its representative showed on other releases.
    #[must_use]
    pub fn releases(&self) -> &'a [OnRelease] {
        &self.shown.finding.releases
    }
}
