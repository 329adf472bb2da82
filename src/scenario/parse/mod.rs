//! Reads a scenario's text.

mod operand;
mod operation;

use super::{ELEMENTS, ElementKind, Import, Importing, Meet, Row, Scenario, Share};
use operand::is_name;
use operation::operations;

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

/// The race detector ends a process with more than 8128 goroutines, and a process has others too.
const MAX_GOROUTINES: usize = 8000;

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
        "go" if s.go.len() >= MAX_GOROUTINES => {
            let what = format!("more than {MAX_GOROUTINES} goroutines");
            return Err((what, "the race detector watches at most 8128 at a time".to_owned()));
        }
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
