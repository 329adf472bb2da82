//! Answers that differ between a concurrent and a sequential run.

use super::finding::{Finding, Origin};
use super::kind::Kind;
use super::normalise::Blame;
use super::observe::Draft;
use super::signature::signature;
use crate::scenario::Scenario;

/// An answer that differs from the sequential one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// 0 is `before`, n the n-th `go`.
    pub goroutine: usize,
    /// Index of its operation.
    pub operation: usize,
    /// What was asked: `methodset lib.T`.
    pub subject: String,
    /// The sequential answer, in parts.
    pub sequential: Vec<String>,
    /// The concurrent one.
    pub concurrent: Vec<String>,
    /// What the harness says about it, for people.
    pub note: String,
}

/// The finding of an execution with such answers. It is one finding however many answers
/// differ, because one wrong answer makes others wrong. `None` if none differs.
#[must_use]
pub fn mismatch(
    differences: &[Difference],
    scenario: &Scenario,
    origin: &Origin,
) -> Option<Finding> {
    let first = differences.first()?;
    let asked = first.subject.split(' ').next().unwrap_or_default();
    let shape = shape(asked, &first.sequential, &first.concurrent);
    let draft = Draft {
        kind: Kind::Mismatch,
        signature: signature(Kind::Mismatch, asked, &[shape]),
        title: format!("mismatch: {} differs", readable(&first.subject)),
        blame: Blame::GoTypes,
        alone: false,
        stacks: Vec::new(),
    };
    Some(draft.finding(scenario, false, origin))
}

/// `methodset of lib.T`, as far as a title has room.
fn readable(subject: &str) -> String {
    const MOST: usize = 80;
    let text = match subject.split_once(' ') {
        Some((asked, of)) => format!("{asked} of {of}"),
        None => subject.to_owned(),
    };
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// What the first difference looks like, without names from the program.
fn shape(asked: &str, sequential: &[String], concurrent: &[String]) -> String {
    if asked == "errors" {
        // `Code at file:line:column`: the codes are fixed words.
        let codes = |of: &[String], without: &[String]| {
            let mut codes: Vec<_> = of
                .iter()
                .filter(|e| !without.contains(e))
                .map(|e| e.split(' ').next().unwrap_or_default().to_owned())
                .collect();
            codes.sort();
            codes.dedup();
            if codes.is_empty() { "none".to_owned() } else { codes.join(" ") }
        };
        let (less, more) = (codes(sequential, concurrent), codes(concurrent, sequential));
        return format!("missing {less}, extra {more}");
    }
    match sequential.iter().zip(concurrent).find(|(s, c)| s != c) {
        Some((s, c)) => format!("{} became {}", part(s), part(c)),
        None if sequential.len() > concurrent.len() => "less".to_owned(),
        None => "more".to_owned(),
    }
}

fn part(text: &str) -> &str {
    match text {
        "true" | "false" | "nil" => text,
        _ if text.starts_with("panic: ") => "panic",
        _ if text.starts_with("error") => "error",
        _ if text.parse::<i64>().is_ok() => "number",
        _ => "text",
    }
}

/// The differences, for a report.
#[must_use]
pub fn describe(differences: &[Difference], scenario: &Scenario) -> String {
    const MOST: usize = 20;
    let mut out = String::new();
    for d in differences.iter().take(MOST) {
        let operations = match d.goroutine {
            0 => Some(&scenario.before),
            n => scenario.go.get(n - 1),
        };
        let operation = operations.and_then(|ops| ops.get(d.operation));
        let operation = operation.map(ToString::to_string).unwrap_or_default();
        out.push_str(&format!(
            "MISMATCH in goroutine {}, operation {} ({operation}): {}\n",
            d.goroutine, d.operation, d.subject
        ));
        out.push_str(&format!("  one after another: {}\n", d.sequential.join(" | ")));
        out.push_str(&format!("  concurrently:      {}\n", d.concurrent.join(" | ")));
        for line in d.note.lines() {
            out.push_str(&format!("    {line}\n"));
        }
    }
    if differences.len() > MOST {
        out.push_str(&format!("and {} more answers differ\n", differences.len() - MOST));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn difference(subject: &str, s: &[&str], c: &[&str]) -> Difference {
        let own = |parts: &[&str]| parts.iter().map(|&p| p.to_owned()).collect();
        Difference {
            goroutine: 1,
            operation: 0,
            subject: subject.to_owned(),
            sequential: own(s),
            concurrent: own(c),
            note: String::new(),
        }
    }

    fn sign(subject: &str, s: &[&str], c: &[&str]) -> (String, String) {
        let scenario = Scenario::parse("go check a").unwrap().unwrap();
        let d = [difference(subject, s, c)];
        let f = mismatch(&d, &scenario, &Origin::default()).unwrap();
        assert_eq!(f.kind, Kind::Mismatch);
        (f.signature, f.title)
    }

    #[test]
    fn signatures_survive_names() {
        let signed = |subject, s: &[&str], c: &[&str]| sign(subject, s, c).0;
        assert_eq!(
            signed("methodset lib.T", &["func M", "true", "x"], &["func M", "false", "x"]),
            "mismatch: methodset: true became false"
        );
        assert_eq!(
            signed("methodset lib.T", &["func M", "true"], &["func N", "true"]),
            signed("methodset a.U", &["5", "func A"], &["5", "func B"]),
        );
        assert_eq!(signed("methods lib.T", &["a"], &["a", "b"]), "mismatch: methods: more");
        assert_eq!(signed("methods lib.T", &["a"], &[]), "mismatch: methods: less");
        assert_eq!(
            signed("sizes lib.T", &["8"], &["panic: nil"]),
            "mismatch: sizes: number became panic"
        );
        assert_eq!(
            signed("errors a", &["Kept at a.go:1:1"], &["Bad at a.go:3:4", "Kept at a.go:1:1"]),
            "mismatch: errors: missing none, extra Bad"
        );
    }

    #[test]
    fn titles_say_what_of_what() {
        assert_eq!(
            sign("methodset lib.T", &["1"], &["2"]).1,
            "mismatch: methodset of lib.T differs"
        );
        let long = format!("fields {}", "é".repeat(200));
        assert!(sign(&long, &["1"], &["2"]).1.len() < 220);
        assert!(mismatch(&[], &Scenario::default(), &Origin::default()).is_none());
    }

    #[test]
    fn reports_name_the_operation() {
        let scenario = Scenario::parse("go methods lib.T ; check a").unwrap().unwrap();
        let text = describe(&[difference("methods lib.T", &["1", "x"], &["2"])], &scenario);
        assert_eq!(
            text,
            "MISMATCH in goroutine 1, operation 0 (methods lib.T): methods lib.T\n  \
             one after another: 1 | x\n  concurrently:      2\n"
        );
    }
}
