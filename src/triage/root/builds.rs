//! Harnesses on a patched go/types, built when they are first needed: one for all patches that can
//! be in one build, and one for each other patch.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::harness::{
    BuiltHarness, EnvError, GoOptions, HarnessError, Toolchain, overlay_together, stop_builds_with,
};
use crate::patches::{Choice, Patch, Wanted};

/// How often a build in progress is asked whether it is still wanted.
const POLL: Duration = Duration::from_millis(50);

/// Held during a build. It does not give way to a campaign: it happens once for each Go, and all
/// roots wait for it.
static ONE: Mutex<()> = Mutex::new(());

/// A harness with a patch.
#[derive(Clone, Debug)]
pub(super) struct Patched {
    /// The executable.
    pub path: PathBuf,
    /// The number of the patch, if the executable has several.
    pub number: Option<u32>,
}

/// Why a harness does not build.
type Why = String;

/// The patched harnesses of one Go under test.
pub(super) struct Builds {
    toolchain: Toolchain,
    options: GoOptions,
    /// The patches in the Go under test.
    base: Vec<String>,
    /// Those that are tried.
    patches: Vec<Patch>,
    /// Ends builds in progress.
    stop: Arc<AtomicBool>,
    /// The build of the one for all, which may be in progress.
    together: Option<Together>,
    built: BTreeMap<String, Result<PathBuf, Why>>,
}

/// The build of one harness for several patches.
enum Together {
    Building(BTreeMap<String, u32>, Building),
    Built(BTreeMap<String, u32>, PathBuf),
    /// It is not possible.
    Failed,
}

/// A build in a thread of its own, and its progress.
struct Building {
    result: Receiver<Result<PathBuf, Why>>,
    lines: Receiver<String>,
}

impl Builds {
    pub(super) fn new(
        toolchain: Toolchain,
        options: GoOptions,
        base: Vec<String>,
        patches: Vec<Patch>,
        stop: Arc<AtomicBool>,
    ) -> Self {
        let built = BTreeMap::new();
        Self { toolchain, options, base, patches, stop, together: None, built }
    }

    /// Starts the build of the harness for all patches.
    pub(super) fn start(&mut self) {
        if self.together.is_some() {
            return;
        }
        let base = self.choice(None);
        let user = self.options.overlay.as_deref();
        let overlay = overlay_together(&self.toolchain, user, &base, &self.patches);
        self.together = Some(match overlay {
            Ok((overlay, numbers)) if numbers.len() > 1 => {
                let patches = Choice::default();
                let options = GoOptions { overlay: Some(overlay), patches, ..self.options.clone() };
                Together::Building(numbers, self.build(options))
            }
            // An error shows again with the single patches.
            _ => Together::Failed,
        });
    }

    /// Whether the build of the harness for all patches is over.
    pub(super) fn is_ready(&mut self) -> bool {
        let Some(Together::Building(numbers, building)) = &mut self.together else { return true };
        match building.result.try_recv() {
            Err(TryRecvError::Empty) => return false,
            Ok(Ok(path)) => {
                self.together = Some(Together::Built(std::mem::take(numbers), path));
            }
            Ok(Err(_)) | Err(TryRecvError::Disconnected) => self.together = Some(Together::Failed),
        }
        true
    }

    /// Waits for the build of the harness for all patches.
    ///
    /// # Errors
    /// Interrupted.
    pub(super) fn wait(
        &mut self,
        stop: &AtomicBool,
        progress: &mut dyn FnMut(&str),
    ) -> Result<(), HarnessError> {
        self.start();
        if let Some(Together::Building(numbers, building)) = &mut self.together {
            let numbers = std::mem::take(numbers);
            self.together = Some(match building.wait("all patches", stop, progress) {
                Ok(Ok(path)) => Together::Built(numbers, path),
                Ok(Err(_)) => Together::Failed,
                Err(e) => {
                    self.together = None;
                    return Err(e);
                }
            });
        }
        Ok(())
    }

    /// The harness with one more patch, or why it does not build. Building takes seconds, and a
    /// campaign must be able to end meanwhile. The build ends with it.
    ///
    /// # Errors
    /// Interrupted.
    pub(super) fn get(
        &mut self,
        patch: &str,
        stop: &AtomicBool,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Result<Patched, Why>, HarnessError> {
        self.wait(stop, progress)?;
        if let Some(Together::Built(numbers, path)) = &self.together
            && let Some(number) = numbers.get(patch)
        {
            return Ok(Ok(Patched { path: path.clone(), number: Some(*number) }));
        }
        let built = match self.built.get(patch) {
            Some(built) => built.clone(),
            None => {
                let patches = self.choice(Some(patch));
                let building = self.build(GoOptions { patches, ..self.options.clone() });
                let built = building.wait(&format!("patch {patch}"), stop, progress)?;
                self.built.insert(patch.to_owned(), built.clone());
                built
            }
        };
        Ok(built.map(|path| Patched { path, number: None }))
    }

    /// The patches in the Go under test, and one more.
    fn choice(&self, patch: Option<&str>) -> Choice {
        let names: Vec<String> =
            self.base.iter().cloned().chain(patch.map(str::to_owned)).collect();
        let wanted = if names.is_empty() { Wanted::None } else { Wanted::Names(names) };
        // Patches of a folder that are not asked for are an error.
        let dir = self.options.patches.dir.clone().filter(|_| wanted != Wanted::None);
        Choice { wanted, dir }
    }

    fn build(&self, options: GoOptions) -> Building {
        let toolchain = self.toolchain.clone();
        let (answer, result) = channel();
        let (line, lines) = channel();
        let stop = Arc::clone(&self.stop);
        std::thread::spawn(move || {
            stop_builds_with(stop);
            // Two that need one harness build it once.
            let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
            let mut say = |text: &str| {
                let _ = line.send(text.to_owned());
            };
            let built = BuiltHarness::build(toolchain, &options, &mut say);
            // If nothing waits any more, the build was for the cache.
            let _ = answer.send(built.map(|b| b.path).map_err(|e: EnvError| e.to_string()));
        });
        Building { result, lines }
    }
}

impl Building {
    fn wait(
        &self,
        with: &str,
        stop: &AtomicBool,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Result<PathBuf, Why>, HarnessError> {
        loop {
            self.lines.try_iter().for_each(|text| progress(&format!("{text}, with {with}")));
            match self.result.recv_timeout(POLL) {
                Ok(built) => return Ok(built),
                Err(RecvTimeoutError::Timeout) if stop.load(Ordering::Relaxed) => {
                    return Err(HarnessError::Interrupted);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Ok(Err("the build panicked".to_owned()));
                }
            }
        }
    }
}
