//! `typerace report --roots`: which root each finding of a folder has.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::interrupt::interrupt_flag;
use super::ticker::{Ticker, waiting};
use super::{GoArgs, progress, say_patched, under_test};
use crate::finding::{Blame, Finding, Known, Root, RootBy};
use crate::harness::{BuiltHarness, EnvError, GoOptions, HarnessConfig, HarnessError};
use crate::store::Store;
use crate::triage::root::{Options, RootError, Rooter, has_root};
use crate::triage::standalone::Crash;

/// How long a finding is run without and, again, with each patch, at most.
const BUDGET: Duration = Duration::from_secs(40);

/// Determines and stores the roots of the findings with these names, in their order. A finding
/// whose root is settled is left alone, so that the same command goes on after an interruption.
///
/// # Errors
/// Unusable input or environment.
pub fn determine(
    crashes: &Path,
    names: &[String],
    go: &GoArgs,
    known: &Known,
) -> anyhow::Result<()> {
    let store = Store::open(crashes)?;
    let stop = interrupt_flag()?;
    // Findings of one folder may have been found in different versions of go/types.
    let mut rooters: Vec<(GoOptions, Rooter)> = Vec::new();
    for name in names {
        let finding = crate::store::read(&store.path(name))?;
        if !has_root(&finding) {
            continue;
        }
        let options = match go.again(&store.path(name), Some(&finding)) {
            Ok(options) => options,
            Err(e) => {
                progress(&format!("{}: its root is unknown: {e}", finding.id));
                continue;
            }
        };
        let at = match rooters.iter().position(|(of, _)| *of == options) {
            Some(at) => at,
            None => {
                let built = BuiltHarness::get(&under_test(options.clone()), &mut waiting())?;
                say_patched(&built);
                let rooter = rooter(&built, &options, known.clone(), &stop)?;
                rooters.push((options, rooter));
                rooters.len() - 1
            }
        };
        let (of, rooter) = &mut rooters[at];
        if rooter.is_settled(&finding) {
            continue;
        }
        if of.target.is_none() && uses_targets(&store.path(name)) {
            progress(&format!("{name}: its scenario uses a target: give --harness DIR"));
            continue;
        }
        let began = Instant::now();
        let ticker = Ticker::start(&format!("{name}: {}", doing(&finding)));
        let settled = rooter.settle(&store, name, &mut |line| ticker.say(line));
        drop(ticker);
        let root = match settled {
            Err(_) if stop.load(Ordering::Relaxed) => return Ok(()),
            Err(RootError::Harness(HarnessError::Interrupted)) => return Ok(()),
            root => root?,
        };
        let seconds = began.elapsed().as_secs_f64();
        progress(&format!("{}, {seconds:.1} s", line(&finding, root.as_ref())));
    }
    Ok(())
}

/// What the search for a root does. No patch of go/types ends a fault of a target.
pub(super) fn doing(finding: &Finding) -> &'static str {
    match finding.blame {
        Blame::Target => "running it again",
        _ => "running it with the patches of known roots",
    }
}

/// Whether a crash directory's test case needs a target. One that cannot be read is reported when it
/// is run.
fn uses_targets(dir: &Path) -> bool {
    Crash::read(dir).is_ok_and(|crash| crash.scenario.uses_targets())
}

/// A search for roots that uses all the time that it needs.
///
/// # Errors
/// A patch or an overlay that cannot be used.
pub(super) fn rooter(
    built: &BuiltHarness,
    go: &GoOptions,
    known: Known,
    stop: &Arc<AtomicBool>,
) -> Result<Rooter, EnvError> {
    let options = Options {
        harness: HarnessConfig::new(&built.path),
        go: go.clone(),
        known,
        budget: BUDGET,
        stop: Arc::clone(stop),
        percent: Arc::new(AtomicU32::new(100)),
    };
    Rooter::new(built, options)
}

/// `data-race-0123456789ab: R1 (patch): N1 3 of 3, R1 0 of 17`.
fn line(finding: &Finding, root: Option<&Root>) -> String {
    let Some(root) = root else {
        return format!("{}: it shows too rarely, or not at all: its root is unknown", finding.id);
    };
    if finding.blame == Blame::Target {
        return format!(
            "{}: {}: in the target, so no patch of go/types was tried",
            finding.id, root.id
        );
    }
    format!("{}: {}", finding.id, told(root))
}

/// `R1 (patch): N1 3 of 3, R1 0 of 17`.
pub(super) fn told(root: &Root) -> String {
    let by = match root.by {
        RootBy::Patch => "patch",
        RootBy::Issue => "issue",
        RootBy::Guess => "guess",
    };
    let tried: Vec<String> = root
        .tried
        .iter()
        .map(|t| {
            let others = if t.others.is_empty() { "" } else { " and others instead" };
            format!("{} {} of {}{others}", t.patch, t.seen, t.runs)
        })
        .collect();
    let tried = if tried.is_empty() { "no patch tried".to_owned() } else { tried.join(", ") };
    format!("{} ({by}): {tried}", root.id)
}
