//! A closer look at what would shut the gate: it must show again in a new process and, if there is
//! another side, not on that one.

use std::time::{Duration, Instant};

use super::{Case, CaseRun, Column, Judged, RegressError, Status, Verdict, run_again};
use crate::scenario::Class;
use crate::triage::{Tally, runs_needed};

/// A case runs again at most this often.
const MOST: u32 = 400;
/// Runs of the other side after which a finding that shows every time is absent there.
const LEAST: u32 = 5;
/// The probability that a finding of the other side shows in none of its runs by chance.
const MISS: f64 = 0.01;
/// What shows in a smaller share of the runs than this may be a rare signature of a fault that the
/// other side has, too.
const OFTEN: f64 = 0.4;
/// How long one case is looked at on one side, at most.
const CASE: Duration = Duration::from_secs(10);
/// How long all of them are looked at, at least.
const GRACE: Duration = Duration::from_secs(8);
/// The share of the time left that it may take.
const SHARE: u32 = 4;

/// The sides of a comparison, and what they showed.
pub struct Sides<'a> {
    /// What is judged.
    pub change: (&'a Column, &'a mut Vec<CaseRun>),
    /// What it is compared with, if it is.
    pub base: Option<(&'a Column, &'a mut Vec<CaseRun>)>,
}

/// Runs again whatever case shows best what fails the gate: on its own side until it shows again,
/// and on the other side as often as it takes to say that it does not show there. What each case shows
/// most often comes first, and then the rest. Ends when the time is up.
///
/// # Errors
/// A harness that does not start.
pub fn look(
    sides: &mut Sides<'_>,
    cases: &[Case],
    verdict: &Verdict,
    deadline: Instant,
    progress: &dyn Fn(usize, usize),
) -> Result<(), RegressError> {
    let failing = failing(verdict);
    // A verdict that is not reached is worth less than a time that is kept to the second.
    let deadline = deadline.max(Instant::now() + GRACE);
    for only_best in [true, false] {
        for (n, (name, signatures)) in failing.iter().enumerate() {
            if Instant::now() >= deadline {
                return Ok(());
            }
            progress(n + 1, failing.len());
            let Some(at) = cases.iter().position(|c| c.name == *name) else { continue };
            let shown = &sides.change.1[at];
            let rate = |s: &&String| shown.tally(s).rate();
            let best = signatures.iter().max_by(|a, b| rate(a).total_cmp(&rate(b)));
            let wanted = match only_best {
                true => best.into_iter().cloned().collect(),
                false => signatures.clone(),
            };
            look_at(sides, &cases[at], at, &wanted, deadline)?;
        }
    }
    Ok(())
}

/// Looks at one case.
fn look_at(
    sides: &mut Sides<'_>,
    case: &Case,
    at: usize,
    wanted: &[String],
    deadline: Instant,
) -> Result<(), RegressError> {
    let until = || {
        let now = Instant::now();
        now + CASE.min(deadline.saturating_duration_since(now) / SHARE)
    };
    let (column, runs) = &mut sides.change;
    let run = &mut runs[at];
    let missing = |again: &Vec<String>| wanted.iter().any(|s| !again.contains(s));
    if run.again.as_ref().is_none_or(missing) {
        let left: Vec<String> = match &run.again {
            Some(again) => wanted.iter().filter(|s| !again.contains(s)).cloned().collect(),
            None => wanted.to_vec(),
        };
        run_again(column, case, run, &left, MOST, until())?;
    }
    let needed = wanted.iter().map(|s| silent_runs(run.tally(s))).max().unwrap_or(LEAST);
    if let Some((column, runs)) = &mut sides.base {
        let run = &mut runs[at];
        let most = needed.saturating_sub(run.runs);
        if most > 0 {
            run_again(column, case, run, wanted, most, until())?;
        }
    }
    Ok(())
}

/// The cases that show best what fails the gate, each with the signatures. What is in functions that
/// changed comes first.
fn failing(verdict: &Verdict) -> Vec<(String, Vec<String>)> {
    let mut all: Vec<(String, Vec<String>, (bool, f64))> = Vec::new();
    for j in verdict.findings.iter().filter(|j| j.status <= Status::New) {
        let Some(best) = j.shown.first() else { continue };
        let rate = Tally { hits: best.hits, runs: best.runs }.interval().0;
        let rank = (j.in_changed, rate);
        match all.iter_mut().find(|(case, ..)| *case == best.case) {
            Some((_, signatures, most)) => {
                signatures.push(j.signature.clone());
                *most = (most.0 || rank.0, most.1.max(rate));
            }
            None => all.push((best.case.clone(), vec![j.signature.clone()], rank)),
        }
    }
    all.sort_by(|a, b| b.2.0.cmp(&a.2.0).then(b.2.1.total_cmp(&a.2.1)));
    all.into_iter().map(|(case, signatures, _)| (case, signatures)).collect()
}

/// The number of silent runs after which a finding with this tally is absent.
fn silent_runs(seen: Tally) -> u32 {
    runs_needed(rate(seen), MISS).unwrap_or(MOST).clamp(LEAST, MOST)
}

/// The rate of a tally with one silent run more, because few runs say little about it. It decides how
/// many silent runs are made, and what they say.
fn rate(seen: Tally) -> f64 {
    f64::from(seen.hits) / f64::from(seen.runs + 1)
}

/// Takes back what the closer look did not confirm.
pub fn settle(verdict: &mut Verdict, change: &[CaseRun], base: Option<&[CaseRun]>) {
    for j in verdict.findings.iter_mut().filter(|j| j.status <= Status::New) {
        let Some(best) = j.shown.first() else { continue };
        let Some(at) = change.iter().position(|c| c.case == best.case) else { continue };
        let run = &change[at];
        let seen = run.tally(&j.signature);
        let Tally { hits, runs } = seen;
        let once = match &run.again {
            Some(again) => !again.contains(&j.signature) || hits < 2,
            // There was no time to look closer. A comparison can do without, if it showed often.
            None => base.is_some() && hits < 2,
        };
        if once {
            j.status = Status::Unconfirmed;
            j.why = format!("seen in {hits} of {runs} runs, and not again in a new process");
            continue;
        }
        let Some(base) = base else { continue };
        if j.list_if_shown(base) {
            continue;
        }
        let Some(other) = base.get(at) else { continue };
        let (miss, silent) = silence(j, base);
        if miss > MISS {
            j.status = Status::Unconfirmed;
            j.why = format!(
                "seen in {hits} of {runs} runs, and in none of {silent} without the change: too rare \
                 to tell in this time"
            );
        } else if let Some(kin) = kin(j, other).filter(|_| seen.interval().0 < OFTEN) {
            j.status = Status::Unconfirmed;
            j.why =
                format!("rare, and perhaps another signature of what shows on both sides: {kin}");
        } else {
            let news = format!("in none of {silent} runs without the change");
            j.why = if j.why.is_empty() { news } else { format!("{}; {news}", j.why) };
        }
    }
    verdict.sort();
}

/// The probability that a finding which the other side has is silent there by chance, in all cases that
/// show it here, and the number of those runs.
pub(super) fn silence(j: &Judged, base: &[CaseRun]) -> (f64, u32) {
    let cases = j.shown.iter().filter(|s| s.hits > 0);
    let ran = cases.filter_map(|s| Some((s, base.iter().find(|r| r.case == s.case)?.runs)));
    ran.fold((1.0, 0), |(miss, all), (s, runs)| {
        let rate = rate(Tally { hits: s.hits, runs: s.runs });
        (miss * (1.0 - rate).powf(f64::from(runs)), all + runs)
    })
}

/// A finding of the same case on the other side that has a function in common with this one. One
/// fault often shows at several pairs of places, some of them rarely.
fn kin<'a>(j: &Judged, other: &'a CaseRun) -> Option<&'a str> {
    let sides = |signature: &'a str| {
        let places = signature.split_once(": ").map_or(signature, |(_, places)| places);
        places.split(" / ").collect::<Vec<_>>()
    };
    let places = j.signature.split_once(": ").map_or(j.signature.as_str(), |(_, places)| places);
    let own: Vec<&str> = places.split(" / ").collect();
    let there = other.seen.iter().filter(|s| s.finding.class != Class::Breach);
    let mut signatures = there.map(|s| s.finding.signature.as_str());
    signatures.find(|s| sides(s).iter().any(|place| own.contains(place)))
}

#[cfg(test)]
mod tests {
    use super::super::{Baseline, Seen, compare};
    use super::*;
    use crate::finding::Known;
    use crate::finding::test_support::fatal;

    #[test]
    fn rare_findings_need_more_silent_runs() {
        let needed = |hits, runs| silent_runs(Tally { hits, runs });
        assert_eq!(needed(21, 21), LEAST);
        assert!((15..25).contains(&needed(5, 21)), "{}", needed(5, 21));
        assert!((80..110).contains(&needed(1, 21)), "{}", needed(1, 21));
        assert_eq!(needed(1, 4000), MOST);
    }

    fn case(name: &str, runs: u32, hits: u32, again: bool) -> CaseRun {
        let finding = fatal("boom");
        let signature = finding.signature.clone();
        let seen = Seen { hits, finding, report: String::new() };
        CaseRun {
            case: name.to_owned(),
            runs,
            seen: if hits > 0 { vec![seen] } else { Vec::new() },
            again: Some(if again { vec![signature] } else { Vec::new() }),
            ..CaseRun::default()
        }
    }

    fn status(change: CaseRun, base: Option<CaseRun>) -> Status {
        let (change, base) = (vec![change], base.map(|b| vec![b]));
        let mut verdict = compare(&change, &Baseline::default(), &Known::default(), "go1.27.3");
        settle(&mut verdict, &change, base.as_deref());
        verdict.findings[0].status
    }

    #[test]
    fn only_what_shows_again_and_on_one_side_is_new() {
        assert_eq!(status(case("a", 22, 20, true), None), Status::New);
        assert_eq!(status(case("a", 90, 1, false), None), Status::Unconfirmed);
        let unlooked = |hits| CaseRun { again: None, ..case("a", 9, hits, false) };
        assert_eq!(status(unlooked(1), None), Status::New);
        assert_eq!(status(unlooked(1), Some(case("a", 9, 0, false))), Status::Unconfirmed);
        assert_eq!(status(unlooked(9), Some(case("a", 9, 0, false))), Status::New);
        let silent = |runs| Some(case("a", runs, 0, false));
        assert_eq!(status(case("a", 22, 20, true), silent(21)), Status::New);
        assert_eq!(status(case("a", 60, 2, true), silent(21)), Status::Unconfirmed, "too rare");
        assert_eq!(status(case("a", 60, 2, true), silent(400)), Status::New);
        // Three silent runs of one case are not enough; three of each of two are.
        let both = |n, hits| (0..n).map(|i| case(&format!("c{i}"), 3, hits, true)).collect();
        for (n, expected) in [(1, Status::Unconfirmed), (2, Status::New)] {
            let (change, base): (Vec<_>, Vec<_>) = (both(n, 3), both(n, 0));
            let mut verdict = compare(&change, &Baseline::default(), &Known::default(), "go1.27.3");
            settle(&mut verdict, &change, Some(&base));
            assert_eq!(verdict.findings[0].status, expected, "{n} cases");
        }
        let shows = Some(case("b", 21, 1, false));
        assert_eq!(status(case("a", 22, 20, true), shows), Status::Listed, "in another case");
    }
}
