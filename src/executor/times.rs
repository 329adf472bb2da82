//! Where a campaign's time goes.

use serde::{Deserialize, Serialize};

/// Where a campaign's wall time goes, in seconds; of all workers together.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Times {
    /// The harness runs test cases.
    pub running: f64,
    /// New findings are run again; answers are compared.
    pub recording: f64,
    /// New coverage is confirmed.
    pub confirming: f64,
    /// The rest: making, printing and mutating test cases while no harness works, LibAFL, the
    /// exchange with other workers, checkpoints.
    #[serde(default)]
    pub other: f64,
    /// How much of all these a harness worked, from each request to its reply. The rest is
    /// typerace's own work.
    #[serde(default)]
    pub harness: f64,
}

impl Times {
    /// The same with the rest of the wall time as [`Times::other`].
    #[must_use]
    pub fn of(self, seconds: f64) -> Self {
        let known = Self { other: 0.0, ..self }.total();
        Self { other: (seconds - known).max(0.0), ..self }
    }

    /// The wall time of all workers in seconds.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.running + self.recording + self.confirming + self.other
    }

    /// How much of the time no harness worked, percent.
    #[must_use]
    pub fn overhead_percent(&self) -> f64 {
        let total = self.total();
        if total > 0.0 { (100.0 * (1.0 - self.harness / total)).max(0.0) } else { 0.0 }
    }
}
