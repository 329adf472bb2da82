//! One JSON document.

use serde::Serialize;

use super::{Report, is_doubtful, roots, write_site};
use crate::finding::{Finding, Heading, KnownIssue};
use crate::scenario::Class;
use crate::sense::Suspect;

#[derive(Serialize)]
struct Document<'a> {
    new: usize,
    known: usize,
    roots: Vec<Row<'a>>,
    findings: Vec<Item<'a>>,
    problems: Vec<String>,
    /// Places that write to shared memory.
    suspects: &'a [Suspect],
}

/// A root. Its number and state are in `issues`; `known` without an issue means that there is a
/// patch for it.
#[derive(Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    heading: Heading,
    class: Class,
    /// Ids of its findings.
    findings: Vec<&'a str>,
    /// The crash directory of the finding that stands for it.
    path: &'a std::path::Path,
    /// The lines of the standalone program in it; `null` if it was not run.
    lines: Option<usize>,
    /// In how many of its processes that program showed the finding.
    verified: Option<[u32; 2]>,
}

#[derive(Serialize)]
struct Item<'a> {
    #[serde(flatten)]
    finding: &'a Finding,
    known: Option<&'a KnownIssue>,
    /// The id of its entry in `roots`.
    heading: &'a str,
    /// Where it writes. Findings with the same value have the same cause.
    cause: Option<String>,
    /// Seen once and never again.
    doubtful: bool,
    /// Ids of the findings that write at the same place.
    same_write: Vec<&'a str>,
    minimized: bool,
    testcase: Option<String>,
    path: &'a std::path::Path,
}

/// The findings with everything that is in finding.json.
///
/// # Errors
/// None in practice; the signature is serde's.
pub fn json(report: &Report) -> Result<String, serde_json::Error> {
    let findings = report
        .entries
        .iter()
        .map(|e| Item {
            finding: &e.finding,
            known: e.known.as_ref(),
            heading: &e.heading.id,
            cause: write_site(&e.finding),
            doubtful: is_doubtful(&e.finding),
            same_write: report.same_cause(e).iter().map(|o| o.finding.id.as_str()).collect(),
            minimized: e.crash().is_some_and(|c| c.minimized),
            testcase: e.crash().map(|c| c.case.to_txtar()),
            path: &e.path,
        })
        .collect();
    let roots = roots(&report.entries)
        .into_iter()
        .map(|r| {
            let program = r.shown.finding.standalone.as_ref();
            Row {
                class: r.class,
                findings: r.entries.iter().map(|e| e.finding.id.as_str()).collect(),
                path: &r.shown.path,
                lines: program.map(|s| s.lines),
                verified: program.map(|s| s.reproduced),
                heading: r.heading,
            }
        })
        .collect();
    serde_json::to_string(&Document {
        new: report.new_ones().count(),
        known: report.known_ones().count(),
        roots,
        findings,
        problems: report.problems.iter().map(ToString::to_string).collect(),
        suspects: report.suspects.as_ref().map_or(&[], |list| &list.suspects),
    })
}
