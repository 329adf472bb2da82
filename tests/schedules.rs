//! Seeded schedules: a seed repeats an interleaving, other seeds give others,
//! and neither the probes nor the hand-over of turns hide a race.

use std::collections::BTreeSet;

use typerace::generate;
use typerace::harness::{BuiltHarness, GoOptions, Harness, HarnessConfig, Outcome, RunRequest};
use typerace::rng::Rng;
use typerace::scenario::Profile;
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
            assert!(same * 100 >= REPLAYS * 99, "{same} of {REPLAYS}, seed {seed}:\n{scenario}");
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

/// Replays of every golden scenario, half of them in a second process, and how many
/// had the interleaving of the first run.
fn fidelity(replays: usize, seed: u64) -> Vec<(String, usize)> {
    let (mut one, mut other) = (harness(), harness());
    let mut paths: Vec<_> =
        std::fs::read_dir("tests/scenarios").unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    let mut rows = Vec::new();
    for path in paths {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let case = SourceCase::from_txtar(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let mut scenario = case.scenario.unwrap();
        scenario.schedule = Some(seed);
        let run = |harness: &mut Harness| {
            let reply = harness.run(&RunRequest::new(&scenario, &case.packages)).unwrap().reply;
            reply.map(|r| (r.steps, r.trace))
        };
        let first = run(&mut one);
        let same =
            |i: &usize| run(if i.is_multiple_of(2) { &mut one } else { &mut other }) == first;
        rows.push((name, (0..replays).filter(same).count()));
    }
    rows
}

#[test]
fn every_golden_scenario_repeats() {
    const REPLAYS: usize = 6;
    let parted: Vec<_> = fidelity(REPLAYS, 5).into_iter().filter(|r| r.1 < REPLAYS - 1).collect();
    assert!(parted.is_empty(), "of {REPLAYS} replays: {parted:?}");
}

/// `cargo test --release --test schedules -- --ignored --nocapture`
#[test]
#[ignore = "minutes"]
fn a_thousand_replays_of_every_golden_scenario() {
    let mut bad = Vec::new();
    for seed in [4, 5] {
        let rows = fidelity(500, seed);
        let (same, all) = (rows.iter().map(|r| r.1).sum::<usize>(), rows.len() * 500);
        println!("seed {seed}: {same} of {all} replays of {} scenarios", rows.len());
        bad.extend(rows.into_iter().filter(|r| r.1 < 495));
    }
    assert!(bad.is_empty(), "of 500 replays: {bad:?}");
}

/// How many of `n` generated test cases repeat: in the same process, and in another.
fn generated(n: u64) -> (u64, u64) {
    let (mut one, mut other) = (harness(), harness());
    let (mut here, mut there) = (0, 0);
    for i in 0..n {
        let case = generate::test_case(&mut Rng::new(i), &Default::default(), Profile::Safe);
        let source = case.to_source();
        let mut scenario = case.scenario;
        (scenario.schedule, scenario.fresh) = (Some(i), false);
        let run = |harness: &mut Harness| {
            let reply = harness.run(&RunRequest::new(&scenario, &source.packages)).unwrap().reply;
            reply.map(|r| (r.steps, r.trace))
        };
        let first = run(&mut one);
        here += u64::from(run(&mut one) == first);
        there += u64::from(run(&mut other) == first);
    }
    (here, there)
}

#[test]
fn generated_scenarios_repeat() {
    let (here, there) = generated(20);
    assert!(here >= 19 && there >= 19, "{here} and {there} of 20");
}

/// `cargo test --release --test schedules -- --ignored --nocapture`
#[test]
#[ignore = "minutes"]
fn a_thousand_generated_scenarios_repeat() {
    let (here, there) = generated(1000);
    println!("{here} of 1000 repeat in the same process, {there} in another");
    assert!(here >= 990 && there >= 990);
}

#[test]
fn seeds_differ() {
    let mut harness = harness();
    let traces: BTreeSet<u64> = (0..50).map(|s| trace(&mut harness, SCENARIOS[0], s)).collect();
    assert!(traces.len() >= 25, "{} interleavings of 50 seeds", traces.len());
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
