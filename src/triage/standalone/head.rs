//! The comment at the top of a program.

use super::plan::Plan;
use super::program::Options;
use super::text::comment;
use crate::finding::{Finding, RuleQuote, deciding_rules};
use crate::scenario::{Class, Operation};

/// The comment at the top: what the program shows, and what the documentation says
/// about it.
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

/// What the documentation says.
fn rules(out: &mut String, plan: &Plan<'_>) {
    let class = plan.scenario.class();
    out.push_str(&comment(
        match class {
            Class::Bug => "The documentation says that this concurrent use is safe:",
            Class::Unstated => {
                "The documentation does not say whether this concurrent use is safe:"
            }
            Class::Breach => "This breaks a documented rule, so a race is expected:",
        },
        " ",
    ));
    for rule in concurrent_rules(plan) {
        // The rule about the importer's lock goes without saying. issue.md has the
        // whole place.
        if class != Class::Breach && rule.elements.iter().all(|e| e == "share importer") {
            continue;
        }
        let place = rule.place.split([';', ':']).next().unwrap_or_default();
        out.push_str(&comment(&format!("“{}” ({place})", rule.says), " "));
    }
}

/// The rules for what goroutines do concurrently. What runs before them runs in one
/// goroutine, and breaks no rule.
pub fn concurrent_rules(plan: &Plan<'_>) -> Vec<RuleQuote> {
    let mut scenario = plan.scenario.clone();
    if scenario.class() == Class::Breach {
        return deciding_rules(&scenario);
    }
    scenario.before.clear();
    let mut rules = deciding_rules(&scenario);
    if plan.importing.iter().all(|n| *n == 0) && !scenario.go.iter().flatten().any(checks) {
        for rule in &mut rules {
            rule.elements.retain(|e| e != "import source");
        }
    }
    rules.retain(|rule| !rule.elements.is_empty());
    rules
}

fn checks(op: &Operation) -> bool {
    matches!(op, Operation::Check { .. } | Operation::Import { .. })
}
