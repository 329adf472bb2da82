//! Groups findings by cause.

use std::collections::BTreeMap;

use super::Entry;
use crate::finding::{Finding, Frame, Kind};

/// Where a race writes: the functions of go/types on the sides that write. If a function
/// computes something lazily and publishes it without synchronization, it races with every
/// reader. These are several races, but they share the place that writes. `None` if the
/// finding is not a race.
#[must_use]
pub fn write_site(finding: &Finding) -> Option<String> {
    if finding.kind != Kind::DataRace {
        return None;
    }
    let library = |f: &&Frame| f.function.starts_with("go/types.");
    let mut sites: Vec<&str> = finding
        .stacks
        .iter()
        .filter(|s| s.of.contains("write"))
        .filter_map(|s| s.frames.iter().find(library))
        .map(|f| f.function.as_str())
        .collect();
    sites.sort_unstable();
    sites.dedup();
    (!sites.is_empty()).then(|| sites.join(" and "))
}

/// The minimized test case of a finding without its comment. Two findings that are not races
/// and share it have the same cause. This does not hold for races: one small test case can
/// show races with several causes.
fn smallest(entry: &Entry) -> Option<String> {
    let is_race = entry.finding.kind == Kind::DataRace;
    let crash = entry.crash.as_ref().filter(|c| c.minimized && !is_race)?;
    let mut case = crash.case.clone();
    if let Some(scenario) = &mut case.scenario {
        scenario.comment.clear();
    }
    Some(case.to_txtar())
}

/// The group of each entry, numbered from 0 in their order. Two entries are in the same group
/// if they write at the same place, belong to the same known issue or, unless they are races,
/// have the same minimized test case. Findings of different classes or kinds are never joined
/// by their write alone.
#[must_use]
pub fn groups(entries: &[Entry]) -> Vec<usize> {
    let mut group: Vec<usize> = (0..entries.len()).collect();
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    for (i, entry) in entries.iter().enumerate() {
        let f = &entry.finding;
        let keys = [
            write_site(f).map(|site| format!("{} write {site}", f.class)),
            smallest(entry).map(|text| format!("case {text}")),
            entry.known.as_ref().map(|k| format!("issue {}", k.issue)),
        ];
        for key in keys.into_iter().flatten() {
            let with = *first.entry(key).or_insert(i);
            let (a, b) = (group[i], group[with]);
            let (low, high) = (a.min(b), a.max(b));
            group.iter_mut().filter(|g| **g == high).for_each(|g| *g = low);
        }
    }
    let mut numbers: BTreeMap<usize, usize> = BTreeMap::new();
    group
        .into_iter()
        .map(|g| {
            let next = numbers.len();
            *numbers.entry(g).or_insert(next)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{End, Observed, Origin, findings};
    use crate::scenario::Scenario;

    fn race(write: &str, other: (&str, &str)) -> Entry {
        let text = format!(
            "==================\nWARNING: DATA RACE\nWrite at 0x00c0 by goroutine 8:\n  go/types.{write}()\n      /go/src/go/types/a.go:6 +0x1\n\nPrevious {} at 0x00c0 by goroutine 7:\n  go/types.{}()\n      /go/src/go/types/b.go:12 +0x1\n\nGoroutine 8 (running) created at:\n  main.f()\n      /x/main.go:1 +0x1\n==================\n",
            other.0, other.1
        );
        let mut found = findings(&Observed {
            reports: &text,
            end: End::Replied,
            panics: &[],
            scenario: &Scenario::default(),
            sequential: false,
            origin: &Origin::default(),
        });
        Entry { path: "x".into(), finding: found.remove(0), known: None, crash: None }
    }

    #[test]
    fn races_with_the_same_write_have_the_same_cause() {
        let all = [
            race("compute", ("write", "compute")),
            race("compute", ("read", "IsAll")),
            race("cleanup", ("read", "typeSet")),
            race("compute", ("read", "IsEmpty")),
            race("cleanup", ("write", "compute")),
        ];
        assert_eq!(write_site(&all[0].finding).as_deref(), Some("go/types.compute"));
        assert_eq!(groups(&all), [0, 0, 1, 0, 2]);
    }
}
