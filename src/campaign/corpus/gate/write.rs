//! Writes the entries, named after their place in the order and what they are about.

use std::collections::BTreeSet;
use std::path::Path;

use super::gauge::{Gauge, Reached};
use super::{Candidate, Made};
use crate::campaign::corpus::distill::Amount;
use crate::campaign::corpus::stored::{CorpusError, write as write_file};
use crate::scenario::Scenario;
use crate::sense::kind;
use crate::testcase::SourceCase;

/// Writes entries in their order until they have `size` bytes together, and says what was written.
pub(super) fn write(
    gauge: &Gauge,
    chosen: &[&Candidate],
    out: &Path,
    size: u64,
) -> Result<Made, CorpusError> {
    let mut entries = Amount::default();
    let mut micros = 0;
    let mut known: BTreeSet<u32> = BTreeSet::new();
    let mut shared = Vec::new();
    for (i, candidate) in chosen.iter().enumerate() {
        let Some(scenario) = &candidate.case.scenario else { continue };
        let new: Vec<u32> =
            candidate.set.covers.iter().copied().filter(|n| !known.contains(n)).collect();
        let adds = gauge.reached(std::iter::once(&new[..]));
        let comment = vec![sentence(adds)];
        let scenario = Scenario { comment, ..scenario.clone() };
        let name = format!("{:04}-{}.txtar", i + 1, purpose(&scenario));
        let text = SourceCase { scenario: Some(scenario), ..candidate.case.clone() }.to_txtar();
        if entries.bytes + text.len() as u64 > size {
            break;
        }
        known.extend(new);
        write_file(&out.join(&name), &text)?;
        if adds.pairs + adds.writes_twice > 0 {
            shared.push(name);
        }
        entries.entries += 1;
        entries.bytes += text.len() as u64;
        micros += candidate.set.cost;
    }
    let numbers: Vec<u32> = known.into_iter().collect();
    let made = Made {
        go: gauge.versions(),
        since: gauge.since(),
        entries,
        shared,
        milliseconds: micros / 1000,
        reached: gauge.reached(std::iter::once(&numbers[..])),
        reached_before: Reached::default(),
    };
    Ok(made)
}

/// The kind of the last operation of the first goroutine, as part of a file's name.
fn purpose(scenario: &Scenario) -> String {
    let kind = scenario.go.first().and_then(|ops| ops.last()).map_or_else(String::new, kind);
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    kind.chars().map(plain).collect()
}

/// What an entry adds to those before it.
fn sentence(adds: Reached) -> String {
    let parts = [
        ("counters", adds.counters),
        ("counters reached twice", adds.counters_twice),
        ("pairs", adds.pairs),
        ("writes made twice", adds.writes_twice),
        ("elements", adds.elements),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(_, n)| *n > 0).map(|(what, n)| format!("{what} {n}")).collect();
    format!("New: {}.", parts.join(", "))
}
