//! How a campaign ends: what `fuzz` prints, for people and as JSON.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::figures::{Coverage, percent};
use super::found::{Found, Stored};
use super::never_hit::{self, NeverHit};
use super::operators::{OperatorTable, Row};
use super::roots::FoundRoot;
use super::sense_figures::SenseFigures;
use super::sync_figures::SyncFigures;
use crate::executor::Times;
use crate::finding::{Item, Listing};
use crate::scenario::Tally;
use crate::sense::Suspect;
use crate::words::count;

/// The document that `fuzz --json` prints.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Summary {
    /// The folder of crash directories, for commands that are printed; the default if empty.
    #[serde(skip)]
    pub crashes: PathBuf,
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
    /// The roots of these findings: those of bugs first, and then those that were found first.
    #[serde(default)]
    pub roots: Vec<FoundRoot>,
    /// Contract findings that were not stored: the same breach had shown itself
    /// often enough.
    pub contract_not_stored: usize,
    /// Findings that could not be stored where they belong, for each worker that had some.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_stored: Vec<NotStored>,
    /// Corpus entries that a full disk kept out of the work folder: the next campaign starts without
    /// them.
    #[serde(default)]
    pub corpus_not_stored: usize,
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
    /// The sense for shared writes; `null` if it was off.
    #[serde(default)]
    pub sense: Option<SenseFigures>,
    /// Places that write to memory which other goroutines use, on paths that break no rule.
    #[serde(default)]
    pub suspects: Vec<Suspect>,
    /// The blocks of go/types that were never reached, by function; `null` if it is not known
    /// where the counters count.
    #[serde(default)]
    pub never_hit: Option<Vec<NeverHit>>,
    /// Where the wall time went.
    pub times: Times,
    /// What was shared with other machines; `null` without `--sync`.
    pub sync: Option<SyncFigures>,
    /// Entries of other workers and machines that were looked at.
    pub imported: u64,
    /// Whether a signal ended it.
    pub interrupted: bool,
}

/// Findings that could not be stored where they belong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotStored {
    /// The number of them.
    pub findings: usize,
    /// The reason, for example a full disk.
    pub why: String,
    /// The temporary folder that holds them; `None` if they are on standard error only.
    pub folder: Option<PathBuf>,
}

impl NotStored {
    fn text(&self) -> String {
        let them = count(self.findings, "finding");
        let at = match &self.folder {
            Some(folder) => format!("in {}: move what is there", folder.display()),
            None => "above, on standard error only".to_owned(),
        };
        format!("not stored in the folder of crash directories: {them} ({}), {at}\n", self.why)
    }
}

/// Lines of a summary for people that is not verbose: one screen.
const SCREEN: usize = 40;

impl Summary {
    /// The summary for people; a verbose one has every breach of contract and the operators'
    /// figures. `stored` says what a finding's crash directory adds.
    #[must_use]
    pub fn text(&self, verbose: bool, stored: impl Fn(&Found) -> Stored) -> String {
        let mut out = self.head();
        if self.findings.is_empty() {
            out += if self.execs > 0 { "nothing found\n" } else { "no test case ran\n" };
        }
        let item = |f: &Found| f.item(&self.go_version, stored(f));
        let items: Vec<Item> = self.findings.iter().map(item).collect();
        let list = Listing::new(&items, verbose).not_stored(self.contract_not_stored);
        self.not_stored.iter().for_each(|n| out += &n.text());
        if self.corpus_not_stored > 0 {
            let n = self.corpus_not_stored;
            let entries = if n == 1 { "entry" } else { "entries" };
            out += &format!(
                "not stored in the work folder: {n} corpus {entries}; the next campaign lacks them\n"
            );
        }
        if verbose {
            out += &list.to_string();
            if self.execs > 0 {
                out += &format!("\n{}", OperatorTable(&self.operators));
            }
            if let Some(blocks) = &self.never_hit {
                out += &never_hit::text(blocks);
            }
        } else {
            out += &list.within(SCREEN - out.lines().count()).to_string();
        }
        out
    }

    /// A line about the operations of a target; empty without one.
    fn of_targets(&self) -> String {
        let (ran, never): (Vec<_>, Vec<_>) = self.elements.of_targets().partition(|(_, n)| *n > 0);
        let ran: Vec<String> =
            ran.iter().map(|(name, n)| format!("{name} {}", count(*n, "time"))).collect();
        let mut out = String::new();
        if !ran.is_empty() {
            out += &format!("target: {}\n", ran.join(", "));
        }
        if !never.is_empty() && self.execs > 0 {
            let names: Vec<&str> = never.iter().map(|(name, _)| *name).collect();
            out += &format!(
                "target: never ran to the end: {} (reproduce a test case with it to see why; give \
                 --corpus a folder with one that works)\n",
                names.join(", ")
            );
        }
        out
    }

    fn head(&self) -> String {
        let c = self.coverage;
        let share = percent(c.hit as u64, c.total as u64);
        let mut out = format!(
            "{} executions in {:.1} s ({:.0}/s) on {}, seed {}\n\
             corpus {} entries, coverage {} of {} counters ({share:.1} %), {:.1} % of inputs type-check\n",
            self.execs,
            self.seconds,
            self.execs_per_second,
            self.go_version,
            self.seed,
            self.corpus,
            c.hit,
            c.total,
            self.valid_percent
        );
        if !self.patched.is_empty() {
            out += &format!("patched: {}\n", self.patched.join(", "));
        }
        out += &self.of_targets();
        let never = self.suspects.iter().filter(|s| !s.raced).count();
        if never > 0 {
            let writes = crate::words::count(never as u64, "write");
            let list = crate::sense::command(&self.crashes);
            out += &format!("{writes} to shared memory never raced: {list}\n");
        }
        let (times, total) = (self.times, self.times.total());
        if total > 0.0 {
            // Shares of the time of all workers.
            let share = |seconds: f64| 100.0 * seconds / total;
            out += &format!(
                "time: running {:.0} %, findings run again {:.0} %, coverage confirmed {:.0} %; no \
                 harness at work {:.1} %\n",
                share(times.running),
                share(times.recording),
                share(times.confirming),
                times.overhead_percent()
            );
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::monitor::board::tests::found;
    use crate::campaign::results::operators::Row;
    use crate::finding::{Kind, Known, Learned};
    use crate::scenario::Class;

    /// A campaign that found something for every group.
    fn summary(breaches: usize) -> Summary {
        let race = |n, class, title: &str| found(n, Kind::DataRace, class, title);
        let mut findings: Vec<Found> = (0..breaches)
            .map(|n| race(n, Class::Breach, &format!("data race: breach {n}")))
            .collect();
        findings.push(race(100, Class::Unstated, "data race: two writes in u"));
        let mut doubtful = race(101, Class::Bug, "data race: write in d / read in e");
        doubtful.reproduced = [0, 10];
        findings.push(doubtful);
        for (n, times) in [(102, 5), (103, 2)] {
            let mut known = race(n, Class::Bug, "data race: write and read in unalias");
            known.path = format!("crashes/known-{n}").into();
            known.times = times;
            let alias = "data-race: go/types.unalias / go/types.unalias";
            known.signature = alias.to_owned();
            findings.push(known);
        }
        findings.push(race(104, Class::Bug, "data race: write in f / read in g"));
        let row = Row {
            name: "generate".to_owned(),
            stats: crate::mutators::OperatorStats::default(),
            parsed_percent: 99.0,
            checked_percent: 70.0,
        };
        Summary {
            execs: 5_166,
            seconds: 60.1,
            execs_per_second: 86.0,
            corpus: 278,
            coverage: Coverage { hit: 4_872, total: 8_142 },
            valid_percent: 67.2,
            findings,
            contract_not_stored: 3,
            operators: vec![row],
            seed: 12,
            go_version: "go1.27.3".to_owned(),
            times: Times { running: 45.0, recording: 10.0, confirming: 5.0, ..Times::default() },
            ..Summary::default()
        }
    }

    /// The minimized programs: that of the known finding 103 is the smallest.
    fn stored(found: &Found) -> Stored {
        let bare = Stored::new(found, None, &Known::shipped(), "go1.27.3");
        let lines = found.path.ends_with("known-103").then_some(7);
        Stored { learned: Learned { lines, ..Learned::default() }, ..bare }
    }

    #[test]
    fn a_screen() {
        insta::assert_snapshot!(summary(61).text(false, stored));
    }

    #[test]
    fn a_verbose_one() {
        insta::assert_snapshot!(summary(2).text(true, stored));
    }

    #[test]
    fn nothing_found() {
        let nothing = Summary { execs: 5, go_version: "go1.27.3".to_owned(), ..Summary::default() };
        let text = nothing.text(false, stored);
        assert!(text.ends_with("nothing found\n") && text.lines().count() == 3, "{text}");
        let idle = Summary { execs: 0, corpus_not_stored: 2, ..nothing };
        let text = idle.text(false, stored);
        assert!(text.ends_with("no test case ran\nnot stored in the work folder: 2 corpus entries; the next campaign lacks them\n"), "{text}");
    }

    #[test]
    fn a_long_one_fits_on_a_screen() {
        let mut long = summary(61);
        for n in 200..290 {
            long.findings.push(found(n, Kind::DataRace, Class::Bug, "data race: x"));
        }
        let text = long.text(false, stored);
        // A root has two lines, so that one line may be left.
        assert!((SCREEN - 1..=SCREEN).contains(&text.lines().count()), "{text}");
        assert!(text.contains(" more: typerace report\n"), "{text}");
    }
}
