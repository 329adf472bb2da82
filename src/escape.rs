//! The one way to show text that comes from a file, a peer or a Go program: on a terminal, and
//! inside HTML, XML and Markdown.
//!
//! Such text may contain control characters, which move the cursor or clear the screen, and line
//! breaks, which forge lines of our own. [`text`] makes control characters visible and is applied
//! to everything that typerace prints. [`line`] also makes line breaks visible, and is applied where
//! a foreign text is a part of a line.

use serde_json::Value;

/// Makes control characters visible, as `\u001b`. Line breaks and tabs stay.
///
/// The form is also JSON's: a JSON document means the same afterward.
#[must_use]
pub fn text(text: &str) -> String {
    visible(text, |c| c != '\n' && c != '\t' && is_hidden(c))
}

/// Makes control characters and line breaks visible, so that the text stays on one line.
#[must_use]
pub fn line(text: &str) -> String {
    visible(text, is_hidden)
}

/// Makes every string of a JSON document one line. Strings below the keys in `long` keep their line
/// breaks.
pub fn document(value: &mut Value, long: &[&str]) {
    document_with(value, long, line);
}

fn document_with(value: &mut Value, long: &[&str], show: fn(&str) -> String) {
    match value {
        Value::String(s) if s.contains(is_hidden) => *s = show(s),
        Value::Array(all) => all.iter_mut().for_each(|v| document_with(v, long, show)),
        Value::Object(all) => {
            for (key, v) in all {
                let show = if long.contains(&key.as_str()) { text } else { show };
                document_with(v, long, show);
            }
        }
        _ => {}
    }
}

/// Control characters, and those that change the direction or the lines of a text.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn visible(text: &str, hidden: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' if hidden(c) => out.push_str("\\n"),
            '\r' if hidden(c) => out.push_str("\\r"),
            '\t' if hidden(c) => out.push_str("\\t"),
            // All of them have four digits.
            c if hidden(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

/// Escapes text for an element, or for an attribute in double quotes, of HTML or XML. Characters
/// that XML 1.0 does not allow and those that [`text`] makes visible become U+FFFD, because reports
/// quote the content of test cases.
#[must_use]
pub fn markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if is_hidden(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// Escapes a line of Markdown: it contains no HTML, no code and no link afterward.
#[must_use]
pub fn inline(text: &str) -> String {
    let text = line(text).replace('&', "&amp;").replace('<', "&lt;").replace('`', "\\`");
    text.replace("![", "!\\[").replace("](", "]\\(")
}

/// A line of Markdown as code, whatever it contains.
#[must_use]
pub fn code(text: &str) -> String {
    let text = line(text);
    let ticks = "`".repeat(longest_run(&text) + 1);
    let space = if text.contains('`') { " " } else { "" };
    format!("{ticks}{space}{text}{space}{ticks}")
}

/// A block of code in Markdown, whatever it contains. `language` may be empty.
#[must_use]
pub fn block(language: &str, text: &str) -> String {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    format!("{fence}{language}\n{}{end}{fence}", self::text(text))
}

/// The length of the longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// Escapes Markdown for a cell of a table, which a vertical bar would end.
#[must_use]
pub fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_escaped() {
        assert_eq!(
            markup("a<b> & \"c\"\u{1b}[0m\u{0}\u{ffff}\u{9b}\u{202e}\n"),
            "a&lt;b&gt; &amp; &quot;c&quot;\u{fffd}[0m\u{fffd}\u{fffd}\u{fffd}\u{fffd}\n"
        );
        assert_eq!(cell("a|b"), "a\\|b");
    }

    #[test]
    fn nothing_hidden_reaches_a_terminal() {
        let odd = "a\u{1b}[2J\r\nb\t\u{9b}c\u{202e}\u{7f}\u{2028}é日";
        let shown = "a\\u001b[2J\\u000d\nb\t\\u009bc\\u202e\\u007f\\u2028é日";
        assert_eq!(text(odd), shown.replace("\\u000d", "\\r"));
        assert_eq!(line("a\r\n\tb\u{1b}"), "a\\r\\n\\tb\\u001b");
        assert_eq!(line("write in (*T).f"), "write in (*T).f");
        let json = serde_json::to_string(odd).unwrap();
        let back: String = serde_json::from_str(&text(&json)).unwrap();
        assert_eq!(back, odd, "JSON means something else");
    }

    #[test]
    fn strings_of_a_document_are_lines() {
        let mut value = serde_json::json!({
            "a": ["x\ny", {"long": {"b": "1\n\u{1b}2"}}], "n": 3, "plain": "é"
        });
        document(&mut value, &["long"]);
        let want = serde_json::json!({
            "a": ["x\\ny", {"long": {"b": "1\n\\u001b2"}}], "n": 3, "plain": "é"
        });
        assert_eq!(value, want);
    }

    #[test]
    fn markdown_stays_text() {
        assert_eq!(
            inline("<script>`x`</script>\n# ![a](b) (*T).f"),
            "&lt;script>\\`x\\`&lt;/script>\\n# !\\[a]\\(b) (*T).f"
        );
        assert_eq!(inline("write in List[T] / <-c"), "write in List[T] / &lt;-c");
        assert_eq!((code("a|b"), code("a`b``")), ("`a|b`".to_owned(), "``` a`b`` ```".to_owned()));
        assert_eq!(block("", "a\n"), "```\na\n```");
        assert_eq!(block("go", "````\n"), "`````go\n````\n`````");
    }
}
