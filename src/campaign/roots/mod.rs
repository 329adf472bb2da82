//! The roots of a campaign's findings, in a share of its time: each is determined, and each gets a
//! small program that shows it.
//!
//! One thread serves the whole campaign, so that several workers do not minimize one root. When the
//! campaign is over, there is one for each processor. Bugs come first. Breaches of contract are left
//! alone.

mod queue;
mod work;

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::files;
use crate::finding::{Known, Origin, Root};
use crate::harness::{BuiltHarness, GoOptions, HarnessConfig};
use crate::scenario::Class;
use crate::store::{self, Store};
use queue::Queue;

/// How long a campaign that was interrupted waits for the thread: it may be building a program.
const HURRY: Duration = Duration::from_millis(1_000);

/// The shortest time in which a finding can be minimized at the end of a campaign.
const LEAST: Duration = Duration::from_secs(2);

/// Settings of the background work.
#[derive(Clone, Debug)]
pub struct RootsConfig {
    /// The harness; separate processes are started.
    pub harness: HarnessConfig,
    /// What was built.
    pub built: BuiltHarness,
    /// How it was chosen, with the user's folder of patches.
    pub go: GoOptions,
    /// The findings that have an issue.
    pub known: Known,
    /// What findings record about their origin.
    pub origin: Origin,
    /// The share of one processor's time that may be used, 1 to 100.
    pub percent: u32,
}

/// News of the background work.
#[derive(Clone, Debug)]
pub enum News {
    /// A finding has a root.
    Root {
        /// The finding's id.
        finding: String,
        /// Its root.
        root: Root,
    },
    /// A line for people.
    Say(String),
}

/// The results of the background work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RootsEnd {
    /// Findings that now have a minimized.txtar.
    pub minimized: usize,
    /// Roots that have no program, and findings whose root is open.
    pub waiting: usize,
    /// Findings for which something failed, and why.
    pub failed: Vec<String>,
}

/// Threads that determine roots and minimize one finding of each.
pub struct Roots {
    config: RootsConfig,
    store: Store,
    shared: Arc<Shared>,
    /// Ends the threads, and the work in progress with them.
    stop: Arc<AtomicBool>,
    /// Ends the work in progress of the first one, with the best result so far.
    cut: Arc<AtomicBool>,
    percent: Arc<AtomicU32>,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Default)]
struct State {
    queue: Queue,
    news: Vec<News>,
    minimized: usize,
    failed: Vec<String>,
    /// How long the campaign waits for the threads, once it is over.
    until: Option<Instant>,
    ended: bool,
}

impl Roots {
    /// Background work on the findings of a store. Nothing runs yet.
    #[must_use]
    pub fn new(store: Store, config: RootsConfig) -> Self {
        let percent = Arc::new(AtomicU32::new(config.percent.clamp(1, 100)));
        let (shared, stop, cut) = (Arc::default(), Arc::default(), Arc::default());
        Self { config, store, shared, stop, cut, percent, threads: Vec::new() }
    }

    /// Takes on a stored finding, without waiting. Returns the root that it is presumed to have.
    pub fn push(&mut self, dir: &Path) -> Option<Root> {
        let finding = store::read(dir).ok().filter(|f| f.class != Class::Breach)?;
        let text = files::as_text(files::read(&dir.join(store::TESTCASE))).unwrap_or_default();
        let presumed = self.shared.lock().queue.add(&finding, text.lines().count());
        if let Some(root) = &presumed {
            // It stays a guess until the thread has time for it, which may be never. A full disk
            // may lose it.
            let _ = self.store.put_root(&finding.id, root);
        }
        self.shared.wake.notify_all();
        if self.threads.is_empty() {
            self.start(true);
        }
        presumed
    }

    /// Starts a thread. The first one works beside the campaign. It has the campaign's priority: with
    /// a lower one, it gets a tenth of its share of a busy machine.
    fn start(&mut self, is_beside: bool) {
        let worker = work::Worker {
            config: self.config.clone(),
            store: self.store.clone(),
            shared: Arc::clone(&self.shared),
            stop: Arc::clone(&self.stop),
            cut: Arc::clone(if is_beside { &self.cut } else { &self.stop }),
            percent: Arc::clone(&self.percent),
            is_beside,
        };
        self.threads.push(std::thread::spawn(move || worker.run()));
    }

    /// What happened since the last call.
    pub fn news(&mut self) -> Vec<News> {
        std::mem::take(&mut self.shared.lock().news)
    }

    /// Gives the work all processors until every root has its program, but not longer than `time`,
    /// and not after an interruption. `watch` is called a few times a second, with the number of
    /// roots that have a program and of all roots.
    pub fn finish(
        &mut self,
        time: Duration,
        interrupted: &AtomicBool,
        watch: &mut dyn FnMut(&mut Self, (usize, usize)),
    ) {
        if self.threads.is_empty() {
            return;
        }
        self.percent.store(100, Ordering::Relaxed);
        let until = Instant::now() + time;
        self.shared.lock().until = Some(until);
        // A search that was given little of the processor starts over from its best result.
        self.cut.store(true, Ordering::Relaxed);
        self.shared.wake.notify_all();
        (0..processors()).for_each(|_| self.start(false));
        let has_ended = |this: &Self| this.threads.iter().all(JoinHandle::is_finished);
        while !has_ended(self) && Instant::now() < until && !interrupted.load(Ordering::Relaxed) {
            let (progress, over) = {
                let state = self.shared.lock();
                (state.queue.progress(), state.queue.is_finished() && !state.queue.is_busy())
            };
            watch(self, progress);
            if over {
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Stops, and keeps the best result so far of the work in progress.
    pub fn end(&mut self) -> RootsEnd {
        self.stop.store(true, Ordering::Relaxed);
        self.cut.store(true, Ordering::Relaxed);
        self.shared.lock().ended = true;
        self.shared.wake.notify_all();
        let until = Instant::now() + HURRY;
        for thread in std::mem::take(&mut self.threads) {
            while !thread.is_finished() && Instant::now() < until {
                std::thread::sleep(Duration::from_millis(5));
            }
            // A thread that is building a program ends with the process. A panic was reported when
            // it happened.
            if thread.is_finished() {
                let _ = thread.join();
            }
        }
        let state = self.shared.lock();
        RootsEnd {
            minimized: state.minimized,
            waiting: state.queue.waiting(),
            failed: state.failed.clone(),
        }
    }
}

impl Drop for Roots {
    fn drop(&mut self) {
        self.end();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// How long a finding may be minimized: at the end of a campaign, every root without a program
    /// has its share of the time, half of which goes into running the program.
    fn share_of(&self, time: Duration) -> Duration {
        let Some(until) = self.until else { return time };
        let (done, all) = self.queue.progress();
        let left = until.saturating_duration_since(Instant::now()) * processors();
        time.min(left / u32::try_from(all - done).unwrap_or(u32::MAX).max(1) / 2).max(LEAST)
    }
}

fn processors() -> u32 {
    std::thread::available_parallelism().map_or(1, |n| u32::try_from(n.get()).unwrap_or(u32::MAX))
}
