//! Counts of what went wrong in runs without the race detector.

use std::fmt::Write as _;
use std::time::Duration;

use crate::finding::{
    Blame, Consequence, Crashed, Difference, End, Finding, Kind, Observed, Origin, Panic, describe,
    findings, site,
};
use crate::harness::{End as RunEnd, GoPanic, Outcome, Verdict};
use crate::scenario::Scenario;
use crate::triage::observe;

/// The frames of a stack that are kept.
const FRAMES: usize = 25;

/// The counts so far.
pub(super) struct Tally {
    origin: Origin,
    seen: Consequence,
}

impl Tally {
    pub fn new(origin: Origin, processors: u32) -> Self {
        let go_version = origin.go_version.clone();
        Self { origin, seen: Consequence { go_version, processors, ..Consequence::default() } }
    }

    /// Adds the outcome of a request with this number of rounds. `valid` says which packages have
    /// no errors. Returns whether there was a type error in a valid package.
    pub fn add(
        &mut self,
        scenario: &Scenario,
        outcome: &Outcome,
        rounds: u32,
        valid: &[bool],
        different: &[Difference],
    ) -> bool {
        self.seen.rounds += u64::from(rounds);
        if !different.is_empty() {
            self.seen.wrong_answers += 1;
            if self.seen.wrong_answer.is_empty() {
                self.seen.wrong_answer = describe(different, scenario);
            }
        }
        let Some(reply) = &outcome.reply else {
            self.ended(scenario, outcome);
            return false;
        };
        for panic in &reply.panics {
            let finding = panicked(panic, scenario, &self.origin);
            self.crashed(finding, panic.value.lines().next().unwrap_or_default());
        }
        let wrong = |((verdict, _), valid): &(&(Verdict, String), &bool)| {
            **valid && *verdict == Verdict::TypeErrors
        };
        // A panic makes later checks of the same round fail.
        let wrong = reply.verdicts.iter().zip(valid).find(wrong);
        let Some(((_, error), _)) = wrong.filter(|_| reply.panics.is_empty()) else {
            return false;
        };
        self.seen.type_errors += 1;
        if self.seen.type_error.is_empty() {
            self.seen.type_error = error.clone();
        }
        true
    }

    /// Adds a run without a reply: the process died or did not end.
    fn ended(&mut self, scenario: &Scenario, outcome: &Outcome) {
        let said = match &outcome.end {
            RunEnd::Died { output, .. } => output,
            RunEnd::TimedOut { dump, .. } | RunEnd::OverMemory { dump, .. } => dump,
            RunEnd::Replied => return,
        };
        // A goroutine that panicked may have left a lock locked.
        let recovered = said.lines().find_map(|l| l.strip_prefix("typerace: recovered panic: "));
        if let Some(value) = recovered {
            let stack = said.split_once("typerace: recovered panic: ").map_or("", |(_, s)| s);
            let panic =
                GoPanic { goroutine: 1, operation: 0, value: value.into(), stack: stack.into() };
            let finding = panicked(&panic, scenario, &self.origin);
            self.crashed(finding, value);
            return;
        }
        match observe(outcome, scenario, &self.origin).into_iter().next() {
            Some(f) if matches!(f.kind, Kind::Fatal | Kind::Panic) => {
                let title = f.title.clone();
                let message = f.stacks.first().map_or(title.as_str(), |s| s.of.as_str()).to_owned();
                self.crashed(Some(f), &message);
            }
            _ => self.seen.hangs += 1,
        }
    }

    fn crashed(&mut self, finding: Option<Finding>, message: &str) {
        let Some(finding) = finding else { return };
        // The harness's own panics say nothing about go/types.
        if !matches!(finding.blame, Blame::GoTypes | Blame::XTools) {
            return;
        }
        let frames = finding.stacks.first().map(|s| s.frames.as_slice()).unwrap_or_default();
        let function = site(frames).to_string().replace("go/types.", "");
        let known =
            self.seen.panics.iter_mut().find(|c| c.message == message && c.function == function);
        if let Some(known) = known {
            known.count += 1;
            return;
        }
        let mut stack = String::new();
        for frame in frames.iter().take(FRAMES) {
            let _ = writeln!(stack, "{}\n\t{}:{}", frame.function, frame.file, frame.line);
        }
        self.seen.panics.push(Crashed { message: message.to_owned(), function, stack, count: 1 });
    }

    /// The counts, most frequent crash first.
    pub fn result(&self, elapsed: Duration) -> Consequence {
        let mut result = self.seen.clone();
        result.seconds = (elapsed.as_secs_f64() * 10.0).round() / 10.0;
        result.panics.sort_by_key(|c| std::cmp::Reverse(c.count));
        result
    }
}

/// The finding for a panic that the harness recovered.
fn panicked(panic: &GoPanic, scenario: &Scenario, origin: &Origin) -> Option<Finding> {
    let panics = [Panic {
        goroutine: panic.goroutine,
        operation: panic.operation,
        value: &panic.value,
        stack: &panic.stack,
    }];
    let seen = Observed {
        reports: "",
        end: End::Replied,
        panics: &panics,
        scenario,
        sequential: false,
        origin,
    };
    findings(&seen).into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crashes_are_counted_by_message_and_function() {
        let panic = |function: &str| GoPanic {
            goroutine: 1,
            operation: 0,
            value: "runtime error: invalid memory address or nil pointer dereference".into(),
            stack: format!(
                "goroutine 8 [running]:\nruntime/debug.Stack()\n\t/go/src/runtime/debug/stack.go:26 +0x5e\npanic({{0x1}})\n\t/go/src/runtime/panic.go:1 +0x1\n{function}(0x0)\n\t/go/src/go/types/named.go:7 +0x1\n"
            ),
        };
        let mut tally = Tally::new(Origin::default(), 2);
        let scenario = Scenario::default();
        for p in [
            panic("go/types.(*Named).stateHas"),
            panic("go/types.(*Named).under"),
            panic("go/types.(*Named).under"),
            panic("typerace/harness/internal/engine.oops"),
        ] {
            let finding = panicked(&p, &scenario, &Origin::default());
            tally.crashed(finding, &p.value);
        }
        let result = tally.result(Duration::from_millis(1234));
        let counts: Vec<_> = result.panics.iter().map(|c| (c.what(), c.count)).collect();
        assert_eq!(
            counts,
            [
                ("nil pointer in (*Named).under".to_owned(), 2),
                ("nil pointer in (*Named).stateHas".to_owned(), 1)
            ]
        );
        assert!(
            result.panics[1].stack.starts_with("go/types.(*Named).stateHas\n\tgo/types/named.go:7")
        );
    }
}
