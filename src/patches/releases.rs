//! Ranges of Go releases: `1.24-1.27`, `1.22, 1.26.3-1.26.8`.

use std::fmt;
use std::str::FromStr;

/// A minor version and, within it, a patch release.
type Release = (u32, u32);

/// The releases that a variant of a patch is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Releases {
    text: String,
    /// First and last of each range.
    ranges: Vec<(Release, Release)>,
}

impl Releases {
    /// Whether a toolchain's version, `go1.27.3`, is among them.
    #[must_use]
    pub fn contain(&self, version: &str) -> bool {
        let words = version.split_whitespace();
        let release = words.filter_map(|w| w.strip_prefix("go")).find_map(|w| {
            // Candidates, `1.27rc1`, and development versions, `1.28-devel`, count as the
            // first release of their line.
            let digits = w.split(|c: char| !c.is_ascii_digit() && c != '.').next()?;
            release(digits)
        });
        let Some((minor, patch)) = release else { return false };
        let at = (minor, patch.unwrap_or(0));
        self.ranges.iter().any(|(first, last)| *first <= at && at <= *last)
    }

    /// Whether both have a release.
    #[must_use]
    pub fn overlap(&self, other: &Self) -> bool {
        let with = |a: &(Release, Release)| other.ranges.iter().any(|b| a.0 <= b.1 && b.0 <= a.1);
        self.ranges.iter().any(with)
    }
}

impl fmt::Display for Releases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Releases {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let range = |part: &str| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (first, last) = (release(first.trim())?, release(last.trim())?);
            let range = ((first.0, first.1.unwrap_or(0)), (last.0, last.1.unwrap_or(u32::MAX)));
            (range.0 <= range.1).then_some(range)
        };
        let ranges: Option<Vec<_>> = text.split(',').map(|part| range(part.trim())).collect();
        let ranges = ranges.ok_or_else(|| {
            format!("releases = {text:?} is no range of releases; write \"1.27\" or \"1.24-1.27\"")
        })?;
        Ok(Self { text: text.to_owned(), ranges })
    }
}

/// `1.27` or `1.27.3`.
fn release(text: &str) -> Option<(u32, Option<u32>)> {
    let mut numbers = text.strip_prefix("1.")?.split('.').map(|n| n.parse().ok());
    let minor = numbers.next()??;
    let patch = match numbers.next() {
        Some(n) => Some(n?),
        None => None,
    };
    numbers.next().is_none().then_some((minor, patch))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read() {
        let within = |text: &str, version: &str| text.parse::<Releases>().unwrap().contain(version);
        assert!(within("1.27", "go1.27.3") && within("1.27", "go1.27rc1"));
        assert!(within("1.24-1.27", "go1.24.0") && !within("1.24-1.27", "go1.23.12"));
        assert!(within("1.22, 1.26.3-1.26.8", "go1.26.8"));
        assert!(!within("1.22, 1.26.3-1.26.8", "go1.26.9"));
        assert!(within("1.22, 1.26.3-1.26.8", "go1.22.12 X:aliastypeparams"));
        assert!(!within("1.21-1.27", "devel go1.28-1a2b Thu"));
        assert!(within("1.28", "devel go1.28-1a2b Thu"));
        for bad in ["", "1", "1.x", "2.1", "1.27-1.26", "1.27.3.4", "go1.27", "1.27-"] {
            assert!(bad.parse::<Releases>().is_err(), "{bad}");
        }
    }

    #[test]
    fn overlaps_are_seen() {
        let overlap = |a: &str, b: &str| {
            a.parse::<Releases>().unwrap().overlap(&b.parse::<Releases>().unwrap())
        };
        assert!(overlap("1.24-1.26", "1.26.3"));
        assert!(!overlap("1.24-1.25", "1.26-1.27"));
    }
}
