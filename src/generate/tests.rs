use std::collections::BTreeMap;
use std::rc::Rc;

use super::exprs::Scope;
use super::model::{DeclId, Kind, Sig, Type, TypeDecl};
use super::policy::Policy;
use super::world::World;
use super::{FEATURES, Feature, Gen, Options, names, packages, scenario, test_case};
use crate::rng::Rng;
use crate::scenario::{Class, Operation, Profile, Scenario};
use crate::testcase::Package;

fn program(seed: u64) -> Vec<Package> {
    packages(&mut Rng::new(seed), &Options::default())
}

fn text(packages: &[Package]) -> String {
    packages.iter().flat_map(|p| &p.files).map(|f| f.tree.print()).collect()
}

#[test]
fn a_seed_repeats() {
    for seed in 0..200 {
        let (a, b) = (&mut Rng::new(seed), &mut Rng::new(seed));
        let (a, b) = (
            test_case(a, &Options::default(), Profile::All),
            test_case(b, &Options::default(), Profile::All),
        );
        assert_eq!(a, b);
    }
    assert_ne!(text(&program(1)), text(&program(2)));
}

#[test]
fn every_feature_is_reached() {
    const PROGRAMS: u64 = 10_000;
    let mut counts: BTreeMap<Feature, u32> = BTreeMap::new();
    for seed in 0..PROGRAMS {
        for f in Feature::of(&program(seed)) {
            *counts.entry(f).or_default() += 1;
        }
    }
    let rare: Vec<String> = FEATURES
        .iter()
        .map(|f| (f, counts.get(f).copied().unwrap_or(0)))
        .filter(|(_, n)| *n < 5)
        .map(|(f, n)| format!("{n}: {}", f.describe()))
        .collect();
    assert!(rare.is_empty(), "reached fewer than 5 times in {PROGRAMS}:\n{}", rare.join("\n"));
}

#[test]
fn programs_are_small_and_print() {
    let mut lines: Vec<usize> = (0..2000)
        .map(|seed| {
            let p = program(seed);
            assert!(!p.is_empty() && p.iter().all(|p| !p.files.is_empty()), "seed {seed}");
            let t = text(&p);
            // A file may ask for a language version first.
            let clause = t.lines().find(|l| !l.is_empty() && !l.starts_with("//go:build go1."));
            assert!(clause.is_some_and(|l| l.starts_with("package ")), "seed {seed}: {t}");
            t.lines().filter(|l| !l.trim().is_empty()).count()
        })
        .collect();
    lines.sort_unstable();
    let median = lines[lines.len() / 2];
    assert!((10..40).contains(&median), "median of {median} lines");
}

#[test]
fn dependencies_come_first() {
    for seed in 0..500 {
        let p = program(seed);
        for (i, package) in p.iter().enumerate() {
            for import in package.files.iter().flat_map(|f| f.tree.imports()) {
                let earlier = p[..i].iter().any(|q| q.path == import.path);
                assert!(earlier || import.path == "unsafe", "seed {seed}: {}", import.path);
            }
        }
    }
}

#[test]
fn options_limit_the_language() {
    let old = Options { go_minor: 21, max_packages: 1, ..Options::default() };
    for seed in 0..2000 {
        let p = packages(&mut Rng::new(seed), &old);
        assert_eq!(p.len(), 1);
        let found = Feature::of(&p);
        for f in [
            Feature::GenericAlias,
            Feature::GenericMethod,
            Feature::RangeInteger,
            Feature::RangeFunction,
            Feature::RecursiveConstraint,
        ] {
            assert!(!found.contains(&f), "seed {seed} has {}:\n{}", f.describe(), text(&p));
        }
    }
}

#[test]
fn scenarios_keep_to_the_profile_and_round_trip() {
    let (mut breaches, mut mirrored) = (0, 0);
    for seed in 0..2000 {
        let p = program(seed);
        let make = |profile| scenario(&mut Rng::new(seed), &p, profile);
        assert_ne!(make(Profile::Safe).class(), Class::Breach);
        assert_eq!(make(Profile::Contract).class(), Class::Breach);
        let s = make(Profile::All);
        breaches += u32::from(s.class() == Class::Breach);
        assert!((2..=4).contains(&s.go.len()));
        assert!(s.go.iter().all(|ops| !ops.is_empty()), "{s}");
        mirrored += u32::from(
            s.go.iter()
                .skip(1)
                .any(|ops| ops.iter().all(|op| s.go[0].iter().any(|o| same_but_order(o, op)))),
        );
        let back = Scenario::parse(&s.to_string()).unwrap().unwrap();
        assert_eq!(back, s, "{s}");
    }
    assert!((200..400).contains(&breaches), "{breaches} of 2000 break the contract");
    assert!(mirrored > 1000, "{mirrored} of 2000 have mirrored goroutines");
}

fn same_but_order(a: &Operation, b: &Operation) -> bool {
    match (a, b) {
        (Operation::Walk { package: p, .. }, Operation::Walk { package: q, .. }) => p == q,
        _ => a == b,
    }
}

/// `type F func() (F, F, F)`: a value may be a literal that returns three more. A campaign overflowed
/// its stack in this.
#[test]
fn a_function_that_returns_itself_ends() {
    let mut made = 0;
    for seed in 0..2_000 {
        let rng = &mut Rng::new(seed);
        let policy = Policy::draw(rng);
        let world = Box::new(World::new());
        let mut g = Gen::new(rng, world, policy, Options::default(), names::PATHS);
        g.w.decls.push(TypeDecl {
            package: 0,
            name: "F",
            kind: Kind::Func,
            params: Rc::from([]),
            rhs: None,
            comparable: false,
            level: 0,
            methods: Vec::new(),
        });
        let f = g.w.intern(Type::Named(DeclId(0), Rc::from([])));
        let sig = Sig { params: Vec::new(), results: vec![f; 3], variadic: false };
        let rhs = g.w.intern(Type::Func(Rc::new(sig)));
        g.w.decl_mut(DeclId(0)).rhs = Some(rhs);
        made += usize::from(g.value(&Scope::new(Vec::new(), true), f, false).is_some());
    }
    assert!(made > 1_000, "{made}");
}
