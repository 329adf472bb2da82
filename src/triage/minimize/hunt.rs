//! Ways to see a race that is rare: another schedule, more rounds.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use super::pool::Pool;
use super::predicate::Predicate;
use crate::finding::Kind;
use crate::harness::HarnessError;
use crate::scenario::{Meet, Scenario};
use crate::testcase::TestCase;
use crate::triage::Tally;

/// Below this rate, ways to raise it are tried.
pub(crate) const RARE: f64 = 0.85;
/// Runs of a short measurement, and in processes of their own when the others show nothing.
pub(crate) const FRESH: u32 = 12;
/// How many seeds are tried with a rare race, for how long, and how often a seed must show
/// it.
const HUNT: u64 = 1000;
pub(crate) const HUNTING: Duration = Duration::from_secs(4);
pub(crate) const AGAIN: u32 = 4;

/// Looks for a seed under which a rare race always shows: then a few runs are enough to
/// judge a candidate, instead of a hundred rounds. All processes look, each at its share
/// of the seeds.
pub(crate) fn hunt(
    pool: &Pool,
    predicate: &Predicate,
    case: &TestCase,
    limit: Duration,
) -> Result<Option<(TestCase, Tally)>, HarnessError> {
    if predicate.kind != Kind::DataRace {
        return Ok(None);
    }
    let mut plain = case.clone();
    plain.scenario.rounds = None;
    plain.scenario.fresh = false;
    plain.scenario.procs = None;
    let mut together = plain.clone();
    together.scenario.meet.extend([Meet::Start, Meet::Import]);
    let own = case.scenario.schedule;
    let began = Instant::now();
    let (answer, answers) = channel();
    let found = Arc::new(AtomicBool::new(false));
    let workers = pool.size();
    for worker in 0..workers {
        let (predicate, cases) = (predicate.clone(), [plain.clone(), together.clone()]);
        let found = Arc::clone(&found);
        pool.submit(answer.clone(), move |harness| {
            let share = (1..=HUNT).filter(|seed| *seed as usize % workers == worker);
            for seed in own.into_iter().chain(share) {
                for case in &cases {
                    if began.elapsed() > limit || found.load(Ordering::Relaxed) {
                        return Ok(None);
                    }
                    let mut case = case.clone();
                    case.scenario.schedule = Some(seed);
                    if !predicate.run(harness, &case)? {
                        continue;
                    }
                    let tally = predicate.measure(harness, &case, AGAIN, false)?;
                    if tally.hits == AGAIN {
                        found.store(true, Ordering::Relaxed);
                        return Ok(Some((case, tally)));
                    }
                }
            }
            Ok(None)
        });
    }
    drop(answer);
    let mut best: Option<(TestCase, Tally)> = None;
    for answer in answers {
        if let Some(new) = answer?
            && best.as_ref().is_none_or(|b| new.0.scenario.schedule < b.0.scenario.schedule)
        {
            best = Some(new);
        }
    }
    Ok(best)
}

/// A measurement of at most [`FRESH`] runs.
pub(crate) fn short(
    pool: &Pool,
    predicate: &Predicate,
    case: &TestCase,
) -> Result<Tally, HarnessError> {
    let (predicate, case) = (predicate.clone(), case.clone());
    let runs = if predicate.stalls() { 2 } else { FRESH };
    pool.ask(move |harness| predicate.measure(harness, &case, runs, false))
}

/// The same test case with settings that make a race more likely.
pub(crate) fn stronger(case: &TestCase) -> Vec<TestCase> {
    let with = |f: &dyn Fn(&mut Scenario)| {
        let mut stronger = case.clone();
        f(&mut stronger.scenario);
        stronger
    };
    vec![
        with(&|s| s.meet.extend([Meet::Start, Meet::Import])),
        with(&|s| s.schedule = None),
        with(&|s| s.rounds = Some(10)),
        with(&|s| {
            s.schedule = None;
            s.rounds = Some(100);
        }),
        with(&|s| {
            s.schedule = None;
            s.meet.insert(Meet::Start);
            s.rounds = Some(1000);
        }),
    ]
}
