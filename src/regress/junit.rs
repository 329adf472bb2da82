//! The gate's result as JUnit XML: one suite per Go tree, one test per case, one failure per root.

use std::fmt::Write as _;

use super::{CaseRun, ColumnReport, Judged, Report, Status, by_root};
use crate::escape::markup;

/// The document.
#[must_use]
pub fn junit(report: &Report) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let tests: usize = report.columns.iter().map(|c| c.cases.len()).sum();
    let failures: usize = report.columns.iter().map(failed).sum();
    let _ = writeln!(
        out,
        "<testsuites name=\"typerace regress\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">"
    );
    for column in &report.columns {
        suite(&mut out, column);
    }
    out.push_str("</testsuites>\n");
    out
}

/// The findings of a case that fail the gate.
fn faults<'a>(column: &'a ColumnReport, case: &'a CaseRun) -> impl Iterator<Item = &'a Judged> {
    column.verdict.findings.iter().filter(|j| {
        matches!(j.status, Status::New | Status::Worse)
            && j.shown.iter().any(|s| s.case == case.case)
    })
}

fn failed(column: &ColumnReport) -> usize {
    column.cases.iter().filter(|c| faults(column, c).next().is_some()).count()
}

fn suite(out: &mut String, column: &ColumnReport) {
    let skipped = column.cases.iter().filter(|c| c.runs == 0).count();
    let _ = writeln!(
        out,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{skipped}\" time=\"{:.3}\">",
        markup(&column.label),
        column.cases.len(),
        failed(column),
        column.seconds
    );
    for case in &column.cases {
        let _ = writeln!(
            out,
            "    <testcase name=\"{}\" classname=\"{}\" time=\"{:.3}\">",
            markup(&case.case),
            markup(&column.label),
            case.seconds
        );
        if case.runs == 0 {
            let why = markup(&case.notes.join("; "));
            let _ = writeln!(out, "      <skipped message=\"{why}\"/>");
        }
        for group in by_root(faults(column, case)) {
            let here = |j: &Judged| j.shown.iter().find(|s| s.case == case.case).map(|s| s.hits);
            let hits = group.findings.iter().filter_map(|j| here(j)).max().unwrap_or(0);
            let (title, class) = (group.heading.line(), group.class);
            let more = group.more();
            let j = group.first();
            let _ = writeln!(
                out,
                "      <failure type=\"{}\" message=\"{}\">{}</failure>",
                j.kind,
                markup(&format!("{title} ({class}), {hits} of {}{more}", case.runs)),
                markup(&format!("{}\n\n{}", group.signatures(), j.report))
            );
        }
        let listed: Vec<_> = case
            .seen
            .iter()
            .map(|s| format!("{} of {}: {}", s.hits, case.runs, s.finding.signature))
            .chain(case.notes.iter().cloned())
            .collect();
        if !listed.is_empty() {
            let _ = writeln!(out, "      <system-out>{}</system-out>", markup(&listed.join("\n")));
        }
        out.push_str("    </testcase>\n");
    }
    out.push_str("  </testsuite>\n");
}
