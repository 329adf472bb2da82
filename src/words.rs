//! Numbers as people read them.

use std::fmt::Display;

/// `1 finding`, `2 findings`.
#[must_use]
pub fn count<N: Display + PartialEq + From<u8>>(n: N, what: &str) -> String {
    let end = if n == N::from(1) { "" } else { "s" };
    format!("{n} {what}{end}")
}

/// The number of things that are named before the rest is only counted.
const NAMED: usize = 10;

/// A line for each thing that was left out, and one for those beyond the first ten: thousands of
/// broken files must not hide the result.
#[must_use]
pub fn left_out<T: Display>(all: &[T]) -> Vec<String> {
    let named = all.iter().take(NAMED).map(|one| format!("left out {one}"));
    let more = all.len().saturating_sub(NAMED);
    named.chain((more > 0).then(|| format!("left out {more} more"))).collect()
}

/// The same as text.
#[must_use]
pub fn left_out_lines<T: Display>(all: &[T]) -> String {
    left_out(all).into_iter().map(|line| line + "\n").collect()
}

/// `12,345`.
#[must_use]
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_are_named_and_the_rest_is_counted() {
        let lines = |n: u32| left_out(&(0..n).collect::<Vec<_>>());
        assert_eq!((lines(0).len(), lines(10).len(), lines(1_000).len()), (0, 10, 11));
        assert_eq!((&*lines(11)[9], &*lines(11)[10]), ("left out 9", "left out 1 more"));
    }

    #[test]
    fn numbers() {
        assert_eq!([0, 1, 2].map(|n: u32| count(n, "root")), ["0 roots", "1 root", "2 roots"]);
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
