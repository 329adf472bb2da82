//! Full details as Markdown, to paste into an issue or a page.

use std::fmt::Write as _;

use super::{Entry, Report, rate};
use crate::escape::cell;
use crate::finding::State;
use crate::triage::standalone::{analysis, report as own_report};

/// The findings with programs and reports.
#[must_use]
pub fn markdown(report: &Report) -> String {
    let mut out = String::from("# Findings\n\n");
    if report.entries.is_empty() {
        out.push_str("None.\n");
    } else {
        out.push_str(
            "| | finding | class | Go | reproduced | standalone |\n|---|---|---|---|---|---|\n",
        );
    }
    for e in &report.entries {
        let f = &e.finding;
        let state = match &e.known {
            None => "new".to_owned(),
            Some(k) => k.issue.to_string(),
        };
        let standalone = rate(f.standalone.as_ref().map(|s| s.reproduced));
        let _ = writeln!(
            out,
            "| {state} | {} | {} | {} | {} | {standalone} |",
            cell(&f.title),
            f.class,
            f.origin.go_version,
            rate(f.reproduced),
        );
    }
    for e in &report.entries {
        one(&mut out, report, e);
    }
    for problem in &report.problems {
        let _ = writeln!(out, "\nUnreadable: {problem}");
    }
    out
}

fn one(out: &mut String, report: &Report, e: &Entry) {
    let f = &e.finding;
    let _ = writeln!(out, "\n## {}\n", f.title);
    match &e.known {
        Some(k) => {
            let state = if k.state == State::Open { "open" } else { "fixed" };
            let _ = writeln!(out, "Known: {} ({state}), {}\n", k.issue, k.title);
        }
        None => out.push_str("New: not in the list of known findings.\n\n"),
    }
    let _ = writeln!(out, "- `{}`\n- class {}, blame {}", f.signature, f.class, f.blame.as_str());
    let shown = rate(f.reproduced);
    if !shown.is_empty() {
        let _ = writeln!(out, "- reproduced {shown} with {}", f.origin.go_version);
    }
    if let Some(s) = &f.standalone {
        let _ = writeln!(
            out,
            "- standalone program: {} processes with {}, {} attempts each",
            rate(Some(s.reproduced)),
            s.go_version,
            s.attempts
        );
    }
    for (i, step) in f.origin.history.iter().enumerate() {
        let made = if i == 0 { "made by" } else { "from" };
        let _ = writeln!(out, "- {made} {step}");
    }
    for rule in &f.rules {
        let _ = writeln!(out, "- {}: {}", rule.elements.join(", "), rule.text());
    }
    let same = report.same_cause(e);
    if !same.is_empty() {
        out.push_str("- other findings with the same write:\n");
        for other in same {
            let _ = writeln!(out, "  - {}", other.finding.title);
        }
    }
    let _ = writeln!(out, "- {}", e.path.display());
    let Some(crash) = &e.crash else {
        out.push_str("\nIts test case cannot be read.\n");
        return;
    };
    let which = if crash.minimized { "Minimized test case" } else { "Test case as found" };
    let _ = writeln!(out, "\n{which}:\n\n```\n{}```\n", crash.case.to_txtar());
    let _ = writeln!(out, "Standalone program: {}\n", e.path.join("repro/main.go").display());
    let said = own_report(f, &crash.report);
    let _ = writeln!(out, "```\n{said}```");
    let locks = analysis(&said, &crash.quotes);
    if !locks.is_empty() {
        let _ = writeln!(out, "\n{locks}");
    }
}
