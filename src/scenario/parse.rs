//! A scenario's text, read.

use super::{
    INSTANCES, Import, Meet, Operation, Order, Query, Scenario, Setter, Share, Target,
    target::is_target_name, vocabulary::ELEMENTS, vocabulary::ElementKind,
};

/// A directive that is not understood.
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
    let words = rest.split_whitespace();
    match word {
        "share" => {
            some(rest, || format!("share what? one of: {}", names(ElementKind::Share)))?;
            let mut words = words.peekable();
            while let Some(w) = words.next() {
                let name = match w {
                    "importer" if words.next_if_eq(&"unlocked").is_some() => "importer unlocked",
                    "importer" if words.next_if_eq(&"parallel").is_some() => "importer parallel",
                    w => w,
                };
                s.share.insert(
                    Share::from_name(name)
                        .ok_or_else(|| unknown("share", w, ElementKind::Share))?,
                );
            }
        }
        "import" => {
            s.import = Import::from_name(rest)
                .ok_or_else(|| unknown("import", rest, ElementKind::Import))?;
        }
        "meet" => {
            some(rest, || format!("meet where? one of: {}", names(ElementKind::Meet)))?;
            for w in words {
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
        "godebug" => {
            some(rest, || "godebug wants settings, gotypesalias=0 for one".to_owned())?;
            for w in words {
                match w.split_once('=') {
                    Some((k, v)) if is_name(k) && !v.is_empty() => s.godebug.push(w.to_owned()),
                    _ => {
                        return Err((
                            format!("godebug {w}"),
                            "write name=value, gotypesalias=0 for one".to_owned(),
                        ));
                    }
                }
            }
        }
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
        _ => return Err((format!("unknown directive '{word}'"), format!("valid: {DIRECTIVES}"))),
    }
    Ok(())
}

fn operations(text: &str) -> Result<Vec<Operation>, Wrong> {
    let ops = text
        .split(';')
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

fn operation(text: &str) -> Result<Operation, Wrong> {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim();
    let words: Vec<&str> = rest.split_whitespace().collect();
    let usage =
        |form: &str| (format!("'{text}' is not a complete operation"), format!("write: {form}"));
    match word {
        "check" | "import" | "export" | "ssa" => {
            let [package] = words[..] else { return Err(usage(&format!("{word} PACKAGE"))) };
            let package = import_path(package)?;
            Ok(match word {
                "check" => Operation::Check { package },
                "import" => Operation::Import { package },
                "export" => Operation::Export { package },
                _ => Operation::Ssa { package },
            })
        }
        "target" => {
            let form = || usage("target NAME PACKAGE [OBJECT]");
            let (name, package, object) = match words[..] {
                [name, package] => (name, package, None),
                [name, package, object] => (name, package, Some(object.to_owned())),
                _ => return Err(form()),
            };
            if !is_target_name(name) {
                let help = "use letters, digits, - and _, a lower-case letter first".to_owned();
                return Err((format!("'{name}' cannot name a target's operation"), help));
            }
            if let Some(o) = object.as_deref().filter(|o| !is_name(o)) {
                return Err((
                    format!("'{o}' does not name an object"),
                    "write T for one".to_owned(),
                ));
            }
            let (name, package) = (name.to_owned(), import_path(package)?);
            Ok(Operation::Target { name, package, object })
        }
        "set" => {
            let form = || usage(&format!("set PACKAGE.NAME {}", names(ElementKind::Setter)));
            let [t, what] = words[..] else { return Err(form()) };
            let what = Setter::from_name(what)
                .ok_or_else(|| unknown("setter", what, ElementKind::Setter))?;
            Ok(Operation::Set { target: target(t)?, what })
        }
        "eval" | "checkexpr" => {
            let form = || usage(&format!("{word} PACKAGE EXPRESSION"));
            let (package, expr) = rest.split_once(char::is_whitespace).ok_or_else(form)?;
            let (package, expr) =
                (import_path(package)?, expr.split_whitespace().collect::<Vec<_>>().join(" "));
            Ok(if word == "eval" {
                Operation::Eval { package, expr }
            } else {
                Operation::CheckExpr { package, expr }
            })
        }
        "instantiate" => {
            let form = || usage("instantiate PACKAGE.NAME TYPE,TYPE [context]");
            let (t, args, context) = match words[..] {
                [t, args] => (t, args, false),
                [t, args, "context"] => (t, args, true),
                _ => return Err(form()),
            };
            Ok(Operation::Instantiate { target: target(t)?, args: type_args(args), context })
        }
        "walk" => {
            let form = || usage("walk QUERY PACKAGE [declared|reversed|rotated N|shuffled N]");
            let [query, package, order @ ..] = &words[..] else { return Err(form()) };
            let query = Query::from_name(query)
                .ok_or_else(|| unknown("query", query, ElementKind::Query))?;
            let nth = |n: &str| n.parse::<u32>().map_err(|_| form());
            let order = match order {
                [] | ["declared"] => Order::Declared,
                ["reversed"] => Order::Reversed,
                ["rotated", n] => Order::Rotated(nth(n)?),
                ["shuffled", n] => Order::Shuffled(nth(n)?),
                _ => return Err(form()),
            };
            let package =
                if *package == INSTANCES { INSTANCES.to_owned() } else { import_path(package)? };
            Ok(Operation::Walk { query, package, order })
        }
        _ => {
            let Some(query) = Query::from_name(word) else {
                let help = format!(
                    "valid: {} or a query: {}",
                    names(ElementKind::Operation),
                    names(ElementKind::Query)
                );
                return Err((format!("unknown operation '{word}'"), help));
            };
            match words[..] {
                [t] => Ok(Operation::Query { query, target: target(t)?, other: None }),
                [t, o] => {
                    Ok(Operation::Query { query, target: target(t)?, other: Some(target(o)?) })
                }
                _ => Err(usage(&format!("{word} PACKAGE.NAME [PACKAGE.NAME]"))),
            }
        }
    }
}

/// Splits `int,map[A,B]C` at the commas outside brackets.
fn type_args(text: &str) -> Vec<String> {
    let (mut depth, mut start, mut out) = (0i32, 0, Vec::new());
    for (i, c) in text.char_indices() {
        match c {
            '[' | '(' | '{' => depth += 1,
            ']' | ')' | '}' => depth -= 1,
            ',' if depth == 0 => {
                out.push(text[start..i].to_owned());
                start = i + 1;
            }
            _ => {}
        }
    }
    out.push(text[start..].to_owned());
    out
}

fn target(text: &str) -> Result<Target, Wrong> {
    // The last dot: import paths may hold dots too.
    match text.rsplit_once('.') {
        Some((package, object)) if is_name(object) => {
            Ok(Target { package: import_path(package)?, object: object.to_owned() })
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
    let names: Vec<_> =
        ELEMENTS.iter().filter(|e| e.kind == kind && e.name != "query").map(|e| e.name).collect();
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
go     export lib ; ssa lib ; set lib.T underlying
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
            ("share fset\nshare moon", 2, "unknown share 'moon'", "importer unlocked"),
            ("go", 1, "no operation", "walk"),
            ("go fly a", 1, "unknown operation 'fly'", "methodset"),
            ("go walk fly lib", 1, "unknown query 'fly'", "underlying"),
            ("go walk methods lib sideways", 1, "not a complete operation", "reversed"),
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
