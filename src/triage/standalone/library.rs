//! The Go declarations that programs consist of: `harness_go/standalone`, and the packages
//! that build packages by hand and watch syntax. A program gets the declarations that its statements use, and those that
//! these use in turn.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::scan::{Token, tokens};
use crate::harness::source_files;
use crate::scenario::analyzer_packages;

/// Names that every program declares itself.
const OWN: &str = "program.go";

/// A top-level declaration of a Go file; a type with its methods.
#[derive(Debug)]
struct Declaration {
    /// The names that it declares.
    names: Vec<&'static str>,
    /// Its text, comments included: one piece for the type, one for each method.
    text: Vec<&'static str>,
    /// Whether a program declares it itself.
    own: bool,
}

/// The declarations for one Go release.
#[derive(Debug)]
pub struct Library {
    declarations: Vec<Declaration>,
    by_name: BTreeMap<&'static str, usize>,
    /// Import paths by the name that code uses.
    imports: BTreeMap<&'static str, &'static str>,
}

/// The part of the library that a program needs.
#[derive(Debug, Default)]
pub struct Selection {
    /// The declarations, an empty line before each.
    pub text: String,
    /// Names that the declarations use and the program must declare.
    pub own: BTreeSet<&'static str>,
}

impl Library {
    /// The declarations whose build constraints hold for a release.
    #[must_use]
    pub fn new(go_minor: u32) -> Self {
        let mut library = Self {
            declarations: Vec::new(),
            by_name: BTreeMap::new(),
            // Only statements of programs use it.
            imports: BTreeMap::from([("maps", "maps")]),
        };
        library.imports.extend(analyzer_packages());
        let mut methods = Vec::new();
        for folder in ["standalone", "internal/synthetic", "internal/unchanged"] {
            for (name, text) in source_files(folder) {
                if holds(text, go_minor) {
                    library.read(text, name == OWN, &mut methods);
                }
            }
        }
        for method in methods {
            library.method(method);
        }
        library
    }

    /// Reads a file. Its methods are left for later: their types may be in other files.
    fn read(&mut self, text: &'static str, own: bool, methods: &mut Vec<&'static str>) {
        for chunk in chunks(text) {
            let tokens = tokens(chunk);
            match &tokens[..] {
                [Token::Word("import"), ..] => self.imports(&tokens),
                [Token::Word("func"), Token::Mark('('), ..] => methods.push(chunk),
                all => {
                    let names = names(all);
                    let at = self.declarations.len();
                    self.by_name.extend(names.iter().map(|name| (*name, at)));
                    if !names.is_empty() {
                        self.declarations.push(Declaration { names, text: vec![chunk], own });
                    }
                }
            }
        }
    }

    fn imports(&mut self, tokens: &[Token<'static>]) {
        let mut before = Token::Mark('(');
        for token in tokens {
            if let Token::Text(path) = *token {
                let name = match before {
                    Token::Word(name) if name != "import" => name,
                    _ => path.rsplit('/').next().unwrap_or(path),
                };
                self.imports.insert(name, path);
            }
            before = *token;
        }
    }

    /// Adds a method to its receiver's type.
    fn method(&mut self, text: &'static str) {
        let receiver = tokens(text).into_iter().skip(2).take_while(|t| *t != Token::Mark(')'));
        let Some(Token::Word(name)) = receiver.last() else { return };
        if let Some(at) = self.by_name.get(name) {
            self.declarations[*at].text.push(text);
        }
    }

    /// The names that variables of a program must not use.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.by_name.keys().chain(self.imports.keys()).copied()
    }

    /// The import path of a package by the name that code uses.
    #[must_use]
    pub fn import(&self, name: &str) -> Option<&'static str> {
        self.imports.get(name).copied()
    }

    /// Selects the declarations of some names and what they use, in the order in which a
    /// reader meets the names.
    #[must_use]
    pub fn select(&self, names: &BTreeSet<&'static str>) -> Selection {
        let mut seen = BTreeSet::new();
        let mut work: VecDeque<usize> =
            names.iter().filter_map(|name| self.by_name.get(name)).copied().collect();
        let mut selection = Selection::default();
        while let Some(at) = work.pop_front() {
            let declaration = &self.declarations[at];
            if !seen.insert(at) {
                continue;
            }
            if declaration.own {
                selection.own.extend(&declaration.names);
                continue;
            }
            for text in &declaration.text {
                selection.text.push('\n');
                selection.text.push_str(text);
                selection.text.push('\n');
                work.extend(words(text).filter_map(|word| self.by_name.get(word)));
            }
        }
        selection
    }
}

/// Whether a file's build constraint holds. It consists of release tags joined by `&&`, each
/// optionally negated. Programs may use golang.org/x/tools.
fn holds(text: &str, go_minor: u32) -> bool {
    let Some(constraint) = text.lines().next().and_then(|l| l.strip_prefix("//go:build ")) else {
        return true;
    };
    constraint.split("&&").map(str::trim).all(|term| {
        let (term, wanted) = term.strip_prefix('!').map_or((term, true), |t| (t, false));
        let holds = match term.strip_prefix("go1.").and_then(|n| n.parse::<u32>().ok()) {
            Some(minor) => go_minor >= minor,
            None => term == "xtools",
        };
        holds == wanted
    })
}

/// The top-level declarations of a file in gofmt's format, with the comments above them: blocks
/// between empty lines, unless the next line is indented or a closing bracket.
fn chunks(text: &'static str) -> Vec<&'static str> {
    let mut out: Vec<&'static str> = Vec::new();
    let (mut start, mut at) = (0, 0);
    let mut open = false;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        let inside = line.starts_with(['\t', ' ']);
        if bare.is_empty() && !open {
            if start < at {
                out.push(text[start..at].trim_end());
            }
            start = at + line.len();
        } else if !inside && !bare.is_empty() && !bare.starts_with("//") {
            open = bare.ends_with(['{', '(']);
        }
        at += line.len();
    }
    if start < at {
        out.push(text[start..].trim_end());
    }
    out
}

/// The names that a declaration declares.
fn names(tokens: &[Token<'static>]) -> Vec<&'static str> {
    match tokens {
        [Token::Word("var" | "const"), Token::Mark('('), rest @ ..] => {
            let mut names = Vec::new();
            let mut depth = 0_i32;
            let mut first = true;
            for token in rest {
                match token {
                    Token::Mark('(' | '[' | '{') => depth += 1,
                    Token::Mark(')' | ']' | '}') => depth -= 1,
                    Token::Mark(';') if depth == 0 => {
                        first = true;
                        continue;
                    }
                    Token::Word(name) if first => names.push(*name),
                    _ => {}
                }
                first = false;
            }
            names
        }
        [Token::Word("func" | "type" | "var" | "const"), Token::Word(name), ..] => vec![name],
        _ => Vec::new(),
    }
}

/// The identifiers in a text, without the selected names.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let tokens = tokens(text);
    let mut before = Token::Mark(';');
    tokens.into_iter().filter_map(move |token| {
        let selected = std::mem::replace(&mut before, token) == Token::Mark('.');
        match token {
            Token::Word(word) if !selected => Some(word),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn select(go_minor: u32, name: &'static str) -> Selection {
        Library::new(go_minor).select(&BTreeSet::from([name]))
    }

    #[test]
    fn a_declaration_brings_what_it_uses() {
        let text = select(27, "satisfies").text;
        for name in ["satisfies", "askable", "generic"] {
            assert!(text.contains(&format!("\nfunc {name}(")), "{name}: {text}");
        }
        assert_eq!(text.matches("\nfunc ").count(), 3, "{text}");
        let locked = select(27, "locked");
        assert_eq!(locked.own, BTreeSet::from(["load"]));
        for part in ["type locked struct", "func (l *locked) Import", "type loader map"] {
            assert!(locked.text.contains(part), "{part}: {}", locked.text);
        }
        assert!(!locked.text.contains("parallel"), "{}", locked.text);
    }

    #[test]
    fn the_harness_has_the_same_analyzers() {
        let files = source_files("internal/clients");
        let (_, text) = files.into_iter().find(|(name, _)| *name == "analyzers.go").unwrap();
        for (name, path) in analyzer_packages() {
            assert!(text.contains(&format!("\t\"{path}\"\n")), "{path}");
            assert!(text.contains(&format!("\t\"{name}\": ")), "{name}");
        }
        let packages = text.matches("/go/analysis/passes/").count();
        assert_eq!(packages, analyzer_packages().count());
    }

    #[test]
    fn releases_have_declarations_of_their_own() {
        assert!(select(23, "unalias").text.contains("Rhs"));
        assert!(!select(22, "unalias").text.contains("Rhs"));
        assert!(!select(21, "walk").text.contains("Alias("));
        assert!(select(23, "Rebuild").text.contains("types.Unalias"));
        assert!(select(24, "Rebuild").text.contains("types.NewAlias"));
    }

    #[test]
    fn every_release_has_every_name_once() {
        let names = |go_minor| Library::new(go_minor).by_name.into_keys().collect::<BTreeSet<_>>();
        let newest = names(27);
        for go_minor in 21..27 {
            let library = Library::new(go_minor);
            let mut seen = BTreeSet::new();
            for declaration in &library.declarations {
                for name in &declaration.names {
                    assert!(seen.insert(*name), "{name} twice for 1.{go_minor}");
                }
            }
        }
        for name in ["walk", "unalias", "methods", "setTypeParams", "buildSSA", "probe", "slots"] {
            assert!(newest.contains(name), "{name}");
        }
    }

    #[test]
    fn constraints() {
        let holds = |c: &str, minor| super::holds(&format!("//go:build {c}\n"), minor);
        assert!(holds("go1.22 && !go1.24", 23) && !holds("go1.22 && !go1.24", 24));
        assert!(holds("xtools", 21) && !holds("!go1.22", 22) && super::holds("package p\n", 21));
    }
}
