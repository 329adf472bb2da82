//! Turns the harness's output into findings.

use crate::finding::{
    self, Exit, Finding, Kind, Observed, Origin, Panic, changed_syntax, findings, leaked,
    name_stall, over_memory, own_reports_first,
};
use crate::harness::{End, Outcome};
use crate::scenario::Scenario;

/// The raw output that shows a finding: the race detector's reports, the finding's own first, and the
/// output of the process when it died or was killed.
#[must_use]
pub fn raw_report(outcome: &Outcome, finding: &Finding) -> String {
    let mut text = own_reports_first(&outcome.reports, finding);
    match &outcome.end {
        End::Replied => {}
        End::Died { status, output } => text.push_str(&format!("{output}\n{status}\n")),
        End::TimedOut { stage, dump } => {
            text.push_str(&format!("over the limit of stage {}\n{dump}", stage.as_str()));
        }
        End::OverMemory { bytes, dump, .. } => {
            text.push_str(&format!("the heap has {bytes} bytes, over the cap\n{dump}"));
        }
    }
    for stack in outcome.reply.iter().flat_map(|r| &r.leaks) {
        text.push_str(&format!("left after every operation returned:\n{stack}\n\n"));
    }
    for change in outcome.reply.iter().flat_map(|r| &r.changed) {
        text.push_str(&format!("the syntax is not as it was: {change}\n"));
    }
    for panic in outcome.reply.iter().flat_map(|r| &r.panics) {
        text.push_str(&format!("panic: {}\n\n{}\n", panic.value, panic.stack));
    }
    if !text.is_empty() {
        // Names that do not exist stand for existing ones, which is part of the failing test case.
        for resolved in outcome.reply.iter().flat_map(|r| &r.resolutions) {
            text.push_str(&format!("name resolved in {resolved}\n"));
        }
    }
    text
}

/// `exit status: 2` and `signal: 9 (SIGKILL)`, as std prints them.
fn exit(status: &str) -> Exit {
    let number = |text: &str| text.split(' ').next().and_then(|n| n.parse().ok());
    match status.strip_prefix("signal: ") {
        Some(rest) => Exit::Signal(number(rest).unwrap_or(0)),
        None => Exit::Code(status.strip_prefix("exit status: ").and_then(number).unwrap_or(-1)),
    }
}

/// Every finding in an outcome, each signature once. `origin` is copied into
/// them.
#[must_use]
pub fn observe(outcome: &Outcome, scenario: &Scenario, origin: &Origin) -> Vec<Finding> {
    let panics: Vec<_> = outcome
        .reply
        .iter()
        .flat_map(|r| &r.panics)
        .map(|p| Panic {
            goroutine: p.goroutine,
            operation: p.operation,
            value: &p.value,
            stack: &p.stack,
        })
        .collect();
    let leaks = outcome.reply.as_ref().map_or(&[][..], |r| &r.leaks);
    let changed = outcome.reply.as_ref().map_or(&[][..], |r| &r.changed);
    let quiet =
        panics.is_empty() && leaks.is_empty() && changed.is_empty() && outcome.reports.is_empty();
    if quiet && matches!(outcome.end, End::Replied) {
        return Vec::new();
    }
    let end = match &outcome.end {
        End::Replied => finding::End::Replied,
        End::Died { status, output } => finding::End::Died { exit: exit(status), output },
        End::TimedOut { dump, .. } => finding::End::TimedOut { dump },
        // See below: the profile says more than the dump.
        End::OverMemory { .. } => finding::End::Replied,
    };
    let mut found = findings(&Observed {
        reports: &outcome.reports,
        end,
        panics: &panics,
        scenario,
        sequential: false,
        origin,
    });
    match &outcome.end {
        End::TimedOut { stage, dump } => {
            for f in found.iter_mut().filter(|f| f.kind.stalls()) {
                f.stage = Some(stage.as_str().to_owned());
                name_stall(f, dump);
            }
        }
        End::Died { output, .. } => {
            for f in found.iter_mut().filter(|f| f.kind == Kind::Deadlock) {
                name_stall(f, output);
            }
        }
        End::OverMemory { bytes, dump, profile } => {
            found.push(over_memory(*bytes, dump, profile, scenario, origin));
        }
        End::Replied => {}
    }
    found.extend(leaked(leaks, scenario, origin));
    found.extend(changed_syntax(changed, scenario, origin));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_read() {
        use std::os::unix::process::ExitStatusExt as _;
        let text = |raw| std::process::ExitStatus::from_raw(raw).to_string();
        assert_eq!(exit(&text(9)), Exit::Signal(9));
        assert_eq!(exit(&text(6 | 0x80)), Exit::Signal(6));
        assert_eq!(exit(&text(2 << 8)), Exit::Code(2));
    }
}
