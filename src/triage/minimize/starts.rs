//! Starting points that no reduction leads to: the minimized test cases of other findings, because
//! one mistake shows at many places of go/types, and the smallest possible test cases
//! ([`super::shapes`]). A race that is rare in a large program is often frequent in a small one.
//! Two originals that lead to the same small test case give the same result.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use super::hunt::{AGAIN, RARE, hunt, short};
use super::pool::Pool;
use super::predicate::Predicate;
use super::size::Size;
use super::{MinimizeError, shapes};
use crate::finding::{Blame, Finding};
use crate::harness::{Harness, HarnessError};
use crate::testcase::{SourceCase, TestCase};
use crate::triage::Tally;

/// How long to look for a seed with each neighbour, and the total time for neighbours that show
/// nothing.
const EACH: Duration = Duration::from_millis(500);
const NEIGHBOURS: Duration = Duration::from_secs(8);
/// The time for shapes, the number of seeds to try with each, and the number of rounds without a
/// seed.
const SHAPES: Duration = Duration::from_secs(10);
const SEEDS: u64 = 10;
const ROUNDS: u32 = 10;

/// A test case that shows the finding, and how often.
type Shown = (TestCase, Tally);
type Start = Option<Shown>;

/// Starting points, each of which is tried once.
pub(crate) struct Starts {
    /// The comment for test cases that come from elsewhere.
    title: String,
    /// In reverse order: the next one is last.
    neighbours: Vec<(TestCase, Size)>,
    /// The time spent on those that showed nothing.
    spent: Duration,
    shapes: Arc<Vec<String>>,
    /// The number that were tried.
    tried: usize,
}

impl Starts {
    /// The neighbours that are valid programs for the Go under test, in order, and the shapes.
    pub fn new(
        pool: &Pool,
        neighbours: &[SourceCase],
        finding: &Finding,
    ) -> Result<Self, MinimizeError> {
        let title = finding.title.clone();
        let mut untried: Vec<(TestCase, Size)> = Vec::new();
        for source in neighbours {
            let source = source.clone();
            // A program for another Go release may be invalid in this one.
            let Ok(mut case) = pool.ask(move |harness| Ok(harness.import(&source)))? else {
                continue;
            };
            case.scenario.comment = vec![title.clone()];
            if !case.scenario.uses_targets() && untried.iter().all(|(c, _)| *c != case) {
                let size = Size::of_case(&case);
                untried.push((case, size));
            }
        }
        untried.reverse();
        // Shapes are made for the checker, and use no target.
        let is_of_target = finding.blame == Blame::Target;
        let shapes = if is_of_target { Vec::new() } else { shapes::all(finding.kind) };
        let shapes = Arc::new(shapes);
        Ok(Self { title, neighbours: untried, spent: Duration::ZERO, shapes, tried: 0 })
    }

    /// The next starting point that is smaller than `limit` and shows the finding, if necessary
    /// under a schedule that is searched for. One that is not smaller now will never be.
    pub fn next(
        &mut self,
        pool: &Pool,
        predicate: &Predicate,
        limit: Size,
    ) -> Result<Start, MinimizeError> {
        while self.spent < NEIGHBOURS && predicate.deadline.is_none_or(|d| Instant::now() < d) {
            let Some((case, size)) = self.neighbours.pop() else { break };
            if size >= limit || case.scenario.class() > predicate.class {
                continue;
            }
            let began = Instant::now();
            let found = neighbour(pool, predicate, case)?;
            if let Some(found) = found.filter(|(case, _)| Size::of_case(case) < limit) {
                return Ok(Some(found));
            }
            self.spent += began.elapsed();
        }
        let found = self.shape_from(self.tried, pool, predicate, Some(limit))?;
        // A later one may be smaller still, because it needs no schedule.
        self.tried = found.as_ref().map_or(self.shapes.len(), |(i, _)| i + 1);
        Ok(found.map(|(_, start)| start))
    }

    /// The first shape, of any size, that shows the finding under a schedule or in a few rounds.
    pub fn shape(&self, pool: &Pool, predicate: &Predicate) -> Result<Start, HarnessError> {
        Ok(self.shape_from(0, pool, predicate, None)?.map(|(_, start)| start))
    }

    /// The first shape, from an index on, that shows the finding and is smaller than `limit`. Also
    /// returns its index.
    fn shape_from(
        &self,
        from: usize,
        pool: &Pool,
        predicate: &Predicate,
        limit: Option<Size>,
    ) -> Result<Option<(usize, Shown)>, HarnessError> {
        let end = Instant::now() + SHAPES;
        let end = predicate.deadline.map_or(end, |d| d.min(end));
        let (next, won) =
            (Arc::new(AtomicUsize::new(from)), Arc::new(AtomicUsize::new(usize::MAX)));
        let (answer, answers) = channel();
        for _ in 0..pool.size() {
            let (shapes, next, won) =
                (Arc::clone(&self.shapes), Arc::clone(&next), Arc::clone(&won));
            let (predicate, title) = (predicate.clone(), self.title.clone());
            pool.submit(answer.clone(), move |harness| {
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    let is_over = i > won.load(Ordering::Relaxed) || Instant::now() >= end;
                    let Some(text) = shapes.get(i).filter(|_| !is_over) else { return Ok(None) };
                    if let Some(found) = shows(harness, &predicate, text, limit, &title)? {
                        won.fetch_min(i, Ordering::Relaxed);
                        return Ok(Some((i, found)));
                    }
                }
            });
        }
        drop(answer);
        let found: Result<Vec<_>, _> = answers.iter().collect();
        Ok(found?.into_iter().flatten().min_by_key(|(i, _)| *i))
    }
}

fn neighbour(pool: &Pool, predicate: &Predicate, case: TestCase) -> Result<Start, MinimizeError> {
    let c = case.clone();
    if predicate.valid && !pool.ask(move |harness| Predicate::is_valid(harness, &c))? {
        return Ok(None);
    }
    let rate = short(pool, predicate, &case)?;
    if rate.rate() > RARE {
        return Ok(Some((case, rate)));
    }
    Ok(hunt(pool, predicate, &case, EACH)?)
}

fn shows(
    harness: &mut Harness,
    predicate: &Predicate,
    shape: &str,
    limit: Option<Size>,
    title: &str,
) -> Result<Start, HarnessError> {
    let Ok(source) = SourceCase::from_txtar(shape) else { return Ok(None) };
    // Not every shape is a valid program in every Go release.
    let Ok(mut case) = harness.import(&source) else { return Ok(None) };
    case.scenario.comment = vec![title.to_owned()];
    let is_smaller = |case: &TestCase| limit.is_none_or(|limit| Size::of_case(case) < limit);
    if case.scenario.class() > predicate.class
        || !is_smaller(&case)
        || predicate.valid && !Predicate::is_valid(harness, &case)?
    {
        return Ok(None);
    }
    // First unchanged, which is smallest, then with settings that make a race show.
    let mut ways = vec![(None, None)];
    if case.scenario.go.len() > 1 {
        ways.extend((1..=SEEDS).map(|seed| (Some(seed), None)));
        ways.push((None, Some(ROUNDS)));
    }
    for (schedule, rounds) in ways {
        (case.scenario.schedule, case.scenario.rounds) = (schedule, rounds);
        if !is_smaller(&case) || !predicate.run(harness, &case)? {
            continue;
        }
        let tally = predicate.measure(harness, &case, AGAIN, false)?;
        if tally.hits == AGAIN {
            return Ok(Some((case, tally)));
        }
    }
    Ok(None)
}
