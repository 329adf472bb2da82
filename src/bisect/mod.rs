//! Which Go release, or which commit of go/types, introduced a finding and which
//! fixed it.

mod change;
mod repo;

use serde::Serialize;

pub use change::Change;
pub use repo::{Checkout, Commit, RepoError, search};

use crate::finding::{Instead, OnRelease};
use crate::triage::Tally;

/// The result of running a finding on one Go.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// The release or the commit.
    pub go: String,
    /// Runs that showed it, and all runs.
    pub tally: [u32; 2],
    /// Whether the finding is present.
    pub state: State,
    /// What most runs showed if none showed the finding: the same fault often has another
    /// signature on another release.
    pub instead: Option<Instead>,
    /// Why it could not be tried.
    pub why: String,
    /// The patches that were in it.
    pub patched: Vec<String>,
}

/// Whether a finding is present.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It was seen.
    Bad,
    /// It was not seen.
    Good,
    /// This Go cannot be built or cannot run the test case.
    Skipped,
}

impl Step {
    /// Judges the runs. One sighting is enough, because a report is proof.
    #[must_use]
    pub fn ran(go: &str, tally: Tally) -> Self {
        let state = if tally.hits > 0 { State::Bad } else { State::Good };
        let tally = [tally.hits, tally.runs];
        Self {
            go: go.to_owned(),
            tally,
            state,
            instead: None,
            why: String::new(),
            patched: Vec::new(),
        }
    }

    /// A step that could not be tried.
    #[must_use]
    pub fn skipped(go: &str, why: String) -> Self {
        let (go, state) = (go.to_owned(), State::Skipped);
        Self { go, tally: [0, 0], state, instead: None, why, patched: Vec::new() }
    }

    /// The step as a crash directory keeps it.
    #[must_use]
    pub fn on_release(&self) -> OnRelease {
        OnRelease {
            go_version: self.go.clone(),
            reproduced: self.tally,
            instead: self.instead.clone(),
            not_run: (self.state == State::Skipped).then(|| self.why.clone()),
        }
    }
}

/// A change between two neighbours: good to bad or bad to good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Turn {
    /// The last one with the old state.
    pub from: String,
    /// The first one with the new state.
    pub to: String,
    /// The new state.
    pub after: State,
    /// Those in between that could not be tried.
    pub skipped: Vec<String>,
}

/// All turns in a series of releases. A finding may be introduced and fixed more than once.
#[must_use]
pub fn turns(steps: &[Step]) -> Vec<Turn> {
    let mut turns = Vec::new();
    let mut last: Option<&Step> = None;
    let mut skipped = Vec::new();
    for step in steps {
        if step.state == State::Skipped {
            skipped.push(step.go.clone());
            continue;
        }
        if let Some(from) = last.filter(|l| l.state != step.state) {
            turns.push(Turn {
                from: from.go.clone(),
                to: step.go.clone(),
                after: step.state,
                skipped: skipped.clone(),
            });
        }
        skipped.clear();
        last = Some(step);
    }
    turns
}

/// Sort key that orders `go1.9` before `go1.10`, and a release after its candidates.
#[must_use]
pub fn release_order(version: &str) -> Vec<(u8, u32)> {
    let mut key = Vec::new();
    let mut rest = version.trim_start_matches("go");
    while !rest.is_empty() {
        let word = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let number = rest[..rest.len() - word.len()].parse().unwrap_or(0);
        // `rc` and `beta` come before a patch number.
        key.push((2, number));
        let next = word.trim_start_matches(|c: char| !c.is_ascii_digit());
        match &word[..word.len() - next.len()] {
            "beta" => key.push((0, 0)),
            "rc" => key.push((1, 0)),
            _ => {}
        }
        rest = next;
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(text: &str) -> Vec<Step> {
        let step = |(i, c): (usize, char)| match c {
            '?' => Step::skipped(&i.to_string(), "no".to_owned()),
            c => Step::ran(&i.to_string(), Tally { hits: u32::from(c == 'x'), runs: 9 }),
        };
        text.chars().enumerate().map(step).collect()
    }

    #[test]
    fn turns_in_a_row() {
        let of = |text: &str| {
            let turn = |t: Turn| format!("{}-{}{}", t.from, t.to, t.skipped.join(""));
            turns(&steps(text)).into_iter().map(turn).collect::<Vec<_>>().join(" ")
        };
        for (row, want) in [
            ("..xx", "1-2"),
            ("xx..", "1-2"),
            (".xx.", "0-1 2-3"),
            (".?x", "0-21"),
            ("?x?", ""),
            ("..", ""),
            ("", ""),
            ("x.?x", "0-1 1-32"),
        ] {
            assert_eq!(of(row), want, "{row}");
        }
    }

    #[test]
    fn releases_in_order() {
        let mut all = ["go1.22.12", "go1.21.13", "go1.22rc1", "go1.22.2", "go1.22beta2", "go1.9"];
        all.sort_by_key(|v| release_order(v));
        let want = ["go1.9", "go1.21.13", "go1.22beta2", "go1.22rc1", "go1.22.2", "go1.22.12"];
        assert_eq!(all, want);
        assert!(crate::go_release::NEWEST.is_sorted_by_key(|v| release_order(v)));
    }
}
