//! Measures the cost of a seeded schedule: `schedule_rate COUNT [TOOLCHAIN]` runs the same
//! generated test cases in parallel and under seeds of both strategies, in turn, so that
//! the machine's load is the same for all.

use std::time::{Duration, Instant};

use typerace::harness::{BuiltHarness, GoOptions, Harness, HarnessConfig, RunRequest};
use typerace::scenario::Profile;
use typerace::{generate, rng::Rng};

const KINDS: [&str; 3] = ["parallel", "pct", "random"];
/// Test cases that run in one kind before the next kind's turn, as a campaign's stages
/// do: a change of GOMAXPROCS stops the world.
const BATCH: u64 = 8;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let Some(count) = args.next().and_then(|a| a.parse::<u64>().ok()) else {
        eprintln!("usage: schedule_rate COUNT [TOOLCHAIN]");
        std::process::exit(2);
    };
    let options = GoOptions { toolchain: args.next(), ..Default::default() };
    let built = BuiltHarness::get(&options, &mut |line| eprintln!("{line}"))?;
    let mut harness = Harness::start(HarnessConfig::new(&built.path))?;
    let mut times = [Duration::ZERO; 3];
    for batch in 0..count.div_ceil(BATCH) {
        let cases: Vec<_> = (batch * BATCH..(batch + 1) * BATCH)
            .map(|i| generate::test_case(&mut Rng::new(i), &Default::default(), Profile::Safe))
            .map(|case| (case.to_source(), case.scenario))
            .collect();
        // Each kind comes first as often as the others.
        for turn in 0..3 {
            let kind = ((batch + turn) % 3) as usize;
            let began = Instant::now();
            for (i, (source, scenario)) in cases.iter().enumerate() {
                let mut scenario = scenario.clone();
                (scenario.fresh, scenario.oracle) = (false, false);
                scenario.schedule =
                    (kind > 0).then_some(2 * (batch * BATCH + i as u64) + kind as u64 - 1);
                harness.run(&RunRequest::new(&scenario, &source.packages))?;
            }
            times[kind] += began.elapsed();
        }
    }
    let n = count.div_ceil(BATCH) * BATCH;
    for (kind, time) in KINDS.iter().zip(times) {
        let rate = n as f64 / time.as_secs_f64();
        let percent = 100.0 * times[0].as_secs_f64() / time.as_secs_f64();
        println!("{kind:9} {rate:8.1} executions/s, {percent:3.0} % of parallel");
    }
    Ok(())
}
