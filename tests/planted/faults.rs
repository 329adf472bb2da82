//! What is planted, and whether it is found: for the test and for `examples/faults`.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use typerace::finding::{Finding, Kind, Origin};
use typerace::harness::{BuiltHarness, GoOptions, Harness, HarnessConfig, Limits, RunRequest};
use typerace::testcase::SourceCase;
use typerace::triage::Judge;

#[path = "overlay.rs"]
mod planted;
use planted::overlay;

/// A planted fault: the type that asks for it, what it must be found as, words of its
/// title, and whether one goroutine alone does it (`None`: not asked).
pub struct Fault {
    pub name: &'static str,
    pub kind: Kind,
    title: &'static str,
    sequential: Option<bool>,
}

impl Fault {
    /// Whether a finding is what was planted.
    pub fn is(&self, f: &Finding) -> bool {
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

pub const FAULTS: [Fault; 17] = [
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

pub fn case(name: &str) -> SourceCase {
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

pub fn config() -> HarnessConfig {
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
pub struct Seen {
    pub detected: u32,
    pub right_kind: u32,
    pub right_input: u32,
    pub runs: u32,
}

pub fn try_fault(
    harness: &mut Harness,
    judge: &Judge,
    fault: &Fault,
    seen: &mut Seen,
) -> Vec<Finding> {
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

pub fn judge() -> Judge {
    Judge::new(Origin::default())
}
