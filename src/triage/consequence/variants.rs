//! The scenario and variants of it. Without the race detector a race must be lost to be noticed, so
//! the variants lose it in different ways.

use std::time::Duration;

use crate::harness::{Harness, HarnessError, RunFlags, RunRequest, Verdict};
use crate::scenario::{INSTANCES, Meet, ObjectRef, Operation, Order, Scenario};
use crate::testcase::SourceCase;
use crate::triage::standalone::Plan;

/// A scenario to run again and again.
#[derive(Clone, Debug)]
pub(super) struct Variant {
    /// The test case; its scenario does not matter.
    pub case: SourceCase,
    scenario: Scenario,
    /// The next seed, if the interleaving follows from a seed: goroutines then take turns at the
    /// probes in go/types.
    seed: Option<u64>,
    /// Whether its answers are compared with those of sequential runs.
    pub compares: bool,
    /// The share of time that it gets, relative to others.
    share: u32,
    /// The time that it has had.
    spent: Duration,
    /// Rounds of one request.
    rounds: u32,
    /// For each package, whether it is valid if the operations run one after another.
    pub valid: Vec<bool>,
}

/// A request must not take much longer than the time that sending it takes, or it counts type
/// errors poorly: they count once in a request.
const BRIEF: Duration = Duration::from_millis(15);
const MOST_ROUNDS: u32 = 64;

/// The instances of the variant that has many. A walk visits hardly more types.
const INSTANCES_OF_A_CROWD: usize = 90;

/// The variants of a scenario: as it is, with every second goroutine walking backward, so that
/// goroutines that walk the same types cross, with twice and four times as many goroutines, with all
/// operations twice, with walks over many instances, and with two goroutines that do the same. Most
/// of the time, the goroutines run in parallel. The rest is for seeded schedules, and for runs whose
/// answers are compared.
pub(super) fn variants(case: &SourceCase, scenario: &Scenario) -> Vec<Variant> {
    let mut plain = scenario.clone();
    plain.schedule = None;
    plain.fresh = false;
    plain.procs = None;
    plain.rounds = None;
    plain.meet.insert(Meet::Start);
    let goroutines = |times: usize| {
        let mut more = plain.clone();
        more.go = plain.go.iter().flat_map(|ops| vec![ops.clone(); times]).collect();
        more
    };
    let mut twice = plain.clone();
    for ops in &mut twice.go {
        ops.extend(ops.clone());
    }
    let mut crossing = plain.clone();
    for op in crossing.go.iter_mut().skip(1).step_by(2).flatten() {
        reverse(op);
    }
    let variant = |scenario: &Scenario, share| Variant {
        case: case.clone(),
        scenario: scenario.clone(),
        seed: None,
        compares: false,
        share,
        spent: Duration::ZERO,
        rounds: 1,
        valid: Vec::new(),
    };
    let double = goroutines(2);
    let crowded = crowd(case, &plain).map(|crowd| variant(&crowd, 100));
    // They have had crashes when the others had none, so that they get half of the time.
    let twins = twins(&plain);
    let share = 200 / u32::try_from(twins.len()).unwrap_or(1).max(1);
    let twins =
        twins.iter().map(|twin| variant(&crowd(case, twin).unwrap_or_else(|| twin.clone()), share));
    let mut all = vec![
        variant(&plain, 30),
        variant(&crossing, 20),
        variant(&double, 10),
        variant(&goroutines(4), 10),
        variant(&twice, 10),
        Variant { seed: Some(1), ..variant(&plain, 5) },
        Variant { seed: Some(1), ..variant(&double, 5) },
        Variant { compares: true, ..variant(&plain, 5) },
        Variant { compares: true, ..variant(&double, 5) },
    ];
    all.extend(twins);
    all.extend(crowded);
    all
}

/// For each goroutine, a scenario in which it and its twin do the same at the same time. A value
/// that is computed when it is first needed is then written and read by both at the same moment.
fn twins(plain: &Scenario) -> Vec<Scenario> {
    let mut all: Vec<Scenario> = Vec::new();
    for ops in &plain.go {
        let twin = Scenario { go: vec![ops.clone(); 2], ..plain.clone() };
        if !all.contains(&twin) {
            all.push(twin);
        }
    }
    all
}

/// The scenario with walks over many instances of the generic types of complete packages; `None`
/// without such types or without walks. One round then has as many chances as there are instances,
/// and goroutines that visit them in the same order keep up with each other: the one that is behind
/// finds the work done.
fn crowd(case: &SourceCase, plain: &Scenario) -> Option<Scenario> {
    let plan = Plan::new(case, plain, &[]);
    let generic: Vec<(ObjectRef, usize)> = plan
        .completed
        .iter()
        .map(|&i| &plan.packages[i])
        .flat_map(|p| p.declared.iter().map(move |d| (p.path, d)))
        .filter(|(_, d)| d.is_type && d.type_params > 0)
        .map(|(path, d)| {
            let object = ObjectRef { package: path.to_owned(), object: d.name.clone() };
            (object, d.type_params)
        })
        .collect();
    let mut crowd = plain.clone();
    let mut walks = false;
    for op in crowd.go.iter_mut().flatten() {
        if let Operation::Walk { package, .. } = op {
            INSTANCES.clone_into(package);
            walks = true;
        }
    }
    if generic.is_empty() || !walks {
        return None;
    }
    for n in 1..=INSTANCES_OF_A_CROWD.div_ceil(generic.len()) {
        crowd.before.extend(generic.iter().map(|(object, params)| Operation::Instantiate {
            object: object.clone(),
            args: vec![format!("[{n}]int"); *params],
            context: false,
        }));
    }
    Some(crowd)
}

/// Turns the order of a walk around.
fn reverse(op: &mut Operation) {
    if let Operation::Walk { order, .. } = op {
        *order = match order {
            Order::Reversed => Order::Declared,
            _ => Order::Reversed,
        };
    }
}

/// The variant that has had the least of its share.
pub(super) fn next(variants: &mut [Variant]) -> Option<&mut Variant> {
    variants.iter_mut().min_by(|a, b| a.used().total_cmp(&b.used()))
}

impl Variant {
    fn used(&self) -> f64 {
        self.spent.as_secs_f64() / f64::from(self.share.max(1))
    }

    /// The scenario of the next request, and its rounds.
    pub fn next(&mut self) -> (Scenario, u32) {
        let mut scenario = self.scenario.clone();
        if let Some(seed) = &mut self.seed {
            scenario.schedule = Some(*seed);
            *seed += 1;
        }
        scenario.rounds = Some(self.rounds);
        (scenario, self.rounds)
    }

    /// Notes how long a request took, and whether it showed a type error.
    pub fn took(&mut self, time: Duration, wrong: bool) {
        self.spent += time;
        if self.seed.is_some() || self.compares {
            // Each round of a request has the same seed, and only the first one has answers.
            return;
        }
        if wrong || time > BRIEF * 2 {
            self.rounds = (self.rounds / 2).max(1);
        } else if time < BRIEF {
            self.rounds = (self.rounds * 2).min(MOST_ROUNDS);
        }
    }

    /// Finds out which packages are valid.
    ///
    /// # Errors
    /// The harness's.
    pub fn learn(&mut self, harness: &mut Harness) -> Result<(), HarnessError> {
        let flags = RunFlags { sequential: true, ..RunFlags::default() };
        let request = RunRequest::new(&self.scenario, &self.case.packages).with_flags(flags);
        let reply = harness.run(&request)?.reply;
        let verdicts = reply.map(|r| r.verdicts).unwrap_or_default();
        self.valid = verdicts.iter().map(|(v, _)| *v == Verdict::Valid).collect();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case() -> SourceCase {
        SourceCase::from_txtar("-- a/a.go --\npackage a\n").unwrap()
    }

    #[test]
    fn variants_keep_the_operations() {
        let scenario =
            Scenario::parse("schedule seed 7\ngo check a\ngo walk methods b").unwrap().unwrap();
        let mut all = variants(&case(), &scenario);
        let goroutines: Vec<_> = all.iter().map(|v| v.scenario.go.len()).collect();
        assert_eq!(goroutines, [2, 2, 4, 8, 2, 2, 4, 2, 4, 2, 2]);
        assert_eq!(all[10].scenario.to_string().matches("walk methods b").count(), 2);
        assert_eq!(all[4].scenario.go[0].len(), 2);
        assert!(all[1].scenario.to_string().contains("walk methods b reversed"));
        assert_eq!(all[0].next().0.schedule, None);
        let seeds: Vec<_> = (0..2).map(|_| all[5].next().0.schedule).collect();
        assert_eq!(seeds, [Some(1), Some(2)]);
    }

    #[test]
    fn a_crowd_has_instances_of_generic_types() {
        let text =
            "-- a/a.go --\npackage a\ntype A[P any] = []P\ntype T[P, Q any] int\ntype U int\n";
        let case = SourceCase::from_txtar(text).unwrap();
        let parse = |text: &str| Scenario::parse(text).unwrap().unwrap();
        let made = crowd(&case, &parse("before check a\ngo walk string a\ngo check a")).unwrap();
        assert_eq!(made.before.len(), 1 + INSTANCES_OF_A_CROWD);
        assert_eq!(made.before[4].to_string(), "instantiate a.T [2]int,[2]int");
        assert_eq!(made.go[0][0].to_string(), "walk string instances");
        for without in ["before check a\ngo check a", "go walk string a\ngo walk string a"] {
            assert_eq!(crowd(&case, &parse(without)), None);
        }
    }

    #[test]
    fn time_is_shared_and_requests_stay_brief() {
        let scenario = Scenario::parse("go check a\ngo check a").unwrap().unwrap();
        let mut all = variants(&case(), &scenario);
        for _ in 0..1000 {
            next(&mut all).unwrap().took(Duration::from_millis(1), false);
        }
        assert_eq!(all[0].spent, Duration::from_millis(100));
        assert_eq!((all[0].rounds, all[5].rounds, all[7].rounds), (MOST_ROUNDS, 1, 1));
        all[0].took(Duration::from_millis(1), true);
        assert_eq!(all[0].rounds, MOST_ROUNDS / 2);
    }
}
