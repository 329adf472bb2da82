//! Harnesses on a patched go/types, each built when it is first needed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use crate::harness::{BuiltHarness, EnvError, GoOptions, HarnessError, Toolchain, lower_priority};
use crate::patches::{Choice, Wanted};

/// How often a build in progress is asked whether it is still wanted.
const POLL: Duration = Duration::from_millis(50);

/// The patched harnesses of one Go under test.
pub(super) struct Builds {
    toolchain: Toolchain,
    options: GoOptions,
    /// The patches in the Go under test.
    base: Vec<String>,
    nice: bool,
    built: BTreeMap<String, Result<PathBuf, String>>,
}

impl Builds {
    pub(super) fn new(
        toolchain: Toolchain,
        options: GoOptions,
        base: Vec<String>,
        nice: bool,
    ) -> Self {
        Self { toolchain, options, base, nice, built: BTreeMap::new() }
    }

    /// The harness with one more patch, or why it does not build. Building takes seconds, and a
    /// campaign must be able to end meanwhile. The build then goes on for as long as the process
    /// lives.
    ///
    /// # Errors
    /// Interrupted.
    pub(super) fn get(
        &mut self,
        patch: &str,
        stop: &AtomicBool,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Result<PathBuf, String>, HarnessError> {
        if let Some(built) = self.built.get(patch) {
            return Ok(built.clone());
        }
        let mut names = self.base.clone();
        names.push(patch.to_owned());
        let patches =
            Choice { wanted: Wanted::Names(names), dir: self.options.patches.dir.clone() };
        let options = GoOptions { patches, ..self.options.clone() };
        let (toolchain, nice) = (self.toolchain.clone(), self.nice);
        let (answer, result) = channel();
        let (line, lines) = channel();
        std::thread::spawn(move || {
            if nice {
                lower_priority();
            }
            let mut say = |text: &str| {
                let _ = line.send(text.to_owned());
            };
            let built = BuiltHarness::build(toolchain, &options, &mut say);
            // If nothing waits any more, the build was for the cache.
            let _ = answer.send(built.map(|b| b.path).map_err(|e: EnvError| e.to_string()));
        });
        let built = loop {
            lines.try_iter().for_each(|text| progress(&format!("{text}, with patch {patch}")));
            match result.recv_timeout(POLL) {
                Ok(built) => break built,
                Err(RecvTimeoutError::Timeout) if stop.load(Ordering::Relaxed) => {
                    return Err(HarnessError::Interrupted);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break Err("the build panicked".to_owned()),
            }
        };
        self.built.insert(patch.to_owned(), built.clone());
        Ok(built)
    }
}
