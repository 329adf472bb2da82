//! How a campaign ends: what `fuzz` prints, for people and as JSON.

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};

use super::figures::{Coverage, percent};
use super::found::Found;
use super::hub_figures::HubFigures;
use super::operators::{OperatorTable, Row};
use crate::executor::Times;
use crate::scenario::Tally;

/// The document that `fuzz --json` prints.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Summary {
    /// Executions, confirmation and reproduction runs left out.
    pub execs: u64,
    /// Wall time.
    pub seconds: f64,
    /// The ratio of the two.
    pub execs_per_second: f64,
    /// Corpus entries.
    pub corpus: usize,
    /// Counters of go/types.
    pub coverage: Coverage,
    /// Share of executions whose packages all type-check.
    pub valid_percent: f64,
    /// What was found, in the order in which it was.
    pub findings: Vec<Found>,
    /// Contract findings that were not stored: the same breach had shown itself
    /// often enough.
    pub contract_not_stored: usize,
    /// Findings that were minimized while the campaign ran.
    pub minimized: usize,
    /// New findings that were not.
    pub not_minimized: usize,
    /// Figures of each operator.
    pub operators: Vec<Row>,
    /// The seed.
    pub seed: u64,
    /// The go/types under test.
    pub go_version: String,
    /// The patches that were in it.
    #[serde(default)]
    pub patched: Vec<String>,
    /// A digest over the sequence of test cases: two campaigns of one seed
    /// that ran the same test cases have the same.
    pub sequence: String,
    /// Harness processes started.
    pub harness_starts: u64,
    /// Sequential runs that confirmed new coverage.
    pub confirmations: u64,
    /// How often each element of the vocabulary was executed.
    pub elements: Tally,
    /// Where the wall time went.
    pub times: Times,
    /// What passed through the broker; `null` for one worker alone.
    pub broker: Option<HubFigures>,
    /// Entries of other workers and machines that were looked at.
    pub imported: u64,
    /// Whether a signal ended it.
    pub interrupted: bool,
}

impl Display for Summary {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let c = self.coverage;
        let share = percent(c.hit as u64, c.total as u64);
        writeln!(
            f,
            "{} executions in {:.1} s ({:.0}/s) on {}, seed {}",
            self.execs, self.seconds, self.execs_per_second, self.go_version, self.seed
        )?;
        writeln!(
            f,
            "corpus {} entries, coverage {} of {} counters ({share:.1} %), {:.1} % of inputs type-check",
            self.corpus, c.hit, c.total, self.valid_percent
        )?;
        if !self.patched.is_empty() {
            writeln!(f, "patched: {}", self.patched.join(", "))?;
        }
        self.fmt_times(f)?;
        self.fmt_findings(f)?;
        if self.execs > 0 {
            write!(f, "\n{}", OperatorTable(&self.operators))?;
        }
        Ok(())
    }
}

impl Summary {
    /// Shares of the time, of all workers.
    fn fmt_times(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (times, total) = (self.times, self.times.total());
        if total <= 0.0 {
            return Ok(());
        }
        let share = |seconds: f64| 100.0 * seconds / total;
        writeln!(
            f,
            "time: running {:.0} %, findings run again {:.0} %, coverage confirmed {:.0} %; no \
             harness at work {:.1} %",
            share(times.running),
            share(times.recording),
            share(times.confirming),
            times.overhead_percent()
        )
    }

    fn fmt_findings(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.findings.is_empty() {
            return writeln!(f, "nothing found");
        }
        let (doubtful, shown): (Vec<_>, Vec<_>) =
            self.findings.iter().partition(|f| f.is_unconfirmed());
        let (known, new): (Vec<_>, Vec<_>) = shown.into_iter().partition(|f| f.known.is_some());
        for (word, found) in [("new", new), ("known", known), ("unconfirmed", doubtful)] {
            if found.is_empty() {
                continue;
            }
            let plural = if found.len() == 1 { "" } else { "s" };
            writeln!(f, "\n{} {word} finding{plural}:", found.len())?;
            for one in found {
                self.finding(f, one)?;
            }
        }
        if self.contract_not_stored > 0 {
            let n = self.contract_not_stored;
            writeln!(f, "\n{n} more races of the same breaches of contract were not stored")?;
        }
        Ok(())
    }
}

impl Summary {
    fn finding(&self, f: &mut Formatter<'_>, found: &Found) -> fmt::Result {
        let [k, n] = found.reproduced;
        writeln!(f, "\n  {} ({})", found.title, found.class)?;
        if let Some(issue) = &found.known {
            let elsewhere =
                if issue.affects(&self.go_version) { "" } else { ", not yet seen on this release" };
            writeln!(f, "    known: {}{elsewhere}", issue.issue)?;
        }
        writeln!(
            f,
            "    after {:.1} s and {} executions, reproduced {k} of {n}{}",
            found.seconds_to_find,
            found.execs_to_find,
            if found.stored_before { ", stored before" } else { "" }
        )?;
        writeln!(f, "    {}", found.path.display())
    }
}
