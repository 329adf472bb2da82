//! What a finding does to a program without the race detector, as `typerace consequence` saw it.

use crate::words::grouped;
use serde::{Deserialize, Serialize};

/// The results of many rounds without the race detector.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Consequence {
    /// Rounds of the scenario, each with new packages.
    pub rounds: u64,
    /// Seconds that they took.
    pub seconds: f64,
    /// Panics and fatal errors, most frequent first.
    #[serde(default)]
    pub panics: Vec<Crashed>,
    /// Rounds with an answer that no sequential run gives.
    #[serde(default)]
    pub wrong_answers: u64,
    /// The first wrong answer, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub wrong_answer: String,
    /// Rounds with a type error in a package that is valid.
    #[serde(default)]
    pub type_errors: u64,
    /// The first such error.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub type_error: String,
    /// Rounds that did not end.
    #[serde(default)]
    pub hangs: u64,
    /// The Go release, `go1.26.8`.
    pub go_version: String,
    /// Processors that ran Go code.
    pub processors: u32,
}

/// Panics or fatal errors at one place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crashed {
    /// The first line of the message.
    pub message: String,
    /// The function of go/types that crashed, `(*Named).stateHas`.
    pub function: String,
    /// The stack of the first one.
    pub stack: String,
    /// How many there were.
    pub count: u64,
}

impl Consequence {
    /// Whether anything went wrong.
    #[must_use]
    pub fn is_any(&self) -> bool {
        !self.panics.is_empty() || self.wrong_answers + self.type_errors + self.hangs > 0
    }

    /// One sentence: `without -race: nil pointer in (*Named).stateHas in 35 of 4,868 rounds`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let rounds = grouped(self.rounds);
        if !self.is_any() {
            return format!(
                "without -race: nothing seen in {rounds} rounds of {:.0} s; that is no proof that nothing happens",
                self.seconds
            );
        }
        let mut parts: Vec<String> = self
            .panics
            .iter()
            .map(|p| format!("{} in {} of {rounds} rounds", p.what(), grouped(p.count)))
            .collect();
        for (n, what) in [
            (self.type_errors, "type errors in a valid program"),
            (self.wrong_answers, "wrong answers"),
            (self.hangs, "no end"),
        ] {
            if n > 0 {
                parts.push(format!("{what} in {} of {rounds} rounds", grouped(n)));
            }
        }
        format!("without -race: {}", parts.join("; "))
    }
}

impl Crashed {
    /// `nil pointer in (*Named).stateHas`.
    #[must_use]
    pub fn what(&self) -> String {
        let message = match self.message.as_str() {
            "runtime error: invalid memory address or nil pointer dereference" => "nil pointer",
            other => other,
        };
        match self.function.is_empty() {
            true => message.to_owned(),
            false => format!("{message} in {}", self.function),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences() {
        let mut c = Consequence { rounds: 4868, seconds: 61.2, ..Consequence::default() };
        assert_eq!(
            c.sentence(),
            "without -race: nothing seen in 4,868 rounds of 61 s; that is no proof that nothing happens"
        );
        c.panics.push(Crashed {
            message: "runtime error: invalid memory address or nil pointer dereference".to_owned(),
            function: "(*Named).stateHas".to_owned(),
            stack: String::new(),
            count: 35,
        });
        c.type_errors = 1200;
        assert_eq!(
            c.sentence(),
            "without -race: nil pointer in (*Named).stateHas in 35 of 4,868 rounds; type errors in a valid program in 1,200 of 4,868 rounds"
        );
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}
