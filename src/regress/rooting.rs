//! The roots of what would shut the gate: a root that the baseline lists is no news.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::{Case, CaseRun, Column, RegressError, Status, Verdict};
use crate::finding::Known;
use crate::harness::HarnessConfig;
use crate::triage::root::{Options, RootError, Rooter, has_root};

/// This many findings are rooted, one of each case.
const MOST: usize = 6;
/// How long a finding is run without and, again, with each patch, at most.
const BUDGET: Duration = Duration::from_secs(15);

/// Determines the roots of findings that fail the gate and have none. Returns whether there are any
/// new ones. Ends when the time is up.
///
/// # Errors
/// A patch or a harness that does not work.
pub fn roots(
    column: &Column,
    cases: &[Case],
    runs: &mut [CaseRun],
    verdict: &Verdict,
    known: &Known,
    deadline: Instant,
    progress: &mut dyn FnMut(&str),
) -> Result<bool, RegressError> {
    let mut wanted: Vec<(&str, &str)> = Vec::new();
    for j in verdict.findings.iter().filter(|j| j.status <= Status::New && !j.heading.is_root()) {
        let (Some(finding), Some(shown)) = (&j.finding, j.shown.first()) else { continue };
        let is_other = !wanted.iter().any(|(case, _)| *case == shown.case);
        if has_root(finding) && is_other && wanted.len() < MOST {
            wanted.push((&shown.case, &j.signature));
        }
    }
    if wanted.is_empty() || Instant::now() >= deadline {
        return Ok(false);
    }
    let stop = Arc::new(AtomicBool::new(false));
    let alarm = Arc::clone(&stop);
    std::thread::spawn(move || {
        std::thread::sleep(deadline.saturating_duration_since(Instant::now()));
        alarm.store(true, Ordering::Relaxed);
    });
    let mut rooter = Rooter::new(
        &column.built,
        Options {
            harness: HarnessConfig::new(&column.built.path),
            go: column.options.clone(),
            known: known.clone(),
            budget: BUDGET,
            stop: Arc::clone(&stop),
            percent: Arc::new(AtomicU32::new(100)),
        },
    )?;
    let mut any = false;
    for (name, signature) in wanted {
        let Some(case) = cases.iter().find(|c| c.name == name) else { continue };
        let Some(scenario) = &case.source.scenario else { continue };
        let seen = runs.iter().flat_map(|r| &r.seen);
        let Some(seen) = seen.into_iter().find(|s| s.finding.signature == signature) else {
            continue;
        };
        let finding = seen.finding.clone();
        progress(&format!("which root: {}", finding.title));
        let root = match rooter.determine(&finding, &case.source, scenario, progress) {
            // The time is up, and the gate has a verdict without this root.
            Err(e) if e.is_interrupted() => break,
            Err(RootError::Harness(e)) => return Err(e.into()),
            Err(RootError::Environment(e)) => return Err(e.into()),
            Err(RootError::Crash(_) | RootError::Store(_)) => None,
            Ok(root) => root,
        };
        let Some(root) = root else { continue };
        any = true;
        for seen in runs.iter_mut().flat_map(|r| &mut r.seen) {
            if seen.finding.signature == signature {
                seen.finding.root = Some(root.clone());
            }
        }
    }
    Ok(any)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::{EnvError, HarnessError};

    /// Otherwise the gate would end without a verdict, and with the exit code of one that passed.
    #[test]
    fn a_harness_that_starts_when_the_time_is_up_is_no_error() {
        let starting = HarnessError::Env(EnvError::Interrupted);
        for e in [starting, HarnessError::Interrupted].map(RootError::from) {
            assert!(e.is_interrupted());
        }
        assert!(RootError::from(EnvError::Interrupted).is_interrupted());
        assert!(!RootError::from(EnvError::NoCounters).is_interrupted());
    }
}
