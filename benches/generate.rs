//! Measures how fast programs are made, reports are read and test cases are run: `cargo bench
//! --bench generate`. One iteration is one program, mutant, report or request. It cycles through
//! 1,000 seeds, so that no single program decides.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use typerace::finding::race_reports;
use typerace::harness::{BuiltHarness, GoOptions, Harness, HarnessConfig, RunRequest};
use typerace::mutators::{Context, Settings, Weights, mutate};
use typerace::scenario::Profile;
use typerace::testcase::{Package, SourceCase, TestCase};
use typerace::{generate, rng::Rng};

const SEEDS: u64 = 1000;

fn seeds() -> impl FnMut() -> u64 {
    let mut i = 0;
    move || {
        i = (i + 1) % SEEDS;
        i
    }
}

fn program(seed: u64) -> Vec<Package> {
    generate::packages(&mut Rng::new(seed), &generate::Options::default())
}

fn print(packages: &[Package]) -> usize {
    packages.iter().flat_map(|p| &p.files).map(|f| f.tree.print().len()).sum()
}

fn generating(c: &mut Criterion) {
    let mut group = c.benchmark_group("generate");
    group.throughput(Throughput::Elements(1));
    let mut next = seeds();
    group.bench_function("generate", |b| b.iter(|| black_box(program(next()))));
    let mut next = seeds();
    group.bench_function("generate and print", |b| b.iter(|| print(&program(next()))));
    let mut next = seeds();
    let options = generate::Options::default();
    group.bench_function("generate with a scenario", |b| {
        b.iter(|| generate::test_case(&mut Rng::new(next()), &options, Profile::All));
    });
    let programs: Vec<_> = (0..SEEDS).map(program).collect();
    let mut next = seeds();
    group.bench_function("print", |b| b.iter(|| print(&programs[next() as usize])));
    group.finish();
}

fn mutating(c: &mut Criterion) {
    let mut group = c.benchmark_group("mutate");
    group.throughput(Throughput::Elements(1));
    let options = generate::Options::default();
    let case = |seed| generate::test_case(&mut Rng::new(seed), &options, Profile::All);
    let cases: Vec<TestCase> = (0..SEEDS).map(case).collect();
    let weights = Weights::default();
    for (name, repair_percent) in [("mutate", 0), ("mutate and repair", 100)] {
        let settings = Settings { repair_percent, ..Settings::default() };
        let mut next = seeds();
        group.bench_function(name, |b| {
            b.iter_batched(
                || {
                    let seed = next();
                    (seed, cases[seed as usize].clone())
                },
                |(seed, mut case)| {
                    let mut cx = Context {
                        rng: &mut Rng::new(seed),
                        donor: Some(&cases[(seed as usize + 7) % cases.len()]),
                        profile: Profile::All,
                        go_minor: options.go_minor,
                        checker: options.checker,
                    };
                    let made = mutate(&mut case, &mut cx, &weights, &settings);
                    (made, case)
                },
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

/// A report of the race detector, and the round trip to a harness. The small request has a package
/// of one line and one goroutine, so that mainly the cost of the loop remains.
fn running(c: &mut Criterion) {
    let mut group = c.benchmark_group("harness");
    group.throughput(Throughput::Elements(1));
    let report = include_str!("../tests/reports/race-alias-instances-go1.24.11.txt");
    assert!(!race_reports(report).is_empty(), "the report is none");
    group.bench_function("parse a report", |b| b.iter(|| race_reports(black_box(report))));
    let built = BuiltHarness::get(&GoOptions::default(), &mut |line| eprintln!("{line}"));
    let config = HarnessConfig::new(built.expect("a harness").path);
    let mut harness = Harness::start(config).expect("a harness process");
    let text = "go check p\n-- p/p.go --\npackage p\n";
    let small = SourceCase::from_txtar(text).expect("a test case");
    let scenario = small.scenario.clone().unwrap_or_default();
    group.bench_function("round trip, one line", |b| {
        b.iter(|| harness.run(&RunRequest::new(&scenario, &small.packages)));
    });
    let options = generate::Options::default();
    let case = |seed| generate::test_case(&mut Rng::new(seed), &options, Profile::Safe);
    let cases: Vec<TestCase> = (0..SEEDS).map(case).filter(|c| !c.scenario.fresh).collect();
    let sources: Vec<_> = cases.iter().map(TestCase::to_source).collect();
    let mut next = seeds();
    group.bench_function("round trip, generated", |b| {
        b.iter(|| {
            let i = next() as usize % cases.len();
            harness.run(&RunRequest::new(&cases[i].scenario, &sources[i].packages))
        });
    });
    group.finish();
}

criterion_group!(benches, generating, mutating, running);
criterion_main!(benches);
