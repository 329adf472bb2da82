//! The scenario and variants of it. Without the race detector a race must be lost to be noticed, so
//! the variants lose it in different ways.

use crate::harness::{Harness, HarnessError, RunFlags, RunRequest, Verdict};
use crate::scenario::{Meet, Scenario};
use crate::testcase::SourceCase;

/// A scenario to run again and again.
#[derive(Clone, Debug)]
pub(super) struct Variant {
    scenario: Scenario,
    /// The next seed, if the interleaving follows from a seed: goroutines then take turns at the
    /// probes in go/types.
    seed: Option<u64>,
    /// For each package, whether it is valid if the operations run one after another.
    pub valid: Vec<bool>,
}

/// The variants of a scenario: as it is, twice and four times as many goroutines, all operations
/// twice, and each of the first two under seeded schedules.
pub(super) fn variants(scenario: &Scenario) -> Vec<Variant> {
    let mut plain = scenario.clone();
    plain.schedule = None;
    plain.fresh = false;
    plain.procs = None;
    plain.rounds = None;
    plain.meet.insert(Meet::Start);
    let goroutines = |times: usize| {
        let mut more = plain.clone();
        more.go = plain.go.iter().flat_map(|ops| vec![ops.clone(); times]).collect();
        more
    };
    let mut twice = plain.clone();
    for ops in &mut twice.go {
        ops.extend(ops.clone());
    }
    let double = goroutines(2);
    let all = [
        (plain.clone(), None),
        (double.clone(), None),
        (goroutines(4), None),
        (twice, None),
        (plain, Some(1)),
        (double, Some(1)),
    ];
    let variant = |(scenario, seed)| Variant { scenario, seed, valid: Vec::new() };
    all.into_iter().map(variant).collect()
}

impl Variant {
    /// Whether its interleaving follows from a seed.
    pub fn is_seeded(&self) -> bool {
        self.seed.is_some()
    }

    /// The scenario of the next request.
    pub fn next(&mut self, rounds: u32) -> Scenario {
        let mut scenario = self.scenario.clone();
        scenario.rounds = Some(rounds);
        if let Some(seed) = &mut self.seed {
            scenario.schedule = Some(*seed);
            *seed += 1;
        }
        scenario
    }

    /// Finds out which packages are valid.
    ///
    /// # Errors
    /// The harness's.
    pub fn learn(&mut self, harness: &mut Harness, case: &SourceCase) -> Result<(), HarnessError> {
        let flags = RunFlags { sequential: true, ..RunFlags::default() };
        let request = RunRequest::new(&self.scenario, &case.packages).with_flags(flags);
        let reply = harness.run(&request)?.reply;
        let verdicts = reply.map(|r| r.verdicts).unwrap_or_default();
        self.valid = verdicts.iter().map(|(v, _)| *v == Verdict::Valid).collect();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_keep_the_operations() {
        let scenario =
            Scenario::parse("schedule seed 7\ngo check a\ngo walk methods b").unwrap().unwrap();
        let mut all = variants(&scenario);
        let goroutines: Vec<_> = all.iter().map(|v| v.scenario.go.len()).collect();
        assert_eq!(goroutines, [2, 4, 8, 2, 2, 4]);
        assert_eq!(all[3].scenario.go[0].len(), 2);
        assert_eq!(all[0].next(8).schedule, None);
        assert_eq!(all[0].next(8).rounds, Some(8));
        let seeds: Vec<_> = (0..2).map(|_| all[4].next(1).schedule).collect();
        assert_eq!(seeds, [Some(1), Some(2)]);
    }
}
