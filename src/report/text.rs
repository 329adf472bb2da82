//! One line per finding, for a terminal.

use std::fmt::Write as _;

use super::{Entry, Report, is_doubtful, seems_fixed};
use crate::finding::{Item, Learned, Listing, again};
use crate::sense::command;
use crate::words::count;

/// The findings, grouped as in the summary of a campaign. A verbose text has a line for each
/// signature of a root and for each breach of contract.
#[must_use]
pub fn text(report: &Report, verbose: bool) -> String {
    let items: Vec<Item> = report.entries.iter().map(item).collect();
    let mut out = Listing::new(&items, verbose).to_string().trim_start().to_owned();
    if items.is_empty() {
        out.push_str("no findings\n");
    }
    for problem in &report.problems {
        let _ = writeln!(out, "unreadable: {problem}");
    }
    let suspects = report.suspects.iter().flat_map(|s| &s.suspects);
    let never = suspects.filter(|s| !s.raced).count();
    if never > 0 {
        let writes = count(never as u64, "write");
        let _ = writeln!(out, "\n{writes} to shared memory never raced: {}", command(&report.dir));
    }
    out
}

fn item(e: &Entry) -> Item {
    let f = &e.finding;
    Item {
        title: f.title.clone(),
        kind: f.kind,
        class: f.class,
        heading: e.heading.clone(),
        is_unconfirmed: is_doubtful(f),
        times: None,
        notes: notes(e),
        go_version: f.origin.go_version.clone(),
        learned: Learned::of(f),
        path: e.path.clone(),
    }
}

fn notes(e: &Entry) -> Vec<String> {
    let f = &e.finding;
    let mut notes = vec![f.origin.go_version.clone()];
    notes.push(again(f.reproduced.unwrap_or_default()));
    notes.extend(seems_fixed(f));
    notes
}
