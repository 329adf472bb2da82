//! Where the counters of a harness count.

use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use super::error::EnvError;

/// The place of a counter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct CounterSite {
    /// The function, qualified by its package: `go/types.(*Scope).Insert`. Empty if it is not
    /// known.
    pub function: String,
    /// An absolute path.
    pub file: String,
    /// The line where the block begins.
    pub line: u32,
}

impl CounterSite {
    /// Asks a harness for the places of its counters, in the order of its coverage map. `None`
    /// if it does not know them, as on processors other than amd64.
    ///
    /// # Errors
    /// The harness does not start or fails.
    pub fn all(harness: &Path) -> Result<Option<Vec<Self>>, EnvError> {
        let start = |source| EnvError::Start { path: harness.to_owned(), source };
        let output = Command::new(harness)
            .arg("-counters")
            .env("GORACE", "atexit_sleep_ms=0")
            .output()
            .map_err(start)?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(start(std::io::Error::other(format!(
                "{}: {}",
                output.status,
                said.trim()
            ))));
        }
        serde_json::from_slice(&output.stdout).map_err(|e| start(e.into()))
    }
}
