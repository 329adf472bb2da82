//! Seeded schedules: a seed repeats an interleaving, other seeds give others,
//! and neither the probes nor the hand-over of turns hide a race.

use std::collections::BTreeSet;

use typerace::harness::{BuiltHarness, GoOptions, Harness, HarnessConfig, Outcome, RunRequest};
use typerace::testcase::SourceCase;

/// Two importers of one generic dependency, and readers of it and of an alias
/// instance that comes into being by substitution.
const PROGRAM: &str = "
-- lib/lib.go --
package lib

type Box[T any] struct {
	Val  T
	Next *Box[[]T]
}

func (b *Box[T]) Get() T { return b.Val }

type Set[K comparable] = map[K]struct{}

type Sets[K comparable] struct{ All []Set[K] }

type Shower interface{ Show() Set[int] }

var Ints *Box[int]

var Names Sets[string]
-- a/a.go --
package a

import \"lib\"

var a = lib.Ints.Next.Get()

var s = lib.Names.All
";

/// One for each family: importers, readers, instances, a shared context, a meeting.
const SCENARIOS: [&str; 5] = [
    "before check lib\ngo check a\ngo check a\n",
    "before check lib\ngo walk methods lib ; walk underlying lib\n\
     go walk underlying lib reversed ; walk methods lib\ngo walk string lib\n",
    "before check lib ; instantiate lib.Box int ; instantiate lib.Sets int\n\
     go walk methods instances\ngo walk lookup instances reversed\n",
    "share context\nshare fset\nbefore check lib\ngo check a ; instantiate lib.Box string context\n\
     go instantiate lib.Box string context ; check a\n",
    "meet start\nmeet import\nmeet operation\nbefore check lib\ngo check a ; walk typeset lib\n\
     go check a ; walk typeset lib reversed\n",
];

fn harness() -> Harness {
    let options =
        GoOptions { toolchain: std::env::var("TYPERACE_TOOLCHAIN").ok(), ..Default::default() };
    let built = BuiltHarness::get(&options, &mut |line| eprintln!("{line}")).unwrap();
    Harness::start(HarnessConfig::new(&built.path)).unwrap()
}

fn run(harness: &mut Harness, scenario: &str, seed: Option<u64>) -> Outcome {
    let case = SourceCase::from_txtar(&format!("{scenario}{}", &PROGRAM[1..])).unwrap();
    let mut scenario = case.scenario.unwrap();
    scenario.schedule = seed;
    harness.run(&RunRequest::new(&scenario, &case.packages)).unwrap()
}

fn trace(harness: &mut Harness, scenario: &str, seed: u64) -> u64 {
    let reply = run(harness, scenario, Some(seed)).reply.expect("a reply");
    assert!(reply.steps > 0, "no probe was passed in {scenario}");
    reply.trace
}

#[test]
fn a_seed_repeats_an_interleaving() {
    let mut harness = harness();
    const REPLAYS: usize = 100;
    for scenario in SCENARIOS {
        // What a process computes once is computed in its first runs.
        trace(&mut harness, scenario, 0);
        for seed in [3, 4] {
            let first = trace(&mut harness, scenario, seed);
            let replay = |_: &usize| trace(&mut harness, scenario, seed) == first;
            let same = (0..REPLAYS).filter(replay).count();
            assert!(same * 100 >= REPLAYS * 97, "{same} of {REPLAYS}, seed {seed}:\n{scenario}");
        }
    }
}

#[test]
fn a_seed_repeats_in_another_process() {
    let (mut one, mut other) = (harness(), harness());
    for scenario in SCENARIOS {
        let same =
            |seed: &u64| trace(&mut one, scenario, *seed) == trace(&mut other, scenario, *seed);
        let n = (0..10).filter(same).count();
        assert!(n >= 9, "{n} of 10:\n{scenario}");
    }
}

#[test]
fn seeds_differ() {
    let mut harness = harness();
    let traces: BTreeSet<u64> = (0..50).map(|s| trace(&mut harness, SCENARIOS[0], s)).collect();
    assert!(traces.len() >= 25, "{} interleavings of 50 seeds", traces.len());
}

#[test]
fn interleavings_are_seen_as_pairs() {
    let mut harness = harness();
    let pairs = |harness: &Harness| harness.pairs().iter().filter(|&&p| p > 0).count();
    let mut most = 0;
    for seed in 0..20 {
        run(&mut harness, SCENARIOS[1], Some(seed));
        most = most.max(pairs(&harness));
    }
    assert!(most > 10, "{most} pairs");
}

/// golang.org/issue/79035, in every Go that has generic aliases until it is
/// mended: two readers of an alias instance made after checking.
#[test]
fn turns_do_not_hide_a_race() {
    let mut harness = harness();
    let alias = "before check lib ; instantiate lib.Set string\n\
                 go walk unalias instances\ngo walk unalias instances\n";
    let races =
        |harness: &mut Harness, seed| run(harness, alias, seed).reports.contains("DATA RACE");
    let plain = (0..20).filter(|_| races(&mut harness, None)).count();
    if plain == 0 {
        eprintln!("this Go does not race there: nothing to compare");
        return;
    }
    let seeded = (0..20).filter(|s| races(&mut harness, Some(*s))).count();
    assert!(seeded >= plain.min(18), "{seeded} of 20 with seeds, {plain} of 20 without");
}
