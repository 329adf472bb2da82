//! Properties of every operator and of every result of [`mutate`].

use proptest::prelude::{ProptestConfig, prop, prop_assert, prop_assert_eq, proptest};

use super::*;
use crate::edit::test_support::{donor, sample, text};
use crate::edit::{MAX_GOROUTINES, MAX_OPERATIONS, MAX_PACKAGES, node_count, repair};
use crate::generate;
use crate::rng::Rng;
use crate::scenario::{Class, Profile, Scenario};
use crate::testcase::TestCase;

/// A generated program with the default scenario.
fn generated(seed: u64) -> TestCase {
    let packages = generate::packages(&mut Rng::new(seed), &generate::Options::default());
    let of = |p: &crate::testcase::Package| {
        let imports = p.files.iter().flat_map(|f| f.tree.imports());
        (p.path.clone(), imports.map(|i| i.path.clone()).collect())
    };
    let scenario = Scenario::default_for(&packages.iter().map(of).collect::<Vec<_>>());
    TestCase { scenario, packages }
}

fn context<'a>(rng: &'a mut Rng, donor: &'a TestCase, profile: Profile) -> Context<'a> {
    Context {
        rng,
        donor: Some(donor),
        profile,
        go_minor: 27,
        checker: crate::checker::Checker::GoTypes,
    }
}

fn scenario_is_sound(case: &TestCase) {
    let s = &case.scenario;
    assert!(s.go.len() >= 2 && s.go.len() <= MAX_GOROUTINES, "{s}");
    assert!(s.go.iter().all(|ops| !ops.is_empty() && ops.len() <= MAX_OPERATIONS), "{s}");
    // Every printed directive can be parsed again.
    assert_eq!(Scenario::parse(&s.to_string()).unwrap().as_ref(), Some(s));
}

#[test]
fn names_are_unique_and_weights_positive() {
    let mut names: Vec<&str> = OPERATORS.iter().map(Entry::name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), OPERATORS.len());
    assert!(OPERATORS.iter().all(|o| o.weight() > 0));
}

#[test]
fn every_operator_applies_to_the_sample() {
    for (i, o) in OPERATORS.iter().enumerate() {
        let settings = Settings::default();
        let applies = (0..200).any(|seed| {
            let (mut rng, donor) = (Rng::new(seed), donor());
            let mut cx = context(&mut rng, &donor, Profile::All);
            mutate_by(i, &mut sample(), &mut cx, &settings).is_some()
        });
        assert!(applies, "{}", o.name());
    }
}

/// The arguments that repair inserted needed repair themselves, two for each: 2 to the power of the
/// maximum depth. An hour into a campaign this used up all memory.
#[test]
fn repair_ends_when_its_insertions_need_repair() {
    let read = |text: &str| TestCase::from_json(text).unwrap();
    let mut case = read(include_str!("../edit/fixtures/endless.json"));
    let donor = read(include_str!("../edit/fixtures/endless_donor.json"));
    let mut rng = Rng::new(17_033_029_146_222_846_581);
    let mut cx = context(&mut rng, &donor, Profile::All);
    let settings = Settings { repair_percent: 70, ..Settings::default() };
    mutate(&mut case, &mut cx, &Weights::default(), &settings);
    assert!(node_count(&case) <= settings.max_nodes);
}

#[test]
fn a_seed_gives_one_mutant() {
    let weights = Weights::default();
    for seed in 0..100 {
        let once = || {
            let (mut case, donor, mut rng) = (generated(seed), donor(), Rng::new(seed));
            let mut cx = context(&mut rng, &donor, Profile::All);
            let made = mutate(&mut case, &mut cx, &weights, &Settings::default());
            (made, case)
        };
        assert_eq!(once(), once());
    }
}

#[test]
fn nothing_is_left_where_nothing_applies() {
    let mut case = sample();
    let (donor, mut rng) = (donor(), Rng::new(1));
    let mut cx = context(&mut rng, &donor, Profile::All);
    let settings = Settings { max_nodes: 1, ..Settings::default() };
    assert_eq!(mutate(&mut case, &mut cx, &Weights::default(), &settings), None);
    assert_eq!(case, sample());
}

#[test]
fn profiles_hold() {
    let weights = Weights::default();
    let mut contract = 0;
    for (profile, rounds) in [(Profile::Safe, 300), (Profile::Contract, 300), (Profile::All, 2000)]
    {
        // A lineage, so that shared elements can accumulate if nothing stops them.
        let (mut case, donor, mut rng) = (sample(), donor(), Rng::new(5));
        for _ in 0..rounds {
            let mut cx = context(&mut rng, &donor, profile);
            if mutate(&mut case, &mut cx, &weights, &Settings::default()).is_some() {
                assert!(profile.allows(case.scenario.class()), "{profile:?}\n{}", case.scenario);
                let breach = case.scenario.class() == Class::Breach;
                contract += u32::from(profile == Profile::All && breach);
            }
        }
    }
    assert!((20..500).contains(&contract), "{contract} of 2000 under Profile::All");
}

#[test]
fn repair_leaves_alone_what_was_not_touched() {
    for seed in 0..100 {
        let before = generated(seed);
        let mut case = before.clone();
        case.scenario.fresh = true;
        repair(&mut case, &before, &mut Rng::new(seed));
        assert_eq!(case.packages, before.packages);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every operator, repaired and not, on generated programs.
    #[test]
    fn operators_stay_within_bounds(seed: u64, repair in prop::bool::ANY) {
        let (base, donor, mut rng) = (generated(seed), generated(!seed), Rng::new(seed));
        let settings =
            Settings { repair_percent: if repair { 100 } else { 0 }, ..Settings::default() };
        for i in 0..OPERATORS.len() {
            let mut case = base.clone();
            let mut cx = context(&mut rng, &donor, Profile::All);
            if mutate_by(i, &mut case, &mut cx, &settings).is_some() {
                prop_assert!(node_count(&case) <= settings.max_nodes);
                prop_assert!(case.packages.len() <= MAX_PACKAGES);
                prop_assert!(text(&case).len() > 10);
                scenario_is_sound(&case);
            } else {
                prop_assert_eq!(&case, &base);
            }
        }
    }

    /// Mutants of mutants.
    #[test]
    fn lineages_stay_within_bounds(seed: u64) {
        let (mut case, donor, mut rng) = (sample(), generated(seed), Rng::new(seed));
        let (weights, settings) = (Weights::default(), Settings::default());
        for _ in 0..20 {
            let mut cx = context(&mut rng, &donor, Profile::All);
            if mutate(&mut case, &mut cx, &weights, &settings).is_some() {
                prop_assert!(node_count(&case) <= settings.max_nodes);
                scenario_is_sound(&case);
            }
        }
        prop_assert!(text(&case).contains("package "));
    }
}
