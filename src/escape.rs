//! Text of others inside HTML, XML and Markdown.

/// Escapes text for an element, or for an attribute in double quotes, of HTML or XML.
/// Characters that XML 1.0 does not allow become U+FFFD: reports quote what a test case
/// holds.
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
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// Escapes text for a cell of a Markdown table, which a bar would end.
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
            markup("a<b> & \"c\"\u{1b}[0m\u{0}\u{ffff}\n"),
            "a&lt;b&gt; &amp; &quot;c&quot;\u{fffd}[0m\u{fffd}\u{fffd}\n"
        );
        assert_eq!(cell("a|b"), "a\\|b");
    }
}
