//! Highlights Go source: keywords, strings, comments and numbers.

use super::markup;
use crate::goast::is_keyword;

/// A test case as HTML: the scenario and file names stand out as comments do.
pub(super) fn testcase(text: &str) -> String {
    let at = text.find("\n-- ").map_or(0, |i| i + 1);
    let (scenario, files) = if text.starts_with("-- ") { ("", text) } else { text.split_at(at) };
    let mut out = String::new();
    for line in scenario.lines() {
        if line.starts_with('#') {
            out.push_str(&span("c", line));
        } else {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            out.push_str(&span("k", word));
            if !rest.is_empty() {
                out.push_str(&format!(" {}", markup(rest)));
            }
        }
        out.push('\n');
    }
    // Strings and comments may span lines, but never files.
    let mut body = String::new();
    for line in files.lines() {
        if line.starts_with("-- ") && line.ends_with(" --") {
            out.push_str(&go(&std::mem::take(&mut body)));
            out.push_str(&span("c", line));
            out.push('\n');
        } else {
            body.push_str(line);
            body.push('\n');
        }
    }
    out + &go(&body)
}

/// Go source as HTML. The text comes out unchanged, whatever it contains.
pub(super) fn go(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (class, len) = token(rest, c);
        let (word, after) = rest.split_at(len);
        match class {
            Some(class) => out.push_str(&span(class, word)),
            None => out.push_str(&markup(word)),
        }
        rest = after;
    }
    out
}

/// The class and the length in bytes of the first token.
fn token(text: &str, first: char) -> (Option<&'static str>, usize) {
    let until = |end: &str, from: usize| {
        text[from..].find(end).map_or(text.len(), |i| from + i + end.len())
    };
    let run = |is: fn(char) -> bool| text.find(|c| !is(c)).unwrap_or(text.len());
    match first {
        '/' if text.starts_with("//") => (Some("c"), text.find('\n').unwrap_or(text.len())),
        '/' if text.starts_with("/*") => (Some("c"), until("*/", 2)),
        '`' => (Some("s"), until("`", 1)),
        '"' | '\'' => (Some("s"), quoted(text, first)),
        c if c.is_ascii_digit() => {
            (Some("n"), run(|c| c.is_ascii_alphanumeric() || c == '.' || c == '_'))
        }
        c if c.is_alphabetic() || c == '_' => {
            let len = run(|c| c.is_alphanumeric() || c == '_');
            (is_keyword(&text[..len]).then_some("k"), len)
        }
        c => (None, c.len_utf8()),
    }
}

/// A string or rune literal, which ends at the line's end at the latest.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (i, c) in text.char_indices().skip(1) {
        match c {
            '\n' => return i,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return i + 1,
            _ => {}
        }
    }
    text.len()
}

fn span(class: &str, text: &str) -> String {
    format!("<span class=\"{class}\">{}</span>", markup(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_marked() {
        let html = go("func f() { x := \"a<b\" + 'c' + 0x1f // d\n}\n");
        assert_eq!(
            html,
            "<span class=\"k\">func</span> f() { x := <span class=\"s\">&quot;a&lt;b&quot;</span> + \
             <span class=\"s\">'c'</span> + <span class=\"n\">0x1f</span> \
             <span class=\"c\">// d</span>\n}\n"
        );
    }

    /// The text survives unterminated tokens, other scripts and odd bytes.
    #[test]
    fn any_text_comes_out_unchanged() {
        let tag = regex::Regex::new("<[^>]*>").unwrap();
        for text in ["\"a", "'\\", "`x", "/* x", "é日本 := 1", "\"\\\"", "a/b//c", "", "\u{0}'\n'"]
        {
            let html = go(text);
            let plain = tag.replace_all(&html, "").into_owned();
            assert_eq!(plain, markup(text), "{text:?}");
        }
    }

    #[test]
    fn a_test_case_has_three_parts() {
        let html = testcase("# A.\ngo check a\n-- a/a.go --\npackage a\n");
        assert!(
            html.starts_with(
                "<span class=\"c\"># A.</span>\n<span class=\"k\">go</span> check a\n"
            )
        );
        assert!(html.contains("<span class=\"c\">-- a/a.go --</span>\n<span class=\"k\">package"));
        assert!(testcase("-- a.go --\npackage a\n").contains("package"));
        assert_eq!(testcase(""), "");
    }
}
