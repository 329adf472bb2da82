//! What a finding does to a program that runs without the race detector: the scenario and variants
//! of it, in many rounds.
//!
//! ```text
//! variants   the scenario with more goroutines, more operations, other interleavings
//! tally      counts of what went wrong
//! ```

mod tally;
mod variants;

use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::finding::{Consequence, Origin};
use crate::harness::{Harness, HarnessConfig, HarnessError, RunFlags, RunRequest};
use crate::scenario::Scenario;
use crate::testcase::SourceCase;
use crate::triage::oracle::differences;
use crate::triage::{LoadError, load_case, minimized_case};
use tally::Tally;
use variants::{Variant, next};

/// The time limit for one request.
const LIMIT: Duration = Duration::from_secs(3);

/// Settings.
#[derive(Clone, Debug)]
pub struct Options {
    /// A harness without the race detector.
    pub harness: HarnessConfig,
    /// Names the Go release.
    pub origin: Origin,
    /// How long to try.
    pub time: Duration,
}

/// The test cases of a crash directory: the minimized one, if there is one, and the one found.
///
/// # Errors
/// A test case cannot be read.
pub fn cases(dir: &Path) -> Result<Vec<(SourceCase, Scenario)>, LoadError> {
    let mut cases = Vec::from_iter(minimized_case(dir)?);
    cases.push(load_case(dir)?.0);
    Ok(cases.into_iter().filter_map(|case| Some((case.clone(), case.scenario?))).collect())
}

/// Runs test cases and their variants until the time is up or a signal arrives. `progress` receives
/// the figures so far, about once per second. A finding has two test cases: the minimized one loses
/// the race most often per second, and the one found asks more of what it gets.
///
/// # Errors
/// The harness's.
pub fn consequence(
    cases: &[(SourceCase, Scenario)],
    options: &Options,
    progress: &mut dyn FnMut(&Consequence),
) -> Result<Consequence, HarnessError> {
    let processors = std::thread::available_parallelism().map_or(2, usize::from).max(2);
    let processors = u32::try_from(processors).unwrap_or(u32::MAX);
    let config = HarnessConfig {
        race: false,
        procs: Some(processors),
        limits: options.harness.limits.of_run(LIMIT),
        ..options.harness.clone()
    };
    let interrupt = config.interrupt.clone();
    let mut harness = Harness::start(config)?;
    let began = Instant::now();
    let mut tally = Tally::new(options.origin.clone(), processors);
    let mut variants: Vec<Variant> = Vec::new();
    for (case, scenario) in cases {
        variants.extend(self::variants::variants(case, scenario));
    }
    for variant in &mut variants {
        variant.learn(&mut harness)?;
    }
    let mut shown = Duration::ZERO;
    while let Some(variant) = next(&mut variants) {
        let elapsed = began.elapsed();
        if elapsed >= options.time || interrupt.load(Ordering::Relaxed) {
            break;
        }
        if elapsed > shown + Duration::from_secs(1) {
            shown = elapsed;
            progress(&tally.result(elapsed));
        }
        match one(&mut harness, variant, &mut tally) {
            Err(HarnessError::Interrupted) => break,
            done => done?,
        }
    }
    Ok(tally.result(began.elapsed()))
}

/// One request.
fn one(
    harness: &mut Harness,
    variant: &mut Variant,
    tally: &mut Tally,
) -> Result<(), HarnessError> {
    let began = Instant::now();
    let (scenario, rounds) = variant.next();
    let flags = RunFlags { answers: variant.compares, ..RunFlags::default() };
    let request = RunRequest::new(&scenario, &variant.case.packages).with_flags(flags);
    let outcome = harness.run(&request)?;
    let different = match variant.compares {
        true => differences(harness, &request, &outcome)?,
        false => Vec::new(),
    };
    let wrong = tally.add(&scenario, &outcome, rounds, &variant.valid, &different);
    variant.took(began.elapsed(), wrong);
    Ok(())
}
