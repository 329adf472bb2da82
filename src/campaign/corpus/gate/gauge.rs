//! What a test case reaches on each release, and how long a run takes.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::campaign::corpus::seeds::{Seed, SeedError};
use crate::campaign::corpus::stored::CorpusError;
use crate::harness::{End, Harness, HarnessError, Place, RunFlags, RunReply, RunRequest, Site};
use crate::scenario::{ELEMENTS, Operation, Scenario, Tally};
use crate::testcase::SourceCase;
use crate::triage::Judge;

/// A test case that takes longer than this, in microseconds, is no entry.
const SLOWEST: u64 = 100_000;

/// A release that the corpus is made for.
pub struct Release {
    /// Its harness.
    pub harness: Harness,
    /// Judges what its harness shows.
    pub judge: Judge,
    /// Its minor release: 27.
    pub minor: u32,
}

/// Something that a test case reaches on one release, besides counters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
    /// A write to shared memory, and an access of another goroutine to the same memory.
    Pair(Site, Site),
    /// A write to shared memory that each of two goroutines makes when it runs alone.
    Both(Site),
    /// An element of the vocabulary, as an index of [`ELEMENTS`].
    Element(usize),
}

/// How much is reached, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// Coverage counters.
    pub counters: usize,
    /// Coverage counters that two goroutines reach after they were started.
    pub counters_twice: usize,
    /// Pairs of places: a write to shared memory and another goroutine's access to it.
    pub pairs: usize,
    /// Places of writes to shared memory that two goroutines would make.
    pub writes_twice: usize,
    /// Elements of the vocabulary.
    pub elements: usize,
}

/// Measures test cases. What they reach has a number for each release.
pub(super) struct Gauge {
    releases: Vec<Release>,
    /// The numbers of items that are no counters.
    numbers: BTreeMap<(usize, Item), u32>,
    /// The number of each release's first counter. As many numbers follow for the counters as for
    /// those that are reached twice.
    first: Vec<u32>,
    next: u32,
}

/// A sequential run.
struct Alone {
    counts: Vec<u8>,
    reply: RunReply,
}

impl Gauge {
    pub(super) fn new(releases: Vec<Release>) -> Self {
        let mut next = 0;
        let first = releases.iter().map(|r| {
            let first = next;
            next += 2 * u32::try_from(r.harness.counters()).unwrap_or(0);
            first
        });
        let first = first.collect();
        Self { releases, numbers: BTreeMap::new(), first, next }
    }

    /// The Go versions.
    pub(super) fn versions(&self) -> Vec<String> {
        self.releases.iter().map(|r| r.judge.origin().go_version.clone()).collect()
    }

    /// The oldest minor release.
    pub(super) fn since(&self) -> u32 {
        self.releases.iter().map(|r| r.minor).min().unwrap_or(0)
    }

    /// A seed as a test case with a scenario. The inner error says why it is none.
    pub(super) fn import(
        &mut self,
        seed: &Seed,
    ) -> Result<Result<SourceCase, String>, CorpusError> {
        match seed.source() {
            Ok(case) if case.scenario.is_some() => return Ok(Ok(case)),
            Ok(_) => {}
            Err(e) => return Ok(Err(e.to_string())),
        }
        let Some(release) = self.releases.last_mut() else { return Ok(Err(String::new())) };
        match seed.import(&mut release.harness) {
            Ok(case) => Ok(Ok(case.to_source())),
            Err(SeedError::Harness(e @ (HarnessError::Interrupted | HarnessError::Env(_)))) => {
                Err(e.into())
            }
            Err(e) => Ok(Err(e.to_string())),
        }
    }

    /// Runs a test case on every release. Returns how many microseconds the fastest run took, or
    /// `None` if one showed something.
    pub(super) fn silent(
        &mut self,
        case: &SourceCase,
        runs: Range<u32>,
    ) -> Result<Option<u64>, CorpusError> {
        let Some(scenario) = &case.scenario else { return Ok(None) };
        let mut least = u64::MAX;
        for Release { harness, judge, .. } in &mut self.releases {
            for run in runs.clone() {
                let scenario = scenario.for_other_run(run);
                let start = Instant::now();
                let request = RunRequest::new(&scenario, &case.packages);
                let (outcome, judgement) = judge.examine(harness, &request)?;
                let took = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
                least = least.min(took);
                if !judgement.findings.is_empty() || !matches!(outcome.end, End::Replied) {
                    return Ok(None);
                }
            }
        }
        Ok(Some(least).filter(|&least| least <= SLOWEST))
    }

    /// The numbers of what a test case reaches; `None` if a sequential run does not end well.
    pub(super) fn measure(&mut self, case: &SourceCase) -> Result<Option<Vec<u32>>, CorpusError> {
        let Some(scenario) = &case.scenario else { return Ok(None) };
        let mut numbers = BTreeSet::new();
        for release in 0..self.releases.len() {
            let Some(all) = self.alone(release, case, &scenario.go)? else { return Ok(None) };
            let Some(none) = self.alone(release, case, &[])? else { return Ok(None) };
            let mut each: Vec<(Vec<bool>, BTreeSet<Site>)> = Vec::new();
            for (i, operations) in scenario.go.iter().enumerate() {
                let like = scenario.go[..i].iter().position(|o| o == operations);
                if let Some(like) = like {
                    each.push(each[like].clone());
                    continue;
                }
                let one = std::slice::from_ref(operations);
                let Some(one) = self.alone(release, case, one)? else { return Ok(None) };
                // Runs repeat exactly, so other counts are this goroutine's.
                let reached = one.counts.iter().zip(&none.counts).map(|(a, b)| a != b).collect();
                let writes = one.reply.shared.writes.into_iter().map(|w| w.site).collect();
                each.push((reached, writes));
            }
            self.counters(release, &all, &each, &mut numbers);
            self.items(release, case, &all, &each, &mut numbers);
        }
        Ok(Some(numbers.into_iter().collect()))
    }

    fn counters(
        &self,
        release: usize,
        all: &Alone,
        each: &[(Vec<bool>, BTreeSet<Site>)],
        numbers: &mut BTreeSet<u32>,
    ) {
        let counters = u32::try_from(all.counts.len()).unwrap_or(0);
        for (i, number) in (self.first[release]..).take(all.counts.len()).enumerate() {
            if all.counts[i] > 0 {
                numbers.insert(number);
            }
            if each.iter().filter(|(reached, _)| reached[i]).nth(1).is_some() {
                numbers.insert(number + counters);
            }
        }
    }

    fn items(
        &mut self,
        release: usize,
        case: &SourceCase,
        all: &Alone,
        each: &[(Vec<bool>, BTreeSet<Site>)],
        numbers: &mut BTreeSet<u32>,
    ) {
        let mut items = Vec::new();
        let shared = &all.reply.shared;
        for meeting in &shared.meetings {
            if let Some(write) = shared.writes.get(meeting.write) {
                items.push(Item::Pair(write.site.clone(), meeting.site.clone()));
            }
        }
        for (i, (_, writes)) in each.iter().enumerate() {
            let others = each[..i].iter().flat_map(|(_, writes)| writes);
            items.extend(others.filter(|site| writes.contains(site)).cloned().map(Item::Both));
        }
        let mut tally = Tally::default();
        all.reply.operations.iter().for_each(|(name, n)| tally.add(name, *n));
        let faulty = all.reply.verdicts.iter().any(|(v, _)| *v < crate::harness::Verdict::Valid);
        if let Some(scenario) = &case.scenario {
            tally.add_scenario(scenario, faulty);
            items.extend(
                (ELEMENTS.iter().enumerate())
                    .filter(|(_, e)| tally.of(e.kind, e.name) > 0)
                    .map(|(i, _)| Item::Element(i)),
            );
        }
        for item in items {
            // The vocabulary is the same everywhere.
            let release = if matches!(item, Item::Element(_)) { 0 } else { release };
            let next = &mut self.next;
            numbers.insert(*self.numbers.entry((release, item)).or_insert_with(|| {
                *next += 1;
                *next - 1
            }));
        }
    }

    /// The operations that write to shared memory, each with one of another goroutine that uses it,
    /// on the last release.
    pub(super) fn meetings(
        &mut self,
        case: &SourceCase,
    ) -> Result<Vec<(Place, Place)>, CorpusError> {
        let (Some(scenario), Some(last)) = (&case.scenario, self.releases.len().checked_sub(1))
        else {
            return Ok(Vec::new());
        };
        let Some(all) = self.alone(last, case, &scenario.go)? else { return Ok(Vec::new()) };
        let shared = &all.reply.shared;
        let places =
            |m: &crate::harness::Meeting| Some((shared.writes.get(m.write)?.place, m.place));
        Ok(shared.meetings.iter().filter_map(places).collect())
    }

    /// Runs goroutines one after another; `None` if that does not end well.
    fn alone(
        &mut self,
        release: usize,
        case: &SourceCase,
        go: &[Vec<Operation>],
    ) -> Result<Option<Alone>, CorpusError> {
        let Some(scenario) = &case.scenario else { return Ok(None) };
        let scenario = Scenario {
            go: go.to_vec(),
            oracle: false,
            schedule: None,
            rounds: None,
            ..scenario.clone()
        };
        let flags = RunFlags { sequential: true, sense: true, ..RunFlags::default() };
        let request = RunRequest::new(&scenario, &case.packages).with_flags(flags);
        let harness = &mut self.releases[release].harness;
        let outcome = harness.run(&request)?;
        let (End::Replied, Some(reply)) = (&outcome.end, outcome.reply) else { return Ok(None) };
        Ok(Some(Alone { counts: harness.coverage().to_vec(), reply }))
    }

    /// How much some sets of numbers reach together.
    pub(super) fn reached<'a>(&self, sets: impl Iterator<Item = &'a [u32]>) -> Reached {
        let numbers: BTreeSet<u32> = sets.flatten().copied().collect();
        let kinds: BTreeMap<u32, &Item> = self.numbers.iter().map(|((_, i), n)| (*n, i)).collect();
        let mut reached = Reached::default();
        for number in numbers {
            match kinds.get(&number) {
                Some(Item::Pair(..)) => reached.pairs += 1,
                Some(Item::Both(_)) => reached.writes_twice += 1,
                Some(Item::Element(_)) => reached.elements += 1,
                None if self.is_twice(number) => reached.counters_twice += 1,
                None => reached.counters += 1,
            }
        }
        reached
    }

    fn is_twice(&self, counter: u32) -> bool {
        let release = self.first.partition_point(|first| *first <= counter) - 1;
        let counters = self.releases[release].harness.counters();
        (counter - self.first[release]) as usize >= counters
    }
}
