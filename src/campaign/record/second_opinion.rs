//! Asks the compiler about corpus entries during a campaign, in a share of the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::finding::{Finding, Origin};
use crate::harness::{Harness, HarnessConfig, lower_priority, stop_builds_with};
use crate::testcase::SourceCase;
use crate::triage::compiler::{Compiler, compiler_case, second_opinion};
use crate::triage::root::rest;

/// For this long after the start, most new entries are seeds, which are the same in every campaign.
const SEEDS: Duration = Duration::from_secs(10);

/// Settings.
#[derive(Clone, Debug)]
pub struct OpinionConfig {
    /// The compiler.
    pub compiler: Compiler,
    /// The harness, which says what go/types says. A separate process is started for the first test
    /// case.
    pub harness: HarnessConfig,
    /// What findings record about their origin.
    pub origin: Origin,
    /// The share of one processor's time that may be used, 1 to 100.
    pub percent: u32,
}

/// What the compiler does wrong: the finding, its test case and its report.
pub type Wrong = (Finding, SourceCase, String);

/// A thread that compiles as many corpus entries as its share of the time allows.
pub struct SecondOpinion {
    config: OpinionConfig,
    stop: Arc<AtomicBool>,
    running: Option<Running>,
    began: Instant,
    /// Entries that were offered.
    offered: u64,
    /// Entries that the thread took.
    taken: u64,
}

struct Running {
    queue: Sender<SourceCase>,
    /// Whether it waits for an entry. Entries that come while it works or rests are left out, so it
    /// sees one in N.
    idle: Arc<AtomicBool>,
    wrong: Receiver<Wrong>,
    thread: JoinHandle<Duration>,
}

/// What a second opinion did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpinionEnd {
    /// Corpus entries that were compiled.
    pub compiled: u64,
    /// All corpus entries.
    pub entries: u64,
    /// The time that it took.
    pub time: Duration,
}

impl SecondOpinion {
    /// Nothing runs yet.
    #[must_use]
    pub fn new(config: OpinionConfig) -> Self {
        let began = Instant::now();
        Self { config, stop: Arc::default(), running: None, began, offered: 0, taken: 0 }
    }

    /// Offers a new corpus entry, without waiting. `source` is called if there is time for it.
    pub fn offer(&mut self, source: impl FnOnce() -> Option<SourceCase>) {
        self.offered += 1;
        if self.began.elapsed() < SEEDS {
            return;
        }
        if self.running.is_none() {
            self.running = Some(Running::start(self.config.clone(), Arc::clone(&self.stop)));
        }
        let Some(running) = &self.running else { return };
        if running.idle.swap(false, Ordering::Relaxed)
            && let Some(source) = source()
            // It has ended if the harness does not start.
            && running.queue.send(source).is_ok()
        {
            self.taken += 1;
        }
    }

    /// A finding since the last call.
    pub fn wrong(&self) -> Option<Wrong> {
        self.running.as_ref()?.wrong.try_recv().ok()
    }

    /// Stops. Returns what it did and the remaining findings.
    pub fn end(&mut self) -> (OpinionEnd, Vec<Wrong>) {
        self.stop.store(true, Ordering::Relaxed);
        let mut end =
            OpinionEnd { compiled: self.taken, entries: self.offered, time: Duration::ZERO };
        let Some(Running { queue, wrong, thread, .. }) = self.running.take() else {
            return (end, Vec::new());
        };
        drop(queue);
        // A panic was reported when it happened.
        end.time = thread.join().unwrap_or_default();
        (end, wrong.try_iter().collect())
    }
}

impl Drop for SecondOpinion {
    fn drop(&mut self) {
        self.end();
    }
}

impl Running {
    fn start(config: OpinionConfig, stop: Arc<AtomicBool>) -> Self {
        let (queue, cases) = channel();
        let idle = Arc::new(AtomicBool::new(true));
        let waits = Arc::clone(&idle);
        let (to, wrong) = channel();
        let thread = std::thread::spawn(move || {
            lower_priority();
            stop_builds_with(Arc::clone(&stop));
            let mut busy = Duration::ZERO;
            let percent = AtomicU32::new(config.percent);
            let mut harness = None;
            while let Ok(case) = cases.recv() {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                let began = Instant::now();
                let harness = match &mut harness {
                    Some(harness) => harness,
                    // The campaign's own harness fails too, and that is reported.
                    none => match Harness::start(config.harness.clone()) {
                        Ok(started) => none.insert(started),
                        Err(_) => break,
                    },
                };
                // A compiler or a harness that fails once may work for the next entry.
                let asked = second_opinion(&config.compiler, harness, &case, &config.origin);
                if let Ok(opinion) = asked
                    && let Some(mut finding) = opinion.finding
                {
                    let again = second_opinion(&config.compiler, harness, &case, &config.origin);
                    if let Ok(again) = again {
                        finding.confirmed = again.finding.is_some_and(|f| f.id == finding.id);
                        finding.reproduced = Some([u32::from(finding.confirmed), 1]);
                    }
                    finding.compiler = Some(opinion.verdict);
                    let _ = to.send((finding, compiler_case(&case), opinion.report));
                }
                let took = began.elapsed();
                busy += took;
                rest(took, &percent, &stop);
                waits.store(true, Ordering::Relaxed);
            }
            busy
        });
        Self { queue, idle, wrong, thread }
    }
}
