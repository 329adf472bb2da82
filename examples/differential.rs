//! Compares the verdicts of types2 and go/types on generated programs:
//!
//! ```text
//! cargo run --release --example differential -- 100000 [SEED]
//! ```

use std::collections::BTreeMap;

use typerace::checker::Checker;
use typerace::generate::{self, Options};
use typerace::harness::{
    BuiltHarness, End, GoOptions, Harness, HarnessConfig, Outcome, RunFlags, RunRequest, Verdict,
};
use typerace::mutators::{Context, Settings, Weights, mutate};
use typerace::rng::Rng;
use typerace::scenario::Profile;
use typerace::triage::compiler::compiler_case;

fn main() {
    let number = |n: usize| std::env::args().nth(n).and_then(|a| a.parse::<u64>().ok());
    let (programs, seed) = (number(1).unwrap_or(1000), number(2).unwrap_or(1));
    let options = GoOptions { checker: Checker::Types2, ..GoOptions::default() };
    let built = BuiltHarness::get(&options, &mut |line| eprintln!("{line}")).unwrap();
    let mut harness = Harness::start(HarnessConfig::new(&built.path)).unwrap();
    let mut rng = Rng::new(seed);
    let go_minor = built.toolchain.minor;
    let make = Options { go_minor, ..Options::default() };
    let (weights, settings) = (Weights::default(), Settings::default());
    let mut seen: BTreeMap<String, (u64, String)> = BTreeMap::new();
    let mut last = generate::test_case(&mut rng, &make, Profile::Safe);
    for n in 0..programs {
        let mut case = generate::test_case(&mut rng, &make, Profile::Safe);
        // Two of three programs are mutants, many of them with errors.
        for _ in 0..n % 3 {
            let (donor, checker) = (Some(&last as _), Checker::GoTypes);
            let mut cx =
                Context { rng: &mut rng, donor, profile: Profile::Safe, go_minor, checker };
            mutate(&mut case, &mut cx, &weights, &settings);
        }
        let source = compiler_case(&case.to_source());
        last = case;
        let scenario = source.scenario.clone().unwrap_or_default();
        let flags = RunFlags { sequential: true, answers: true, ..RunFlags::default() };
        let request = RunRequest::new(&scenario, &source.packages).with_flags(flags);
        let mut verdicts = Vec::new();
        let mut ends = Vec::new();
        for other in [false, true] {
            let outcome = harness.run(&request.with_flags(RunFlags { other, ..flags })).unwrap();
            ends.push(end(&outcome));
            verdicts.push(outcome.reply.map(|r| r.verdicts).unwrap_or_default());
        }
        let mut note = |what: String| {
            let text = || source.to_txtar();
            seen.entry(what).or_insert_with(|| (0, text())).0 += 1;
        };
        if ends.iter().any(|end| end != ENDED) {
            note(format!("types2 {} | go/types {}", ends[0], ends[1]));
            continue;
        }
        for (ours, theirs) in verdicts[0].iter().zip(&verdicts[1]) {
            let word = |v: &(Verdict, String)| match v.0 {
                Verdict::Valid => "valid".to_owned(),
                _ => v.1.split_once(": ").map_or(v.1.clone(), |(_, m)| m.to_owned()),
            };
            if ours.0 == Verdict::SyntaxErrors && theirs.0 != Verdict::SyntaxErrors {
                note(format!("types2's parser rejects it: {}", shape(&word(ours))));
                // Whoever imports it fails, too, which says nothing more.
                break;
            }
            let valid = |v: &(Verdict, String)| v.0 == Verdict::Valid;
            if valid(ours) != valid(theirs) {
                note(format!("types2: {} | go/types: {}", word(ours), word(theirs)));
            }
        }
    }
    println!("{programs} programs on {}, seed {seed}", built.toolchain.version);
    for (what, (n, text)) in seen {
        println!("\n== {n} times: {what}\n{text}");
    }
}

const ENDED: &str = "ends";

/// How a run ended, without what differs from run to run.
fn end(outcome: &Outcome) -> String {
    let panic = outcome.reply.iter().flat_map(|r| &r.panics).next();
    match (&outcome.end, panic) {
        (End::Replied, None) => ENDED.to_owned(),
        (End::Replied, Some(p)) => format!("panics: {}", shape(&p.value)),
        (End::Died { status, .. }, _) => format!("dies: {status}"),
        (End::TimedOut { .. }, _) => "does not end".to_owned(),
        (End::OverMemory { .. }, _) => "runs out of memory".to_owned(),
    }
}

/// A message without the names in it.
fn shape(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let words: Vec<&str> = line.split_whitespace().take(6).collect();
    words.join(" ")
}
