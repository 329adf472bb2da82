//! The last steps with the smallest test case: names, gofmt, and confirmation in new processes.

use std::sync::atomic::Ordering;

use super::hunt::stronger;
use super::names::{name_files, renamings};
use super::predicate::Predicate;
use super::search::Search;
use super::{MinimizeError, Options};
use crate::harness::HarnessError;
use crate::testcase::{SourceCase, TestCase};
use crate::triage::Tally;

/// The source of the smallest test case that holds in new processes, with how
/// often it does; `None` if that was not measured for lack of time.
pub(crate) fn finish(
    search: &mut Search<'_>,
    options: &Options,
    original: f64,
) -> Result<(SourceCase, Option<Tally>), MinimizeError> {
    match polish(search, options, original) {
        Ok((tally, source)) => Ok((source, Some(tally))),
        // The result so far is used.
        Err(MinimizeError::Harness(HarnessError::Interrupted)) => {
            Ok((search.case.to_source(), None))
        }
        Err(e) => Err(e),
    }
}

fn polish(
    search: &mut Search<'_>,
    options: &Options,
    original: f64,
) -> Result<(Tally, SourceCase), MinimizeError> {
    if search.stop.load(Ordering::Relaxed) {
        return Err(HarnessError::Interrupted.into());
    }
    search.show("conventional names");
    rename(search)?;
    search.show("measuring the result in new processes");
    let tally = settle(search, options, original)?;
    let mut source = search.case.to_source();
    for file in source.packages.iter_mut().flat_map(|p| &mut p.files) {
        let text = file.1.clone();
        // If gofmt refuses the text, it stays as printed.
        if let Ok(formatted) = search.pool.ask(move |harness| harness.format(&text))? {
            file.1 = formatted;
        }
    }
    Ok((tally, source))
}

/// Applies conventional names, all at once or, if that loses the finding, those that keep it.
fn rename(search: &mut Search<'_>) -> Result<(), MinimizeError> {
    let mut all = search.case.clone();
    for renaming in renamings(&search.case) {
        renaming(&mut all);
    }
    name_files(&mut all);
    if all == search.case {
        return Ok(());
    }
    // Good names are worth a second try.
    for _ in 0..2 {
        if let Some(all) = search.predicate.ask(search.pool, &all)? {
            search.history.push(&search.case);
            search.case = all;
            return Ok(());
        }
    }
    name_files(&mut search.case);
    // One renaming changes what the others apply to, so each is looked up again.
    let mut at = 0;
    loop {
        let Some(renaming) = renamings(&search.case).into_iter().nth(at) else { return Ok(()) };
        let mut one = search.case.clone();
        if renaming(&mut one)
            && one != search.case
            && let Some(one) = search.predicate.ask(search.pool, &one)?
        {
            search.history.push(&search.case);
            search.case = one;
        } else {
            at += 1;
        }
        if search.over() {
            return Ok(());
        }
    }
}

/// Measures the smallest test case in new processes. If it does not hold there as it should, makes
/// the race more likely or goes back to a test case that holds.
fn settle(
    search: &mut Search<'_>,
    options: &Options,
    original: f64,
) -> Result<Tally, MinimizeError> {
    let mut back = 1;
    loop {
        let mut tally = proof(search, &search.case, options.runs)?;
        let wanted = match search.predicate.site {
            Some(_) => original.min(WANTED),
            None => search.predicate.rate.min(WANTED),
        };
        if tally.rate() < wanted {
            for stronger in stronger(&search.case) {
                if search.over() || stronger.scenario.class() > search.case.scenario.class() {
                    continue;
                }
                let new = proof(search, &stronger, options.runs)?;
                if new.rate() > tally.rate() {
                    (search.case, tally) = (stronger, new);
                }
                if tally.rate() >= wanted {
                    break;
                }
            }
        }
        let holds = tally.hits > 0 && tally.rate() >= wanted * 0.5;
        if holds || search.over() && tally.hits > 0 || search.history.is_empty() {
            return Ok(tally);
        }
        for _ in 0..back {
            if let Some(case) = search.history.pop() {
                search.case = case;
            }
        }
        back *= 2;
    }
}

/// A rate high enough not to need improvement.
const WANTED: f64 = 0.9;

fn proof(search: &Search<'_>, case: &TestCase, runs: u32) -> Result<Tally, HarnessError> {
    let (predicate, case): (Predicate, _) = (search.predicate.itself(), case.clone());
    search.pool.ask(move |harness| predicate.measure(harness, &case, runs, true))
}
