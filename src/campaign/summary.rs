//! How a campaign ends: what `fuzz` prints, for people and as JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::experiment::Replay;
use super::hub::HubFigures;
use super::operators::OperatorTable;
use super::schedules::{Searched, Strategy};
use super::suspicions::{LazyFigures, Suspicion};
use crate::executor::Times;
use crate::finding::{Finding, Kind, KnownIssue};
use crate::mutators::adapter::Row;
use crate::scenario::{Class, Tally};

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
    /// Pairs of functions that worked on a common object one after the other, on two
    /// goroutines; of the places of the map.
    pub interleaving: Coverage,
    /// What the search of schedules ran and brought, by strategy.
    pub schedules: BTreeMap<Strategy, Searched>,
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
    /// Fields that reading changes and that no run raced on: no findings.
    pub suspicions: Vec<Suspicion>,
    /// What the search for lazy state did; `null` without it.
    pub lazy: Option<LazyFigures>,
    /// Where the wall time went.
    pub times: Times,
    /// What passed through the broker; `null` for one worker alone.
    pub broker: Option<HubFigures>,
    /// Entries of other workers and machines that were looked at.
    pub imported: u64,
    /// How fast the seeds ran again, where that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<Replay>,
    /// Whether a signal ended it.
    pub interrupted: bool,
}

/// Counters hit of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Counters that were not zero at least once.
    pub hit: usize,
    /// Counters there are.
    pub total: usize,
}

/// A finding as this campaign met it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Found {
    /// `<kind>-<12 hex>`, also the crash directory's name.
    pub id: String,
    /// Kind.
    pub kind: Kind,
    /// Class.
    pub class: Class,
    /// Signature.
    pub signature: String,
    /// One line.
    pub title: String,
    /// Wall time until it was found.
    pub seconds_to_find: f64,
    /// Executions until it was found.
    pub execs_to_find: u64,
    /// Repetitions that showed it, of how many.
    pub reproduced: [u32; 2],
    /// Its crash directory.
    pub path: PathBuf,
    /// Whether the crash directory was there before this campaign.
    pub stored_before: bool,
    /// The issue that it has, if it is a known one.
    pub known: Option<KnownIssue>,
    /// Executions of this campaign that showed it.
    pub times: u64,
}

impl Found {
    /// How this campaign met a finding.
    #[must_use]
    pub fn new(
        finding: &Finding,
        path: PathBuf,
        stored_before: bool,
        seconds: f64,
        execs: u64,
    ) -> Self {
        Self {
            id: finding.id.clone(),
            kind: finding.kind,
            class: finding.class,
            signature: finding.signature.clone(),
            title: finding.title.clone(),
            seconds_to_find: seconds,
            execs_to_find: execs,
            reproduced: finding.reproduced.unwrap_or_default(),
            path,
            stored_before,
            known: None,
            times: 1,
        }
    }
}

impl Found {
    /// Whether it was run again and no run showed it: it may be another execution's,
    /// or the race detector's mistake.
    #[must_use]
    pub fn is_unconfirmed(&self) -> bool {
        let [shown, runs] = self.reproduced;
        shown == 0 && runs > 0
    }

    /// The line that announces it.
    #[must_use]
    pub fn line(&self) -> String {
        let word = if self.stored_before { "again" } else { "FOUND" };
        format!(
            "{word} {}: {} (after {:.1} s, {} executions)",
            self.class, self.title, self.seconds_to_find, self.execs_to_find
        )
    }
}

impl Display for Summary {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let c = self.coverage;
        let share = super::figures::percent(c.hit as u64, c.total as u64);
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
        self.fmt_suspicions(f)?;
        if self.interleaving.hit > 0 {
            let Coverage { hit, total } = self.interleaving;
            writeln!(f, "interleavings {hit} of {total} places of their map")?;
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
            share(times.confirming + times.suspecting),
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

    /// The fields, each once; operations are in the JSON.
    fn fmt_suspicions(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some(lazy) = self.lazy else { return Ok(()) };
        writeln!(
            f,
            "lazy state: {} fields and operations, {} of them raced; {} surveys",
            lazy.points, lazy.confirmed, lazy.surveys
        )?;
        let fields: BTreeSet<&str> =
            self.suspicions.iter().map(|s| s.point.field.as_str()).collect();
        if !fields.is_empty() {
            let fields = fields.into_iter().collect::<Vec<_>>().join(", ");
            writeln!(f, "  written by readers, never seen to race there: {fields}")?;
        }
        Ok(())
    }
}
