//! What the runs showed while a test case did not show its finding.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde::Serialize;

use crate::finding::Finding;

/// Counts runs that looked for a finding, on all harnesses.
#[derive(Debug, Default)]
pub struct Tries(Mutex<Missed>);

/// Runs that did not show a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Missed {
    /// All runs.
    pub runs: u32,
    /// The titles of what showed instead, with the runs that showed it.
    pub instead: BTreeMap<String, u32>,
    /// Whether the time was up before all runs were made.
    pub out_of_time: bool,
}

impl Tries {
    /// Counts a run.
    pub(crate) fn record(&self, findings: &[Finding]) {
        let mut all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        all.runs += 1;
        for f in findings {
            *all.instead.entry(f.title.clone()).or_default() += 1;
        }
    }

    /// What was counted so far.
    #[must_use]
    pub fn missed(&self, out_of_time: bool) -> Missed {
        let all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Missed { out_of_time, ..all.clone() }
    }
}

impl Missed {
    /// Why there is nothing to minimize, for people.
    #[must_use]
    pub fn text(&self, go: &str) -> String {
        let runs = crate::words::count(self.runs, "run");
        let mut out = match self.out_of_time {
            true => format!(
                "it did not show in {runs} on {go} before the time was up: give a longer --time\n"
            ),
            false => format!("not reproduced on {go} in {runs}: nothing to minimize\n"),
        };
        if let Some((title, n)) = self.instead.iter().max_by_key(|(_, n)| **n) {
            out.push_str(&format!("showed instead: {title} in {n} of {runs}\n"));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::test_support::fatal;

    #[test]
    fn what_did_not_show_says_in_how_many_runs() {
        let tries = Tries::default();
        tries.record(&[]);
        let one =
            "it did not show in 1 run on go1.26.8 before the time was up: give a longer --time\n";
        assert_eq!(tries.missed(true).text("go1.26.8"), one);
        let other = Finding { title: "boom".to_owned(), ..fatal("boom") };
        tries.record(std::slice::from_ref(&other));
        tries.record(&[other]);
        let text = "not reproduced on go1.26.8 in 3 runs: nothing to minimize\n\
                    showed instead: boom in 2 of 3 runs\n";
        assert_eq!(tries.missed(false).text("go1.26.8"), text);
    }
}
