//! What fails the gate, by root, as GitHub Actions annotations.

use std::fmt::Write as _;

use super::{Report, Status, by_root, graver};

/// A workflow command for each root, on the line of the test case that
/// starts its goroutines.
#[must_use]
pub fn annotations(report: &Report) -> String {
    let mut out = String::new();
    for column in &report.columns {
        for group in by_root(&column.verdict.findings) {
            let j = group.first();
            let command = match group.status {
                Status::New | Status::Worse => "error",
                Status::Gone => "notice",
                _ => continue,
            };
            let case = j.shown.first().and_then(|s| report.source(&s.case));
            let place = case.map_or_else(String::new, |c| {
                format!("file={},line={},", property(&c.name), c.line())
            });
            let word = match j.status {
                Status::New => "new",
                Status::Worse => "worse",
                _ => "gone",
            };
            let (title, class) = (group.heading.line(), graver(report, &group));
            let title = property(&format!("{word} on {}: {title} ({class})", column.label));
            let shown = j.shown.first();
            let rate =
                shown.map_or_else(String::new, |s| format!(", {} of {} runs", s.hits, s.runs));
            let more = group.more();
            let text = message(&format!("{}{rate}{more}\n{}", j.signature, j.why));
            let _ = writeln!(out, "::{command} {place}title={title}::{}", text.trim_end());
        }
    }
    out
}

fn message(text: &str) -> String {
    text.trim_end().replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_stay_on_a_line() {
        assert_eq!(message("100%\nx\r\n"), "100%25%0Ax");
        assert_eq!(property("a: b, c"), "a%3A b%2C c");
    }
}
