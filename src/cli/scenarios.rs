//! `typerace scenarios`: the vocabulary.

use std::fmt::Write as _;

use super::{Exit, print};
use crate::scenario::{ELEMENTS, Element};

/// Print what a scenario can say: every element, its class and the rule that the class rests on
#[derive(Debug, clap::Args)]
pub struct ScenariosArgs {
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Prints the vocabulary.
///
/// # Errors
/// It cannot be printed.
pub fn run(args: &ScenariosArgs) -> anyhow::Result<Exit> {
    print(&if args.json { serde_json::to_string_pretty(&ELEMENTS[..])? + "\n" } else { text() })?;
    Ok(Exit::Nothing)
}

/// The table for people: kinds are headings, rules are quoted once for each
/// run of elements that rest on the same one.
fn text() -> String {
    let mut out = String::new();
    let mut last: Option<&Element> = None;
    for e in &ELEMENTS {
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
    let _ = writeln!(out, "      \"{}\"\n      ({})", e.rule.says, e.rule.place);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table() {
        insta::assert_snapshot!(text());
    }

    #[test]
    fn json_has_every_field() {
        let value = serde_json::to_value(&ELEMENTS[..]).unwrap();
        assert_eq!(value.as_array().unwrap().len(), ELEMENTS.len());
        let first = &value[0];
        for field in ["kind", "name", "class", "does"] {
            assert!(first[field].is_string(), "{field}");
        }
        assert!(first["rule"]["says"].is_string() && first["rule"]["place"].is_string());
    }
}
