//! The gate's result as JUnit XML: one suite per Go tree, one test per case. A root is a failure of the
//! case that shows it most often.

use std::fmt::Write as _;

use super::{CaseRun, ColumnReport, Group, Judged, Report, Status, by_root, graver};
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
        suite(&mut out, report, column);
    }
    out.push_str("</testsuites>\n");
    out
}

/// The roots that fail the gate. Each is a failure of one case, the one that shows it most often: a
/// root that a hundred cases show is one thing to repair.
fn faults(column: &ColumnReport) -> Vec<Group<'_>> {
    let fails = |j: &&Judged| matches!(j.status, Status::New | Status::Worse);
    by_root(column.verdict.findings.iter().filter(fails))
}

/// The case that a root is a failure of.
fn place<'a>(fault: &'a Group<'_>) -> &'a str {
    fault.first().shown.first().map_or("", |s| &s.case)
}

fn failed(column: &ColumnReport) -> usize {
    let faults = faults(column);
    column.cases.iter().filter(|c| faults.iter().any(|f| place(f) == c.case)).count()
}

fn suite(out: &mut String, report: &Report, column: &ColumnReport) {
    let skipped = column.cases.iter().filter(|c| c.runs == 0).count();
    let _ = writeln!(
        out,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{skipped}\" time=\"{:.3}\">",
        markup(&column.label),
        column.cases.len(),
        failed(column),
        column.seconds
    );
    let faults = faults(column);
    for case in &column.cases {
        test(out, report, column, case, &faults);
    }
    out.push_str("  </testsuite>\n");
}

/// The failure of a case: all of its roots in one element, because most readers take only one.
fn failure(out: &mut String, report: &Report, faults: &[&Group<'_>]) {
    let Some(first) = faults.first() else { return };
    let title = |group: &&Group| {
        let shown = group.first().shown.first();
        let rate = shown.map_or_else(String::new, |s| format!(", {} of {}", s.hits, s.runs));
        let class = graver(report, group);
        format!("{} ({class}){rate}{}", group.heading.line(), group.more())
    };
    let titles: Vec<String> = faults.iter().map(title).collect();
    let texts: Vec<String> =
        faults.iter().map(|g| format!("{}\n\n{}", g.signatures(), g.first().report)).collect();
    let _ = writeln!(
        out,
        "      <failure type=\"{}\" message=\"{}\">{}</failure>",
        first.first().kind,
        markup(&titles.join("; ")),
        markup(&texts.join("\n\n"))
    );
}

fn test(
    out: &mut String,
    report: &Report,
    column: &ColumnReport,
    case: &CaseRun,
    faults: &[Group<'_>],
) {
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
    let own: Vec<&Group> = faults.iter().filter(|f| place(f) == case.case).collect();
    failure(out, report, &own);
    let seen = case.seen.iter().map(|s| {
        let fault = faults.iter().find(|f| f.has(&s.finding.signature)).map(place);
        let elsewhere = fault.filter(|place| *place != case.case);
        let end = elsewhere.map_or_else(String::new, |place| format!(" (a failure of {place})"));
        format!("{} of {}: {}{end}", s.hits, case.runs, s.finding.signature)
    });
    let listed: Vec<String> = seen.chain(case.notes.iter().cloned()).collect();
    if !listed.is_empty() {
        let _ = writeln!(out, "      <system-out>{}</system-out>", markup(&listed.join("\n")));
    }
    out.push_str("    </testcase>\n");
}
