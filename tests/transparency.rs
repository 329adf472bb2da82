//! The instrumented harness must not hide what a plain one finds: the race detector treats every
//! atomic, lock and channel between two goroutines as ordering.
//!
//! Each case runs in many processes: once without instrumentation, once with it in
//! parallel, and with it under a few seeds. `make transparency` takes 50 of them
//! and every case, TYPERACE_PROCESSES and TYPERACE_TOOLCHAIN change that.

use typerace::harness::{BuiltHarness, GoOptions, Harness, HarnessConfig, RunRequest};
use typerace::testcase::SourceCase;

/// Name, test case, and whether the plain build must see it: a planted race that is not seen means
/// that the measurement is wrong, while a known one may have been fixed.
const CASES: [(&str, &str, bool); 5] = [
    (
        "planted: two checkers on one Info",
        "share info\nshare ast\nmeet start\ngo check a\ngo check a\n\
         -- a/a.go --\npackage a\n\nvar X = 1\n\nfunc F() int { return X + 1 }\n",
        true,
    ),
    (
        "planted: a setter against a reader",
        "meet start\nbefore check a\ngo set a.T method\ngo walk methods a\n\
         -- a/a.go --\npackage a\n\ntype T struct{ X int }\n\nfunc (T) M() {}\n",
        true,
    ),
    (
        "golang.org/issue/79035: an alias instance unaliased by two",
        "meet start\nbefore check lib ; instantiate lib.Set string\n\
         go walk unalias instances\ngo walk unalias instances\n\
         -- lib/lib.go --\npackage lib\n\ntype Set[K comparable] = map[K]struct{}\n",
        false,
    ),
    (
        "golang.org/issue/81122: an instance expanded by two importers",
        "meet import\nbefore check p\ngo check a\ngo check a\n\
         -- a/a.go --\npackage a\n\nimport \"p\"\n\nvar a = p.X.V\n\nvar b = p.X.M().V.V\n\
         -- p/p.go --\npackage p\n\ntype L[T any] struct{ V T }\n\n\
         func (l *L[T]) M() *L[L[T]] { return nil }\n\nvar X *L[int]\n",
        false,
    ),
    (
        "the same without a meeting",
        "before check p\ngo check a\ngo check a\n\
         -- a/a.go --\npackage a\n\nimport \"p\"\n\nvar a = p.X.V\n\nvar b = p.X.M().V.V\n\
         -- p/p.go --\npackage p\n\ntype L[T any] struct{ V T }\n\n\
         func (l *L[T]) M() *L[L[T]] { return nil }\n\nvar X *L[int]\n",
        false,
    ),
];

/// The number of seeds that a process tries. A seed is one interleaving, and in some interleavings
/// a lock of go/types itself orders the two sides, so a single seed is not enough. A campaign tries
/// two to eight for each corpus entry.
const SEEDS: u64 = 4;

/// How many of `n` processes report a race, each in its first execution, or with its first seeds.
fn detected(harness: &mut Harness, text: &str, seeded: bool, n: u64) -> u64 {
    let case = SourceCase::from_txtar(text).unwrap();
    let mut scenario = case.scenario.unwrap();
    let mut races = |harness: &mut Harness, schedule| {
        scenario.schedule = schedule;
        let outcome = harness.run(&RunRequest::new(&scenario, &case.packages)).unwrap();
        outcome.reports.contains("WARNING: DATA RACE")
    };
    let process = |i: &u64| {
        harness.recycle();
        if seeded {
            (i * SEEDS..(i + 1) * SEEDS).any(|seed| races(harness, Some(seed)))
        } else {
            races(harness, None)
        }
    };
    (0..n).filter(process).count() as u64
}

/// The probability of `b` or fewer hits of `n` if these and `a` of `n` have the same rate: Fisher's
/// exact test, one-sided.
fn no_worse(a: u64, b: u64, n: u64) -> f64 {
    let ln_choose = |n: u64, k: u64| -> f64 {
        (0..k).map(|i| ((n - i) as f64).ln() - ((i + 1) as f64).ln()).sum()
    };
    let hits = a + b;
    let all = ln_choose(2 * n, hits);
    let low = hits.saturating_sub(n);
    (low..=b).map(|k| (ln_choose(n, k) + ln_choose(n, hits - k) - all).exp()).sum()
}

#[test]
fn margins_are_sane() {
    assert!((no_worse(10, 10, 10) - 1.0).abs() < 1e-9);
    // 10 of 10 against 0 of 10: one of C(20, 10) ways.
    assert!((no_worse(10, 0, 10) - 1.0 / 184_756.0).abs() < 1e-12);
    assert!(no_worse(50, 40, 50) < 0.001 && no_worse(50, 45, 50) > 0.001);
    assert!(no_worse(10, 9, 50) > 0.3);
}

/// If the probability of chance is below this, the instrumented build is said to hide races: of a
/// thousand runs of a case, one fails by bad luck.
const CHANCE: f64 = 0.001;

/// If the plain build did not see a planted race, it gets this many times more tries.
const ROUNDS: u64 = 8;

fn compare(cases: &[(&str, &str, bool)], processes: u64) {
    let options =
        GoOptions { toolchain: std::env::var("TYPERACE_TOOLCHAIN").ok(), ..Default::default() };
    let mut say = |line: &str| eprintln!("{line}");
    let plain = BuiltHarness::plain(&options, &mut say).unwrap();
    let probed = BuiltHarness::get(&options, &mut say).unwrap();
    let mut plain = Harness::start(HarnessConfig::new(&plain.path)).unwrap();
    let mut probed = Harness::start(HarnessConfig::new(&probed.path)).unwrap();
    let mut worse = Vec::new();
    for &(name, text, must) in cases {
        let (mut n, mut without, mut parallel, mut seeded) = (0, 0, 0, 0);
        // On a loaded machine a short race shows in one process of five, so 8 processes may miss
        // it.
        while n == 0 || must && without == 0 && n < ROUNDS * processes {
            n += processes;
            without += detected(&mut plain, text, false, processes);
            parallel += detected(&mut probed, text, false, processes);
            seeded += detected(&mut probed, text, true, processes);
        }
        println!(
            "{name}: of {n} processes: plain {without}, instrumented {parallel}, \
             with seeds {seeded}"
        );
        assert!(!must || without > 0, "the plain build does not see {name}");
        for (kind, hits) in [("instrumented", parallel), ("with seeds", seeded)] {
            if hits < without && no_worse(without, hits, n) < CHANCE {
                worse.push(format!("{name}: {kind} {hits}, plain {without} of {n}"));
            }
        }
    }
    assert!(worse.is_empty(), "instrumentation hides races:\n{}", worse.join("\n"));
}

#[test]
fn instrumentation_hides_nothing() {
    compare(&CASES[..4], 8);
}

#[test]
#[ignore = "minutes: make transparency"]
fn instrumentation_hides_nothing_in_many_processes() {
    let processes = std::env::var("TYPERACE_PROCESSES").ok().and_then(|n| n.parse().ok());
    compare(&CASES, processes.unwrap_or(50));
}
