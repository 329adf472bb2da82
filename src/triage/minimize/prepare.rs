//! What is decided before the search: which finding it is, how often it shows, and a test
//! case that names the objects that it uses.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::hunt::{FRESH, HUNTING, RARE, hunt, short, stronger};
use super::pool::Pool;
use super::predicate::{Predicate, SEEDS, STALL_LIMIT};
use super::size::Size;
use super::starts::Starts;
use super::{MinimizeError, Options};
use crate::edit::repair;
use crate::finding::{Finding, Kind, sides};
use crate::harness::{HarnessError, RunFlags, RunRequest};
use crate::rng::Rng;
use crate::scenario::{Class, Meet};
use crate::testcase::{SourceCase, TestCase};
use crate::triage::{Clear, Judge, Tally};

/// Where a search starts.
pub(crate) struct Ready {
    pub case: TestCase,
    pub finding: Finding,
    pub predicate: Predicate,
    /// How often the original shows the finding.
    pub rate: Tally,
    /// Other places to start from.
    pub starts: Starts,
}

/// Runs that look for a finding if none is named.
const LOOKS: u32 = 20;
/// The share of the time that the search may take: the end takes some as well.
pub(crate) const SEARCH: f64 = 0.75;
/// What a measurement may cost once it has [`ENOUGH`] runs.
const MEASURE: Duration = Duration::from_secs(2);
const ENOUGH: u32 = 10;
/// A run that takes longer is expensive: a process dies, or there are hundreds of reports.
pub(crate) const DEAR: Duration = Duration::from_millis(40);

/// Settles it; `None` if the test case shows nothing.
pub(crate) fn prepare(
    pool: &Pool,
    source: &SourceCase,
    expected: Option<&Finding>,
    options: &Options,
) -> Result<Option<Ready>, MinimizeError> {
    let text = source.clone();
    // An import fails in ways that are not the harness's.
    let imported = pool.ask(move |harness| Ok(harness.import(&text)))?;
    let mut case = imported?;
    let finding = match expected {
        Some(finding) => Some(finding.clone()),
        None => look(pool, &case, options)?,
    };
    let Some(finding) = finding else { return Ok(None) };
    let mut predicate = Predicate {
        id: finding.id.clone(),
        kind: finding.kind,
        class: case.scenario.class(),
        rate: 1.0,
        dear: false,
        valid: false,
        origin: options.origin.clone(),
        deadline: options.time.map(|t| Instant::now() + t.mul_f64(SEARCH)),
        reports: 0,
        site: None,
        seeds: SEEDS,
        stall: STALL_LIMIT,
        unknowable: false,
    };
    let began = Instant::now();
    let mut rate = measure(pool, &predicate, &case)?;
    let (mut original, mut cost) = (None, began.elapsed() / rate.runs.max(1));
    let mut starts = Starts::new(pool, &options.neighbours, &finding)?;
    if rate.rate() < RARE {
        let size = Size::of_case(&case);
        if let Some(smaller) = starts.next(pool, &predicate, size)? {
            (original, cost) = (Some(rate), Duration::ZERO);
            (case, rate) = smaller;
        }
    }
    if rate.hits == 0
        && let Some((seeded, new)) = hunt(pool, &predicate, &case, 4 * HUNTING)?
    {
        (case, rate) = (seeded, new);
    }
    if rate.hits == 0 {
        for stronger in stronger(&case) {
            let new = short(pool, &predicate, &stronger)?;
            if new.hits > 0 {
                (case, rate) = (stronger, new);
                break;
            }
        }
    }
    if rate.hits == 0 {
        case.scenario.fresh = true;
        let (p, c) = (predicate.clone(), case.clone());
        rate = pool.ask(move |harness| p.measure(harness, &c, FRESH, true))?;
        if rate.hits == 0 {
            return Ok(None);
        }
    }
    let original = original.unwrap_or(rate);
    (case, rate) = milder(pool, &predicate, case, rate)?;
    if case.scenario.class() > Class::Bug {
        // If another program shows it without breaking a rule, the breach is not the cause.
        let rules = Predicate { class: Class::Bug, ..predicate.clone() };
        if let Some(within) = starts.shape(pool, &rules)? {
            (case, rate) = within;
        }
    }
    predicate.class = case.scenario.class();
    for cheaper in cheaper(&case, &predicate) {
        let new = measure(pool, &predicate, &cheaper)?;
        if new.hits > 0 && new.rate() >= rate.rate() * 0.5 {
            (case, rate) = (cheaper, new);
        }
    }
    predicate.dear = cost > DEAR;
    if predicate.stalls() {
        predicate.stall = patience(pool, &predicate, &case)?;
    }
    let slow = predicate.kind == Kind::DataRace && case.scenario.rounds.unwrap_or(1) > 1;
    if (rate.rate() < RARE || predicate.dear || slow)
        && case.scenario.class() < Class::Breach
        && let Some((seeded, new)) = hunt(pool, &predicate, &case, HUNTING)?
    {
        (case, rate) = (seeded, new);
        predicate.dear = false;
    }
    if predicate.dear && predicate.kind == Kind::DataRace && rate.hits > 0 {
        // A breach of contract races in hundreds of places, which all cost.
        for reports in [32, 256] {
            let bounded = Predicate { reports, ..predicate.clone() };
            let new = short(pool, &bounded, &case)?;
            if new.rate() >= rate.rate() * 0.8 {
                (predicate, rate) = (bounded, new);
                break;
            }
        }
    }
    if predicate.kind == Kind::Fatal && finding.signature.contains("concurrent map") {
        let site = sides(&finding.signature).next().map(str::to_owned);
        let with = Predicate { site, ..predicate.clone() };
        let new = short(pool, &with, &case)?;
        if new.rate() >= rate.rate() {
            (predicate, rate) = (with, new);
        }
    }
    if rate.rate() < RARE {
        for stronger in stronger(&case) {
            let new = measure(pool, &predicate, &stronger)?;
            if new.rate() > rate.rate() + 0.1 {
                (case, rate) = (stronger, new);
            }
            if rate.rate() > 0.9 {
                break;
            }
        }
    }
    predicate.rate = rate.rate();
    case.scenario.comment = vec![finding.title.clone()];
    if let Some(named) = by_name(pool, &case)?
        && let Some(named) = predicate.ask(pool, &named)?
    {
        case = named;
    }
    if predicate.stalls() {
        let (p, c) = (predicate.clone(), case.clone());
        predicate.unknowable = pool.ask(move |harness| p.is_unknowable(harness, &c))?;
    }
    let c = case.clone();
    predicate.valid =
        !predicate.unknowable && pool.ask(move |harness| Predicate::is_valid(harness, &c))?;
    if !predicate.valid && !predicate.unknowable {
        // A program without errors is the better one, if it does the same.
        let mended = mended(&case);
        let strict = Predicate { valid: true, ..predicate.clone() };
        if mended != case
            && let Some(mended) = strict.ask(pool, &mended)?
        {
            (case, predicate) = (mended, strict);
        }
    }
    Ok(Some(Ready { case, finding, predicate, rate: original, starts }))
}

pub(crate) fn mended(case: &TestCase) -> TestCase {
    let mut mended = case.clone();
    // Repair leaves alone what has not changed; against nothing, all has.
    let nothing = TestCase { scenario: case.scenario.clone(), packages: Vec::new() };
    repair(&mut mended, &nothing, &mut Rng::new(1));
    mended
}

/// The most serious finding of a test case, the most frequent of these.
fn look(pool: &Pool, case: &TestCase, options: &Options) -> Result<Option<Finding>, HarnessError> {
    let (case, judge) = (case.clone(), Judge::new(options.origin.clone()));
    pool.ask(move |harness| {
        let source = case.to_source();
        let request = RunRequest::new(&case.scenario, &source.packages);
        let mut seen: BTreeMap<String, (u32, Finding)> = BTreeMap::new();
        let began = Instant::now();
        for _ in 0..LOOKS {
            // A hang, or a process that dies, need not be seen twenty times.
            if !seen.is_empty() && began.elapsed() > MEASURE {
                break;
            }
            for f in judge.examine(harness, &request)?.1.findings {
                seen.entry(f.id.clone()).or_insert((0, f)).0 += 1;
            }
        }
        let best = seen.into_values().min_by_key(|(n, f)| (f.class, std::cmp::Reverse(*n)));
        Ok(best.map(|(_, finding)| finding))
    })
}

fn measure(pool: &Pool, predicate: &Predicate, case: &TestCase) -> Result<Tally, HarnessError> {
    let (predicate, case) = (predicate.clone(), case.clone());
    pool.ask(move |harness| {
        let mut tally = Tally::default();
        let most = if predicate.stalls() { 3 } else { 73 };
        let began = Instant::now();
        while tally.runs < most && !tally.is_clear(Clear::default()) {
            let most = if tally.hits > 0 { MEASURE } else { 2 * MEASURE };
            if tally.runs >= ENOUGH && began.elapsed() > most {
                break;
            }
            match predicate.run(harness, &case) {
                Ok(shown) => tally.record(shown),
                // Time is up: the measurement so far counts.
                Err(HarnessError::Interrupted) if tally.runs > 0 => break,
                Err(e) => return Err(e),
            }
        }
        Ok(tally)
    })
}

/// The test case without elements that break a documented rule or are not documented, if
/// it still shows the finding: then they are not the cause.
fn milder(
    pool: &Pool,
    predicate: &Predicate,
    case: TestCase,
    rate: Tally,
) -> Result<(TestCase, Tally), HarnessError> {
    let least = [Class::Unstated, Class::Breach];
    for without in least.into_iter().filter(|class| case.scenario.class() >= *class) {
        let mut new = case.clone();
        new.scenario.keep_below(without);
        new.scenario.meet.extend([Meet::Start, Meet::Import]);
        if new.scenario.go.is_empty() || new.scenario.class() >= case.scenario.class() {
            continue;
        }
        let tally = short(pool, predicate, &new)?;
        if tally.hits > 1 {
            return Ok((new, tally));
        }
        if let Some(seeded) = hunt(pool, predicate, &new, HUNTING)? {
            return Ok(seeded);
        }
    }
    Ok((case, rate))
}

/// The shortest limit under which a run that hangs shows the finding. Half of the time for
/// candidates is spent on waiting for it.
fn patience(pool: &Pool, predicate: &Predicate, case: &TestCase) -> Result<Duration, HarnessError> {
    for limit in [100, 200, 400].map(Duration::from_millis) {
        let new = Predicate { stall: limit, ..predicate.clone() };
        if short(pool, &new, case)?.hits == 2 {
            return Ok(limit);
        }
    }
    Ok(STALL_LIMIT)
}

/// The same test case without settings that make each run expensive.
fn cheaper(case: &TestCase, predicate: &Predicate) -> Vec<TestCase> {
    let mut all = case.clone();
    all.scenario.fresh = false;
    all.scenario.oracle &= predicate.kind == Kind::Mismatch;
    if all == *case { Vec::new() } else { vec![all] }
}

/// The test case with the names that the harness puts in the place of those
/// that do not exist; `None` if all do.
fn by_name(pool: &Pool, case: &TestCase) -> Result<Option<TestCase>, HarnessError> {
    let original = case.clone();
    let resolutions = pool.ask(move |harness| {
        let source = original.to_source();
        let flags = RunFlags { sequential: true, resolutions: true, ..RunFlags::default() };
        let request = RunRequest::new(&original.scenario, &source.packages).with_flags(flags);
        Ok(harness.run(&request)?.reply.map(|r| r.resolutions).unwrap_or_default())
    })?;
    let by: BTreeMap<&str, &str> =
        resolutions.iter().filter_map(|note| note.split_once(" is ")).collect();
    if by.is_empty() {
        return Ok(None);
    }
    let mut named = case.clone();
    let s = &mut named.scenario;
    for op in s.before.iter_mut().chain(s.go.iter_mut().flatten()) {
        for p in op.packages_mut() {
            if let Some(new) = by.get(p.as_str()) {
                (*new).clone_into(p);
            }
        }
        for o in op.objects_mut() {
            let new = by.get(format!("{}.{}", o.package, o.object).as_str());
            if let Some((_, new)) = new.and_then(|n| n.rsplit_once('.')) {
                new.clone_into(o.object);
            }
        }
    }
    Ok(Some(named))
}
