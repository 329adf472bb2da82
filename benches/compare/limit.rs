//! The limit: the speed of a harness without a fuzzer, over a fixed set of requests that it reads
//! from a file. For comparison, the same test cases through a campaign's loop: printing, protocol,
//! observers, feedback.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use libafl::StdFuzzer;
use libafl::events::NopEventManager;
use libafl::feedback_or;
use libafl::feedbacks::{ConstFeedback, MaxMapFeedback};
use libafl::fuzzer::Evaluator as _;
use libafl::schedulers::QueueScheduler;
use libafl::state::StdState;
use libafl_bolts::rands::StdRand;
use serde_json::{Value, json};
use typerace::corpus::EntryCorpus;
use typerace::executor::{Ahead as _, Fatal, HarnessExecutor, News, Recorder, Run};
use typerace::feedback::{CoversFeedback, RunTimeFeedback};
use typerace::harness::{
    BuiltHarness, End, GoOptions, Harness, HarnessConfig, Outcome, RunRequest,
};
use typerace::mutators::{Context, Settings, Weights, mutate};
use typerace::scenario::Profile;
use typerace::testcase::TestCase;
use typerace::{generate, rng::Rng};

use super::Failure;
use super::results::Results;

/// The number of test cases in the set, and how often each side runs them.
const CASES: usize = 300;
const PASSES: u64 = 20;
/// Each test case is the last of this number of successive mutants, as in a corpus.
const GENERATIONS: usize = 6;

/// Measures both sides alternately, three times.
pub fn measure(results: &mut Results) -> Result<(), Failure> {
    for turn in 1..=3 {
        results.measure("limit", &[&format!("turn {turn}")], one_turn)?;
    }
    Ok(())
}

fn one_turn() -> Result<Value, Failure> {
    let built = BuiltHarness::get(&GoOptions::default(), &mut |line| eprintln!("{line}"))?;
    let cases = quiet(set(built.toolchain.minor), &built.path)?;
    let dir = tempfile::tempdir()?;
    let alone = side_by_side(1, &built.path, &cases, dir.path())?;
    let two = side_by_side(2, &built.path, &cases, dir.path())?;
    let campaign = campaign(&built.path, &cases, dir.path())?;
    let lines = |c: &TestCase| {
        let source = c.to_source();
        let files = source.packages.iter().flat_map(|p| &p.files);
        files.map(|f| f.1.lines().count()).sum::<usize>()
    };
    let mut sizes: Vec<usize> = cases.iter().map(lines).collect();
    sizes.sort_unstable();
    // The middle fifth by size: a program of a campaign's median size.
    let middle = |i: usize| sizes.get(sizes.len() * i / 10).copied().unwrap_or(0);
    let of_median = |c: &&TestCase| (middle(4)..=middle(6)).contains(&lines(c));
    let median: Vec<TestCase> = cases.iter().filter(of_median).cloned().collect();
    let two_median = side_by_side(2, &built.path, &median, dir.path())?;
    Ok(json!({
        "cases": cases.len(),
        "median_lines": sizes.get(sizes.len() / 2),
        "harness_alone_per_second": alone,
        "campaign_per_second": campaign,
        "two_harnesses_per_second": two,
        "two_harnesses_median_size_per_second": two_median,
        "percent": 100.0 * campaign / alone,
    }))
}

/// Test cases like those of a campaign, with the safe profile, so that nothing ends the process.
fn set(go_minor: u32) -> Vec<TestCase> {
    let rng = &mut Rng::new(1);
    let options = generate::Options { go_minor, ..Default::default() };
    let (settings, weights) = Default::default();
    let new = |rng: &mut Rng| generate::test_case(rng, &options, Profile::Safe);
    let pool: Vec<TestCase> = (0..CASES).map(|_| new(rng)).collect();
    let mutant = |case: &TestCase, rng: &mut Rng| {
        let mut case = case.clone();
        for _ in 0..GENERATIONS {
            let donor = &pool[rng.below(pool.len())];
            let mut cx = Context {
                rng,
                donor: Some(donor),
                profile: Profile::Safe,
                go_minor: options.go_minor,
                checker: options.checker,
            };
            mutate(&mut case, &mut cx, &weights as &Weights, &settings as &Settings);
        }
        // The time to start a process says nothing about the speed of a loop.
        (case.scenario.fresh, case.scenario.oracle) = (false, false);
        case
    };
    pool.iter().map(|case| mutant(case, rng)).collect()
}

/// Leaves out those that race, die or take long: their cost is that of a report, not of a run.
fn quiet(cases: Vec<TestCase>, harness: &Path) -> Result<Vec<TestCase>, Failure> {
    let mut harness = Harness::start(HarnessConfig::new(harness))?;
    let mut kept = Vec::new();
    for case in cases {
        let source = case.to_source();
        let request = RunRequest::new(&case.scenario, &source.packages);
        let mut silent = true;
        for _ in 0..3 {
            let outcome = harness.run(&request)?;
            silent &= matches!(outcome.end, End::Replied) && outcome.reports.is_empty();
        }
        if silent {
            kept.push(case);
        }
    }
    Ok(kept)
}

/// Executions per second of the given number of harnesses, together.
fn side_by_side(n: usize, harness: &Path, cases: &[TestCase], dir: &Path) -> Result<f64, Failure> {
    let rates: Vec<Result<f64, String>> = std::thread::scope(|scope| {
        let run = |i: usize| {
            let dir = dir.join(format!("harness{i}"));
            fs::create_dir_all(&dir).map_err(|e| e.to_string())?;
            alone(harness, cases, &dir).map_err(|e| e.to_string())
        };
        let threads: Vec<_> = (0..n).map(|i| scope.spawn(move || run(i))).collect();
        threads
            .into_iter()
            .map(|t| t.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    let rates: Result<Vec<f64>, String> = rates.into_iter().collect();
    Ok(rates?.into_iter().sum())
}

/// Executions per second of a harness that reads all requests from a file.
fn alone(harness: &Path, cases: &[TestCase], dir: &Path) -> Result<f64, Failure> {
    let mut requests = Vec::new();
    for pass in 0..PASSES {
        for (i, case) in cases.iter().enumerate() {
            let source = case.to_source();
            let id = pass * cases.len() as u64 + i as u64;
            let request = RunRequest { id, ..RunRequest::new(&case.scenario, &source.packages) };
            requests.extend(request.exploring().encode()?);
        }
    }
    let [input, map, log] = ["requests", "map", "races"].map(|name| dir.join(name));
    fs::File::create(&input)?.write_all(&requests)?;
    fs::File::create(&map)?.set_len(HarnessConfig::new(harness).map_size as u64)?;
    let config = HarnessConfig::new(harness);
    let began = Instant::now();
    let status = Command::new("sh")
        .args(["-c", "exec \"$0\" 3<\"$1\" 4>/dev/null 5<>\"$2\""])
        .args([harness, &input, &map])
        .env("GORACE", config.gorace(&log)?)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    if !status.success() {
        return Err(format!("the harness ended with {status}").into());
    }
    Ok((PASSES * cases.len() as u64) as f64 / began.elapsed().as_secs_f64())
}

/// Executions per second of a campaign's loop over the same test cases, once it knows them.
fn campaign(harness: &Path, cases: &[TestCase], dir: &Path) -> Result<f64, Failure> {
    let mut executor = HarnessExecutor::new(Harness::start(HarnessConfig::new(harness))?, Silent);
    let mut feedback = feedback_or!(
        MaxMapFeedback::new(executor.coverage()),
        CoversFeedback::new(executor.coverage()),
        RunTimeFeedback::new(executor.execution())
    );
    let mut objective = ConstFeedback::new(false);
    let [corpus, solutions] = ["corpus", "solutions"].map(|name| dir.join(name));
    let mut state = StdState::new(
        StdRand::with_seed(1),
        EntryCorpus::new(corpus, 16),
        EntryCorpus::new(solutions, 0),
        &mut feedback,
        &mut objective,
    )?;
    let mut fuzzer = StdFuzzer::new(QueueScheduler::new(), feedback, objective);
    let mut manager = NopEventManager::new();
    for case in cases {
        fuzzer.evaluate_input(&mut state, &mut executor, &mut manager, case)?;
    }
    let began = Instant::now();
    let mut printed = (0..PASSES).flat_map(|_| cases).map(|case| (case, case.to_source()));
    let mut next = printed.next();
    while let Some((case, source)) = next {
        // Like mutants: the next one is printed while the harness works.
        executor.send_ahead(&state, case, source);
        next = printed.next();
        fuzzer.evaluate_input(&mut state, &mut executor, &mut manager, case)?;
    }
    Ok((PASSES * cases.len() as u64) as f64 / began.elapsed().as_secs_f64())
}

/// A recorder for test cases that never fail.
struct Silent;

impl Recorder for Silent {
    type Verdict = ();

    fn judge(&mut self, _: &mut Harness, _: &Run<'_>, _: &Outcome) -> Result<(), Fatal> {
        Ok(())
    }

    fn record(
        &mut self,
        _harness: &mut Harness,
        _run: &Run<'_>,
        _outcome: &Outcome,
        (): (),
    ) -> Result<News, Fatal> {
        Ok(News::default())
    }
}
