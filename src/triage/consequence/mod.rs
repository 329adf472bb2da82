//! What a finding does to a program that runs without the race detector: the scenario and variants
//! of it, in many rounds.
//!
//! ```text
//! variants   the scenario with more goroutines, more operations, other interleavings
//! tally      counts of what went wrong
//! ```

mod tally;
mod variants;

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::finding::{Consequence, Origin};
use crate::harness::{Harness, HarnessConfig, HarnessError, Limits, RunFlags, RunRequest};
use crate::scenario::Scenario;
use crate::testcase::SourceCase;
use tally::Tally;
use variants::{Variant, variants};

/// Rounds of one request. A type error counts once in a request, so a request has few.
const ROUNDS: u32 = 8;
/// Rounds in which the answers are compared, of all requests: one in this number.
const ANSWERS: u64 = 4;
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

/// Runs a test case and its variants until the time is up or a signal arrives. `progress` receives
/// the figures so far, about once per second.
///
/// # Errors
/// The harness's.
pub fn consequence(
    case: &SourceCase,
    scenario: &Scenario,
    options: &Options,
    progress: &mut dyn FnMut(&Consequence),
) -> Result<Consequence, HarnessError> {
    let processors = std::thread::available_parallelism().map_or(2, usize::from).max(2);
    let processors = u32::try_from(processors).unwrap_or(u32::MAX);
    let config = HarnessConfig {
        race: false,
        procs: Some(processors),
        limits: Limits { setup: LIMIT, concurrent: LIMIT, total: LIMIT, ..options.harness.limits },
        ..options.harness.clone()
    };
    let interrupt = config.interrupt.clone();
    let mut harness = Harness::start(config)?;
    let began = Instant::now();
    let mut tally = Tally::new(options.origin.clone(), processors);
    let mut variants = variants(scenario);
    for variant in &mut variants {
        variant.learn(&mut harness, case)?;
    }
    let mut shown = Duration::ZERO;
    for turn in 0_u64.. {
        let elapsed = began.elapsed();
        if elapsed >= options.time || interrupt.load(Ordering::Relaxed) {
            break;
        }
        if elapsed > shown + Duration::from_secs(1) {
            shown = elapsed;
            progress(&tally.result(elapsed));
        }
        let n = variants.len() as u64;
        let at = usize::try_from(turn % n).unwrap_or_default();
        let compares = (turn / n) % ANSWERS == 0;
        match one(&mut harness, case, &mut variants[at], compares, &mut tally) {
            Err(HarnessError::Interrupted) => break,
            done => done?,
        }
    }
    Ok(tally.result(began.elapsed()))
}

/// One request.
fn one(
    harness: &mut Harness,
    case: &SourceCase,
    variant: &mut Variant,
    compares: bool,
    tally: &mut Tally,
) -> Result<(), HarnessError> {
    let rounds = if compares || variant.is_seeded() { 1 } else { ROUNDS };
    let scenario = variant.next(rounds);
    let flags = RunFlags { answers: compares, ..RunFlags::default() };
    let request = RunRequest::new(&scenario, &case.packages).with_flags(flags);
    let outcome = harness.run(&request)?;
    let different = match compares {
        true => crate::triage::oracle::differences(harness, &request, &outcome)?,
        false => Vec::new(),
    };
    tally.add(&scenario, &outcome, rounds, &variant.valid, &different);
    Ok(())
}
