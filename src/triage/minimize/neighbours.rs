//! Other findings' minimized test cases as places to start from: one mistake shows at
//! many places of go/types, and where it is rare in a large program it often is not in a
//! small one that shows the others.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::MinimizeError;
use super::hunt::{hunt, short};
use super::pool::Pool;
use super::predicate::{Predicate, sides};
use super::prepare::RARE;
use super::size::Size;
use crate::finding::{Finding, Kind};
use crate::store::MINIMIZED;
use crate::testcase::{SourceCase, TestCase};
use crate::triage::{Tally, load_case};

/// How many are tried, and how long a seed is looked for with each.
const MOST: usize = 8;
const EACH: Duration = Duration::from_secs(1);

/// The minimized test cases of the crash directories beside `dir`, and its own of an
/// earlier time: those first that share a side with the race, the shortest first of them.
/// What cannot be read is left out.
#[must_use]
pub fn neighbours(dir: &Path, finding: &Finding) -> Vec<SourceCase> {
    if finding.kind != Kind::DataRace {
        return Vec::new();
    }
    let beside = dir.canonicalize().ok().and_then(|dir| dir.parent().map(fs::read_dir));
    let own: Vec<&str> = sides(&finding.signature).collect();
    let mut found: Vec<_> = beside
        .into_iter()
        .flatten()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let (case, other) = load_case(&entry.path().join(MINIMIZED)).ok()?;
            let other = other.filter(|f| f.kind == Kind::DataRace)?;
            let near = sides(&other.signature).filter(|side| own.contains(side)).count();
            Some((std::cmp::Reverse(near), case.lines(), other.id, case))
        })
        .collect();
    found.sort_by(|a, b| (a.0, a.1, &a.2).cmp(&(b.0, b.1, &b.2)));
    found.into_iter().map(|(.., case)| case).take(MOST).collect()
}

/// The first of them that is smaller than `limit` and shows the finding, under a schedule
/// that is looked for if need be.
pub(crate) fn start(
    pool: &Pool,
    predicate: &Predicate,
    cases: &[SourceCase],
    limit: Size,
) -> Result<Option<(TestCase, Tally)>, MinimizeError> {
    for source in cases {
        if predicate.deadline.is_some_and(|d| Instant::now() >= d) {
            break;
        }
        let text = source.clone();
        // One of another Go release need not be a program in this one.
        let Ok(case) = pool.ask(move |harness| Ok(harness.import(&text)))? else { continue };
        if case.scenario.class() > predicate.class
            || case.scenario.uses_targets()
            || Size::of(&case, &case.to_source().to_txtar()) >= limit
        {
            continue;
        }
        let c = case.clone();
        if predicate.valid && !pool.ask(move |harness| Predicate::is_valid(harness, &c))? {
            continue;
        }
        let rate = short(pool, predicate, &case)?;
        if rate.rate() > RARE {
            return Ok(Some((case, rate)));
        }
        if let Some(found) = hunt(pool, predicate, &case, EACH)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::test_support::fatal;

    #[test]
    fn the_nearest_comes_first_and_the_shortest_of_them() {
        let tmp = tempfile::tempdir().unwrap();
        let finding = |id: &str, signature: &str, kind| Finding {
            id: id.to_owned(),
            kind,
            signature: signature.to_owned(),
            ..fatal("x")
        };
        let put = |f: &Finding, lines: usize| {
            let dir = tmp.path().join(&f.id);
            fs::create_dir(&dir).unwrap();
            fs::write(dir.join(crate::store::FINDING), f.to_json().unwrap()).unwrap();
            let text = format!(
                "go check a\n-- a/a.go --\npackage {}{}",
                f.id,
                "\nvar X int".repeat(lines)
            );
            fs::write(dir.join(MINIMIZED), text).unwrap();
        };
        let race = "data-race: go/types.f / go/types.g";
        let own = finding("own", race, Kind::DataRace);
        put(&own, 9);
        put(&finding("far", "data-race: go/types.x / go/types.y", Kind::DataRace), 1);
        put(&finding("near", "data-race: go/types.g / go/types.y", Kind::DataRace), 3);
        put(&finding("nearer", "data-race: go/types.f / go/types.z", Kind::DataRace), 2);
        put(&finding("other", race, Kind::Panic), 1);
        fs::create_dir(tmp.path().join("not_minimized")).unwrap();
        let names = |f: &Finding| -> Vec<String> {
            let cases = neighbours(&tmp.path().join(&f.id), f);
            let name = |c: &SourceCase| c.packages[0].files[0].1.lines().next().unwrap().to_owned();
            cases.iter().map(name).collect()
        };
        assert_eq!(names(&own), ["package own", "package nearer", "package near", "package far"]);
        assert!(names(&finding("own", race, Kind::Fatal)).is_empty());
    }
}
