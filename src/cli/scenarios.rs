//! `typerace scenarios`: the vocabulary.

use std::fmt::Write as _;

use super::{Exit, GoArgs, print};
use crate::checker::Checker;
use crate::finding::RuleQuote;
use crate::harness::BuiltHarness;
use crate::scenario::{ELEMENTS, Element, targets};

/// Print the vocabulary of scenarios: every element, its class and the rule behind it; with
/// --checker types2, what scenarios for types2 can have
#[derive(Debug, clap::Args)]
pub struct ScenariosArgs {
    /// Print one JSON document on stdout
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    go: GoArgs,
}

/// Prints the vocabulary.
///
/// # Errors
/// It cannot be printed, or the target of `--harness` does not build.
pub fn run(args: &ScenariosArgs) -> anyhow::Result<Exit> {
    if args.go.harness.is_some() {
        // Building it registers its operations.
        BuiltHarness::get(&args.go.options(), &mut super::ticker::waiting())?;
    }
    let checker = args.go.checker();
    let all = ELEMENTS.iter().chain(targets()).filter(|e| e.is_for(checker));
    let all: Vec<&Element> = all.collect();
    print(&if args.json { json(&all)? } else { text(&all) })?;
    Ok(Exit::Nothing)
}

/// The elements, each with the checkers that it is for.
fn json(all: &[&Element]) -> serde_json::Result<String> {
    let mut rows = Vec::new();
    for element in all {
        let mut row = serde_json::to_value(element)?;
        let checkers: Vec<Checker> =
            Checker::ALL.into_iter().filter(|c| element.is_for(*c)).collect();
        row["checkers"] = serde_json::to_value(checkers)?;
        rows.push(row);
    }
    Ok(serde_json::to_string_pretty(&rows)? + "\n")
}

/// The table for people. Kinds are headings; a rule stands once for consecutive
/// elements that share it.
fn text(all: &[&Element]) -> String {
    let mut out = String::new();
    let mut last: Option<&Element> = None;
    for &e in all {
        let same_kind = last.is_some_and(|l| l.kind == e.kind);
        if !same_kind {
            if let Some(l) = last {
                rule(&mut out, l);
                out.push('\n');
            }
            // Writing to a String cannot fail.
            let _ = writeln!(out, "{}", e.kind.as_str());
        } else if let Some(l) = last
            && l.rule != e.rule
        {
            rule(&mut out, l);
        }
        let _ = writeln!(out, "  {:<18} {:<9} {}", e.name, e.class, e.does);
        last = Some(e);
    }
    if let Some(l) = last {
        rule(&mut out, l);
    }
    out
}

fn rule(out: &mut String, e: &Element) {
    let rule = RuleQuote::new(Vec::new(), e.rule);
    let _ = writeln!(out, "      {}", rule.sentence());
    let remarks = rule.remarks();
    if !remarks.is_empty() {
        let _ = writeln!(out, "      ({remarks})");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Source;

    #[test]
    fn every_element_stands_under_its_kind_with_its_rule() {
        let text = text(&ELEMENTS.iter().collect::<Vec<_>>());
        for e in &ELEMENTS {
            let kind = text.split_once(&format!("{}\n  ", e.kind.as_str())).unwrap().1;
            let line = format!("{:<18} {:<9} {}\n", e.name, e.class, e.does);
            let after = kind.split_once(&line).unwrap_or_else(|| panic!("no line {line}")).1;
            let rule = after.lines().find(|l| l.starts_with("      ")).unwrap();
            let quoted = rule.trim().trim_start_matches('“').trim_end_matches('”');
            assert_eq!(quoted, e.rule.says, "{}", e.name);
            assert_eq!(rule.contains('“'), e.rule.source != Source::Own, "{}", e.name);
        }
    }

    #[test]
    fn json_has_every_field() {
        let all: Vec<&Element> = ELEMENTS.iter().collect();
        let value: serde_json::Value = serde_json::from_str(&json(&all).unwrap()).unwrap();
        let eval = value.as_array().unwrap().iter().find(|e| e["name"] == "eval").unwrap();
        assert_eq!(eval["checkers"], serde_json::json!(["go/types"]));
        assert_eq!(value[1]["checkers"], serde_json::json!(["go/types", "types2"]));
        assert_eq!(value.as_array().unwrap().len(), ELEMENTS.len());
        let first = &value[0];
        for field in ["kind", "name", "class", "does"] {
            assert!(first[field].is_string(), "{field}");
        }
        assert!(first["rule"]["says"].is_string() && first["rule"]["place"].is_string());
    }
}
