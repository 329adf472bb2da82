//! Panics: where go/types panicked, and with which value.

use super::frame::{Frame, Goroutine, goroutines};
use super::normalise::function;

/// Functions that panic on behalf of their caller, which is where it happened.
const HELPERS: [&str; 4] = [
    "go/types.assert",
    "go/types.unreachable",
    "cmd/compile/internal/types2.assert",
    "cmd/compile/internal/importer.assert",
];

/// The stack of a recovered panic below the call that panicked, from the text of `debug.Stack`. If
/// a deferred function raised the panic again, the first one is used.
#[must_use]
pub fn panicked(stack: &str) -> Vec<Frame> {
    goroutines(stack).into_iter().next().map(origin).unwrap_or_default()
}

/// The frames of a goroutine below its first panic; all of them if none is
/// recorded.
#[must_use]
pub fn origin(goroutine: Goroutine) -> Vec<Frame> {
    let mut frames = goroutine.frames;
    // Innermost first, so the last `panic` is the earliest.
    if let Some(at) = frames.iter().rposition(|f| f.function == "panic") {
        frames.drain(..=at);
    }
    let helper = |f: &Frame| HELPERS.contains(&function(&f.function).as_str());
    let skip = frames.iter().take_while(|f| helper(f)).count();
    frames.drain(..skip);
    frames
}

/// A panic value without the parts that differ from program to program: positions,
/// numbers, quoted text and everything after a colon or parenthesis. The text of a
/// runtime error is fixed except for its numbers, so it is kept.
#[must_use]
pub fn shape(value: &str) -> String {
    let line = value.lines().next().unwrap_or_default().trim();
    if let Some(error) = line.strip_prefix("runtime error: ") {
        return format!("runtime error: {}", numbered(error));
    }
    if line.starts_with("interface conversion: ") {
        return numbered(line);
    }
    let line = without_position(line);
    let end = line.find(|c: char| ":(\"'`[{".contains(c) || c.is_ascii_digit());
    line[..end.unwrap_or(line.len())].trim().to_owned()
}

/// Removes a leading `a.go:1:2: `.
pub fn without_position(line: &str) -> &str {
    match line.split_once(": ") {
        Some((place, rest)) if place.contains(".go:") => rest,
        _ => line,
    }
}

/// Replaces decimal and hexadecimal numbers by N.
fn numbered(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let inside_word = out.ends_with(|c: char| c.is_alphabetic() || c == '_');
        if c.is_ascii_digit() && !inside_word {
            while chars.next_if(|c| c.is_ascii_hexdigit() || *c == 'x').is_some() {}
            out.push('N');
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        let cases = [
            ("underlying type must not be nil", "underlying type must not be nil"),
            (
                "runtime error: index out of range [5] with length 3",
                "runtime error: index out of range [N] with length N",
            ),
            (
                "runtime error: invalid memory address or nil pointer dereference\n[signal",
                "runtime error: invalid memory address or nil pointer dereference",
            ),
            (
                "interface conversion: types.Type is nil, not *types.Named",
                "interface conversion: types.Type is nil, not *types.Named",
            ),
            ("lib.go:3:12: unexpected type T[int]", "unexpected type T"),
            ("unexpected kind 0x1f", "unexpected kind"),
            ("T redeclared: \"x\"", "T redeclared"),
            ("", ""),
        ];
        for (value, want) in cases {
            assert_eq!(shape(value), want);
        }
    }

    #[test]
    fn the_first_of_two_panics_counts() {
        let text = include_str!("../../tests/reports/panic-rethrown-go1.26.8.txt");
        let top = &panicked(text)[0];
        assert_eq!(
            (top.function.as_str(), top.line),
            ("go/types.(*Checker).resolveBaseTypeName", 591)
        );
        let text = include_str!("../../tests/reports/panic-set-underlying-go1.27.3.txt");
        assert_eq!(panicked(text)[0].function, "go/types.(*Named).SetUnderlying");
    }

    #[test]
    fn a_failed_assertion_is_its_callers() {
        let text = "goroutine 1 [running]:\npanic({0x1})\n\t/x/panic.go:1\ngo/types.assert(...)\n\t/x/go/types/e.go:2\ngo/types.f(0x1)\n\t/x/go/types/f.go:3 +0x1\n";
        assert_eq!(panicked(text)[0].function, "go/types.f");
        assert!(panicked("nothing").is_empty());
    }
}
