//! The kinds of findings. The table has a row for each, which the rest of the program consults.

use serde::{Deserialize, Serialize};

/// How bad a kind is for a program that runs into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The program goes on.
    GoesOn,
    /// The program goes on with wrong answers.
    Wrong,
    /// The program ends or hangs.
    Ends,
}

/// The properties of a kind.
#[derive(Debug)]
pub struct KindRow {
    /// The word in reports and in a crash directory's name.
    pub word: &'static str,
    /// A description in one sentence.
    pub says: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Whether the run does not end, so that each repetition costs its whole time limit.
    pub stalls: bool,
    /// Whether a busy machine can cause a false report, so that it must show twice to count.
    pub timed: bool,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $row:expr;)*) => {
        /// The kind of a failure.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(rename_all = "kebab-case")]
        pub enum Kind { $($(#[$doc])* $kind,)* }

        impl Kind {
            /// Every kind, in the table's order.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            /// Its row of the table.
            #[must_use]
            pub const fn row(self) -> &'static KindRow {
                match self { $(Self::$kind => &$row,)* }
            }
        }
    };
}

kinds! {
    /// The race detector's report.
    DataRace = KindRow {
        word: "data-race", severity: Severity::GoesOn, stalls: false, timed: false,
        says: "Two goroutines use a variable at the same time, and one writes it.",
    };
    /// The runtime gave up: the process ended and could not recover.
    Fatal = KindRow {
        word: "fatal", severity: Severity::Ends, stalls: false, timed: false,
        says: "The Go runtime ended the process.",
    };
    /// A panic, recovered by the harness or not.
    Panic = KindRow {
        word: "panic", severity: Severity::Ends, stalls: false, timed: false,
        says: "A panic in go/types.",
    };
    /// No progress, goroutines blocked on locks.
    Deadlock = KindRow {
        word: "deadlock", severity: Severity::Ends, stalls: true, timed: true,
        says: "No progress, and goroutines are blocked on locks.",
    };
    /// No progress, goroutines running.
    Hang = KindRow {
        word: "hang", severity: Severity::Ends, stalls: true, timed: true,
        says: "No progress, and goroutines are running.",
    };
    /// Goroutines left after every operation returned.
    Leak = KindRow {
        word: "leak", severity: Severity::GoesOn, stalls: false, timed: true,
        says: "Goroutines were left after every operation returned.",
    };
    /// Over the memory cap, or out of memory.
    Memory = KindRow {
        word: "memory", severity: Severity::Ends, stalls: false, timed: true,
        says: "More memory than the cap allows.",
    };
    /// Concurrent answers differ from sequential ones, or the syntax is not as it was.
    Mismatch = KindRow {
        word: "mismatch", severity: Severity::Wrong, stalls: false, timed: false,
        says: "Concurrent answers differ from sequential ones, or an analyzer changed the syntax.",
    };
    /// The compiler crashes, deadlocks, hangs, or judges a program otherwise than go/types.
    Compiler = KindRow {
        word: "compiler", severity: Severity::Wrong, stalls: false, timed: false,
        says: "The compiler fails, or judges a program otherwise than go/types.",
    };
}

impl Kind {
    /// The word in reports and in a crash directory's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.row().word
    }

    /// Whether the run does not end, so that each repetition costs its whole time limit.
    #[must_use]
    pub fn stalls(self) -> bool {
        self.row().stalls
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_json() {
        for &kind in Kind::ALL {
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{kind}\""));
        }
    }
}
