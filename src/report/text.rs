//! One line per finding, for a terminal.

use std::fmt::Write as _;

use super::{Entry, Report, rate, seems_fixed, write_site};
use crate::scenario::Class;

/// The findings, new ones first, grouped by class and kind.
#[must_use]
pub fn text(report: &Report) -> String {
    let mut out = String::new();
    let (new, known) = (report.new_ones().count(), report.known_ones().count());
    if report.entries.is_empty() {
        out.push_str("no findings\n");
    }
    if new > 0 {
        let _ = writeln!(out, "{new} new");
        groups(&mut out, report, report.new_ones());
    }
    if known > 0 {
        let gap = if new > 0 { "\n" } else { "" };
        let _ = writeln!(out, "{gap}{known} known");
        groups(&mut out, report, report.known_ones());
    }
    let doubtful = report.doubtful().count();
    if doubtful > 0 {
        let _ = writeln!(
            out,
            "\n{doubtful} seen once and never again: may belong to another test case, or be false"
        );
        groups(&mut out, report, report.doubtful());
    }
    for problem in &report.problems {
        let _ = writeln!(out, "unreadable: {problem}");
    }
    out
}

fn groups<'a>(out: &mut String, report: &Report, entries: impl Iterator<Item = &'a Entry>) {
    let mut group = None;
    for e in entries {
        let f = &e.finding;
        if group != Some((f.class, f.kind)) {
            group = Some((f.class, f.kind));
            let what = match f.class {
                Class::Bug => "bug: everything it does should be safe",
                Class::Unstated => "unstated: the documentation does not cover it",
                Class::Breach => "contract: it breaks a rule",
            };
            let _ = writeln!(out, "  {}, {what}", f.kind);
        }
        let mut notes = Vec::new();
        if let Some(k) = &e.known {
            notes.push(format!(
                "{}, {}",
                k.issue,
                if k.state == crate::finding::State::Open { "open" } else { "fixed" }
            ));
        }
        if f.blame != crate::finding::Blame::GoTypes {
            notes.push(format!("in {}", f.blame.as_str()));
        }
        notes.push(f.origin.go_version.clone());
        let shown = rate(f.reproduced);
        if !shown.is_empty() {
            notes.push(format!("reproduced {shown}"));
        }
        if let Some(s) = &f.standalone {
            notes.push(format!("standalone {}", rate(Some(s.reproduced))));
            if let Some(fixed) = seems_fixed(f) {
                notes.push(fixed);
            }
        }
        let same = report.same_cause(e).len();
        if same > 0 {
            let site = write_site(f).unwrap_or_default();
            notes.push(format!("{same} more written in {site}"));
        }
        let _ =
            writeln!(out, "    {} ({})\n        {}", f.title, notes.join("; "), e.path.display());
    }
}
