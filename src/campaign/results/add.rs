//! Adds up the summaries of several workers.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::campaign::results::figures::percent;
use crate::campaign::results::found::Found;
use crate::campaign::results::never_hit::by_none;
use crate::campaign::results::sense_figures::SenseFigures;
use crate::campaign::results::summary::Summary;
use crate::sense::Suspects;

/// Adds up the summaries of workers. Counts are added. Of coverage and corpus, which workers share,
/// the greatest value is used. A finding occurs once, as it was first met.
///
/// # Errors
/// No summary causes one; required by serde's signature.
pub fn merge(summaries: &[Summary]) -> Result<Option<Summary>, serde_json::Error> {
    let Some(first) = summaries.first() else { return Ok(None) };
    let mut sum = serde_json::to_value(first)?;
    for other in &summaries[1..] {
        add(&mut sum, serde_json::to_value(other)?);
    }
    let mut all: Summary = serde_json::from_value(sum)?;
    let greatest = |f: fn(&Summary) -> usize| summaries.iter().map(f).max().unwrap_or_default();
    all.seed = first.seed;
    all.patched.clone_from(&first.patched);
    all.corpus = greatest(|s| s.corpus);
    all.coverage.hit = greatest(|s| s.coverage.hit);
    all.coverage.total = first.coverage.total;
    let sense = |f: fn(&SenseFigures) -> usize| {
        summaries.iter().filter_map(|s| s.sense.as_ref()).map(f).max().unwrap_or_default()
    };
    if let Some(sum) = &mut all.sense {
        sum.places = sense(|s| s.places);
        sum.kinds = sense(|s| s.kinds);
        sum.pairs = sense(|s| s.pairs);
    }
    all.suspects = Suspects::new("", &[], std::mem::take(&mut all.suspects)).suspects;
    all.seconds = summaries.iter().map(|s| s.seconds).fold(0.0, f64::max);
    all.execs_per_second = all.execs as f64 / all.seconds.max(0.001);
    let valid: f64 = summaries.iter().map(|s| s.valid_percent * s.execs as f64).sum();
    all.valid_percent = valid / (all.execs as f64).max(1.0);
    let missed: Option<Vec<_>> = summaries.iter().map(|s| s.never_hit.as_deref()).collect();
    all.never_hit = missed.map(|workers| by_none(&workers));
    all.findings = findings(std::mem::take(&mut all.findings));
    let mut rows: BTreeMap<String, usize> = BTreeMap::new();
    let mut operators: Vec<crate::campaign::results::operators::Row> = Vec::new();
    for row in std::mem::take(&mut all.operators) {
        let at = *rows.entry(row.name.clone()).or_insert(operators.len());
        match operators.get_mut(at) {
            Some(sum) => sum.stats += row.stats,
            None => operators.push(row),
        }
    }
    for row in &mut operators {
        row.parsed_percent = percent(row.stats.parsed, row.stats.made);
        row.checked_percent = percent(row.stats.checked, row.stats.made);
    }
    all.operators = operators;
    Ok(Some(all))
}

/// Each finding once, as it was first met, with the counts added.
#[must_use]
pub fn findings(mut all: Vec<Found>) -> Vec<Found> {
    all.sort_by(|a, b| a.seconds_to_find.total_cmp(&b.seconds_to_find));
    let mut once: Vec<Found> = Vec::new();
    for found in all {
        match once.iter_mut().find(|f| f.id == found.id) {
            None => once.push(found),
            Some(seen) => {
                seen.times += found.times;
                // One of them stored it; the others knew it by then.
                seen.stored_before &= found.stored_before;
                if found.class < seen.class {
                    (seen.class, seen.title) = (found.class, found.title);
                }
                if seen.reproduced[0] == 0 && found.reproduced[1] > 0 {
                    seen.reproduced = found.reproduced;
                }
            }
        }
    }
    once
}

/// Adds numbers, joins lists, and merges objects; of any other values the first one stays.
fn add(sum: &mut Value, other: Value) {
    match (sum, other) {
        (Value::Number(a), Value::Number(b)) => {
            *a = match (a.as_u64(), b.as_u64()) {
                // A seed may be any number.
                (Some(x), Some(y)) => x.saturating_add(y).into(),
                _ => {
                    let both = a.as_f64().unwrap_or_default() + b.as_f64().unwrap_or_default();
                    serde_json::Number::from_f64(both).unwrap_or_else(|| a.clone())
                }
            };
        }
        (Value::Array(a), Value::Array(b)) => a.extend(b),
        (Value::Object(a), Value::Object(b)) => {
            for (key, value) in b {
                match a.get_mut(&key) {
                    Some(there) => add(there, value),
                    None => {
                        a.insert(key, value);
                    }
                }
            }
        }
        (Value::Bool(a), Value::Bool(b)) => *a |= b,
        (sum @ Value::Null, other) => *sum = other,
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn summary(seconds: f64, execs: u64, findings: Value) -> Summary {
        serde_json::from_value(json!({
            "execs": execs, "seconds": seconds, "execs_per_second": 1.0, "corpus": execs / 10,
            "coverage": {"hit": execs, "total": 900}, "valid_percent": if execs == 100 { 50.0 } else { 100.0 },
            "findings": findings, "contract_not_stored": 1, "minimized": 0, "not_minimized": 0,
            "operators": [{"name": "x", "made": 4, "parsed": execs / 100, "checked": 1,
                "new_coverage": 0, "findings": 0, "parsed_percent": 0.0, "checked_percent": 0.0}],
            "seed": u64::MAX, "go_version": "go1.27.3", "patched": ["R1"], "sequence": "ab", "harness_starts": 2,
            "confirmations": 3, "elements": {"operation check": 5}, "sync": null, "imported": 4, "interrupted": execs == 300,
            "times": {"running": 1.0, "recording": 0.5, "confirming": 0.0},
        }))
        .unwrap()
    }

    fn found(id: &str, class: &str, seconds: f64, known: bool) -> Value {
        json!({"id": id, "kind": "data-race", "class": class, "signature": id, "title": class,
            "seconds_to_find": seconds, "execs_to_find": 1, "reproduced": [1, 3],
            "path": "p", "known": null, "stored_before": known, "times": 2})
    }

    #[test]
    fn what_one_worker_could_show_again_is_confirmed() {
        let of = |seconds, reproduced: [u32; 2]| {
            let mut json = found("a", "bug", seconds, false);
            json["reproduced"] = json!(reproduced);
            serde_json::from_value::<Found>(json).unwrap()
        };
        let merged = |a, b| findings(vec![of(1.0, a), of(2.0, b)])[0].reproduced;
        assert_eq!(merged([0, 2], [1, 1]), [1, 1]);
        assert_eq!(merged([0, 0], [0, 2]), [0, 2]);
        assert_eq!(merged([3, 5], [0, 2]), [3, 5]);
        assert_eq!(merged([0, 2], [0, 0]), [0, 2]);
    }

    #[test]
    fn counts_add_up_and_a_finding_is_one() {
        let a = summary(2.0, 100, json!([found("a", "contract", 2.0, true)]));
        let b = found("b", "bug", 0.5, false);
        let b = summary(4.0, 300, json!([b, found("a", "bug", 3.0, false)]));
        let all = merge(&[a, b]).unwrap().unwrap();
        assert_eq!((all.execs, all.corpus, all.coverage.hit), (400, 30, 300));
        assert_eq!((all.coverage.total, all.seed, all.contract_not_stored), (900, u64::MAX, 2));
        assert_eq!((all.execs_per_second, all.valid_percent), (100.0, 87.5));
        assert_eq!(all.patched, ["R1"]);
        assert!(all.interrupted && (all.times.running - 2.0).abs() < 1e-9);
        assert_eq!((all.operators.len(), all.operators[0].parsed_percent), (1, 50.0));
        let ids: Vec<_> =
            all.findings.iter().map(|f| (f.id.as_str(), f.times, f.stored_before)).collect();
        assert_eq!(ids, [("b", 2, false), ("a", 4, false)]);
        assert_eq!(all.findings[1].class, crate::scenario::Class::Bug);
        assert!(merge(&[]).unwrap().is_none());
    }
}
