//! The gate's result as JUnit XML: one suite per Go tree, one test per case.

use std::fmt::Write as _;

use super::{CaseRun, ColumnReport, Judged, Report, Status};

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
        escape(&column.label),
        column.cases.len(),
        failed(column),
        column.seconds
    );
    for case in &column.cases {
        let _ = writeln!(
            out,
            "    <testcase name=\"{}\" classname=\"{}\" time=\"{:.3}\">",
            escape(&case.case),
            escape(&column.label),
            case.seconds
        );
        if case.runs == 0 {
            let why = escape(&case.notes.join("; "));
            let _ = writeln!(out, "      <skipped message=\"{why}\"/>");
        }
        for j in faults(column, case) {
            let hits = j.shown.iter().find(|s| s.case == case.case).map_or(0, |s| s.hits);
            let _ = writeln!(
                out,
                "      <failure type=\"{}\" message=\"{}\">{}</failure>",
                j.kind,
                escape(&format!("{} ({}), {hits} of {}", j.title, j.class, case.runs)),
                escape(&format!("{}\n\n{}", j.signature, j.report))
            );
        }
        let listed: Vec<_> = case
            .seen
            .iter()
            .map(|s| format!("{} of {}: {}", s.hits, case.runs, s.finding.signature))
            .chain(case.notes.iter().cloned())
            .collect();
        if !listed.is_empty() {
            let _ = writeln!(out, "      <system-out>{}</system-out>", escape(&listed.join("\n")));
        }
        out.push_str("    </testcase>\n");
    }
    out.push_str("  </testsuite>\n");
}

/// Escapes text and attributes. Characters that XML 1.0 does not allow become U+FFFD, because
/// reports quote whatever a test case contains.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn any_text_is_escaped() {
        let text = super::escape("a<b> & \"c\"\u{1b}[0m\u{0}\n");
        assert_eq!(text, "a&lt;b&gt; &amp; &quot;c&quot;\u{fffd}[0m\u{fffd}\n");
    }
}
