//! The comment at the top of a program.

use super::plan::Plan;
use super::text::comment;
use super::write::needs_race;
use crate::finding::{Finding, RuleQuote, deciding_rules};
use crate::scenario::{Class, Operation};

/// The comment at the top: what the program shows. issue.md has the rules behind it.
pub fn head(plan: &Plan<'_>, finding: Option<&Finding>) -> String {
    let mut out = String::new();
    let goroutines = plan.scenario.go.len();
    if let Some(f) = finding {
        out.push_str(&comment(&format!("{}: {}", f.blame.as_str(), f.title), " "));
        out.push_str("//\n");
    }
    let race = finding.is_none_or(|f| needs_race(f, goroutines));
    let subject = finding.and_then(|f| Some((&f.origin, f.origin.subject.as_ref()?)));
    let command = match subject {
        Some((_, subject)) => subject.run_command(race),
        None if race => "go run -race .".to_owned(),
        None => "go run .".to_owned(),
    };
    // However long it is, it stays on one line, so that it can be copied.
    out.push_str(&format!("// Run it with: {command}\n"));
    if let Some((origin, subject)) = subject {
        let found = subject.describe(&origin.go_version, &origin.patched);
        out.push_str(&comment(&format!("(found with {found})"), " "));
    }
    out
}

/// The rules for what goroutines do concurrently, and the elements on which the
/// documentation is silent. What runs before the goroutines runs in one, and breaks
/// no rule. Where no rule is broken, what typerace says itself is left out: it is about
/// the program's own importer.
pub fn concurrent_rules(plan: &Plan<'_>) -> (Vec<RuleQuote>, Vec<String>) {
    let mut scenario = plan.scenario.clone();
    if scenario.class() == Class::Breach {
        return (deciding_rules(&scenario), Vec::new());
    }
    scenario.before.clear();
    let mut rules = deciding_rules(&scenario);
    if plan.importing.iter().all(|n| *n == 0) && !scenario.go.iter().flatten().any(checks) {
        for rule in &mut rules {
            rule.elements.retain(|e| e != "import source");
        }
    }
    rules.retain(|rule| !rule.elements.is_empty());
    let (rules, own): (Vec<_>, Vec<_>) = rules.into_iter().partition(|r| r.source.is_quotation());
    let silent = own.into_iter().flat_map(|rule| rule.elements);
    (rules, if scenario.class() == Class::Unstated { silent.collect() } else { Vec::new() })
}

fn checks(op: &Operation) -> bool {
    matches!(op, Operation::Check { .. } | Operation::Import { .. })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testcase::SourceCase;

    fn rules_of(scenario: &str) -> String {
        let text = format!(
            "{scenario}-- a/a.go --\npackage a\n\ntype T int\n-- b/b.go --\npackage b\n\nimport \"a\"\n\nvar x a.T\n"
        );
        let case = SourceCase::from_txtar(&text).unwrap();
        let plan = Plan::new(&case, case.scenario.as_ref().unwrap(), &[]);
        let (rules, silent) = concurrent_rules(&plan);
        let rules: Vec<_> = rules
            .iter()
            .map(|rule| RuleQuote { note: String::new(), ..rule.clone() }.text())
            .collect();
        format!("{}; silent: {}", rules.join(" "), silent.join(", "))
    }

    #[test]
    fn quotations_have_a_source_and_statements_no_quotation_marks() {
        for (scenario, has, lacks) in [
            (
                "share importer\nbefore check a\ngo check b\ngo check b\n",
                "“Previously, if you had packages A and B both importing C",
                "The importer",
            ),
            (
                "before check a\ngo eval a T\ngo checkexpr a T\n",
                "“While it is not explicitly stated, `CheckExpr` and `Eval` should really not mutate the existing package in any way.” (golang.org/issue/71817, findleyr, 2025-02-18)",
                "Previously",
            ),
            (
                "before check a\ngo walk methods a\ngo walk methods a\n",
                "has finished)” (a comment in go/types/named.go)",
                "documentation",
            ),
            (
                "share config\nshare importer\nbefore check a\ngo check b\ngo check b\n",
                "silent: share config",
                "“",
            ),
            (
                "share info\nbefore check a\ngo check b\ngo check b\n",
                "The maps of a types.Info have no lock",
                "“",
            ),
            (
                "before check a\ngo set a.T method\ngo methods a.T\n",
                "“AddMethod adds method m unless it is already in the method list.” (go/types, func (*Named) AddMethod)",
                "concurrent use comes after",
            ),
        ] {
            let head = rules_of(scenario);
            assert!(head.contains(has) && !head.contains(lacks), "{scenario}{head}");
        }
    }
}
