//! Prints requests to a harness, as a campaign sends them: `requests SEED COUNT`.
//! The output can be fed to a harness on descriptor 3 repeatedly, to compare or profile two
//! builds on the same work and without the fuzzer. The scenarios break no rule, so nothing
//! kills the process.

use std::io::{BufWriter, Write};

use typerace::harness::RunRequest;
use typerace::mutators::{Context, Settings, Weights, mutate};
use typerace::scenario::Profile;
use typerace::{generate, rng::Rng};

/// The number of test cases from which mutants are made.
const POOL: usize = 200;
/// The percentage of requests that are generated and not mutated.
const FRESH_PERCENT: u32 = 10;
/// The percentage of mutants that replace their parent, so that chains get longer, as in a corpus.
const KEPT_PERCENT: u32 = 20;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<u64> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let &[seed, count] = args.as_slice() else {
        eprintln!("usage: requests SEED COUNT");
        std::process::exit(2);
    };
    let rng = &mut Rng::new(seed);
    let (options, settings) = (generate::Options::default(), Settings::default());
    let weights = Weights::default();
    let new = |rng: &mut Rng| generate::test_case(rng, &options, Profile::Safe);
    let mut pool: Vec<_> = (0..POOL).map(|_| new(rng)).collect();
    let mut out = BufWriter::new(std::io::stdout().lock());
    for id in 0..count {
        let at = rng.below(pool.len());
        let mut case = if rng.chance(FRESH_PERCENT) { new(rng) } else { pool[at].clone() };
        let donor = pool[rng.below(pool.len())].clone();
        let mut cx = Context {
            rng,
            donor: Some(&donor),
            profile: Profile::Safe,
            go_minor: options.go_minor,
            checker: options.checker,
        };
        mutate(&mut case, &mut cx, &weights, &settings);
        let source = case.to_source();
        let request = RunRequest { id, ..RunRequest::new(&case.scenario, &source.packages) };
        out.write_all(&request.encode()?)?;
        if rng.chance(KEPT_PERCENT) {
            pool[at] = case;
        }
    }
    Ok(out.flush()?)
}
