//! Measures how many generated programs and mutants parse and type-check: `make validity`.
//!
//! Generates N programs, and N inputs with a chain of mutants like that of a campaign: it
//! starts with seeds and generated programs, one input in ten is new, entries that reach a
//! new counter of go/types are kept, and weights adapt. The toolchain's own checker checks
//! every package in the harness, one after another, so that the same seed gives the same
//! figures.

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Instant;

use clap::Parser;
use typerace::campaign::seeds;
use typerace::harness::{
    BuiltHarness, End, GoOptions, Harness, HarnessConfig, Limits, RunFlags, RunRequest, Verdict,
};
use typerace::mutators::{
    Context, OPERATORS, OperatorStats, Outcome, Parents, Settings, Steering, Weights, mutate,
};
use typerace::scenario::{Operation, Profile, Scenario};
use typerace::testcase::{SourceCase, TestCase};
use typerace::{generate, rng::Rng};

/// Measure how many generated programs and mutants parse and type-check.
#[derive(Parser)]
struct Args {
    /// Generated programs
    #[arg(long, default_value_t = 100_000)]
    programs: u64,
    /// Inputs of the chain of mutants
    #[arg(long, default_value_t = 100_000)]
    mutants: u64,
    /// Seed of everything
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Share of mutants that should be ill-typed, as of `typerace fuzz`
    #[arg(long, value_name = "PERCENT", default_value_t = Steering::DEFAULT_PERCENT)]
    ill_typed: u32,
    /// Start the chain from generated programs alone
    #[arg(long)]
    no_seeds: bool,
    /// Print the first N programs that do not parse, and the first N generated
    /// ones that do not type-check
    #[arg(long, default_value_t = 5)]
    show: usize,
    /// Print the first message of ill-typed mutants, the commonest first
    #[arg(long)]
    why: bool,
    /// A Go release, such as go1.27.3 [default: the go command in PATH]
    #[arg(long)]
    toolchain: Option<String>,
}

/// The percentage of a campaign's inputs that are generated and not mutated.
const FRESH_PERCENT: u32 = 10;
/// Programs generated before the first mutation.
const GENERATED_AT_START: usize = 32;

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let go = GoOptions { toolchain: args.toolchain.clone(), ..GoOptions::default() };
    let built = BuiltHarness::get(&go, &mut |line| eprintln!("{line}"))?;
    let options =
        generate::Options { go_minor: built.toolchain.minor, ..generate::Options::default() };
    let mut config = HarnessConfig::new(&built.path);
    config.limits = Limits { total: std::time::Duration::from_secs(3), ..config.limits };
    let mut checker = Checker { harness: Harness::start(config)?, show: args.show };
    println!("{}, seed {}", built.toolchain.version, args.seed);
    programs(&args, &options, &mut checker)?;
    mutants(&args, &options, &mut checker)
}

/// The type checker's verdict on a program.
struct Checked {
    verdict: Verdict,
    /// The first error's text.
    error: String,
    lines: usize,
}

struct Checker {
    harness: Harness,
    show: usize,
}

impl Checker {
    /// Checks every package, dependencies first. A program that takes longer
    /// than three seconds, or ends the process, counts as ill-typed.
    fn check(&mut self, source: &SourceCase) -> Result<Checked, Box<dyn Error>> {
        let check = |path: &String| Operation::Check { package: path.clone() };
        let before = source.packages.iter().map(|p| check(&p.path)).collect();
        let scenario = Scenario { before, ..Scenario::default() };
        let flags = RunFlags { sequential: true, ..RunFlags::default() };
        let request = RunRequest::new(&scenario, &source.packages).with_flags(flags);
        let outcome = self.harness.run(&request)?;
        let lines = source.lines();
        let (verdict, error) = match (outcome.end, outcome.reply) {
            (End::Replied, Some(reply)) => {
                reply.verdicts.into_iter().min().unwrap_or((Verdict::NotChecked, String::new()))
            }
            (end, _) => (Verdict::TypeErrors, format!("{end:?}").chars().take(60).collect()),
        };
        Ok(Checked { verdict, error, lines })
    }

    fn show(&mut self, what: &str, source: &SourceCase, checked: &Checked) {
        if self.show > 0 {
            self.show -= 1;
            eprintln!("# {what}: {}\n{}", checked.error, source.to_txtar());
        }
    }
}

fn programs(
    args: &Args,
    options: &generate::Options,
    checker: &mut Checker,
) -> Result<(), Box<dyn Error>> {
    let (mut stats, mut lines) = (OperatorStats::default(), Vec::new());
    let began = Instant::now();
    for i in 0..args.programs {
        let mut rng = Rng::new(args.seed.wrapping_add(i));
        let case = TestCase {
            packages: generate::packages(&mut rng, options),
            scenario: Scenario::default(),
        };
        let source = case.to_source();
        let checked = checker.check(&source)?;
        if checked.verdict != Verdict::Valid {
            checker.show(&format!("program {i}"), &source, &checked);
        }
        stats.record(outcome(&checked, false));
        lines.push(checked.lines);
    }
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "generated: {} programs, {:.3} % parse, {:.2} % type-check, median {} lines, {seconds:.0} s",
        stats.made,
        stats.percent(stats.parsed),
        stats.percent(stats.checked),
        median(&mut lines)
    );
    Ok(())
}

fn mutants(
    args: &Args,
    options: &generate::Options,
    checker: &mut Checker,
) -> Result<(), Box<dyn Error>> {
    let rng = &mut Rng::new(args.seed);
    let (mut pool, mut parents) = (Pool::default(), Parents::default());
    let mut seen = vec![false; checker.harness.counters()];
    let seeds = if args.no_seeds { Vec::new() } else { seeds::built_in(false, options.checker) };
    let mut start = seeds::import(&seeds, &mut checker.harness)?;
    start.extend((0..GENERATED_AT_START).map(|_| generate::test_case(rng, options, Profile::All)));
    for case in start {
        let checked = checker.check(&case.to_source())?;
        if mark(&mut seen, checker.harness.coverage()) {
            parents.record(pool.add(case), checked.verdict == Verdict::Valid);
        }
    }
    let (mut weights, mut steering) = (Weights::default(), Steering::new(args.ill_typed));
    let (mut all, mut fresh) = (OperatorStats::default(), OperatorStats::default());
    let mut by_repair = [OperatorStats::default(); 2];
    let (mut lines, mut why) = (Vec::new(), BTreeMap::<String, u64>::new());
    let began = Instant::now();
    while all.made + fresh.made < args.mutants {
        let entry = pool.choose(rng);
        let entry = steering.instead(entry, &parents, rng).unwrap_or(entry);
        for _ in 0..=rng.below(32) {
            let mut case = pool.entries[entry].case.clone();
            let settings =
                Settings { repair_percent: steering.repair_percent(), ..Settings::default() };
            let made = if rng.chance(FRESH_PERCENT) {
                case = generate::test_case(rng, options, Profile::All);
                None
            } else {
                let donor = &pool.entries[rng.below(pool.entries.len())].case;
                let mut cx = Context {
                    rng,
                    donor: Some(donor),
                    profile: Profile::All,
                    go_minor: options.go_minor,
                    checker: options.checker,
                };
                let Some(m) = mutate(&mut case, &mut cx, &weights, &settings) else { continue };
                Some(m)
            };
            let source = case.to_source();
            let checked = checker.check(&source)?;
            let new = mark(&mut seen, checker.harness.coverage());
            let outcome = outcome(&checked, new);
            match &made {
                Some(m) => {
                    weights.record(m, outcome);
                    steering.record(outcome.checked);
                    all.record(outcome);
                    by_repair[usize::from(m.repaired)].record(outcome);
                    lines.push(checked.lines);
                    if !outcome.parsed {
                        let names: Vec<_> =
                            m.operators.iter().map(|&i| OPERATORS[i].name()).collect();
                        checker.show(&names.join(", "), &source, &checked);
                    }
                    if !outcome.checked && m.repaired {
                        *why.entry(sort_of(&checked.error)).or_default() += 1;
                    }
                }
                None => fresh.record(outcome),
            }
            if new {
                parents.record(pool.add(case), outcome.checked);
            }
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "mutants: {} of {} inputs, {:.3} % parse, {:.1} % type-check (aim {} %), median {} lines, {seconds:.0} s",
        all.made,
        all.made + fresh.made,
        all.percent(all.parsed),
        all.percent(all.checked),
        100 - args.ill_typed.min(100),
        median(&mut lines)
    );
    let [plain, repaired] = by_repair;
    println!(
        "  repaired: {} mutants, {:.1} % type-check; not repaired: {}, {:.1} %; at the end {} % are repaired, {} % of ill-typed parents passed over",
        repaired.made,
        repaired.percent(repaired.checked),
        plain.made,
        plain.percent(plain.checked),
        steering.repair_percent(),
        steering.pass_over_percent()
    );
    let (well_typed, ill_typed) = parents.counts();
    println!(
        "  corpus {well_typed} well-typed and {ill_typed} ill-typed entries, {} of {} counters",
        seen.iter().filter(|s| **s).count(),
        seen.len()
    );
    println!(
        "\n| operator | mutants | parse % | type-check % | new coverage |\n|---|---|---|---|---|"
    );
    for (name, s) in weights.stats().chain([("generate", &fresh)]) {
        println!(
            "| {name} | {} | {:.2} | {:.1} | {} |",
            s.made,
            s.percent(s.parsed),
            s.percent(s.checked),
            s.new_coverage
        );
    }
    if args.why {
        let mut why: Vec<_> = why.into_iter().collect();
        why.sort_by_key(|(text, n)| (std::cmp::Reverse(*n), text.clone()));
        println!("\nfirst messages of repaired, ill-typed mutants:");
        for (text, n) in why.iter().take(40) {
            println!("{n:>6} {text}");
        }
    }
    Ok(())
}

fn outcome(checked: &Checked, new_coverage: bool) -> Outcome {
    Outcome {
        parsed: checked.verdict != Verdict::SyntaxErrors,
        checked: checked.verdict == Verdict::Valid,
        new_coverage,
        finding: false,
    }
}

/// The message without place and names: words with a capital letter, a digit or a symbol are
/// removed.
fn sort_of(error: &str) -> String {
    let text = error.splitn(4, ':').last().unwrap_or(error);
    let plain = |w: &&str| w.chars().all(|c| c.is_ascii_lowercase() || "-,():".contains(c));
    text.split_whitespace().filter(plain).take(9).collect::<Vec<_>>().join(" ")
}

/// Whether new counters were hit.
fn mark(seen: &mut [bool], counters: &[u8]) -> bool {
    let mut new = false;
    for (s, _) in seen.iter_mut().zip(counters).filter(|(_, n)| **n > 0) {
        new |= !*s;
        *s = true;
    }
    new
}

fn median(numbers: &mut [usize]) -> usize {
    numbers.sort_unstable();
    numbers.get(numbers.len() / 2).copied().unwrap_or(0)
}

/// The corpus. New and small entries are chosen more often, as by the campaign's scheduler.
#[derive(Default)]
struct Pool {
    entries: Vec<Entry>,
}

struct Entry {
    case: TestCase,
    size: usize,
    chosen: u32,
}

impl Pool {
    /// The new entry's index.
    fn add(&mut self, case: TestCase) -> usize {
        let files = case.packages.iter().flat_map(|p| &p.files);
        let size = files.map(|f| f.tree.decls.len()).sum();
        self.entries.push(Entry { case, size, chosen: 0 });
        self.entries.len() - 1
    }

    fn choose(&mut self, rng: &mut Rng) -> usize {
        let weight = |e: &Entry| (1000 / (1 + e.chosen) * if e.size <= 16 { 2 } else { 1 }).max(10);
        let weights: Vec<u32> = self.entries.iter().map(weight).collect();
        let at = rng.weighted(&weights).unwrap_or(0);
        self.entries[at].chosen += 1;
        at
    }
}
