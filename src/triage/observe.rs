//! From what the harness brought back to findings.

use crate::finding::{EndView, Finding, Observed, PanicView, findings};
use crate::harness::{End, Outcome};
use crate::scenario::Scenario;

/// The tool's raw output: what the race detector reported, and what the process
/// said when it died or was killed.
#[must_use]
pub fn raw_report(outcome: &Outcome) -> String {
    let mut text = outcome.reports.clone();
    match &outcome.end {
        End::Replied => {}
        End::Died { status, output } => text.push_str(&format!("{output}\n{status}\n")),
        End::TimedOut { dump, .. } => text.push_str(dump),
    }
    for panic in outcome.reply.iter().flat_map(|r| &r.panics) {
        text.push_str(&format!("panic: {}\n\n{}\n", panic.value, panic.stack));
    }
    text
}

/// Every finding in an outcome, each signature once.
#[must_use]
pub fn observe(outcome: &Outcome, scenario: &Scenario, go_version: &str) -> Vec<Finding> {
    let panics: Vec<_> = outcome
        .reply
        .iter()
        .flat_map(|r| &r.panics)
        .map(|p| PanicView {
            goroutine: p.goroutine,
            operation: p.operation,
            value: &p.value,
            stack: &p.stack,
        })
        .collect();
    if panics.is_empty() && outcome.reports.is_empty() && matches!(outcome.end, End::Replied) {
        return Vec::new();
    }
    let end = match &outcome.end {
        End::Replied => EndView::Replied,
        End::Died { status, output } => EndView::Died { status, output },
        End::TimedOut { stage, dump } => EndView::TimedOut { stage: *stage, dump },
    };
    findings(&Observed { reports: &outcome.reports, end, panics: &panics, scenario, go_version })
}
