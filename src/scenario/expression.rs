//! The parts of an expression's text. There is no parser for single expressions, so mutators and
//! the minimizer cut them at brackets, separators and names.

use std::ops::Range;

/// The parts of an expression's text.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// The contents of brackets, without the brackets, outermost first.
    pub brackets: Vec<Range<usize>>,
    /// What commas and semicolons separate inside brackets, each with the separator after it or,
    /// for the last one, before it.
    pub elements: Vec<Range<usize>>,
    /// Identifiers and keywords.
    pub words: Vec<Range<usize>>,
}

impl Parts {
    /// Finds the parts of a text. Brackets that do not match are left out.
    pub fn of(text: &str) -> Self {
        let mut parts = Self::default();
        let mut open: Vec<(usize, Vec<usize>)> = Vec::new();
        let mut word = None;
        let mut quoted = false;
        for (i, c) in text.char_indices().chain([(text.len(), ' ')]) {
            let in_word = !quoted && (c.is_alphanumeric() || c == '_');
            match (word, in_word) {
                (None, true) => word = Some(i),
                (Some(from), false) => {
                    word = None;
                    if !text[from..].starts_with(|c: char| c.is_ascii_digit()) {
                        parts.words.push(from..i);
                    }
                }
                _ => {}
            }
            match c {
                '"' => quoted = !quoted,
                _ if quoted => {}
                '(' | '[' | '{' => open.push((i + 1, Vec::new())),
                ',' | ';' => {
                    if let Some((_, separators)) = open.last_mut() {
                        separators.push(i);
                    }
                }
                ')' | ']' | '}' => {
                    if let Some((from, separators)) = open.pop() {
                        parts.brackets.push(from..i);
                        parts.separated(from..i, &separators);
                    }
                }
                _ => {}
            }
        }
        parts.brackets.sort_by_key(|r| (r.start, usize::MAX - r.end));
        parts
    }

    fn separated(&mut self, inside: Range<usize>, separators: &[usize]) {
        let Some(&last) = separators.last() else { return };
        let mut from = inside.start;
        for &at in separators {
            self.elements.push(from..at + 1);
            from = at + 1;
        }
        self.elements.push(last..inside.end);
    }
}

/// The text with a part replaced.
pub(crate) fn replaced(text: &str, part: &Range<usize>, by: &str) -> String {
    format!("{}{by}{}", &text[..part.start], &text[part.end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_literal() {
        let text = "func(p T[int]) { f(\"a,b\", p); g() }";
        let parts = Parts::of(text);
        let texts = |list: &[Range<usize>]| {
            list.iter().map(|r| text[r.clone()].to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(
            texts(&parts.brackets),
            ["p T[int]", "int", " f(\"a,b\", p); g() ", "\"a,b\", p", ""]
        );
        assert_eq!(texts(&parts.elements), ["\"a,b\",", ", p", " f(\"a,b\", p);", "; g() "]);
        assert_eq!(texts(&parts.words), ["func", "p", "T", "int", "f", "p", "g"]);
        assert_eq!(replaced(text, &parts.elements[1], ""), "func(p T[int]) { f(\"a,b\"); g() }");
        assert!(Parts::of(")]x").brackets.is_empty());
    }
}
