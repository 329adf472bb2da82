//! Prints mutants of generated programs: `mutants SEED COUNT [GO_MINOR]`, in the form of
//! `generate`. The parents are generated programs and earlier mutants.

use std::io::{BufWriter, Write};

use typerace::mutators::{Context, Settings, Weights, mutate};
use typerace::scenario::Profile;
use typerace::{generate, rng::Rng};

/// The number of earlier programs to choose parents from.
const POOL: usize = 64;

fn main() -> std::io::Result<()> {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let &[seed, count, ..] = &numbers[..] else {
        eprintln!("usage: mutants SEED COUNT [GO_MINOR]");
        std::process::exit(2);
    };
    let mut options = generate::Options::default();
    if let Some(&minor) = numbers.get(2) {
        options.go_minor = u32::try_from(minor).unwrap_or(options.go_minor);
    }
    let rng = &mut Rng::new(seed);
    let (weights, settings) = (Weights::default(), Settings::default());
    let mut pool: Vec<_> =
        (0..POOL).map(|_| generate::test_case(rng, &options, Profile::All)).collect();
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut made = 0;
    while made < count {
        let mut case = pool[rng.below(POOL)].clone();
        let donor = pool[rng.below(POOL)].clone();
        let mut cx = Context {
            rng,
            donor: Some(&donor),
            profile: Profile::All,
            go_minor: options.go_minor,
            checker: options.checker,
        };
        if mutate(&mut case, &mut cx, &weights, &settings).is_none() {
            continue;
        }
        writeln!(out, "=== {made}")?;
        for p in &case.packages {
            for f in &p.files {
                write!(out, "-- {}/{} --\n{}", p.path, f.name, f.tree.print())?;
            }
        }
        made += 1;
        // Half of the pool stays fresh, because errors accumulate in chains of mutants.
        let fresh = made % 2 == 0;
        pool[rng.below(POOL)] =
            if fresh { generate::test_case(rng, &options, Profile::All) } else { case };
    }
    out.flush()
}
