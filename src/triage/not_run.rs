//! What an execution did not do, although its scenario says so. Without it, a test case of which
//! nothing ran would look like one that shows nothing.

use serde::Serialize;

use crate::escape::line;
use crate::harness::{RunReply, Verdict};
use crate::scenario::{Row, Scenario};
use crate::testcase::SourcePackage;

/// How much of a test case ran, as `[done, all]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Ran {
    /// Operations.
    pub operations: [u64; 2],
    /// Packages that an operation checked.
    pub packages: [usize; 2],
}

impl Ran {
    /// Of the execution that sent this reply.
    #[must_use]
    pub fn of(reply: &RunReply, scenario: &Scenario) -> Self {
        let all = scenario.before.len() + scenario.go.iter().map(Vec::len).sum::<usize>();
        let rounds = u64::from(scenario.rounds.unwrap_or(1).max(1));
        let done = reply.operations.iter().filter(|(name, _)| is_operation(name));
        let done = done.map(|(_, n)| u64::from(*n)).sum::<u64>();
        // An operation that panicked ran, too.
        let done = (done + reply.panics.len() as u64).min(all as u64 * rounds);
        let checked = reply.verdicts.iter().filter(|(v, _)| *v != Verdict::NotChecked).count();
        Self { operations: [done, all as u64 * rounds], packages: [checked, reply.verdicts.len()] }
    }

    /// `3 of 3 operations, 2 of 2 packages checked`
    #[must_use]
    pub fn line(self) -> String {
        let ([done, all], [checked, packages]) = (self.operations, self.packages);
        format!("{done} of {all} operations, {checked} of {packages} packages checked")
    }

    /// Whether nothing ran at all.
    #[must_use]
    pub fn is_nothing(self) -> bool {
        self.operations[0] == 0 && self.operations[1] > 0
    }
}

/// The harness also counts what was shared, imported and met.
fn is_operation(name: &str) -> bool {
    let (word, rest) = name.split_once(' ').unwrap_or((name, ""));
    match word {
        "share" | "meet" => false,
        "import" => rest.is_empty(),
        _ => Row::of(word).is_some(),
    }
}

/// The parts of a test case that were not run, or did not run as they are written, and why: one
/// line each.
#[must_use]
pub fn not_run(reply: &RunReply, scenario: &Scenario, packages: &[SourcePackage]) -> Vec<String> {
    let broken = packages.iter().zip(&reply.verdicts).filter_map(|(p, (verdict, why))| {
        let what = match verdict {
            Verdict::SyntaxErrors => "does not parse",
            Verdict::TypeErrors => "does not type-check",
            Verdict::Valid | Verdict::NotChecked => return None,
        };
        Some(line(&format!("package {} {what}: {why}", p.path)))
    });
    let skipped = reply.skipped.iter().map(|why| line(&format!("not run: {why}")));
    // Names that do not exist stand for existing ones, so that mutants run.
    let other = reply.resolutions.iter();
    let other = other.map(|what| line(&format!("not run as written: name resolved in {what}")));
    broken.chain(skipped).chain(other).chain(missing(reply, scenario)).collect()
}

/// Operations that neither ran nor say why they did not.
fn missing(reply: &RunReply, scenario: &Scenario) -> Option<String> {
    let [done, all] = Ran::of(reply, scenario).operations;
    // Reasons are given for the first round only. After a panic, a goroutine runs nothing more.
    let explained = reply.skipped.len() as u64 * u64::from(scenario.rounds.unwrap_or(1).max(1));
    let lost = reply.panics.is_empty() && done + explained < all;
    lost.then(|| format!("not run: {} of {all} operations, for no known reason", all - done))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::GoPanic;
    use crate::testcase::SourceCase;

    fn case(rounds: u32) -> (Scenario, Vec<SourcePackage>) {
        let text = format!(
            "rounds {rounds}\nbefore check a\ngo walk methods a ; import a\n-- a/a.go --\npackage a\n"
        );
        let case = SourceCase::from_txtar(&text).unwrap();
        (case.scenario.unwrap(), case.packages)
    }

    #[test]
    fn what_is_missing_is_said() {
        let (scenario, packages) = case(2);
        let mut reply = RunReply::default();
        let count = |name: &str, n| (name.to_owned(), n);
        reply.verdicts = vec![(Verdict::Valid, String::new())];
        reply.operations = vec![
            count("check", 2),
            count("walk methods", 2),
            count("import", 2),
            count("import source", 7),
            count("share fset", 7),
        ];
        assert_eq!(Ran::of(&reply, &scenario).line(), "6 of 6 operations, 1 of 1 packages checked");
        assert!(not_run(&reply, &scenario, &packages).is_empty());
        reply.operations.remove(2);
        let notes = not_run(&reply, &scenario, &packages);
        assert_eq!(notes, ["not run: 2 of 6 operations, for no known reason"]);
        // The reason is that of both rounds.
        reply.skipped = vec!["no\npackage".to_owned()];
        assert_eq!(not_run(&reply, &scenario, &packages), ["not run: no\\npackage"]);
        reply.operations.clear();
        assert!(Ran::of(&reply, &scenario).is_nothing());
        let mut panicked = reply.clone();
        panicked.panics = vec![GoPanic {
            goroutine: 1,
            operation: 0,
            value: "nil".to_owned(),
            stack: String::new(),
        }];
        assert_eq!(Ran::of(&panicked, &scenario).operations, [1, 6]);
        reply.verdicts = vec![(Verdict::TypeErrors, "a.go:1:\u{1b}[2J".to_owned())];
        let notes = not_run(&reply, &scenario, &packages);
        assert_eq!(notes[0], "package a does not type-check: a.go:1:\\u001b[2J");
        assert_eq!(notes.len(), 3, "{notes:?}");
    }
}
