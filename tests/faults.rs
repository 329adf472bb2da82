//! Planted faults, each through the real detection: a go/types that misbehaves when a
//! type of a certain name is declared, the real harness, the real judge. One run of
//! each is compared with a golden finding; `make faults` measures 50 of each.

use std::fmt::Write as _;

use typerace::finding::Origin;
use typerace::harness::{Harness, RunRequest};
use typerace::triage::repeat;

#[path = "planted/faults.rs"]
mod faults;
use faults::{FAULTS, Seen, case, config, judge, try_fault};

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
