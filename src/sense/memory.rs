//! What a campaign has seen of shared writes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use super::lead::Lead;
use super::suspects::Suspect;
use super::{kind, raced};
use crate::harness::{Place, SharedWrites, Site};
use crate::scenario::{Class, Scenario};

/// How many leads of a place are followed before only the 8th, 16th, 32nd, … are: a place that a
/// lock or an atomic guards never races, and loses its energy, but not for ever.
const LEADS: u64 = 8;
/// The same for a write under a mutex.
const LEADS_LOCKED: u64 = 6;
/// The most leads of one test case.
const LEADS_OF_CASE: usize = 6;

/// Places of go/types that write to shared memory, and what became of them.
#[derive(Debug)]
pub struct Memory {
    places: BTreeMap<Site, Record>,
    began: Instant,
}

/// What is known of a place.
#[derive(Debug, Default)]
struct Record {
    /// The kinds of operations that wrote there.
    kinds: BTreeSet<String>,
    /// Where, and in which kind of operation, another goroutine used what an operation of some kind
    /// wrote. Pairs in which both held a mutex are left out.
    pairs: BTreeSet<(Site, String, String)>,
    /// The least class of the scenarios in which an operation wrote there.
    class: Option<Class>,
    /// When a sequential run first showed it, in seconds.
    seen_after: f64,
    /// Whether every write was under a mutex.
    locked: bool,
    /// New things seen here.
    leads: u64,
    /// Executions that tried to make it race.
    tried: u64,
    /// When the race detector first reported a write there, in seconds.
    raced_after: Option<f64>,
}

/// What a sequential run taught.
#[derive(Debug, Default)]
pub struct Learned {
    /// Whether the test case is worth keeping.
    pub is_new: bool,
    /// What to try with it.
    pub leads: Vec<Lead>,
}

impl Record {
    /// Notes something new. Returns whether it is worth following. Whether the place raced already
    /// does not matter: that is up to chance, and a seed must repeat.
    fn follow(&mut self, locked: bool) -> bool {
        self.leads += 1;
        let few = if locked { LEADS_LOCKED } else { LEADS };
        self.leads <= few || self.leads >= 8 && self.leads.is_power_of_two()
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self { places: BTreeMap::new(), began: Instant::now() }
    }
}

impl Memory {
    /// Learns from a sequential run of a scenario.
    pub fn learn(&mut self, scenario: &Scenario, seen: &SharedWrites) -> Learned {
        let mut learned = Learned::default();
        let class = scenario.class();
        let kind_at = |place: Place| {
            let operations = scenario.go.get(place.goroutine.checked_sub(1)?)?;
            operations.get(place.operation).map(kind)
        };
        for write in &seen.writes {
            let Some(kind) = kind_at(write.place) else { continue };
            let record = self.places.entry(write.site.clone()).or_default();
            if record.kinds.is_empty() {
                record.locked = true;
                record.seen_after = self.began.elapsed().as_secs_f64();
            }
            record.locked &= write.locked;
            record.class = Some(record.class.map_or(class, |least| least.min(class)));
            if record.kinds.insert(kind) {
                let follow = record.follow(write.locked);
                learned.is_new |= follow || !write.locked;
                if follow {
                    learned.add(Lead {
                        site: write.site.clone(),
                        writer: write.place,
                        reader: None,
                        between: write.between,
                        locked: write.locked,
                    });
                }
            }
        }
        for meeting in &seen.meetings {
            let Some(write) = seen.writes.get(meeting.write) else { continue };
            if write.locked && meeting.locked {
                continue;
            }
            let (Some(writes), Some(reads)) = (kind_at(write.place), kind_at(meeting.place)) else {
                continue;
            };
            let Some(record) = self.places.get_mut(&write.site) else { continue };
            if record.pairs.insert((meeting.site.clone(), writes, reads))
                && record.follow(write.locked)
            {
                learned.is_new = true;
                learned.add(Lead {
                    site: write.site.clone(),
                    writer: write.place,
                    reader: Some(meeting.place),
                    between: write.between,
                    locked: write.locked,
                });
            }
        }
        if class == Class::Breach {
            // What races then says nothing.
            learned.leads.clear();
        }
        learned
    }

    /// Notes that an execution tried to make a place race.
    pub fn tried(&mut self, site: &Site) {
        if let Some(record) = self.places.get_mut(site) {
            record.tried += 1;
        }
    }

    /// How many executions tried to make a place race.
    #[must_use]
    pub fn tries(&self) -> u64 {
        self.places.values().map(|r| r.tried).sum()
    }

    /// Notes which places raced, by the detector's reports.
    pub fn note_reports(&mut self, reports: &str) {
        for site in raced::writes(reports) {
            if let Some(record) = self.places.get_mut(&site) {
                record.raced_after.get_or_insert(self.began.elapsed().as_secs_f64());
            }
        }
    }

    /// The number of places that wrote, of places and kinds of operations, and of pairs.
    #[must_use]
    pub fn counts(&self) -> (usize, usize, usize) {
        let sum = |f: fn(&Record) -> usize| self.places.values().map(f).sum();
        (self.places.len(), sum(|r| r.kinds.len()), sum(|r| r.pairs.len()))
    }

    /// The places whose writes met another goroutine's accesses or raced, in scenarios that break no
    /// rule.
    #[must_use]
    pub fn suspects(&self) -> Vec<Suspect> {
        let allowed = |r: &Record| {
            r.class.is_some_and(|class| class < Class::Breach)
                && (!r.pairs.is_empty() || r.raced_after.is_some())
        };
        self.places
            .iter()
            .filter(|(_, record)| allowed(record))
            .map(|(site, record)| {
                let met_by = record.pairs.iter().map(|(_, _, reads)| reads.clone());
                Suspect {
                    function: site.function.clone(),
                    file: site.file.clone(),
                    line: site.line,
                    code: String::new(),
                    operations: record.kinds.clone(),
                    met_by: met_by.collect(),
                    locked: record.locked,
                    tried: record.tried,
                    raced: record.raced_after.is_some(),
                    seen_after: record.seen_after,
                    raced_after: record.raced_after,
                }
            })
            .collect()
    }
}

impl Learned {
    /// Adds a lead, unless there are enough, or the same is to be tried anyway.
    fn add(&mut self, lead: Lead) {
        let what = |l: &Lead| (l.writer, l.reader, l.between);
        let alike = |l: &Lead| what(l) == what(&lead);
        if self.leads.len() < LEADS_OF_CASE && !self.leads.iter().any(alike) {
            self.leads.push(lead);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::{Meeting, SharedWrite};

    fn site(function: &str) -> Site {
        Site { function: format!("go/types.{function}"), file: "a.go".to_owned(), line: 3 }
    }

    fn place(goroutine: usize, operation: usize) -> Place {
        Place { goroutine, operation }
    }

    fn scenario(text: &str) -> Scenario {
        Scenario::parse(text).unwrap().unwrap()
    }

    /// The second operation of the first goroutine writes, and the second goroutine reads.
    fn seen(function: &str, locked: [bool; 2]) -> SharedWrites {
        let write = SharedWrite {
            place: place(1, 1),
            site: site(function),
            locked: locked[0],
            ..SharedWrite::default()
        };
        let meeting = Meeting {
            place: place(2, 0),
            site: site("reader"),
            locked: locked[1],
            ..Meeting::default()
        };
        SharedWrites { entries: 9, writes: vec![write], meetings: vec![meeting] }
    }

    const TEXT: &str = "before check lib\ngo check a ; walk methods lib\ngo walk string lib";

    #[test]
    fn a_place_and_kind_is_new_once() {
        let mut memory = Memory::default();
        let learned = memory.learn(&scenario(TEXT), &seen("write", [false; 2]));
        assert!(learned.is_new);
        let leads: Vec<_> = learned.leads.iter().map(|l| (l.writer, l.reader)).collect();
        assert_eq!(leads, [(place(1, 1), None), (place(1, 1), Some(place(2, 0)))]);
        let again = memory.learn(&scenario(TEXT), &seen("write", [false; 2]));
        assert!(!again.is_new && again.leads.is_empty());
        let other = TEXT.replace("walk methods", "walk fields");
        assert!(memory.learn(&scenario(&other), &seen("write", [false; 2])).is_new);
        assert_eq!(memory.counts(), (1, 2, 2));
    }

    #[test]
    fn a_suspect_is_met_without_a_lock_and_breaks_no_rule() {
        let mut memory = Memory::default();
        memory.learn(&scenario(TEXT), &seen("open", [false; 2]));
        memory.learn(&scenario(TEXT), &seen("guarded", [true; 2]));
        memory.learn(&scenario(TEXT), &seen("published", [true, false]));
        let breach = format!("share info\n{TEXT}");
        assert!(memory.learn(&scenario(&breach), &seen("breach", [false; 2])).leads.is_empty());
        memory.tried(&site("open"));
        let report = "WARNING: DATA RACE\nWrite at 0x1 by goroutine 7:\n  \
                      go/types.published()\n      /go/src/go/types/a.go:3 +0x1\n\n";
        memory.note_reports(report);
        let suspects = memory.suspects();
        let brief: Vec<_> =
            suspects.iter().map(|s| (s.function.as_str(), s.locked, s.tried, s.raced)).collect();
        assert_eq!(
            brief,
            [("go/types.open", false, 1, false), ("go/types.published", true, 0, true)]
        );
        assert_eq!(suspects[0].operations.iter().collect::<Vec<_>>(), ["walk methods"]);
        assert_eq!(suspects[0].met_by.iter().collect::<Vec<_>>(), ["walk string"]);
    }

    #[test]
    fn a_place_that_never_races_loses_its_energy_but_not_for_ever() {
        let mut record = Record::default();
        let followed: Vec<u64> = (1..=40).filter(|_| record.follow(false)).collect();
        assert_eq!(followed, [1, 2, 3, 4, 5, 6, 7, 8, 16, 32]);
        let mut record = Record::default();
        let followed: Vec<u64> = (1..=40).filter(|_| record.follow(true)).collect();
        assert_eq!(followed, [1, 2, 3, 4, 5, 6, 8, 16, 32]);
    }
}
