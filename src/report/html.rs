//! The report as one self-contained HTML page: no network, light and dark, narrow and wide
//! screens. Its one script filters what is shown; without it, everything is shown.

mod code;
mod coverage;
mod curves;
mod filter;
mod findings;
mod load;
mod roots;
mod tables;

use std::collections::BTreeSet;
use std::collections::hash_map::RandomState;
use std::fmt::Write as _;
use std::hash::{BuildHasher as _, Hasher as _};

use serde_json::Value;

use crate::escape::markup;
use crate::finding::Finding;

pub use coverage::{Coverage, FunctionCoverage};
pub use curves::Sample;
pub use curves::too_few;
pub use findings::PageFinding;
pub use load::{LoadError, json, load, samples};
pub use roots::{PageRoot, counts};

/// The content of the page. For each empty part, the page says that it is missing.
#[derive(Debug, Default)]
pub struct Page {
    /// Roots, in display order.
    pub roots: Vec<PageRoot>,
    /// Findings that no repetition showed.
    pub unconfirmed: Vec<Finding>,
    /// Findings whose scenario breaks a documented rule.
    pub breaches: Vec<Finding>,
    /// The folder of crash directories.
    pub folder: String,
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
    let nonce = nonce();
    let _ = writeln!(
        out,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'; script-src 'nonce-{nonce}'\">"
    );
    out.push_str("<title>typerace report</title>\n<style>\n");
    out.push_str(include_str!("html/style.css"));
    out.push_str("</style>\n</head>\n<body>\n<header><h1>typerace</h1>\n");
    let all: Vec<&Finding> = page.findings().collect();
    let go: BTreeSet<&str> = all.iter().map(|f| f.origin.go_version.as_str()).collect();
    let go: Vec<&str> = go.into_iter().filter(|v| !v.is_empty()).collect();
    let _ = writeln!(
        out,
        "<p>{} on {} · {}</p>",
        counts(page),
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
    roots::section(&mut out, page);
    curves::section(&mut out, &page.samples, page.summary.as_ref());
    tables::matrix(&mut out, page.matrix.as_ref());
    coverage::section(&mut out, page.coverage.as_ref());
    tables::operators(&mut out, page.summary.as_ref());
    out.push_str("</main>\n");
    let _ = writeln!(out, "<script nonce=\"{nonce}\">\n{}</script>", filter::SCRIPT);
    out.push_str("</body>\n</html>\n");
    out
}

/// A word that no file can contain by design: only the script that has it runs.
fn nonce() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", random(), random())
}

impl Page {
    fn findings(&self) -> impl Iterator<Item = &Finding> {
        let roots = self.roots.iter().flat_map(|r| &r.findings);
        roots.chain(&self.unconfirmed).chain(&self.breaches)
    }
}

fn heading(out: &mut String, id: &str, name: &str) {
    let _ = writeln!(out, "<section id=\"{id}\"><h2>{name}</h2>");
}

fn missing(out: &mut String, text: &str) {
    let _ = writeln!(out, "<p class=\"none\">{text}</p></section>");
}

#[cfg(test)]
mod tests;
