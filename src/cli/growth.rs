//! `typerace reproduce --growth N`.

use serde::Serialize;

use super::{Exit, print};
use crate::finding::{Finding, Origin};
use crate::harness::{Harness, RunRequest};
use crate::scenario::Scenario;
use crate::testcase::SourceCase;
use crate::triage::repeat;

/// What `reproduce --growth --json` prints.
#[derive(Serialize)]
struct Report {
    /// Executions between two measurements.
    runs: u32,
    /// Live bytes of the heap.
    heap: Vec<u64>,
    finding: Option<Finding>,
    stopped: Option<String>,
    /// The heap profile at the end, if the heap grew.
    profile: Option<String>,
}

/// Repeats the test case and prints how the heap develops.
pub(super) fn run(
    harness: &mut Harness,
    scenario: &Scenario,
    source: &SourceCase,
    runs: u32,
    origin: &Origin,
    json: bool,
) -> anyhow::Result<Exit> {
    let request = RunRequest::new(scenario, &source.packages);
    let seen = repeat(harness, &request, runs, origin)?;
    let found = seen.finding.is_some();
    let report = Report {
        runs: seen.runs,
        heap: seen.heap,
        profile: found.then_some(seen.profile),
        finding: seen.finding,
        stopped: seen.stopped,
    };
    if json {
        print(&(serde_json::to_string(&report)? + "\n"))?;
    } else {
        print(&text(&report))?;
    }
    Ok(if found { Exit::Findings } else { Exit::Nothing })
}

fn text(report: &Report) -> String {
    let kib: Vec<String> = report.heap.iter().map(|b| format!("{} KiB", b / 1024)).collect();
    let mut out = format!("heap every {} executions: {}\n", report.runs, kib.join(", "));
    match (&report.finding, &report.stopped) {
        (Some(f), _) => {
            out.push_str(&format!("{}\n    signature: {}\n", f.title, f.signature));
            for frame in f.stacks.iter().flat_map(|s| &s.frames).take(12) {
                out.push_str(&format!("      {} {}:{}\n", frame.function, frame.file, frame.line));
            }
        }
        (None, Some(why)) => out.push_str(&format!("cannot tell whether it grows: {why}\n")),
        (None, None) => out.push_str("the heap does not grow\n"),
    }
    out
}
