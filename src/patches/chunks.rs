//! The top-level declarations of a Go file, found by gofmt's indentation.

/// A top-level declaration with the text up to the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chunk {
    /// What tells it from others in its file: its first line; for a function, up to its name.
    pub key: String,
    /// All of it.
    pub text: String,
    /// For a function: everything up to its opening brace, with the line's end.
    pub head: String,
    /// For a function that takes several lines: what is between its braces.
    pub body: Option<String>,
    /// For such a function: what is below its closing brace.
    pub tail: String,
}

/// The declarations of a file in their order. All texts together are the file.
pub(super) fn chunks(file: &str) -> Vec<Chunk> {
    let mut texts: Vec<String> = Vec::new();
    for line in file.split_inclusive('\n') {
        let declares = ["func ", "type ", "var ", "const ", "import ", "package "];
        match texts.last_mut() {
            Some(last) if !declares.iter().any(|word| line.starts_with(word)) => {
                last.push_str(line);
            }
            _ => texts.push(line.to_owned()),
        }
    }
    texts.into_iter().map(chunk).collect()
}

fn chunk(text: String) -> Chunk {
    let key = key(text.lines().next().unwrap_or_default()).to_owned();
    let mut chunk = Chunk { key, head: String::new(), body: None, tail: String::new(), text };
    let text = &chunk.text;
    let opened = text.find("{\n").map(|at| at + 2).filter(|_| text.starts_with("func "));
    // The comment above the next declaration is in this one's text.
    let parts = opened.and_then(|opened| {
        let (body, tail) = text[opened..].split_once("\n}\n")?;
        Some((text[..opened].to_owned(), format!("{body}\n"), tail.to_owned()))
    });
    if let Some((head, body, tail)) = parts {
        (chunk.head, chunk.body, chunk.tail) = (head, Some(body), tail);
    }
    chunk
}

/// `func (t *T) M` of `func (t *T) M(a int) {`.
fn key(line: &str) -> &str {
    if !line.starts_with("func ") {
        return line;
    }
    let name = line.strip_prefix("func (").and_then(|l| l.find(") ")).map_or(5, |at| at + 8);
    line[name..].find(['(', '[']).map_or(line, |length| &line[..name + length])
}

/// Whether a function with this head has results.
pub(super) fn has_results(head: &str) -> bool {
    // A receiver comes before the parameters.
    let mut lists = if head.starts_with("func (") { 2 } else { 1 };
    let mut depth = 0;
    for (at, c) in head.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => continue,
        }
        if depth == 0 && c == ')' {
            lists -= 1;
        }
        if lists == 0 {
            return head[at + 1..].trim() != "{";
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_the_file() {
        let file = "// Package p.\npackage p\n\n// F is one.\nfunc F[P any](a [3]P) {\n\tif a {\n\t}\n}\n\n// G.\nfunc G() int { return 1 }\n";
        let all = chunks(file);
        assert_eq!(all.iter().map(|c| &*c.text).collect::<String>(), file);
        let keys: Vec<_> = all.iter().map(|c| &*c.key).collect();
        let want = ["// Package p.", "package p", "func F", "func G"];
        assert_eq!(keys, want);
        assert_eq!(all[2].body.as_deref(), Some("\tif a {\n\t}\n"));
        assert_eq!((&*all[2].tail, &all[3].body), ("\n// G.\n", &None));
    }

    #[test]
    fn keys() {
        for (line, want) in [
            ("func (t *T[P]) M(a P) int {", "func (t *T[P]) M"),
            ("func F[P any]() {", "func F"),
            ("type T struct {", "type T struct {"),
        ] {
            assert_eq!(key(line), want);
        }
    }

    #[test]
    fn results() {
        for (head, want) in [
            ("func f() {\n", false),
            ("func f() int {\n", true),
            ("func (t *T[P]) f(g func() int) {\n", false),
            ("func (t *T[P]) f(g func()) (int, error) {\n", true),
            ("func f[P interface{ m() }](\n\ta P,\n) {\n", false),
        ] {
            assert_eq!(has_results(head), want, "{head}");
        }
    }
}
