//! The kinds of findings.

use serde::{Deserialize, Serialize};

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The race detector's report.
    DataRace,
    /// The runtime gave up: no recover, the process is gone.
    Fatal,
    /// A panic, recovered by the harness or not.
    Panic,
    /// No progress, goroutines blocked on locks.
    Deadlock,
    /// No progress, goroutines running.
    Hang,
    /// Goroutines left after every operation returned.
    Leak,
    /// Over the memory cap, or out of memory.
    Memory,
    /// Concurrent answers differ from sequential ones.
    Mismatch,
}

impl Kind {
    /// The word in reports and in a crash directory's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::DataRace => "data-race",
            Kind::Fatal => "fatal",
            Kind::Panic => "panic",
            Kind::Deadlock => "deadlock",
            Kind::Hang => "hang",
            Kind::Leak => "leak",
            Kind::Memory => "memory",
            Kind::Mismatch => "mismatch",
        }
    }

    /// Whether it is a run that does not end: each costs its whole time limit.
    #[must_use]
    pub fn stalls(self) -> bool {
        matches!(self, Kind::Deadlock | Kind::Hang)
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
