//! The imports and declarations of a Go file, read from its text. The files of a test
//! case need not parse, so this looks only at tokens and brackets.

use std::iter::Peekable;
use std::str::CharIndices;

/// An object of a package's scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// Its name.
    pub name: String,
    /// Whether it is declared as a type.
    pub is_type: bool,
    /// How many type parameters it has.
    pub type_params: usize,
}

/// What a file imports and declares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileFacts {
    /// Import paths, in the file's order.
    pub imports: Vec<String>,
    /// Declared objects, in the file's order.
    pub declared: Vec<Declared>,
}

/// A token of a Go file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Token<'a> {
    /// An identifier, a keyword or a number.
    Word(&'a str),
    /// The text between quotes.
    Text(&'a str),
    /// Any other character.
    Mark(char),
}

/// The import paths of a file, in its order.
pub fn imports_of(text: &str) -> Vec<String> {
    scan(text).imports
}

/// Reads a file.
#[must_use]
pub fn scan(text: &str) -> FileFacts {
    let tokens = tokens(text);
    let mut facts = FileFacts::default();
    let mut at = 0;
    while at < tokens.len() {
        let end = end_of_declaration(&tokens, at);
        let body = &tokens[at + 1..end.max(at + 1)];
        match tokens[at] {
            Token::Word("import") => {
                for spec in specs(body) {
                    facts.imports.extend(spec.iter().find_map(|t| match t {
                        Token::Text(path) => Some((*path).to_owned()),
                        _ => None,
                    }));
                }
            }
            Token::Word("type") => facts.declared.extend(specs(body).filter_map(type_spec)),
            Token::Word("var" | "const") => facts.declared.extend(specs(body).flat_map(values)),
            Token::Word("func") => facts.declared.extend(function(body)),
            _ => {}
        }
        at = end.max(at) + 1;
    }
    facts
}

/// The index of the `;` that ends the declaration starting at `at`.
fn end_of_declaration(tokens: &[Token<'_>], at: usize) -> usize {
    let mut depth = 0_i32;
    for (i, token) in tokens.iter().enumerate().skip(at) {
        match token {
            Token::Mark('(' | '[' | '{') => depth += 1,
            Token::Mark(')' | ']' | '}') => depth -= 1,
            Token::Mark(';') if depth <= 0 => return i,
            _ => {}
        }
    }
    tokens.len()
}

/// The specs of a declaration: one, or those between parentheses.
fn specs<'t, 'a>(body: &'t [Token<'a>]) -> impl Iterator<Item = &'t [Token<'a>]> {
    let inner = match body {
        [Token::Mark('('), rest @ ..] => rest,
        all => all,
    };
    let mut at = 0;
    std::iter::from_fn(move || {
        while inner.get(at) == Some(&Token::Mark(';')) {
            at += 1;
        }
        let start = at;
        at = end_of_declaration(inner, start);
        (start < inner.len()).then(|| &inner[start..at])
    })
}

fn type_spec(spec: &[Token<'_>]) -> Option<Declared> {
    let Token::Word(name) = spec.first()? else { return None };
    Some(Declared { name: (*name).to_owned(), is_type: true, type_params: type_params(&spec[1..]) })
}

fn function(body: &[Token<'_>]) -> Option<Declared> {
    // A parenthesis here starts the receiver of a method.
    let Token::Word(name) = body.first()? else { return None };
    Some(Declared {
        name: (*name).to_owned(),
        is_type: false,
        type_params: type_params(&body[1..]),
    })
}

/// `A, B T = …`.
fn values(spec: &[Token<'_>]) -> Vec<Declared> {
    let mut out = Vec::new();
    for pair in spec.chunks(2) {
        let Token::Word(name) = pair[0] else { break };
        out.push(Declared { name: name.to_owned(), is_type: false, type_params: 0 });
        if pair.get(1) != Some(&Token::Mark(',')) {
            break;
        }
    }
    out
}

/// The number of type parameters in `[K comparable, V any] …`; 0 for the
/// length of an array.
fn type_params(rest: &[Token<'_>]) -> usize {
    let [Token::Mark('['), Token::Word(_), third, ..] = rest else { return 0 };
    if *third == Token::Mark(']') {
        return 0;
    }
    let (mut depth, mut n) = (0, 1);
    for token in rest {
        match token {
            Token::Mark('(' | '[' | '{') => depth += 1,
            Token::Mark(')' | ']' | '}') => depth -= 1,
            Token::Mark(',') if depth == 1 => n += 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    n
}

/// A text's tokens, with the semicolons that Go inserts at line ends.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\n' => end_line(&mut out),
            '/' if chars.next_if(|(_, c)| *c == '/').is_some() => {
                while chars.next_if(|(_, c)| *c != '\n').is_some() {}
            }
            '/' if chars.next_if(|(_, c)| *c == '*').is_some() => comment(&mut chars),
            '"' | '`' | '\'' => {
                let end = quoted(&mut chars, c).unwrap_or(text.len());
                out.push(Token::Text(&text[at + 1..end.max(at + 1)]));
            }
            c if c.is_alphanumeric() || c == '_' => {
                let mut end = at + c.len_utf8();
                while let Some((i, c)) =
                    chars.next_if(|(_, c)| c.is_alphanumeric() || *c == '_' || *c == '·')
                {
                    end = i + c.len_utf8();
                }
                out.push(Token::Word(&text[at..end]));
            }
            c if c.is_whitespace() => {}
            c => out.push(Token::Mark(c)),
        }
    }
    end_line(&mut out);
    out
}

fn end_line(out: &mut Vec<Token<'_>>) {
    let ends = match out.last() {
        Some(Token::Mark(c)) => ")]}".contains(*c),
        // Lines of bodies that end in break, return and so on do not matter here.
        Some(Token::Word(w)) => !["import", "type", "var", "const", "func"].contains(w),
        Some(Token::Text(_)) => true,
        None => false,
    };
    if ends {
        out.push(Token::Mark(';'));
    }
}

fn comment(chars: &mut Peekable<CharIndices<'_>>) {
    let mut star = false;
    for (_, c) in chars.by_ref() {
        if star && c == '/' {
            return;
        }
        star = c == '*';
    }
}

/// The index of the closing quote.
fn quoted(chars: &mut Peekable<CharIndices<'_>>, quote: char) -> Option<usize> {
    while let Some((i, c)) = chars.next() {
        match c {
            c if c == quote => return Some(i),
            '\\' if quote != '`' => {
                chars.next();
            }
            // An open string ends with its line.
            '\n' if quote != '`' => return Some(i),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(text: &str) -> Vec<String> {
        let show = |d: Declared| {
            format!("{}{} {}", if d.is_type { "type " } else { "" }, d.name, d.type_params)
        };
        scan(text).declared.into_iter().map(show).collect()
    }

    #[test]
    fn imports_of_every_form() {
        let text = "package p; import \"a\"\nimport (\n\t. \"b\"\n\tx `c/d` // \"e\"\n)\n/* import \"f\" */\nvar s = \"import\"\n";
        assert_eq!(scan(text).imports, ["a", "b", "c/d"]);
        assert_eq!(scan("package p\nimport(\"a\";\"b\")\n").imports, ["a", "b"]);
    }

    #[test]
    fn declarations_of_every_form() {
        let text = "package p\ntype L[T any] struct {\n\tA, B int\n}\ntype (\n\tM[K comparable, V interface{ F(a, b int) }] map[K]V\n\tA [4]int\n\tB [n]int\n\tS []int\n\tN = L[int]\n)\nfunc (l *L[T]) M() {}\nfunc F[A, B any](a A) B {\n\tvar x int\n\treturn *new(B)\n}\nvar X, Y = 1, 2\nconst (\n\tC = iota\n\tD\n)\n";
        assert_eq!(
            declared(text),
            [
                "type L 1", "type M 2", "type A 0", "type B 0", "type S 0", "type N 0", "F 2",
                "X 0", "Y 0", "C 0", "D 0"
            ]
        );
    }

    #[test]
    fn no_text_is_too_broken() {
        for text in [
            "",
            "import",
            "type",
            "type (",
            "func",
            "var \"",
            "import \"",
            "func (",
            "type T[",
            "package p\ntype T[P",
            ")]}",
            "'\\",
        ] {
            let _ = scan(text);
        }
    }
}
