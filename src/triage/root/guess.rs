//! A name for a root that nothing else names: what the scenario uses, and what is written.

use crate::finding::{Blame, Finding, Kind, NEW, sides, site};
use crate::scenario::{ElementKind, Scenario};
use crate::testcase::SourceCase;

/// The id of a new root. Findings with the same id are presumed to have the same root.
#[must_use]
pub fn guess(finding: &Finding, case: &SourceCase, scenario: &Scenario) -> String {
    let mut id = format!("{NEW}{} in {}", finding.kind, place(finding));
    // What the scenario does in go/types says nothing about code that is built on it.
    let of_target = finding.blame == Blame::Target;
    let with = if of_target { Vec::new() } else { circumstances(finding, case, scenario) };
    if !with.is_empty() {
        id.push_str(&format!(" with {}", with.join(" and ")));
    }
    id
}

/// Where a race writes, or where anything else fails.
fn place(finding: &Finding) -> String {
    let write = finding.stacks.iter().find(|s| s.of.contains("write"));
    let place = match (finding.kind, write) {
        (Kind::DataRace, Some(stack)) => site(&stack.frames).to_string(),
        _ => sides(&finding.signature).collect::<Vec<_>>().join(" / "),
    };
    place.replace("go/types.", "")
}

/// What the scenario uses that most do not.
fn circumstances(finding: &Finding, case: &SourceCase, scenario: &Scenario) -> Vec<String> {
    let mut all = Vec::new();
    for element in scenario.elements() {
        match (element.kind, element.name) {
            // Most scenarios share these.
            (ElementKind::Share, name) if name == "fset" || name.starts_with("importer") => {}
            (ElementKind::Share, name) => all.push(format!("a shared {name}")),
            (ElementKind::Operation, "eval" | "checkexpr" | "checknode") => {
                all.push(element.name.to_owned());
            }
            _ => {}
        }
    }
    let files = case.packages.iter().flat_map(|p| &p.files);
    if files.flat_map(|(_, text)| text.lines()).any(is_generic_alias) {
        all.push("a generic alias".to_owned());
    }
    if finding.sequential {
        all.push("one goroutine".to_owned());
    }
    all
}

/// `type A[P any] = T`, on one line as gofmt writes it.
fn is_generic_alias(line: &str) -> bool {
    let Some(rest) = line.trim_start().strip_prefix("type ") else { return false };
    let mut depth = 0;
    for (at, c) in rest.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => {
                depth -= 1;
                if depth == 0 {
                    return rest[at + 1..].trim_start().starts_with('=');
                }
            }
            ' ' | '=' if depth == 0 => return false,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::test_support::fatal;

    #[test]
    fn what_is_written_and_what_the_scenario_uses() {
        let case = SourceCase::from_txtar(
            "share context\nshare fset\nshare importer\ngo check a ; eval a \"x\"\n-- a/a.go --\npackage a\n\ntype A[P any] = []P\n",
        );
        let Ok(case) = case else { panic!("{case:?}") };
        let scenario = case.scenario.clone().unwrap();
        let finding = Finding {
            kind: Kind::Panic,
            signature: "panic: nil: go/types.(*Named).unpack".to_owned(),
            sequential: true,
            ..fatal("x")
        };
        let id = guess(&finding, &case, &scenario);
        let want = "new: panic in (*Named).unpack with a shared context and eval and a generic \
                    alias and one goroutine";
        assert_eq!(id, want);
    }

    #[test]
    fn generic_aliases() {
        for (line, want) in [
            ("type A[P any] = []P", true),
            ("type A[P interface{ M([]P) }, Q any] = []P", true),
            ("type A = int", false),
            ("type A [3]int", false),
            ("type A[P any] []P", false),
            ("var a = b[c]", false),
        ] {
            assert_eq!(is_generic_alias(line), want, "{line}");
        }
    }
}
