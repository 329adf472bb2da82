//! What the gate does with the time that its cases leave: a short campaign on the changed go/types,
//! from the cases. What it finds becomes cases, which run on both sides like all others.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::{Case, Column, RegressError, from_crashes};
use crate::campaign::seeds::Seed;
use crate::campaign::{self, CampaignError, Caps, Config, Display, Limits, Style};
use crate::harness::HarnessConfig;
use crate::mutators::{Choice, Steering};
use crate::scenario::Profile;
use crate::triage::origin_of;

/// Runs one campaign for each job, each with a seed of its own: 1, 2, … Their findings are in
/// `folder` then.
///
/// # Errors
/// No campaign works, or a finding cannot be stored.
pub fn search(
    column: &Column,
    cases: &[Case],
    time: Duration,
    jobs: usize,
    folder: &Path,
) -> Result<Vec<Case>, RegressError> {
    let campaign = |seed: u64| {
        campaign::run(Config {
            limits: Limits { time: Some(time), ..Limits::default() },
            seed,
            seed_given: true,
            // A breach of a rule is no news.
            profile: Profile::Safe,
            ill_typed_percent: Steering::DEFAULT_PERCENT,
            operators: Choice::default(),
            seeds: cases.iter().map(seed_of).collect(),
            crashes: folder.to_owned(),
            work: None,
            place: None,
            caps: Caps::default(),
            jsonl: None,
            // A board that nobody looks at.
            display: Display::new(Style::Screen),
            harness: HarnessConfig::new(&column.built.path),
            schedules: true,
            sense: true,
            coverage_feedback: true,
            origin: origin_of(&column.built),
            go_minor: column.built.toolchain.minor,
            compiler_percent: 0,
            go: column.built.toolchain.clone(),
            roots: None,
            interrupted: Arc::new(AtomicBool::new(false)),
        })
        .map(drop)
    };
    let results: Vec<Result<(), CampaignError>> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (1..=jobs.max(1) as u64).map(|seed| scope.spawn(move || campaign(seed))).collect();
        let join = |t: std::thread::ScopedJoinHandle<'_, _>| {
            t.join().unwrap_or_else(|p| std::panic::resume_unwind(p))
        };
        threads.into_iter().map(join).collect()
    });
    if results.iter().all(Result::is_err)
        && let Some(Err(e)) = results.into_iter().next()
    {
        return Err(RegressError::Search(e.to_string()));
    }
    let mut found = from_crashes(folder, column.built.toolchain.checker, &mut Vec::new())?;
    for case in &mut found {
        let at = Path::new(&case.name).strip_prefix(folder).unwrap_or(Path::new(&case.name));
        case.name = Path::new("search").join(at).to_string_lossy().into_owned();
    }
    Ok(found)
}

fn seed_of(case: &Case) -> Seed {
    Seed { path: (&case.name).into(), text: case.text.clone() }
}
