//! `make faults`: each planted fault again and again, as the table of docs/FAULTS.md.
//! FAULTS_N=5 for fewer than 50 of each, FAULTS_ONLY=FaultMap for some.

use typerace::harness::Harness;

#[path = "../tests/planted/faults.rs"]
mod faults;
use faults::{FAULTS, Seen, config, judge, try_fault};

fn main() {
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
