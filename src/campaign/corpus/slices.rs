//! Small seeds cut from large files: of each file the slices that reach counters which no seed
//! before them reached.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::import;
use super::seeds::{self, Seed, SeedError};
use crate::edit;
use crate::files;
use crate::harness::{
    BuiltHarness, End, Harness, HarnessConfig, HarnessError, Limits, RunFlags, RunRequest,
    cache_dir,
};
use crate::testcase::TestCase;
use crate::triage::root::rest;

/// Cuts files into slices and keeps those that reach something new.
#[derive(Default, Serialize, Deserialize)]
pub struct Slicer {
    /// How many files have been cut.
    done: usize,
    /// The counters reached so far.
    reached: Vec<usize>,
    #[serde(skip)]
    hit: Vec<bool>,
}

/// The largest slice that is kept, in syntax nodes. A campaign runs seeds thousands of times.
const LARGEST: usize = 1500;

impl Slicer {
    /// Cuts the files that are left, as long as `go_on` says so; it is asked before each file.
    /// Slices are written to `to`.
    ///
    /// # Errors
    /// The harness does not work, or `to` cannot be written.
    pub fn cut(
        &mut self,
        harness: &mut Harness,
        seeds: &[Seed],
        to: &Path,
        go_on: &mut dyn FnMut(&mut Self) -> bool,
    ) -> Result<(), SeedError> {
        self.hit = vec![false; harness.counters()];
        for &at in &self.reached {
            if let Some(hit) = self.hit.get_mut(at) {
                *hit = true;
            }
        }
        while let Some(seed) = seeds.get(self.done)
            && go_on(self)
        {
            self.file(harness, seed, to)?;
            self.done += 1;
        }
        Ok(())
    }

    /// The state for a later call.
    fn state(&mut self) -> Vec<u8> {
        self.reached = (0..self.hit.len()).filter(|&i| self.hit[i]).collect();
        serde_json::to_vec(self).unwrap_or_default()
    }

    fn file(&mut self, harness: &mut Harness, seed: &Seed, to: &Path) -> Result<(), SeedError> {
        let case = match seed.import(harness) {
            Ok(case) => case,
            Err(SeedError::Harness(e @ HarnessError::Interrupted)) => return Err(e.into()),
            // A file that does not parse, or that the harness does not survive, is no seed.
            Err(_) => return Ok(()),
        };
        // If the whole reaches nothing new, its parts need not be tried.
        if !self.is_new(harness, &case, false)? {
            return Ok(());
        }
        let name = seed.path.with_extension("");
        let name = name.components().rev().take(2).collect::<PathBuf>();
        let name = name.to_string_lossy().replace(['/', '\\'], "-");
        for slice in edit::slices(&case).into_iter().chain([case]) {
            if edit::node_count(&slice) <= LARGEST && self.is_new(harness, &slice, true)? {
                let source = slice.to_source();
                import::write(to, &name, &source.to_txtar())?;
            }
        }
        Ok(())
    }

    /// Runs a test case once, and says whether it reaches a new counter. With `keep`, the counter is
    /// no longer new then.
    fn is_new(
        &mut self,
        harness: &mut Harness,
        case: &TestCase,
        keep: bool,
    ) -> Result<bool, SeedError> {
        let flags = RunFlags { sequential: true, ..RunFlags::default() };
        let source = case.to_source();
        let request = RunRequest::new(&case.scenario, &source.packages).with_flags(flags);
        let outcome = harness.run(&request)?;
        if !matches!(outcome.end, End::Replied) {
            return Ok(false);
        }
        let mut new = false;
        for (hit, &n) in self.hit.iter_mut().zip(harness.coverage()) {
            new |= n > 0 && !*hit;
            *hit |= keep && n > 0;
        }
        Ok(new)
    }
}

/// How long a campaign may cut before it starts.
const BUDGET: Duration = Duration::from_secs(4);

/// The share of the time, in percent, that cutting takes while the campaign runs.
const SHARE: u32 = 20;

/// The file that holds the state of the cache.
const STATE: &str = "state.json";

/// The file that says that every file has been cut.
const COMPLETE: &str = "complete";

/// The folders of a GOROOT that hold tests of the compiler.
pub const TEST_DATA: [&str; 2] = ["src/internal/types/testdata", "test"];

/// Slices of the toolchain's own test data, in a cache.
pub struct ToolchainSlices {
    built: BuiltHarness,
    folder: PathBuf,
    /// The files to cut, once they are read.
    files: OnceCell<Vec<Seed>>,
}

impl ToolchainSlices {
    /// The cache for a toolchain. `None` if there is no place for a cache.
    #[must_use]
    pub fn new(built: &BuiltHarness) -> Option<Self> {
        let folder = cache_dir().ok()?.join("slices").join(&built.key);
        Some(Self { built: built.clone(), folder, files: OnceCell::new() })
    }

    /// Whether there is nothing left to cut.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.folder.join(COMPLETE).exists()
    }

    /// The slices that exist. A GOROOT without test data gives none.
    #[must_use]
    pub fn seeds(&self) -> Vec<Seed> {
        seeds::from_directory(&self.folder, true).unwrap_or_default()
    }

    /// Cuts for a few seconds. Seeds are a help, so a campaign goes on without them if that fails.
    pub fn begin(&self) {
        let until = Instant::now() + BUDGET;
        let never = Arc::new(AtomicBool::new(false));
        let _ = self.cut(&never, &mut || Instant::now() < until);
    }

    /// Goes on cutting in a thread with a small share of the time, for the next campaign, until the
    /// result is dropped.
    #[must_use]
    pub fn go_on(self) -> Cutting {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut worked_since = Instant::now();
            let _ = self.cut(&stopped, &mut || {
                rest(worked_since.elapsed(), &AtomicU32::new(SHARE), &stopped);
                worked_since = Instant::now();
                !stopped.load(Ordering::Relaxed)
            });
        });
        Cutting { stop, thread: Some(thread) }
    }

    fn cut(
        &self,
        stop: &Arc<AtomicBool>,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<(), SeedError> {
        if self.is_complete() {
            return Ok(());
        }
        let state = self.folder.join(STATE);
        let failed = |source| SeedError::Read { path: state.clone(), source };
        let mut slicer: Slicer = files::read(&state)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        let all = self.files()?;
        let mut config = HarnessConfig::new(&self.built.path);
        config.limits = Limits { total: import::SLOWEST, ..config.limits };
        config.interrupt = Arc::clone(stop);
        let Ok(mut harness) = Harness::start(config) else { return Ok(()) };
        std::fs::create_dir_all(&self.folder).map_err(failed)?;
        let save =
            |slicer: &mut Slicer| files::replace_unsynced(&state, &slicer.state()).map_err(failed);
        let result = slicer.cut(&mut harness, all, &self.folder, &mut |slicer| {
            // A campaign may be killed at any time.
            (slicer.done % 16 != 0 || save(slicer).is_ok()) && go_on()
        });
        save(&mut slicer)?;
        result?;
        if slicer.done >= all.len() {
            files::replace_unsynced(&self.folder.join(COMPLETE), b"").map_err(failed)?;
        }
        Ok(())
    }

    /// The files to cut, which are read once.
    fn files(&self) -> Result<&[Seed], SeedError> {
        if let Some(files) = self.files.get() {
            return Ok(files);
        }
        let mut all = Vec::new();
        for root in TEST_DATA.map(|p| self.built.toolchain.goroot.join(p)) {
            if root.is_dir() {
                all.extend(import::files(&root)?);
            }
        }
        all.retain(|seed| seed.text.len() <= LONGEST);
        Ok(self.files.get_or_init(|| all))
    }
}

/// Longer files are left out.
const LONGEST: usize = 64 << 10;

/// Cutting in the background; dropping it ends it.
pub struct Cutting {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Cutting {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A panic there is no reason for one here.
            let _ = thread.join();
        }
    }
}
