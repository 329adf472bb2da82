//! The sequential oracle: compares the concurrent answers of operations with their sequential ones.
//!
//! An answer is evidence only if no other answer is possible: sequential runs in several orders of
//! the goroutines must agree on it, and its subject must be unambiguous. docs/FINDINGS.md has the
//! rules.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::Difference;
use crate::harness::{Answer, Harness, HarnessError, Outcome, RunFlags, RunReply, RunRequest};
use crate::scenario::{Operation, Scenario};

/// A question: goroutine, operation, subject.
type Key<'a> = (usize, u32, &'a str);
type Answers<'a> = BTreeMap<Key<'a>, BTreeSet<&'a [String]>>;

/// The answers of a concurrent run that no sequential run gives. Empty if the run was not asked for
/// answers, did not end well, or has no oracle.
///
/// # Errors
/// The harness's.
pub fn differences(
    harness: &mut Harness,
    request: &RunRequest<'_>,
    outcome: &Outcome,
) -> Result<Vec<Difference>, HarnessError> {
    let Some(got) = outcome.reply.as_ref().filter(|r| comparable(r, request.scenario)) else {
        return Ok(Vec::new());
    };
    let Some(first) = sequential(harness, request, false)? else { return Ok(Vec::new()) };
    if first.answers == got.answers {
        return Ok(Vec::new());
    }
    let mut found = compare(request.scenario, &first, got);
    // Answers that depend on the order of goroutines, or on chance, are not evidence.
    for reversed in [true, false, true] {
        if found.is_empty() {
            break;
        }
        let Some(mut again) = sequential(harness, request, reversed)? else {
            return Ok(Vec::new());
        };
        if reversed && let Some(go) = again.answers.get_mut(1..) {
            go.reverse();
        }
        let unstable: BTreeSet<_> = compare(request.scenario, &first, &again)
            .into_iter()
            .map(|d| (d.goroutine, d.operation, d.subject))
            .collect();
        found.retain(|d| {
            // Answers to questions that only one of the runs was asked are not evidence.
            !unstable.contains(&(d.goroutine, d.operation, d.subject.clone())) && asked(&again, d)
        });
    }
    Ok(found)
}

/// A goroutine that panicked stopped answering, which is a separate finding.
fn comparable(reply: &RunReply, scenario: &Scenario) -> bool {
    reply.panics.is_empty() && reply.answers.len() == scenario.go.len() + 1
}

/// A sequential run; `None` if it yields nothing to compare with. If reversed, the last goroutine
/// comes first.
fn sequential(
    harness: &mut Harness,
    request: &RunRequest<'_>,
    reversed: bool,
) -> Result<Option<RunReply>, HarnessError> {
    let mut scenario = request.scenario.clone();
    scenario.rounds = None;
    if reversed {
        scenario.go.reverse();
    }
    let flags = RunFlags { sequential: true, answers: true, ..RunFlags::default() };
    let request = RunRequest { scenario: &scenario, flags, ..*request };
    let reply = harness.run(&request)?.reply;
    Ok(reply.filter(|r| comparable(r, &scenario)))
}

fn asked(reply: &RunReply, d: &Difference) -> bool {
    let answers = reply.answers.get(d.goroutine).into_iter().flatten();
    answers.into_iter().any(|a| a.operation as usize == d.operation && a.subject == d.subject)
}

/// The answers to one question that differ. A question that only one side was asked is not a
/// difference: which of two identical types a walk reaches first decides how it continues.
fn compare(scenario: &Scenario, sequential: &RunReply, concurrent: &RunReply) -> Vec<Difference> {
    let (expected, got) = (by_question(scenario, sequential), by_question(scenario, concurrent));
    let mut out = Vec::new();
    for (&key, there) in &got {
        let Some(here) = expected.get(&key).filter(|here| *here != there) else { continue };
        let text = |of: &BTreeSet<&[String]>, without: &BTreeSet<&[String]>| {
            let only = of.difference(without).next().or(of.first());
            only.map(|parts| parts.to_vec()).unwrap_or_default()
        };
        let (goroutine, operation, subject) = key;
        out.push(Difference {
            goroutine,
            operation: operation as usize,
            subject: subject.to_owned(),
            sequential: text(here, there),
            concurrent: text(there, here),
            note: note(&concurrent.answers[goroutine], operation, subject),
        });
    }
    out
}

fn note(answers: &[Answer], operation: u32, subject: &str) -> String {
    let at = answers.iter().find(|a| a.operation == operation && a.subject == subject);
    at.map(|a| a.note.clone()).unwrap_or_default()
}

fn by_question<'a>(scenario: &Scenario, reply: &'a RunReply) -> Answers<'a> {
    let mut out = Answers::new();
    for (goroutine, answers) in reply.answers.iter().enumerate() {
        let operations = match goroutine {
            0 => Some(&scenario.before),
            n => scenario.go.get(n - 1),
        };
        for answer in answers {
            let operation = operations.and_then(|ops| ops.get(answer.operation as usize));
            if operation.is_some_and(Operation::asks_many) && is_ambiguous(&answer.subject) {
                continue;
            }
            let key = (goroutine, answer.operation, answer.subject.as_str());
            out.entry(key).or_default().insert(&answer.value);
        }
    }
    out
}

/// Type parameters are `$0`, and types declared in a function `T·`: several may share a name.
fn is_ambiguous(subject: &str) -> bool {
    subject.contains(['$', '·', '…'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn reply(answers: &[(u32, &str, &str)]) -> RunReply {
        let answer = |&(operation, subject, value): &(u32, &str, &str)| Answer {
            operation,
            subject: subject.to_owned(),
            value: value.split(' ').map(str::to_owned).collect(),
            note: String::new(),
        };
        RunReply {
            id: 0,
            races: 0,
            setup: Duration::ZERO,
            concurrent: Duration::ZERO,
            verdicts: Vec::new(),
            panics: Vec::new(),
            operations: Vec::new(),
            skipped: Vec::new(),
            answers: vec![Vec::new(), answers.iter().map(answer).collect()],
            resolutions: Vec::new(),
            steps: 0,
            trace: 0,
            leaks: Vec::new(),
            heap: 0,
            changed: Vec::new(),
            shared: Default::default(),
        }
    }

    fn subjects(a: &[(u32, &str, &str)], b: &[(u32, &str, &str)]) -> Vec<String> {
        let scenario = Scenario::parse("go walk methods lib ; methods lib.F").unwrap().unwrap();
        let found = compare(&scenario, &reply(a), &reply(b));
        found.into_iter().map(|d| d.subject).collect()
    }

    #[test]
    fn the_same_question_must_have_the_same_answers() {
        let a = [(0, "methods T", "1 x"), (0, "methods U", "2"), (0, "methods U", "2")];
        let b = [(0, "methods U", "2"), (0, "methods T", "1 y"), (0, "methods V", "3")];
        assert_eq!(subjects(&a, &b), ["methods T"]);
        assert!(subjects(&a, &a).is_empty());
        assert!(subjects(&[(0, "methods T", "1")], &[(1, "methods T", "2")]).is_empty());
    }

    #[test]
    fn walks_skip_ambiguous_names_and_queries_do_not() {
        let (a, b) = ("methods $0", "methods T·");
        for subject in [a, b] {
            assert!(subjects(&[(0, subject, "1")], &[(0, subject, "2")]).is_empty());
            assert_eq!(subjects(&[(1, subject, "1")], &[(1, subject, "2")]), [subject]);
        }
    }
}
