//! The comment at the top of a program.

use super::plan::Plan;
use super::program::Options;
use super::text::comment;
use crate::finding::{Finding, RuleQuote, deciding_rules};
use crate::scenario::{Class, Operation};

/// The comment at the top: what the program shows, and the rules behind it.
pub fn head(plan: &Plan<'_>, finding: Option<&Finding>, options: &Options) -> String {
    let mut out = String::new();
    if let Some(f) = finding {
        out.push_str(&comment(&format!("{}: {}", f.blame.as_str(), f.title), " "));
        out.push_str("//\n");
    }
    if plan.scenario.go.len() > 1 {
        rules(&mut out, plan);
    } else {
        out.push_str(&comment("A single goroutine shows it.", " "));
    }
    let how = if plan.scenario.schedule.is_some() && options.attempts > 1 {
        "Run it with: go run -race . (It was found under a fixed schedule. This program makes many attempts instead.)"
    } else {
        "Run it with: go run -race ."
    };
    out.push_str("//\n");
    out.push_str(&comment(how, " "));
    out
}

/// What the class rests on.
fn rules(out: &mut String, plan: &Plan<'_>) {
    let class = plan.scenario.class();
    let (rules, silent) = concurrent_rules(plan);
    let text = match class {
        Class::Bug => "This concurrent use should be safe:",
        Class::Unstated => "The documentation does not say whether this concurrent use is safe: ",
        Class::Breach => "This breaks a rule, so a race is expected:",
    };
    out.push_str(&comment(&format!("{text}{}", silent.join(", ")), " "));
    for rule in rules {
        // issue.md has the note.
        let rule = RuleQuote { note: String::new(), ..rule };
        out.push_str(&comment(&rule.text(), " "));
    }
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
