//! Formats figures for people, in little room.

use std::time::Duration;

/// `1:02:03`, `2:03`: time as a clock shows it.
#[must_use]
pub fn clock(time: Duration) -> String {
    let s = time.as_secs();
    match s / 3600 {
        0 => format!("{}:{:02}", s / 60, s % 60),
        h => format!("{h}:{:02}:{:02}", s / 60 % 60, s % 60),
    }
}

/// The age of an event: `12 s ago`, `3 min ago`, `2 h ago`, `never`.
#[must_use]
pub fn ago(at: Option<f64>, now: Duration) -> String {
    let Some(at) = at else { return "never".to_owned() };
    let seconds = (now.as_secs_f64() - at).max(0.0) as u64;
    match seconds {
        0..=119 => format!("{seconds} s ago"),
        120..=7_199 => format!("{} min ago", seconds / 60),
        _ => format!("{} h {:02} min ago", seconds / 3600, seconds / 60 % 60),
    }
}

/// A rate: `0.4`, `24`.
#[must_use]
pub fn rate(r: f64) -> String {
    if r < 10.0 { format!("{r:.1}") } else { format!("{r:.0}") }
}

/// Replaces characters that a terminal would take for a command, or that have no width, by spaces:
/// titles and logs contain text that a target printed.
#[must_use]
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures() {
        let s = Duration::from_secs;
        assert_eq!((clock(s(63)), clock(s(3_723))), ("1:03".to_owned(), "1:02:03".to_owned()));
        assert_eq!(ago(None, s(9)), "never");
        assert_eq!(ago(Some(5.0), s(9)), "4 s ago");
        assert_eq!(ago(Some(50.0), s(9)), "0 s ago");
        assert_eq!(ago(Some(0.0), s(600)), "10 min ago");
        assert_eq!(ago(Some(0.0), s(8_000)), "2 h 13 min ago");
        assert_eq!((rate(0.42), rate(24.4)), ("0.4".to_owned(), "24".to_owned()));
        assert_eq!(plain("a\x1b[2Jb\tc"), "a [2Jb c");
    }
}
