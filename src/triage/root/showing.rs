//! A way to run a test case in which its finding shows, and how often it does.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::finding::{Finding, Kind, Origin};
use crate::harness::{Harness, HarnessError, RunRequest};
use crate::scenario::{Meet, Scenario};
use crate::testcase::SourceCase;
use crate::triage::{Clear, Judge, Tally, runs_needed};

/// Runs that compare the ways to run a test case.
const LOOK: u32 = 12;
/// A way that shows the finding in this share of the runs is good enough.
const GOOD: f64 = 0.6;
/// The probability that a patch that does not end the finding seems to end it.
const MISS: f64 = 0.001;
/// The time limit of one run. A campaign waits longer, but a finding that stalls is the same after
/// a second, and every run of it takes the whole limit.
const STALL_LIMIT: Duration = Duration::from_secs(1);
const LIMIT: Duration = Duration::from_secs(4);

/// A way to run a test case.
#[derive(Clone, Debug)]
pub struct Showing {
    scenario: Scenario,
    /// Whether each run has another schedule. A schedule counts the probes that are passed, and a
    /// patch shifts them: that one seed falls silent means nothing.
    seeds: bool,
    /// How often the finding showed.
    pub tally: Tally,
    /// All findings that showed.
    pub usual: BTreeSet<String>,
}

/// What runs showed.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// How often the finding showed.
    pub tally: Tally,
    /// All findings that showed.
    pub all: BTreeSet<String>,
}

impl Showing {
    /// Finds a way in which the finding shows often, and measures how often. The tally is empty of
    /// hits if there is none.
    ///
    /// # Errors
    /// The harness's.
    pub fn find(
        harness: &mut Harness,
        finding: &Finding,
        case: &SourceCase,
        scenario: &Scenario,
        budget: Duration,
    ) -> Result<Self, HarnessError> {
        let began = Instant::now();
        let mut best: Option<Self> = None;
        for (scenario, seeds) in ways(scenario, finding) {
            let mut way = Self { scenario, seeds, tally: Tally::default(), usual: BTreeSet::new() };
            let look = if finding.kind.stalls() { 3 } else { LOOK };
            let until = |t: Tally| t.runs >= look || began.elapsed() > budget;
            let seen = way.run(harness, finding, case, &until)?;
            (way.tally, way.usual) = (seen.tally, seen.all);
            let is_better = |b: &Self| way.tally.rate() > b.tally.rate();
            if best.as_ref().is_none_or(is_better) {
                best = Some(way);
            }
            let rate = best.as_ref().map_or(0.0, |b| b.tally.rate());
            if rate >= GOOD || began.elapsed() > budget {
                break;
            }
        }
        let mut best = best.unwrap_or(Self {
            scenario: scenario.clone(),
            seeds: false,
            tally: Tally::default(),
            usual: BTreeSet::new(),
        });
        if !finding.kind.stalls() && best.tally.hits > 0 {
            let had = best.tally;
            let more = |t: Tally| Tally { hits: had.hits + t.hits, runs: had.runs + t.runs };
            let until = |t: Tally| more(t).is_clear(Clear::default()) || began.elapsed() > budget;
            let seen = best.run(harness, finding, case, &until)?;
            best.tally = more(seen.tally);
            best.usual.extend(seen.all);
        }
        Ok(best)
    }

    /// The number of silent runs that are no coincidence, given how often the finding showed. It
    /// is computed from the lower end of the interval.
    #[must_use]
    pub fn needed(&self, finding: &Finding) -> u32 {
        let Tally { hits, runs } = self.tally;
        if hits == runs && finding.sequential {
            // One goroutine does the same every time.
            return 2;
        }
        runs_needed(self.tally.interval().0, MISS).unwrap_or(u32::MAX)
    }

    /// Runs the test case until the finding shows, or has not shown in `needed` runs, or for as long
    /// as the budget lasts.
    ///
    /// # Errors
    /// The harness's.
    pub fn watch(
        &self,
        harness: &mut Harness,
        finding: &Finding,
        case: &SourceCase,
        needed: u32,
        budget: Duration,
    ) -> Result<Seen, HarnessError> {
        let began = Instant::now();
        let until = |t: Tally| t.hits > 0 || t.runs >= needed || began.elapsed() > budget;
        self.run(harness, finding, case, &until)
    }

    fn run(
        &self,
        harness: &mut Harness,
        finding: &Finding,
        case: &SourceCase,
        is_over: &dyn Fn(Tally) -> bool,
    ) -> Result<Seen, HarnessError> {
        let limit = if finding.kind.stalls() { STALL_LIMIT } else { LIMIT };
        harness.set_limits(harness.limits().of_run(limit));
        let judge = Judge::new(Origin::default());
        let mut scenario = self.scenario.clone();
        let mut seen = Seen::default();
        while !is_over(seen.tally) {
            if harness.is_interrupted() {
                return Err(HarnessError::Interrupted);
            }
            if self.seeds {
                scenario.schedule = Some(u64::from(seen.tally.runs) + 1);
            }
            let request = RunRequest::new(&scenario, &case.packages);
            let (_, judgement) = judge.examine(harness, &request)?;
            seen.tally.record(judgement.findings.iter().any(|f| f.id == finding.id));
            seen.all.extend(judgement.findings.into_iter().map(|f| f.id));
        }
        Ok(seen)
    }
}

/// Ways to run a scenario: as it is, under many seeds if it has one, and such that goroutines meet
/// more often. One goroutine needs no others.
fn ways(scenario: &Scenario, finding: &Finding) -> Vec<(Scenario, bool)> {
    let free = Scenario { schedule: None, ..scenario.clone() };
    let mut all = Vec::new();
    if scenario.schedule.is_some() && !finding.sequential {
        all.push((scenario.clone(), true));
    }
    all.push((free.clone(), false));
    if finding.sequential || finding.kind.stalls() || finding.kind == Kind::Memory {
        return all;
    }
    let mut meets = free.clone();
    meets.meet.extend([Meet::Start, Meet::Import]);
    for base in [&free, &meets] {
        for rounds in [1, 10, 100] {
            let way =
                Scenario { rounds: Some(rounds.max(base.rounds.unwrap_or(1))), ..base.clone() };
            if rounds == 1 && way.meet == free.meet || way.class() > scenario.class() {
                continue;
            }
            all.push((way, false));
        }
    }
    all.sort_by_key(|(way, _)| way.rounds.unwrap_or(1));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::test_support::fatal;

    fn scenario(text: &str) -> Scenario {
        Scenario::parse(text).unwrap().unwrap()
    }

    #[test]
    fn a_rare_race_gets_more_chances_and_one_goroutine_does_not() {
        let race = Finding { kind: Kind::DataRace, sequential: false, ..fatal("x") };
        let scheduled = scenario("schedule seed 7\ngo check a\ngo check a\n");
        let all = ways(&scheduled, &race);
        assert!(all[0].1 && all[0].0.schedule == Some(7), "{:?}", all[0]);
        assert!(all[1..].iter().all(|(way, seeds)| !seeds && way.schedule.is_none()));
        let rounds: Vec<_> = all.iter().map(|(way, _)| way.rounds.unwrap_or(1)).collect();
        assert_eq!(rounds, [1, 1, 1, 10, 10, 100, 100]);
        let alone = Finding { sequential: true, ..race };
        let all = ways(&scheduled, &alone);
        assert_eq!((all.len(), all[0].0.schedule), (1, None));
    }

    #[test]
    fn silence_means_more_where_the_finding_shows_often() {
        let finding = Finding { sequential: false, ..fatal("x") };
        let needed = |hits, runs| {
            let showing = Showing {
                scenario: Scenario::default(),
                seeds: false,
                tally: Tally { hits, runs },
                usual: BTreeSet::new(),
            };
            showing.needed(&finding)
        };
        assert!((4..10).contains(&needed(9, 9)), "{}", needed(9, 9));
        assert!((10..25).contains(&needed(20, 40)), "{}", needed(20, 40));
        assert!(needed(1, 40) > 1_000);
        assert_eq!(needed(0, 40), u32::MAX);
    }
}
