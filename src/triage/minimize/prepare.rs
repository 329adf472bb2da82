//! Decisions before the search: which finding it is, how often it shows, and a test case that names
//! the objects that it uses.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::hunt::RARE;
use super::pool::Pool;
use super::predicate::{Predicate, SEEDS, STALL_LIMIT};
use super::size::Size;
use super::starts::Starts;
use super::tune::{MEASURE, Tuning, in_new_processes, measure};
use super::{MinimizeError, Options, Status};
use crate::finding::Finding;
use crate::harness::{Harness, HarnessError, RunRequest};
use crate::scenario::Class;
use crate::testcase::{SourceCase, TestCase};
use crate::triage::{Judge, Tally};

/// Where a search starts.
pub(crate) struct Ready {
    pub case: TestCase,
    pub finding: Finding,
    pub predicate: Predicate,
    /// How often the original shows the finding.
    pub rate: Tally,
    /// Other starting points.
    pub starts: Starts,
}

/// Runs to look for a finding if none is given.
const LOOKS: u32 = 20;
/// The share of the time that the search may take; the final steps need some as well.
pub(crate) const SEARCH: f64 = 0.75;
/// The share of the time for improving a test case that shows the finding, because cutting comes
/// first; and for one that shows it in less than one of four runs, where judging a cut takes long.
const TUNE: [f64; 2] = [1.0 / 6.0, 0.5];

/// Makes these decisions; `None` if the test case shows nothing.
pub(crate) fn prepare(
    pool: &Pool,
    source: &SourceCase,
    expected: Option<&Finding>,
    options: &Options,
    watch: &mut dyn FnMut(&Status),
) -> Result<Option<Ready>, MinimizeError> {
    let lines = source.lines();
    let mut say = |doing| watch(&Status { doing, lines, tried: 0 });
    say("measuring how often it shows");
    let text = source.clone();
    // An import can fail for reasons other than the harness.
    let imported = pool.ask(move |harness| Ok(harness.import(&text)))?;
    let case = imported?;
    let finding = match expected {
        Some(finding) => Some(finding.clone()),
        None => look(pool, &case, options)?,
    };
    let Some(finding) = finding else { return Ok(None) };
    let predicate = predicate(&finding, case.scenario.class(), options)?;
    let began = Instant::now();
    let (mut case, mut rate) = (case.clone(), measure(pool, &predicate, &case)?);
    let mut cost = began.elapsed() / rate.runs.max(1);
    if rate.rate() < RARE {
        say("it shows rarely: trying it in new processes");
        if let Some(anew) = in_new_processes(pool, &predicate, &case, rate)? {
            (case, rate, cost) = anew;
        }
    }
    let share = TUNE[usize::from(rate.rate() < 0.25)];
    let until = options.time.map(|t| began + t.mul_f64(share));
    let mut original = None;
    let mut tuning = Tuning { pool, predicate, case, rate, until };
    say("reading the programs of other findings");
    let mut starts = Starts::new(pool, &options.neighbours, &finding)?;
    if rate.rate() < RARE {
        say("it shows rarely: trying the programs of other findings");
        let size = Size::of_case(&tuning.case);
        let mut predicate = tuning.predicate.clone();
        if rate.hits > 0 {
            predicate.deadline = until;
        }
        if let Some(smaller) = starts.next(pool, &predicate, size)? {
            (original, cost) = (Some(rate), Duration::ZERO);
            (tuning.case, tuning.rate) = smaller;
        }
    }
    if tuning.rate.hits == 0 {
        say("it did not show: looking for a schedule under which it does");
    }
    if !tuning.make_it_show()? {
        return Ok(None);
    }
    let rate = original.unwrap_or(tuning.rate);
    tune(&mut tuning, &mut starts, &finding, cost, &mut say)?;
    let Tuning { predicate, case, .. } = tuning;
    Ok(Some(Ready { case, finding, predicate, rate, starts }))
}

/// What a candidate must show, before anything is known about the test case.
fn predicate(
    finding: &Finding,
    class: Class,
    options: &Options,
) -> Result<Predicate, MinimizeError> {
    let patched = options.patched.clone().map(Harness::start).transpose()?;
    Ok(Predicate {
        id: finding.id.clone(),
        kind: finding.kind,
        class,
        rate: 1.0,
        dear: false,
        valid: false,
        origin: options.origin.clone(),
        patched: patched.map(Mutex::new).map(Arc::new),
        tries: Arc::clone(&options.tries),
        deadline: options.time.map(|t| Instant::now() + t.mul_f64(SEARCH)),
        reports: 0,
        site: None,
        seeds: SEEDS,
        hasty: false,
        stall: STALL_LIMIT,
        unknowable: false,
    })
}

/// Makes a test case that shows the finding show it more often, and in cheaper runs.
fn tune(
    tuning: &mut Tuning<'_>,
    starts: &mut Starts,
    finding: &Finding,
    cost: Duration,
    say: &mut dyn FnMut(&'static str),
) -> Result<(), MinimizeError> {
    match tuning.case.scenario.class() {
        Class::Breach => say("doing without breaches of the contract"),
        Class::Unstated => say("doing without what the documentation does not cover"),
        _ => {}
    }
    tuning.keep_rules(starts)?;
    say("making runs cheaper");
    tuning.make_cheaper(cost)?;
    tuning.limit_reports()?;
    tuning.fix_site(finding)?;
    say("making it show more often");
    tuning.raise_rate()?;
    say("looking up names");
    tuning.predicate.rate = tuning.rate.rate();
    tuning.case.scenario.comment = vec![finding.title.clone()];
    tuning.name_objects()?;
    tuning.ask_for_valid()?;
    Ok(())
}

/// The most serious finding of a test case, and among equals the most frequent.
fn look(pool: &Pool, case: &TestCase, options: &Options) -> Result<Option<Finding>, HarnessError> {
    let (case, judge) = (case.clone(), Judge::new(options.origin.clone()));
    let tries = Arc::clone(&options.tries);
    pool.ask(move |harness| {
        let source = case.to_source();
        let request = RunRequest::new(&case.scenario, &source.packages);
        let mut seen: BTreeMap<String, (u32, Finding)> = BTreeMap::new();
        let began = Instant::now();
        for _ in 0..LOOKS {
            // A hang, or a process that dies, need not be observed twenty times.
            if !seen.is_empty() && began.elapsed() > MEASURE {
                break;
            }
            let findings = judge.examine(harness, &request)?.1.findings;
            tries.record(&findings);
            for f in findings {
                seen.entry(f.id.clone()).or_insert((0, f)).0 += 1;
            }
        }
        let best = seen.into_values().min_by_key(|(n, f)| (f.class, std::cmp::Reverse(*n)));
        Ok(best.map(|(_, finding)| finding))
    })
}
