//! Full details as Markdown, to paste into an issue or a page.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{Entry, Report, rate};
use crate::escape::{block, cell, code, inline};
use crate::finding::State;
use crate::sense::Suspects;
use crate::triage::standalone::{TARGET_TEST, analysis, report as own_report};

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
            cell(&inline(&f.title)),
            f.class,
            cell(&inline(&f.origin.go_version)),
            rate(f.reproduced),
        );
    }
    for e in &report.entries {
        one(&mut out, report, e);
    }
    for problem in &report.problems {
        let _ = writeln!(out, "\nUnreadable: {}", inline(&problem.to_string()));
    }
    if let Some(list) = report.suspects.as_ref().filter(|list| !list.suspects.is_empty()) {
        suspects(&mut out, list);
    }
    out
}

/// The places that write to shared memory.
fn suspects(out: &mut String, list: &Suspects) {
    let _ = writeln!(
        out,
        "\n## Writes to shared memory in {}\n\n| place | code | written by | used by | tried | raced |\n\
         |---|---|---|---|---|---|",
        list.go_version
    );
    for s in &list.suspects {
        let kinds = |kinds: &BTreeSet<String>| cell(&Vec::from_iter(kinds.clone()).join(", "));
        let raced = match (s.raced, s.locked) {
            (true, _) => "yes",
            (false, true) => "no; written under a mutex",
            (false, false) => "no",
        };
        let _ = writeln!(
            out,
            "| {}:{} {} | `{}` | {} | {} | {} | {raced} |",
            s.file,
            s.line,
            cell(&s.function),
            cell(&s.code),
            kinds(&s.operations),
            kinds(&s.met_by),
            s.tried
        );
    }
}

fn one(out: &mut String, report: &Report, e: &Entry) {
    let f = &e.finding;
    let _ = writeln!(out, "\n## {}\n", inline(&f.title));
    match &e.known {
        Some(k) => {
            let state = if k.state == State::Open { "open" } else { "fixed" };
            let _ = writeln!(out, "Known: {} ({state}), {}\n", k.issue, inline(&k.title));
        }
        None => out.push_str("New: not in the list of known findings.\n\n"),
    }
    let _ =
        writeln!(out, "- {}\n- class {}, blame {}", code(&f.signature), f.class, f.blame.as_str());
    let shown = rate(f.reproduced);
    if !shown.is_empty() {
        let _ = writeln!(out, "- reproduced {shown} with {}", inline(&f.origin.go_version));
    }
    if let Some(s) = &f.standalone {
        let _ = writeln!(
            out,
            "- standalone program: {} processes with {}, {} attempts each",
            rate(Some(s.reproduced)),
            inline(&s.go_version),
            s.attempts
        );
    }
    for (i, step) in f.origin.history.iter().enumerate() {
        let made = if i == 0 { "made by" } else { "from" };
        let _ = writeln!(out, "- {made} {}", inline(&step.to_string()));
    }
    for rule in &f.rules {
        let _ = writeln!(
            out,
            "- {}",
            inline(&format!("{}: {}", rule.elements.join(", "), rule.text()))
        );
    }
    let same = report.same_cause(e);
    if !same.is_empty() {
        out.push_str("- other findings with the same write:\n");
        for other in same {
            let _ = writeln!(out, "  - {}", inline(&other.finding.title));
        }
    }
    let _ = writeln!(out, "- {}", inline(&e.path.display().to_string()));
    let Some(crash) = e.crash() else {
        out.push_str("\nIts test case cannot be read.\n");
        return;
    };
    let which = if crash.minimized { "Minimized test case" } else { "Test case as found" };
    let _ = writeln!(out, "\n{which}:\n\n{}\n", block("", &crash.case.to_txtar()));
    if let Some((what, file)) = of_its_own(e) {
        let _ = writeln!(out, "{what}: {}\n", inline(&e.path.join(file).display().to_string()));
    }
    let said = own_report(f, &crash.report);
    let _ = writeln!(out, "{}", block("", &said));
    let locks = analysis(&said, &crash.quotes, f.blame);
    if !locks.is_empty() {
        let _ = writeln!(out, "\n{locks}");
    }
}

/// The file of a crash directory that shows the finding without this program: a target has a Go test
/// instead of a program, or neither.
fn of_its_own(e: &Entry) -> Option<(&'static str, &'static str)> {
    if e.finding.origin.target.is_none() {
        return Some(("Standalone program", "repro/main.go"));
    }
    e.path.join(TARGET_TEST).is_file().then_some(("Go test of the target", TARGET_TEST))
}
