//! Reads a scenario's text.

use super::{
    ANALYZERS, ConfigWord, Configured, ELEMENTS, ElementKind, INSTANCES, Import, Importing, Meet,
    OPERATIONS, ObjectRef, OperandKind, OperandValue, Operation, Order, Query, Reading, Row,
    Scenario, Setter, Share, target::is_target_name,
};

/// A directive that cannot be parsed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}; {help}")]
pub struct ScenarioError {
    /// 1-based line in the text given to [`Scenario::parse`].
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What would be valid.
    pub help: String,
}

/// What is wrong and what would be valid, before the line is known.
type Wrong = (String, String);

const DIRECTIVES: &str =
    "share, import, meet, procs, rounds, fresh, godebug, schedule, oracle, before, go";

impl Scenario {
    /// Reads the text of a scenario: one directive a line, `#` starts a
    /// comment. `None` if there is no directive at all.
    ///
    /// # Errors
    /// The first line that is not a directive, with what would be valid.
    pub fn parse(text: &str) -> Result<Option<Scenario>, ScenarioError> {
        let mut s = Scenario::default();
        let mut any = false;
        for (i, raw) in text.lines().enumerate() {
            let line = raw.trim();
            if let Some(comment) = line.strip_prefix('#') {
                if !any {
                    s.comment
                        .push(comment.strip_prefix(' ').unwrap_or(comment).trim_end().to_owned());
                }
                continue;
            }
            let code = line.split(" #").next().unwrap_or("").trim();
            if code.is_empty() {
                continue;
            }
            any = true;
            directive(&mut s, code).map_err(|(what, help)| ScenarioError {
                line: i + 1,
                what,
                help,
            })?;
        }
        Ok(any.then_some(s))
    }
}

fn directive(s: &mut Scenario, line: &str) -> Result<(), Wrong> {
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    match word {
        "share" => share(s, rest)?,
        "import" => {
            some(rest, || format!("import how? one of: {}", names(ElementKind::Import)))?;
            for w in rest.split_whitespace() {
                match (Import::from_name(w), Importing::from_name(w)) {
                    (Some(import), _) => s.import = import,
                    (None, Some(importing)) => {
                        s.importing.insert(importing);
                    }
                    (None, None) => return Err(unknown("import", w, ElementKind::Import)),
                }
            }
        }
        "meet" => {
            some(rest, || format!("meet where? one of: {}", names(ElementKind::Meet)))?;
            for w in rest.split_whitespace() {
                s.meet.insert(
                    Meet::from_name(w).ok_or_else(|| unknown("meet", w, ElementKind::Meet))?,
                );
            }
        }
        "procs" => s.procs = Some(number(word, rest, 64)?),
        "rounds" => s.rounds = Some(number(word, rest, 1000)?),
        "fresh" => {
            none(word, rest)?;
            s.fresh = true;
        }
        "godebug" => godebug(s, rest)?,
        "schedule" => {
            let seed = rest.strip_prefix("seed").map(str::trim).and_then(|n| n.parse().ok());
            let help =
                || ("schedule without a seed".to_owned(), "write: schedule seed N".to_owned());
            s.schedule = Some(seed.ok_or_else(help)?);
        }
        "oracle" => {
            if rest != "sequential" {
                return Err((format!("unknown oracle '{rest}'"), "valid: sequential".to_owned()));
            }
            s.oracle = true;
        }
        "before" => s.before.extend(operations(rest)?),
        "go" => s.go.push(operations(rest)?),
        _ => {
            return Err((
                format!("unknown directive '{}'", word.escape_debug()),
                format!("valid: {DIRECTIVES}"),
            ));
        }
    }
    Ok(())
}

fn share(s: &mut Scenario, rest: &str) -> Result<(), Wrong> {
    some(rest, || format!("share what? one of: {}", names(ElementKind::Share)))?;
    let mut words = rest.split_whitespace().peekable();
    while let Some(w) = words.next() {
        let name = match w {
            "importer" if words.next_if_eq(&"unlocked").is_some() => "importer unlocked",
            "importer" if words.next_if_eq(&"parallel").is_some() => "importer parallel",
            w => w,
        };
        s.share
            .insert(Share::from_name(name).ok_or_else(|| unknown("share", w, ElementKind::Share))?);
    }
    Ok(())
}

fn godebug(s: &mut Scenario, rest: &str) -> Result<(), Wrong> {
    some(rest, || "godebug wants settings, gotypesalias=0 for one".to_owned())?;
    for w in rest.split_whitespace() {
        match w.split_once('=') {
            Some((k, v)) if is_name(k) && !v.is_empty() => s.godebug.push(w.to_owned()),
            _ => {
                let help = "write name=value, gotypesalias=0 for one".to_owned();
                return Err((format!("godebug {w}"), help));
            }
        }
    }
    Ok(())
}

fn operations(text: &str) -> Result<Vec<Operation>, Wrong> {
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
fn pieces(text: &str, separator: char) -> (Vec<&str>, i32) {
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

/// Takes the words of one operand; `None` if they are not of its form.
fn operand(kind: OperandKind, words: &mut Vec<&str>) -> Result<Option<OperandValue>, Wrong> {
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
pub(super) fn import_path(text: &str) -> Result<String, Wrong> {
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

fn is_name(text: &str) -> bool {
    text.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn number(word: &str, text: &str, max: u32) -> Result<u32, Wrong> {
    match text.parse() {
        Ok(n) if (1..=max).contains(&n) => Ok(n),
        _ => Err((format!("{word} {text}"), format!("{word} wants a number from 1 to {max}"))),
    }
}

fn some(rest: &str, help: impl Fn() -> String) -> Result<(), Wrong> {
    if rest.is_empty() { Err(("a word is missing".to_owned(), help())) } else { Ok(()) }
}

fn none(word: &str, rest: &str) -> Result<(), Wrong> {
    if rest.is_empty() {
        Ok(())
    } else {
        Err((format!("{word} {rest}"), format!("{word} stands alone")))
    }
}

fn unknown(directive: &str, word: &str, kind: ElementKind) -> Wrong {
    (format!("unknown {directive} '{word}'"), format!("valid: {}", names(kind)))
}

fn names(kind: ElementKind) -> String {
    let bare = |name| kind == ElementKind::Operation && Row::of(name).is_some_and(|row| row.bare);
    let names: Vec<_> =
        ELEMENTS.iter().filter(|e| e.kind == kind && !bare(e.name)).map(|e| e.name).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERYTHING: &str = "\
# Two goroutines.
share fset
share context
share importer unlocked
import source
import from
import error
meet start
meet import
procs 2
rounds 3
fresh
godebug gotypesalias=0
schedule seed 42
oracle sequential
before check lib ; instantiate lib.T int,map[string]lib.U context
go     check a ; walk methods lib
go     check b ; walk methods lib shuffled 7 ; lookup lib.T ; identical lib.T lib.U ; eval lib f(1, 2)
go     walk unalias instances rotated 3 ; import x/y.z ; checkexpr lib x+1
go     eval lib at 2 func() { f(); g() } ; checkexpr lib at 0 struct{ a, b int; c U }{} ; checknode lib 7
go     universe underlying
go     export lib ; ssa lib ; set lib.T underlying
go     configure sizes 386 ; configure goversion 20 ; configure silent ; check a
";

    #[test]
    fn text_round_trips() {
        let s = Scenario::parse(EVERYTHING).unwrap().unwrap();
        assert_eq!(s.to_string(), EVERYTHING);
        assert_eq!(Scenario::parse(&s.to_string()).unwrap().unwrap(), s);
    }

    #[test]
    fn comments_and_blank_lines_are_no_scenario() {
        assert_eq!(Scenario::parse("# nothing\n\n").unwrap(), None);
    }

    #[test]
    fn errors_name_the_line_and_what_is_valid() {
        let cases = [
            ("\nfrob x", 2, "unknown directive 'frob'", DIRECTIVES),
            ("\u{feff}go check a", 1, "unknown directive '\\u{feff}go'", DIRECTIVES),
            ("share fset\nshare moon", 2, "unknown share 'moon'", "importer unlocked"),
            ("go", 1, "no operation", "walk"),
            ("go fly a", 1, "unknown operation 'fly'", "methodset"),
            ("go walk fly lib", 1, "unknown query 'fly'", "underlying"),
            ("go walk methods lib sideways", 1, "not a complete operation", "reversed"),
            ("go eval lib at 3", 1, "not a complete operation", "EXPRESSION"),
            ("go checknode lib x", 1, "not a complete operation", "checknode"),
            ("go check /etc/passwd", 1, "not an import path", "letters"),
            ("go check ../x", 1, "not an import path", "letters"),
            ("go lookup T", 1, "does not name an object", "lib.T"),
            ("go set lib.T colour", 1, "unknown setter 'colour'", "underlying"),
            ("go set lib.T", 1, "not a complete operation", "insert"),
            ("procs 0", 1, "procs 0", "1 to 64"),
            ("rounds many", 1, "rounds many", "1 to 1000"),
            ("godebug x", 1, "godebug x", "name=value"),
            ("schedule 7", 1, "schedule without a seed", "schedule seed N"),
            ("oracle delphi", 1, "unknown oracle", "sequential"),
            ("fresh air", 1, "fresh air", "alone"),
            ("import tariff", 1, "unknown import 'tariff'", "source"),
            ("import", 1, "missing", "unified"),
            ("go configure colour", 1, "unknown setting 'colour'", "nobodies"),
            ("go configure goversion", 1, "not a setting", "goversion 20"),
            ("go configure nobodies 3", 1, "not a setting", "alone"),
            ("meet", 1, "missing", "start"),
        ];
        for (text, line, what, help) in cases {
            let e = Scenario::parse(text).unwrap_err();
            assert_eq!(e.line, line, "{text}");
            assert!(e.what.contains(what), "{text}: {}", e.what);
            assert!(e.help.contains(help), "{text}: {}", e.help);
        }
    }
}
