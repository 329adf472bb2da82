//! Durations on the command line.

use std::time::Duration;

/// Reads `90s`, `10m`, `2h30m`, or seconds without a unit: `3`, `.5`. humantime takes `10M` for
/// ten months; whoever writes it means minutes, so it is an error.
fn read(text: &str) -> Option<Duration> {
    if text.contains('M') {
        return None;
    }
    let zero = if text.starts_with('.') { "0" } else { "" };
    let unit = if text.ends_with(|c: char| c.is_ascii_digit()) { "s" } else { "" };
    humantime::parse_duration(&format!("{zero}{text}{unit}")).ok()
}

/// A time of a second or more.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    read(text)
        .filter(|time| *time >= Duration::from_secs(1))
        .ok_or_else(|| format!("'{text}' is not a time; write 90s, 10m or 2h30m"))
}

/// The limit of a test case.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let allowed = Duration::from_millis(50)..=Duration::from_secs(86_400);
    read(text)
        .filter(|time| allowed.contains(time))
        .ok_or_else(|| format!("'{text}' is not a number of seconds between 0.05 and 86400"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        let seconds = |t: &str| duration(t).map(|d| d.as_secs()).ok();
        assert_eq!(seconds("90s"), Some(90));
        assert_eq!(seconds("10m"), Some(600));
        assert_eq!(seconds("2h30m"), Some(9000));
        assert_eq!(seconds("2h30"), Some(7230));
        assert_eq!(seconds("1d"), Some(86_400));
        assert_eq!(seconds("1.5h"), Some(5400));
        assert_eq!(seconds("45"), Some(45));
        for bad in [
            "",
            "0s",
            "0.5s",
            "m",
            "10M",
            "1x",
            "-3s",
            "99999999999999999999s",
            "18446744073709551615h",
        ] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }

    #[test]
    fn limits_are_seconds() {
        assert_eq!(seconds("3").unwrap().as_millis(), 3000);
        assert_eq!(seconds("0.5s").unwrap().as_millis(), 500);
        assert_eq!(seconds(".5").unwrap().as_millis(), 500);
        assert_eq!(seconds("1m").unwrap().as_secs(), 60);
        for bad in ["", "0", "0.04", "-1", "NaN", "inf", "1e9", "2d"] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }
}
