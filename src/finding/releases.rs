//! What a finding's test case showed on several Go releases.

use serde::{Deserialize, Serialize};

use super::known::release;

/// What a test case showed on one release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnRelease {
    /// `go1.27.3`.
    pub go_version: String,
    /// `[k, n]`: k of n runs showed the finding's signature.
    pub reproduced: [u32; 2],
    /// What most runs showed if none showed the signature: the same fault often has another
    /// signature on another release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<Instead>,
    /// Why this release could not run it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_run: Option<String>,
}

/// Another signature of the same test case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instead {
    /// The signature.
    pub signature: String,
    /// Runs that showed it.
    pub hits: u32,
}

impl OnRelease {
    /// Whether the release showed the finding or something else.
    #[must_use]
    pub fn shows(&self) -> bool {
        self.reproduced[0] > 0 || self.instead.is_some()
    }
}

/// The first release that shows a finding, if an earlier one was tried and did not.
#[must_use]
pub fn since(tried: &[OnRelease]) -> Option<&str> {
    let mut ran: Vec<&OnRelease> = tried.iter().filter(|r| r.not_run.is_none()).collect();
    ran.sort_by_key(|r| release(&r.go_version));
    let first = ran.iter().position(|r| r.shows())?;
    (first > 0).then(|| ran[first].go_version.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(go: &str, hits: u32, instead: bool) -> OnRelease {
        let other = Instead { signature: "panic: x".to_owned(), hits: 3 };
        OnRelease {
            go_version: go.to_owned(),
            reproduced: [hits, 3],
            instead: instead.then_some(other),
            not_run: None,
        }
    }

    #[test]
    fn the_first_release_that_shows_it() {
        let all = [
            on("go1.27.3", 3, false),
            on("go1.9.1", 0, false),
            on("go1.26.8", 0, true),
            on("go1.25.5", 0, false),
        ];
        assert_eq!(since(&all), Some("go1.26.8"));
        let skipped =
            OnRelease { not_run: Some("no such Go".to_owned()), ..on("go1.24.3", 0, false) };
        assert_eq!(since(&[skipped, on("go1.25.5", 1, false)]), None, "not known before");
        assert_eq!(since(&[on("go1.25.5", 0, false)]), None);
        assert_eq!(since(&[]), None);
    }
}
