//! Other findings' minimized test cases as places to start from: one mistake shows at
//! many places of go/types, and where it is rare in a large program it often is not in a
//! small one that shows the others.

use std::time::{Duration, Instant};

use super::MinimizeError;
use super::hunt::{RARE, hunt, short};
use super::pool::Pool;
use super::predicate::Predicate;
use super::size::Size;
use crate::testcase::{SourceCase, TestCase};
use crate::triage::Tally;

/// How many are tried, and how long a seed is looked for with each.
const MOST: usize = 8;
const EACH: Duration = Duration::from_secs(1);

/// The first of them that is smaller than `limit` and shows the finding, under a schedule
/// that is looked for if need be.
pub(crate) fn start(
    pool: &Pool,
    predicate: &Predicate,
    cases: &[SourceCase],
    limit: Size,
) -> Result<Option<(TestCase, Tally)>, MinimizeError> {
    for source in cases.iter().take(MOST) {
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
