//! Planted faults, each through the real detection: a go/types that misbehaves when a
//! type of a certain name is declared, the real harness, the real judge. One run of
//! each is compared with a golden finding; `make faults` measures 50 of each.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use typerace::finding::{Finding, Kind, Origin};
use typerace::harness::{BuiltHarness, GoOptions, Harness, HarnessConfig, Limits, RunRequest};
use typerace::testcase::SourceCase;
use typerace::triage::{Judge, repeat};

#[path = "planted/overlay.rs"]
mod planted;
use planted::overlay;

/// A planted fault: the type that asks for it, what it must be found as, words of its
/// title, and whether one goroutine alone does it (`None`: not asked).
struct Fault {
    name: &'static str,
    kind: Kind,
    title: &'static str,
    sequential: Option<bool>,
}

impl Fault {
    /// Whether a finding is what was planted.
    fn is(&self, f: &Finding) -> bool {
        f.kind == self.kind
            && f.title.contains(self.title)
            && self.sequential.is_none_or(|s| s == f.sequential)
    }
}

const fn fault(
    name: &'static str,
    kind: Kind,
    title: &'static str,
    sequential: Option<bool>,
) -> Fault {
    Fault { name, kind, title, sequential }
}

const FAULTS: [Fault; 17] = [
    fault("FaultRace", Kind::DataRace, "plantedFault", None),
    fault("FaultMapWrites", Kind::Fatal, "concurrent map writes", None),
    fault("FaultMapReadWrite", Kind::Fatal, "concurrent map", None),
    fault("FaultMapIteration", Kind::Fatal, "concurrent map iteration and map write", None),
    fault("FaultUnlock", Kind::Fatal, "unlock of unlocked mutex", None),
    fault("FaultStack", Kind::Fatal, "stack overflow", None),
    fault("FaultOutOfMemory", Kind::Memory, "out of memory", None),
    fault("FaultAsleep", Kind::Deadlock, "chan receive", Some(true)),
    fault("FaultPanic", Kind::Panic, "planted panic", Some(true)),
    fault("FaultPanicTogether", Kind::Panic, "planted panic of two", Some(false)),
    fault("FaultDeadlock", Kind::Deadlock, "Mutex.Lock in plantedFault", Some(false)),
    fault("FaultSelfDeadlock", Kind::Deadlock, "lock cycle: (*plantedOwner).inner", Some(true)),
    fault("FaultSpin", Kind::Hang, "hang", Some(true)),
    fault("FaultConstants", Kind::Hang, "hang: constant arithmetic", Some(true)),
    fault("FaultLeak", Kind::Leak, "chan receive in plantedWaits", None),
    fault("FaultMemory", Kind::Memory, "memory over the cap", None),
    fault("FaultMismatch", Kind::Mismatch, "comparable of a.FaultMismatch", None),
];

fn case(name: &str) -> SourceCase {
    let (oracle, ask) = if name == "FaultMismatch" {
        ("oracle sequential\nbefore check a\n", "comparable a.FaultMismatch")
    } else {
        ("", "check a")
    };
    let text = format!(
        "meet start\n{oracle}go {ask}\ngo {ask}\n-- a/a.go --\npackage a\n\ntype {name} struct{{ F int }}\n"
    );
    SourceCase::from_txtar(&text).unwrap()
}

fn options(overlay: Option<PathBuf>) -> GoOptions {
    GoOptions {
        toolchain: std::env::var("TYPERACE_TOOLCHAIN").ok(),
        overlay,
        ..GoOptions::default()
    }
}

fn config() -> HarnessConfig {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let path = BUILT.get_or_init(|| {
        let say = &mut |line: &str| eprintln!("{line}");
        let goroot = BuiltHarness::get(&options(None), say).unwrap().toolchain.goroot;
        let overlay = overlay(&goroot);
        BuiltHarness::get(&options(Some(overlay)), say).unwrap().path
    });
    let second = Duration::from_secs(1);
    let limits = Limits {
        setup: 8 * second,
        concurrent: 8 * second,
        total: 20 * second,
        memory: 64 << 20,
        ..Limits::default()
    };
    HarnessConfig { limits, ..HarnessConfig::new(path) }
}

/// A short limit for what never ends: the rest of the time is waited for nothing.
fn limit(harness: &mut Harness, fault: &Fault) {
    let endless = fault.kind.stalls();
    let limits = config().limits;
    let concurrent = if endless { Duration::from_secs(1) } else { limits.concurrent };
    harness.set_limits(Limits { concurrent, ..limits });
}

fn run(harness: &mut Harness, judge: &Judge, name: &str, id: u64) -> Vec<Finding> {
    let case = case(name);
    let scenario = case.scenario.clone().unwrap();
    let request = RunRequest { id, ..RunRequest::new(&scenario, &case.packages) };
    let (_, judgement) = judge.examine(harness, &request).unwrap();
    let mut findings = judgement.findings;
    judge.try_alone(harness, &request, &mut findings).unwrap();
    findings
}

/// What came of one planted fault between two innocent executions.
#[derive(Clone, Copy, Default)]
struct Seen {
    detected: u32,
    right_kind: u32,
    right_input: u32,
    runs: u32,
}

fn try_fault(harness: &mut Harness, judge: &Judge, fault: &Fault, seen: &mut Seen) -> Vec<Finding> {
    limit(harness, fault);
    let before = run(harness, judge, "Innocent", 1);
    let findings = run(harness, judge, fault.name, 2);
    let after = run(harness, judge, "Innocent", 3);
    let late = harness.take_late().unwrap();
    let right = findings.iter().any(|f| fault.is(f));
    seen.runs += 1;
    seen.detected += u32::from(!findings.is_empty());
    seen.right_kind += u32::from(right);
    seen.right_input += u32::from(right && before.is_empty() && after.is_empty() && late.is_none());
    findings
}

fn judge() -> Judge {
    Judge::new(Origin::default())
}

#[test]
fn each_planted_fault_is_found_and_nobody_else_is_blamed() {
    let mut harness = Harness::start(config()).unwrap();
    let mut golden = String::new();
    for fault in &FAULTS {
        // Chance has a say in some: `make faults` measures how often, here one of three.
        let mut seen = Seen::default();
        let mut findings = Vec::new();
        for _ in 0..3 {
            seen = Seen::default();
            findings = try_fault(&mut harness, &judge(), fault, &mut seen);
            if (seen.right_kind, seen.right_input) == (1, 1) {
                break;
            }
        }
        let right = (seen.right_kind, seen.right_input);
        let titles: Vec<_> =
            findings.iter().map(|f| (f.kind, &f.title, f.sequential, &f.stage)).collect();
        assert_eq!(right, (1, 1), "{}: {titles:?}", fault.name);
        // Beside the fault, chance shows: races on the map that then ends it all.
        let f = findings.iter().find(|f| fault.is(f)).unwrap();
        let stage = f.stage.as_deref().unwrap_or("-");
        // Whether a dump has the stack of a goroutine that runs is up to chance.
        let spins = fault.name == "FaultSpin";
        let signature = if spins { "(by chance)" } else { f.signature.as_str() };
        writeln!(golden, "{}: {}\n    {signature}\n    stage {stage}", fault.name, f.kind).unwrap();
    }
    insta::assert_snapshot!("planted_faults", golden);
}

#[test]
fn a_heap_that_grows_is_found_and_one_that_does_not_is_not() {
    let mut harness = Harness::start(config()).unwrap();
    let grows = |harness: &mut Harness, name: &str| {
        let case = case(name);
        let scenario = case.scenario.clone().unwrap();
        let request = RunRequest::new(&scenario, &case.packages);
        repeat(harness, &request, 200, &Origin::default()).unwrap()
    };
    let innocent = grows(&mut harness, "Innocent");
    assert!(innocent.finding.is_none() && innocent.stopped.is_none(), "{:?}", innocent.heap);
    let guilty = grows(&mut harness, "FaultGrowth");
    let f = guilty.finding.unwrap_or_else(|| panic!("{:?}", guilty.heap));
    assert_eq!(f.signature, "memory: grows: go/types.plantedFault");
    assert!(guilty.profile.contains("go/types.plantedFault"));
}

/// `make faults`: the table of docs/FAULTS.md.
#[test]
#[ignore = "an hour on a slow machine: make faults"]
fn table() {
    let n: u32 = std::env::var("FAULTS_N").ok().and_then(|n| n.parse().ok()).unwrap_or(50);
    let mut harness = Harness::start(config()).unwrap();
    println!(
        "| planted fault | kind | detected | right kind | right input |\n|---|---|---|---|---|"
    );
    let only = std::env::var("FAULTS_ONLY").unwrap_or_default();
    for fault in FAULTS.iter().filter(|f| f.name.contains(&only)) {
        let mut seen = Seen::default();
        let mut wrong = Vec::new();
        for _ in 0..n {
            let before = seen.right_input;
            let findings = try_fault(&mut harness, &judge(), fault, &mut seen);
            if seen.right_input == before {
                wrong.push(findings.iter().map(|f| f.title.clone()).collect::<Vec<_>>().join("; "));
            }
        }
        let of = |k| format!("{k} of {}", seen.runs);
        println!(
            "| {} | {} | {} | {} | {} |",
            fault.name,
            fault.kind,
            of(seen.detected),
            of(seen.right_kind),
            of(seen.right_input)
        );
        for titles in wrong.iter().take(3) {
            println!("<!-- not: {titles} -->");
        }
    }
}
