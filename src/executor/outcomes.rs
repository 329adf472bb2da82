//! What the outcome of an execution says.

use libafl::executors::ExitKind;

use super::Execution;
use crate::harness::{End, Outcome, RunReply, Verdict};

/// The cost, in ordinary executions, of a new process and of a run that did not end.
const START_COST: u64 = 50;
const TIMEOUT_COST: u64 = 10_000;

/// How LibAFL sees an outcome.
pub(super) fn exit_kind(outcome: &Outcome) -> ExitKind {
    match (&outcome.end, &outcome.reply) {
        (End::Replied, Some(_)) => ExitKind::Ok,
        // The clock decided this, and mutants of the input would cost as much.
        (End::TimedOut { .. }, _) => ExitKind::Timeout,
        (End::OverMemory { .. }, _) => ExitKind::Oom,
        _ => ExitKind::Crash,
    }
}

/// What the type checker said of the packages.
pub(super) fn verdicts(outcome: &Outcome) -> Execution {
    let (End::Replied, Some(reply)) = (&outcome.end, &outcome.reply) else {
        return Execution::default();
    };
    let none = |verdict: Verdict| reply.verdicts.iter().all(|(v, _)| *v != verdict);
    let parsed = none(Verdict::SyntaxErrors);
    Execution { parsed, checked: parsed && none(Verdict::TypeErrors), ..Execution::default() }
}

/// Whether a package was checked to its end without an error.
pub(super) fn checks(reply: &RunReply) -> bool {
    reply.panics.is_empty() && reply.verdicts.iter().any(|(v, _)| *v == Verdict::Valid)
}

/// What an execution cost, in ordinary ones.
pub(super) fn cost(outcome: &Outcome, new_processes: u64) -> u64 {
    let timed_out = matches!(outcome.end, End::TimedOut { .. });
    1 + outcome.reports.matches("WARNING: DATA RACE").count() as u64
        + START_COST * new_processes
        + if timed_out { TIMEOUT_COST } else { 0 }
}
