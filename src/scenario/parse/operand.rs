//! Reads the words of an operand.

use super::operation::pieces;
use super::{Wrong, unknown};
use crate::scenario::{
    ANALYZERS, ConfigWord, Configured, ElementKind, INSTANCES, ObjectRef, OperandKind,
    OperandValue, Order, Query, Reading, Setter, target::is_target_name,
};

/// Takes the words of one operand; `None` if they are not of its form.
pub(super) fn operand(
    kind: OperandKind,
    words: &mut Vec<&str>,
) -> Result<Option<OperandValue>, Wrong> {
    use OperandKind as Kind;
    use OperandValue as Value;
    if kind == Kind::Expr {
        let text = std::mem::take(words).join(" ");
        return Ok(Some(text).filter(|text| !text.is_empty()).map(Value::Expr));
    }
    if kind == Kind::Place {
        // No expression starts with two such words.
        let place = match words[..] {
            ["at", n, ..] => n.parse().ok(),
            _ => None,
        };
        words.drain(..2 * usize::from(place.is_some()));
        return Ok(Some(Value::Place(place)));
    }
    if kind == Kind::Config {
        return configured(&std::mem::take(words)).map(|c| Some(Value::Config(c)));
    }
    if kind == Kind::Order {
        return Ok(order(&std::mem::take(words)).map(Value::Order));
    }
    let word = (!words.is_empty()).then(|| words.remove(0));
    let Some(word) = word else {
        return Ok(match kind {
            Kind::Member => Some(Value::Member(None)),
            Kind::Other => Some(Value::Other(None)),
            Kind::Context => Some(Value::Context(false)),
            _ => None,
        });
    };
    Ok(Some(match kind {
        Kind::Name => Value::Name(target_name(word)?),
        Kind::Source => Value::Source(import_path(word)?),
        Kind::Package => Value::Package(import_path(word)?),
        Kind::Home => Value::Home(import_path(word)?),
        Kind::Walked if word == INSTANCES => Value::Walked(word.to_owned()),
        Kind::Walked => Value::Walked(import_path(word)?),
        Kind::Member => Value::Member(Some(member(word)?)),
        Kind::Object => Value::Object(object(word)?),
        Kind::Generic => Value::Generic(object(word)?),
        Kind::Other => Value::Other(Some(object(word)?)),
        Kind::TypeArgs => Value::TypeArgs(type_args(word)),
        Kind::Context if word == "context" => Value::Context(true),
        Kind::Node => match word.parse() {
            Ok(n) => Value::Node(n),
            Err(_) => return Ok(None),
        },
        Kind::Query => Value::Query(
            Query::from_name(word).ok_or_else(|| unknown("query", word, ElementKind::Query))?,
        ),
        Kind::Setter => Value::Setter(
            Setter::from_name(word).ok_or_else(|| unknown("setter", word, ElementKind::Setter))?,
        ),
        Kind::Reading => Value::Reading(
            Reading::from_name(word)
                .ok_or_else(|| unknown("reading", word, ElementKind::Reading))?,
        ),
        Kind::Analyzer => Value::Analyzer(analyzer(word)?),
        Kind::Context | Kind::Expr | Kind::Place | Kind::Order | Kind::Config => return Ok(None),
    }))
}

fn configured(words: &[&str]) -> Result<Configured, Wrong> {
    let word = words.first().copied().unwrap_or_default();
    let setting =
        ConfigWord::from_name(word).ok_or_else(|| unknown("setting", word, ElementKind::Config))?;
    Configured::read(setting, words.get(1).copied()).ok_or_else(|| {
        let help = "write goversion 20, fileversion 20, sizes 386, and the others alone";
        (format!("'{}' is not a setting of a Config", words.join(" ")), help.to_owned())
    })
}

fn order(words: &[&str]) -> Option<Order> {
    Some(match words {
        [] | ["declared"] => Order::Declared,
        ["reversed"] => Order::Reversed,
        ["rotated", n] => Order::Rotated(n.parse().ok()?),
        ["shuffled", n] => Order::Shuffled(n.parse().ok()?),
        _ => return None,
    })
}

fn target_name(word: &str) -> Result<String, Wrong> {
    if is_target_name(word) {
        return Ok(word.to_owned());
    }
    let help = "use letters, digits, - and _, a lower-case letter first".to_owned();
    Err((format!("'{word}' cannot name a target's operation"), help))
}

fn analyzer(word: &str) -> Result<String, Wrong> {
    if ANALYZERS.contains(&word) {
        return Ok(word.to_owned());
    }
    Err((format!("unknown analyzer '{word}'"), format!("valid: {}", ANALYZERS.join(", "))))
}

fn member(word: &str) -> Result<String, Wrong> {
    if is_name(word) {
        return Ok(word.to_owned());
    }
    Err((format!("'{word}' does not name an object"), "write T for one".to_owned()))
}

/// Splits `int,map[A,B]C` at the commas outside brackets.
fn type_args(text: &str) -> Vec<String> {
    pieces(text, ',').0.into_iter().map(str::to_owned).collect()
}

fn object(text: &str) -> Result<ObjectRef, Wrong> {
    // The last dot: import paths may hold dots too.
    match text.rsplit_once('.') {
        Some((package, object)) if is_name(object) => {
            Ok(ObjectRef { package: import_path(package)?, object: object.to_owned() })
        }
        _ => Err((
            format!("'{text}' does not name an object"),
            "write PACKAGE.NAME, lib.T for one".to_owned(),
        )),
    }
}

/// Checks that a word can be the import path of a package of a test case.
fn import_path(text: &str) -> Result<String, Wrong> {
    let valid = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && part.chars().all(|c| c.is_alphanumeric() || "._-~".contains(c))
    };
    if text.split('/').all(valid) {
        Ok(text.to_owned())
    } else {
        Err((
            format!("'{text}' is not an import path"),
            "use letters, digits and . _ - ~ between slashes".to_owned(),
        ))
    }
}

/// Whether a word is a Go identifier.
pub(super) fn is_name(text: &str) -> bool {
    text.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}
