//! `make minimize-kinds`: every planted fault minimized, as a table.
//! TYPERACE_FAULTS=FaultDeadlock,FaultSpin for some.

#[path = "../tests/planted/kinds.rs"]
mod kinds;
use kinds::{FAULTS, planted};

fn main() {
    let planted = planted();
    println!(
        "{}\n\n| fault | kind | lines | goroutines × operations | reproduced | seconds | fixpoint |\n|---|---|---|---|---|---|---|",
        planted.go_version
    );
    let only = std::env::var("TYPERACE_FAULTS").unwrap_or_default();
    let wanted = |fault: &str| only.is_empty() || only.split(',').any(|f| f == fault);
    for (fault, kind) in FAULTS.into_iter().filter(|(fault, _)| wanted(fault)) {
        match planted.minimize(fault, 60) {
            Some(m) => {
                let i = &m.info;
                let [k, n] = i.reproduced;
                println!(
                    "| {fault} | {kind} | {} | {} × {} | {k} of {n} | {:.0} | {} |",
                    i.lines, i.goroutines, i.operations, i.seconds, i.complete
                );
            }
            None => println!("| {fault} | {kind} | not shown | | | | |"),
        }
    }
}
