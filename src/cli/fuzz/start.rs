//! What a campaign is started with.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::args::{FuzzArgs, Shard};
use crate::campaign::roots::RootsConfig;
use crate::campaign::workers::siblings::Place;
use crate::campaign::workers::sync::SyncPlan;
use crate::campaign::workers::{self, Plan};
use crate::campaign::{Caps, Config, Display, seeds};
use crate::cli::ticker::waiting;
use crate::finding::{Known, Origin};
use crate::harness::{BuiltHarness, EnvError, HarnessConfig};
use crate::triage::origin_of;
use crate::triage::root::prepare;

/// A campaign is short if it takes less time than the build of another harness may take.
const SHORT: Duration = Duration::from_secs(30);

/// What a campaign needs beside its arguments.
pub(super) struct Start {
    pub seed: u64,
    /// Whether the user asked for that seed.
    pub seed_given: bool,
    pub seeds: Vec<seeds::Seed>,
    pub caps: Caps,
    pub built: BuiltHarness,
    pub display: Display,
    pub interrupted: Arc<AtomicBool>,
    /// The share of the background work on roots, and the list that it uses.
    pub roots: Option<(u32, Known)>,
    /// A worker's place in its campaign.
    pub place: Option<Place>,
}

impl Start {
    fn harness(&self, args: &FuzzArgs) -> HarnessConfig {
        HarnessConfig {
            interrupt: Arc::clone(&self.interrupted),
            limits: args.limits.limits(),
            procs: args.procs,
            ..HarnessConfig::new(&self.built.path)
        }
    }

    fn origin(&self) -> Origin {
        Origin { seed: self.seed, ..origin_of(&self.built) }
    }

    fn roots(&self, args: &FuzzArgs) -> Option<RootsConfig> {
        let (percent, known) = self.roots.clone()?;
        Some(RootsConfig {
            harness: self.harness(args),
            built: self.built.clone(),
            go: args.go.options(),
            known,
            origin: self.origin(),
            percent,
        })
    }

    /// A campaign of several workers, or one that other machines take part in.
    pub fn on(self, cores: u32, args: FuzzArgs) -> Plan {
        let (roots, origin) = (self.roots(&args), self.origin());
        Plan {
            args: std::env::args_os().skip(1).collect(),
            workers: cores,
            limits: args.limits(),
            work: args.work,
            crashes: args.crashes,
            sync: args.sync.map(|location| SyncPlan {
                location,
                build: self.built.key.clone(),
                delay: args.shard.map(Shard::delay).unwrap_or_default(),
            }),
            procs: args.procs,
            jsonl: args.jsonl,
            seed: self.seed,
            seed_given: self.seed_given,
            roots,
            go_version: origin.go_version,
            patched: origin.patched,
            display: self.display,
            interrupted: self.interrupted,
        }
    }

    /// A campaign in this process.
    pub fn alone(self, args: FuzzArgs) -> Config {
        let (roots, harness, origin) = (self.roots(&args), self.harness(&args), self.origin());
        Config {
            roots,
            harness,
            origin,
            limits: args.limits(),
            seed: self.seed,
            profile: args.profile.into(),
            ill_typed_percent: args.ill_typed,
            operators: args.operators.into(),
            seeds: self.seeds,
            crashes: args.crashes,
            work: args.work,
            place: self.place,
            caps: self.caps,
            jsonl: args.jsonl,
            display: self.display,
            schedules: !args.no_schedules,
            sense: !args.no_sense,
            coverage_feedback: !args.no_coverage_feedback,
            go_minor: self.built.toolchain.minor,
            go: self.built.toolchain,
            compiler_percent: args.compiler_percent,
            seed_given: self.seed_given,
            interrupted: self.interrupted,
        }
    }
}

/// Builds what the search for roots needs. A short campaign does not wait for it.
pub(super) fn prepare_roots(args: &FuzzArgs, built: &BuiltHarness) -> Result<(), EnvError> {
    let is_short = args.execs.is_some() || args.time.is_some_and(|time| time < SHORT);
    if is_short || args.minimize_percent == 0 {
        return Ok(());
    }
    prepare(built, &args.go.options(), &mut waiting())
}

/// The seed of a task of a batch. No worker of another task has it.
pub(super) fn seed_of_shard(seed: u64, shard: Option<Shard>) -> u64 {
    shard.map_or(seed, |Shard(i, _)| workers::seed_of(seed, u64::from(i) << 16))
}

#[cfg(test)]
mod tests {
    use super::super::args::shard;
    use super::*;

    #[test]
    fn tasks_of_a_batch_have_their_own_seeds_and_turns() {
        let mut seeds = std::collections::BTreeSet::new();
        for i in 1..=64 {
            let shard = shard(&format!("{i}/64")).unwrap();
            let seed = seed_of_shard(5, Some(shard));
            // A task has up to 256 workers.
            assert!((0..256).all(|worker| seeds.insert(workers::seed_of(seed, worker))));
            assert!(shard.delay() < Duration::from_secs(64));
        }
        assert!(seeds.contains(&5), "the first task has the seed itself");
        assert_eq!(shard("3/3").unwrap().delay(), Duration::from_secs(2));
        for bad in ["", "1", "0/3", "4/3", "1/0", "-1/3", "a/b"] {
            assert!(shard(bad).is_err(), "{bad}");
        }
    }
}
