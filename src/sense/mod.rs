//! The sense for shared writes: what a campaign knows about places of go/types that write to memory
//! which other operations use. A sequential run shows such a write in one goroutine, without luck
//! and without a schedule (`harness_go/internal/sense`). It is half of a race.

mod lead;
mod memory;
mod raced;
mod suspects;

pub use lead::Lead;
pub use memory::{Learned, Memory};
pub use suspects::{Suspect, SuspectError, Suspects, command};

use crate::scenario::{Operand, Operation};

/// The kind of an operation: its word, with the query or setting that says what it does. Sequential
/// runs of one kind write at the same places.
#[must_use]
pub fn kind(op: &Operation) -> String {
    let mut words = vec![op.name().to_owned()];
    for operand in op.operands() {
        match operand {
            Operand::Config(c) => words.push(c.word().name().to_owned()),
            Operand::Name(_)
            | Operand::Query(_)
            | Operand::Setter(_)
            | Operand::Reading(_)
            | Operand::Analyzer(_) => words.push(operand.text()),
            _ => {}
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn kinds_leave_out_what_an_operation_works_on() {
        let text = "go check a ; walk methods a reversed ; string a.T ; eval a func(int)";
        let scenario = Scenario::parse(text).unwrap().unwrap();
        let kinds: Vec<String> = scenario.go[0].iter().map(kind).collect();
        assert_eq!(kinds, ["check", "walk methods", "query string", "eval"]);
    }
}
