//! The report as one self-contained HTML page: no scripts, no network, light and dark,
//! narrow and wide screens.

mod code;
mod coverage;
mod curves;
mod findings;
mod load;
mod tables;

use std::fmt::Write as _;

use serde_json::Value;

use crate::escape::markup;

pub use coverage::{Coverage, FunctionCoverage};
pub use curves::Sample;
pub use findings::PageFinding;
pub use load::{LoadError, findings, json, samples};

/// The content of the page. For each empty part, the page says that it is missing.
#[derive(Debug, Default)]
pub struct Page {
    /// Findings, in display order.
    pub findings: Vec<PageFinding>,
    /// A campaign's figures over time.
    pub samples: Vec<Sample>,
    /// The output of `fuzz --json`.
    pub summary: Option<Value>,
    /// The output of `regress --json`.
    pub matrix: Option<Value>,
    /// Which functions of go/types were reached.
    pub coverage: Option<Coverage>,
    /// When the page was made: RFC 3339, UTC.
    pub made_at: String,
}

/// Writes the page. Writing to a String cannot fail.
#[must_use]
pub fn html(page: &Page) -> String {
    let mut out = String::from("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n");
    out.push_str("<meta charset=\"utf-8\">\n");
    out.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    out.push_str("<meta name=\"color-scheme\" content=\"light dark\">\n");
    // Reports quote whatever a test case contains. If anything got through the escaping, it
    // must not run or load anything.
    out.push_str(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'\">\n",
    );
    out.push_str("<title>typerace report</title>\n<style>\n");
    out.push_str(include_str!("html/style.css"));
    out.push_str("</style>\n</head>\n<body>\n<header><h1>typerace</h1>\n");
    let go: std::collections::BTreeSet<&str> =
        page.findings.iter().map(|f| f.finding.origin.go_version.as_str()).collect();
    let go: Vec<&str> = go.into_iter().filter(|v| !v.is_empty()).collect();
    let _ = writeln!(
        out,
        "<p>{} finding{} on {} · {}</p>",
        page.findings.len(),
        if page.findings.len() == 1 { "" } else { "s" },
        markup(&if go.is_empty() { "no Go".to_owned() } else { go.join(", ") }),
        markup(&page.made_at)
    );
    out.push_str("<nav>");
    for (id, name) in [
        ("findings", "Findings"),
        ("campaign", "Campaign"),
        ("matrix", "Toolchains"),
        ("coverage", "Coverage"),
        ("operators", "Operators"),
    ] {
        let _ = write!(out, "<a href=\"#{id}\">{name}</a> ");
    }
    out.push_str("</nav></header>\n<main>\n");
    findings::section(&mut out, &page.findings);
    curves::section(&mut out, &page.samples, page.summary.as_ref());
    tables::matrix(&mut out, page.matrix.as_ref());
    coverage::section(&mut out, page.coverage.as_ref());
    tables::operators(&mut out, page.summary.as_ref());
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn heading(out: &mut String, id: &str, name: &str) {
    let _ = writeln!(out, "<section id=\"{id}\"><h2>{name}</h2>");
}

fn missing(out: &mut String, text: &str) {
    let _ = writeln!(out, "<p class=\"none\">{text}</p></section>");
}

#[cfg(test)]
mod tests;
