//! Reads the operations of a line.

use super::operand::operand;
use super::{Wrong, names};
use crate::scenario::{ElementKind, OPERATIONS, Operation, Query, Row};

/// Reads the operations of a line.
pub(super) fn operations(text: &str) -> Result<Vec<Operation>, Wrong> {
    let ops = separate(text)
        .into_iter()
        .map(str::trim)
        .filter(|t| !t.is_empty())
        .map(operation)
        .collect::<Result<Vec<_>, _>>()?;
    if ops.is_empty() {
        return Err((
            "no operation".to_owned(),
            format!("valid: {}", names(ElementKind::Operation)),
        ));
    }
    Ok(ops)
}

/// Splits operations at the semicolons outside brackets: an expression may have others inside.
fn separate(text: &str) -> Vec<&str> {
    match pieces(text, ';') {
        (all, 0) => all,
        // Brackets that do not match belong to no expression.
        _ => text.split(';').collect(),
    }
}

/// Splits a text at the separators outside brackets, and counts the brackets that stay open.
pub(super) fn pieces(text: &str, separator: char) -> (Vec<&str>, i32) {
    let mut depth = 0;
    let outside = |c: char| {
        match c {
            '[' | '(' | '{' => depth += 1,
            ']' | ')' | '}' => depth -= 1,
            _ => {}
        }
        c == separator && depth == 0
    };
    let all = text.split(outside).collect();
    (all, depth)
}

/// Reads an operation by its row: the operands of a row say what words mean.
fn operation(text: &str) -> Result<Operation, Wrong> {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let (row, rest) = match Row::of(word).filter(|row| !row.bare) {
        Some(row) => (row, rest),
        None => match OPERATIONS.iter().find(|row| row.bare) {
            Some(row) if Query::from_name(word).is_some() => (*row, text),
            _ => return Err(unknown_operation(word)),
        },
    };
    let mut words: Vec<&str> = rest.split_whitespace().collect();
    let usage = || {
        let form = row.form().replace("SETTER", &names(ElementKind::Setter));
        let form = form.replace("WHAT", &names(ElementKind::Reading));
        let form = if row.bare { form.replacen("QUERY", word, 1) } else { form };
        (format!("'{text}' is not a complete operation"), format!("write: {form}"))
    };
    let (least, most) = row.operands.iter().fold((0, 0usize), |(least, most), kind| {
        let (few, many) = kind.words();
        (least + few, most.saturating_add(many))
    });
    if !(least..=most).contains(&words.len()) {
        return Err(usage());
    }
    let mut wrong = None;
    let made = (row.make)(&mut |kind| match operand(kind, &mut words) {
        Ok(Some(value)) => Some(value),
        Ok(None) => None,
        Err(why) => {
            wrong = Some(why);
            None
        }
    });
    match made {
        Some(op) if words.is_empty() => Ok(op),
        _ => Err(wrong.unwrap_or_else(usage)),
    }
}

fn unknown_operation(word: &str) -> Wrong {
    let help = format!(
        "valid: {} or a query: {}",
        names(ElementKind::Operation),
        names(ElementKind::Query)
    );
    (format!("unknown operation '{word}'"), help)
}
