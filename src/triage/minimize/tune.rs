//! Steps that improve what a search starts with: a test case that shows the finding often,
//! breaks no rule without need, costs little, and names the objects that it uses.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::MinimizeError;
use super::hunt::{FRESH, HUNTING, RARE, hunt, short, stronger};
use super::pool::Pool;
use super::predicate::{Predicate, STALL_LIMIT};
use super::starts::Starts;
use crate::edit::repair;
use crate::finding::{Finding, Kind, sides};
use crate::harness::{HarnessError, RunFlags, RunRequest};
use crate::rng::Rng;
use crate::scenario::{Class, Meet};
use crate::testcase::TestCase;
use crate::triage::{Clear, Tally};

/// The maximum cost of a measurement once it has [`ENOUGH`] runs.
pub(crate) const MEASURE: Duration = Duration::from_secs(2);
const ENOUGH: u32 = 10;
/// A run that takes longer is expensive: a process dies, or there are hundreds of reports.
pub(crate) const DEAR: Duration = Duration::from_millis(40);

/// A test case, what it has to show, and how often it does.
pub(crate) struct Tuning<'a> {
    pub pool: &'a Pool,
    pub predicate: Predicate,
    pub case: TestCase,
    pub rate: Tally,
    /// When to stop improving a test case that shows the finding.
    pub until: Option<Instant>,
}

impl Tuning<'_> {
    /// The time left for improvements, but at most `limit`.
    fn left(&self, limit: Duration) -> Duration {
        let left = self.until.map(|until| until.saturating_duration_since(Instant::now()));
        left.map_or(limit, |left| left.min(limit))
    }

    /// Looks for settings under which the test case shows the finding at all, if it has not
    /// yet; false if there are none.
    pub fn make_it_show(&mut self) -> Result<bool, MinimizeError> {
        if self.rate.hits == 0
            && let Some(seeded) = hunt(self.pool, &self.predicate, &self.case, 4 * HUNTING)?
        {
            (self.case, self.rate) = seeded;
        }
        if self.rate.hits == 0 {
            for stronger in stronger(&self.case) {
                let new = short(self.pool, &self.predicate, &stronger)?;
                if new.hits > 0 {
                    (self.case, self.rate) = (stronger, new);
                    break;
                }
            }
        }
        if self.rate.hits == 0 {
            self.case.scenario.fresh = true;
            let (p, c) = (self.predicate.clone(), self.case.clone());
            self.rate = self.pool.ask(move |harness| p.measure(harness, &c, FRESH, true))?;
        }
        Ok(self.rate.hits > 0)
    }

    /// Does without what breaks a documented rule, if the finding shows without it too.
    pub fn keep_rules(&mut self, starts: &mut Starts) -> Result<(), MinimizeError> {
        if let Some(milder) = milder(self.pool, &self.predicate, &self.case)? {
            (self.case, self.rate) = milder;
        }
        if self.case.scenario.class() > Class::Bug {
            // If another program shows it without breaking a rule, the breach is not the cause.
            let rules = Predicate { class: Class::Bug, ..self.predicate.clone() };
            if let Some(within) = starts.shape(self.pool, &rules)? {
                (self.case, self.rate) = within;
            }
        }
        self.predicate.class = self.case.scenario.class();
        Ok(())
    }

    /// Drops settings that make each run expensive, and replaces many runs by one seed. A
    /// run has cost `cost` so far.
    pub fn make_cheaper(&mut self, cost: Duration) -> Result<(), MinimizeError> {
        for cheaper in cheaper(&self.case, &self.predicate) {
            let new = measure(self.pool, &self.predicate, &cheaper)?;
            if new.hits > 0 && new.rate() >= self.rate.rate() * 0.5 {
                (self.case, self.rate) = (cheaper, new);
            }
        }
        self.predicate.dear = cost > DEAR;
        if self.predicate.stalls() {
            self.predicate.stall = patience(self.pool, &self.predicate, &self.case)?;
        }
        let rounds = self.case.scenario.rounds.unwrap_or(1);
        let (slow, limit) =
            (self.predicate.kind == Kind::DataRace && rounds > 1, self.left(HUNTING));
        if (self.rate.rate() < RARE || self.predicate.dear || slow)
            && self.case.scenario.class() < Class::Breach
            && let Some(seeded) = hunt(self.pool, &self.predicate, &self.case, limit)?
        {
            (self.case, self.rate) = seeded;
            self.predicate.dear = false;
        }
        Ok(())
    }

    /// Bounds the reports of a run if they make it expensive.
    pub fn limit_reports(&mut self) -> Result<(), MinimizeError> {
        if !self.predicate.dear || self.predicate.kind != Kind::DataRace || self.rate.hits == 0 {
            return Ok(());
        }
        // A breach of contract races in hundreds of places, and every report costs time.
        for reports in [32, 256] {
            let bounded = Predicate { reports, ..self.predicate.clone() };
            let new = short(self.pool, &bounded, &self.case)?;
            if new.rate() >= self.rate.rate() * 0.8 {
                (self.predicate, self.rate) = (bounded, new);
                break;
            }
        }
        Ok(())
    }

    /// Asks for the place of a concurrent use of a map, if that costs no hits.
    pub fn fix_site(&mut self, finding: &Finding) -> Result<(), MinimizeError> {
        if self.predicate.kind == Kind::Fatal && finding.signature.contains("concurrent map") {
            let site = sides(&finding.signature).next().map(str::to_owned);
            let with = Predicate { site, ..self.predicate.clone() };
            let new = short(self.pool, &with, &self.case)?;
            if new.rate() >= self.rate.rate() {
                (self.predicate, self.rate) = (with, new);
            }
        }
        Ok(())
    }

    /// Makes a rare race more likely.
    pub fn raise_rate(&mut self) -> Result<(), MinimizeError> {
        if self.rate.rate() >= RARE || self.left(MEASURE).is_zero() {
            return Ok(());
        }
        for stronger in stronger(&self.case) {
            let new = measure(self.pool, &self.predicate, &stronger)?;
            if new.rate() > self.rate.rate() + 0.1 {
                (self.case, self.rate) = (stronger, new);
            }
            if self.rate.rate() > 0.9 || self.left(MEASURE).is_zero() {
                break;
            }
        }
        Ok(())
    }

    /// Writes the names of the objects that the operations really use.
    pub fn name_objects(&mut self) -> Result<(), MinimizeError> {
        if let Some(named) = by_name(self.pool, &self.case)?
            && let Some(named) = self.predicate.ask(self.pool, &named)?
        {
            self.case = named;
        }
        Ok(())
    }

    /// Finds out whether the program type-checks. One without errors is better, if it shows
    /// the same.
    pub fn ask_for_valid(&mut self) -> Result<(), MinimizeError> {
        if self.predicate.stalls() {
            let (p, c) = (self.predicate.clone(), self.case.clone());
            let unknowable = self.pool.ask(move |harness| p.is_unknowable(harness, &c))?;
            self.predicate.unknowable = unknowable;
        }
        if self.predicate.unknowable {
            self.predicate.valid = false;
            return Ok(());
        }
        let case = self.case.clone();
        self.predicate.valid = self.pool.ask(move |harness| Predicate::is_valid(harness, &case))?;
        if !self.predicate.valid {
            let mended = mended(&self.case);
            let strict = Predicate { valid: true, ..self.predicate.clone() };
            if mended != self.case
                && let Some(mended) = strict.ask(self.pool, &mended)?
            {
                (self.case, self.predicate) = (mended, strict);
            }
        }
        Ok(())
    }
}

/// The test case, repaired as a whole.
pub(crate) fn mended(case: &TestCase) -> TestCase {
    let mut mended = case.clone();
    // Repair does not touch what has not changed. Compared with an empty program, everything has.
    let nothing = TestCase { scenario: case.scenario.clone(), packages: Vec::new() };
    repair(&mut mended, &nothing, &mut Rng::new(1));
    mended
}

/// How often a test case shows the finding, in as many runs as make that clear.
pub(crate) fn measure(
    pool: &Pool,
    predicate: &Predicate,
    case: &TestCase,
) -> Result<Tally, HarnessError> {
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
                // Time is up: the measurement so far is used.
                Err(HarnessError::Interrupted) if tally.runs > 0 => break,
                Err(e) => return Err(e),
            }
        }
        Ok(tally)
    })
}

/// The test case with a new process for each run, how often it shows the finding then, and what a run
/// costs; `None` unless that is clearly more often than in one process, as with what a program
/// computes only once.
pub(crate) fn in_new_processes(
    pool: &Pool,
    predicate: &Predicate,
    case: &TestCase,
    before: Tally,
) -> Result<Option<(TestCase, Tally, Duration)>, HarnessError> {
    // A stall ends its process, so it had a new one each time.
    if case.scenario.fresh || predicate.stalls() {
        return Ok(None);
    }
    let mut anew = case.clone();
    anew.scenario.fresh = true;
    let began = Instant::now();
    let tally = short(pool, predicate, &anew)?;
    let is_better = tally.interval().0 > before.interval().1;
    Ok(is_better.then(|| (anew, tally, began.elapsed() / tally.runs.max(1))))
}

/// The test case without elements that break a documented rule or are not documented, if
/// it still shows the finding: then they are not the cause. `None` if it does not.
fn milder(
    pool: &Pool,
    predicate: &Predicate,
    case: &TestCase,
) -> Result<Option<(TestCase, Tally)>, HarnessError> {
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
            return Ok(Some((new, tally)));
        }
        if let Some(seeded) = hunt(pool, predicate, &new, HUNTING)? {
            return Ok(Some(seeded));
        }
    }
    Ok(None)
}

/// The shortest limit under which a run that hangs shows the finding. Half of the time for
/// candidates is spent waiting for this limit.
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

/// The test case with the harness's substitutes for names that do not exist; `None` if all names
/// exist.
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
    for op in named.scenario.operations_mut() {
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
