//! Minimization of every kind of finding: planted faults in a test case of three
//! packages, three goroutines and eight operations become a few lines. CI has three
//! (`make minimize-kinds` runs all and prints a table).

use typerace::finding::Kind;
use typerace::triage::minimize::Minimized;

#[path = "planted/kinds.rs"]
mod kinds;
use kinds::{FAULTS, planted};

#[track_caller]
fn check(fault: &str, kind: Kind, m: &Minimized) {
    let i = &m.info;
    assert_eq!(m.finding.kind, kind, "{fault}: {}", m.finding.title);
    assert!(i.lines <= 15 && i.goroutines <= 2 && i.operations <= 3, "{fault}: {i:?}\n{}", m.text);
    assert!(i.reproduced[0] > 0, "{fault}: {i:?}\n{}", m.text);
}

#[test]
fn a_fatal_error_a_panic_and_a_wrong_answer_become_small() {
    let planted = planted();
    for fault in ["FaultUnlock", "FaultPanicTogether", "FaultMismatch"] {
        let kind = FAULTS.iter().find(|f| f.0 == fault).unwrap().1;
        // A loaded machine gets more time than the minute that it should take.
        let m = planted.minimize(fault, 180).unwrap();
        check(fault, kind, &m);
    }
}
